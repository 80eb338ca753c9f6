"""The same with TLS on every line that leaves the machine: nginx before the web processes, the bus between them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest
import requests
import socketio

from tests.program.certificates import CERTIFICATE
from tests.program.programs import nginx_program
from tests.program.several import Several

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("program"),
    pytest.mark.skipif(nginx_program() is None, reason="needs nginx; on Debian: apt-get install nginx-light"),
]


@pytest.fixture(scope="module")
def several() -> Iterator[Several]:
    with Several(webs=2, jobs=1, proxy=True, tls=True, environment={"AUCTION_PROXIES": "1"}) as running:
        yield running
        for name in ("web-0", "web-1", "jobs-0"):
            assert "Traceback" not in running.log(name), running.log(name)
            assert running.bus.password not in running.log(name)


def test_a_bid_over_wss_is_told_over_a_bus_with_tls(several: Several) -> None:
    made = several.seed(lots=1, bidders=2, minutes=60)[1]
    lot, step = made["lots"][0]["id"], made["lots"][0]["increment_minor"]
    price = made["lots"][0]["start_price_minor"]
    trusting = requests.Session()
    trusting.verify = str(several.data / "tls" / CERTIFICATE)
    lines = [socketio.SimpleClient(reconnection=False, http_session=trusting) for _ in range(4)]
    try:
        # In turn to both processes: two of the four are on the other one than the bidder.
        for number, line in enumerate(lines):
            auth = {"token": made["bidders"][number % 2]["token"]}
            line.connect(several.proxy.url, namespace="/live", transports=["websocket"], auth=auth)
            assert line.call("watch", {"lot": lot})["ok"]
        for turn in range(6):
            offer = {"lot": lot, "amount_minor": price + turn * step, "bid_id": f"tls-{turn}"}
            answer = lines[turn % 2].call("bid", offer)
            assert answer["ok"], answer
            assert answer["receipt"]["outcome"] == "accepted", answer
            for line in lines:
                _hear(line, price + turn * step)
    finally:
        for line in lines:
            line.disconnect()
    assert all(httpx.get(f"{url}/readyz", timeout=10).json()["dependencies"]["bus"] == "ok" for url in several.urls)


def _hear(line: socketio.SimpleClient, price: int) -> None:
    while True:
        event, state = line.receive(timeout=10)
        if event == "state" and state["price_minor"] == price:
            return


def test_a_client_that_does_not_trust_the_certificate_is_not_let_near(several: Several) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(several.proxy.url)
    with pytest.raises(socketio.exceptions.ConnectionError), socketio.SimpleClient(reconnection=False) as line:
        line.connect(several.proxy.url, namespace="/live", transports=["websocket"])


def test_a_plain_request_on_the_port_of_tls_is_refused(several: Several) -> None:
    answer = httpx.get(several.proxy.url.replace("https", "http", 1))
    assert answer.status_code == 400
    assert isinstance(several.proxy.trust, ssl.SSLContext)
