"""Two web and two jobs processes on one database, a real Valkey between them and a real nginx before them."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
import socketio
from sqlalchemy import text

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import first_fault
from auction.gateways.bus import Bus
from tests.program.certificates import lay_certificate
from tests.program.programs import REPOSITORY, nginx_program
from tests.program.running import free_port, tell, wait_until
from tests.program.several import Several

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("program"),
    pytest.mark.skipif(nginx_program() is None, reason="needs nginx; on Debian: apt-get install nginx-light"),
]
LOTS = 12
ARRIVES_SECONDS = 10.0
_TURNS = iter(range(10_000))


@pytest.fixture(scope="module")
def several() -> Iterator[Several]:
    with Several(webs=2, jobs=2, proxy=True, environment={"AUCTION_PROXIES": "1"}) as running:
        yield running
        for name in ("web-0", "web-1", "jobs-0", "jobs-1"):
            assert "Traceback" not in running.log(name), running.log(name)
            assert running.bus.password not in running.log(name)


@pytest.fixture(scope="module")
def seeded(several: Several) -> dict[str, Any]:
    return several.seed(lots=LOTS, bidders=2, minutes=600)[1]


@contextmanager
def watching(url: str, lot: str) -> Iterator[tuple[socketio.SimpleClient, dict[str, Any]]]:
    with socketio.SimpleClient(reconnection=False) as line:
        line.connect(url, namespace="/live", transports=["websocket"])
        answer = line.call("watch", {"lot": lot})
        assert answer["ok"], answer
        yield line, answer["state"]


def bid(url: str, made: dict[str, Any], lot: str) -> int:
    """Place the next bid on a lot over the API and return its amount."""
    turn = next(_TURNS)
    amount = httpx.get(f"{url}/api/v1/lots/{lot}/docket", params={"limit": 200}, timeout=20).json()
    offered = [one["public"]["amount_minor"] for one in amount["items"] if one["kind"] == "bid.accepted"]
    told = next(one for one in made["lots"] if one["id"] == lot)
    offer = max(offered) + told["increment_minor"] if offered else told["start_price_minor"]
    answer = httpx.post(
        f"{url}/api/v1/lots/{lot}/bids",
        json={"amount_minor": offer, "bid_id": f"turn-{turn}"},
        headers={"Authorization": f"Bearer {made['bidders'][len(offered) % 2]['token']}"},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text
    return int(offer)


def arrived(line: socketio.SimpleClient, price: int) -> float:
    """Wait until a watcher is told of a price; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < ARRIVES_SECONDS:
        event, state = line.receive(timeout=ARRIVES_SECONDS)
        if event == "state" and state["price_minor"] == price:
            return time.monotonic() - began
    pytest.fail(f"a watcher was never told of {price}")


def bus_is(several: Several, state: str) -> None:
    def told() -> bool:
        answers = [httpx.get(f"{url}/readyz", timeout=10) for url in several.urls]
        assert all(answer.status_code == 200 for answer in answers), "a bus that is away turns nobody away"
        return all(answer.json()["dependencies"]["bus"] == state for answer in answers)

    wait_until(told, what=f"the bus to be {state}", seconds=20)
    figure = f"auction_bus_up {float(state == 'ok')}"
    assert all(figure in httpx.get(f"{url}/metrics", timeout=20).text for url in several.urls)


def test_a_bid_through_one_process_reaches_watchers_of_the_other_with_and_without_the_bus(
    several: Several, seeded: dict[str, Any]
) -> None:
    lot = seeded["lots"][0]["id"]
    took: dict[str, list[float]] = {}
    with watching(several.urls[1], lot) as (line, _):
        for phase in ("bus", "no bus", "bus again"):
            if phase == "no bus":
                several.bus.stop()
            elif phase == "bus again":
                several.bus.start()
            bus_is(several, "unavailable" if phase == "no bus" else "ok")
            took[phase] = [arrived(line, bid(several.urls[0], seeded, lot)) for _ in range(7)]
    tell("a bid through A told on B, median s: " + json.dumps({phase: median(all_) for phase, all_ in took.items()}))
    # The heads are looked at every five seconds while the bus is there: so soon only the bus tells.
    assert median(took["bus"]) < 1
    assert median(took["bus again"]) < 1


def test_garbage_on_the_bus_stops_nobody(several: Several, seeded: dict[str, Any]) -> None:
    lot = seeded["lots"][1]["id"]
    channel = Bus(several.bus.url, secret=several.settings.secret_key).name
    with watching(several.urls[1], lot) as (line, _), several.bus.client() as stranger:
        assert stranger.pubsub_numsub(channel)[0][1] == len(several.urls)
        hostile = [
            b"",
            b"\xff",
            b"{",
            b"x" * 8_000_000,
            json.dumps({"process": "0" * 16, "moved": ["nobody"]}).encode(),
        ]
        for message in hostile * 20:
            stranger.publish(channel, message)
        arrived(line, bid(several.urls[0], seeded, lot))
    bus_is(several, "ok")


def test_the_number_of_watchers_is_that_of_both_processes(several: Several, seeded: dict[str, Any]) -> None:
    lot = seeded["lots"][2]["id"]
    with watching(several.urls[0], lot), watching(several.urls[0], lot), watching(several.urls[1], lot):
        for url in several.urls:
            wait_until(lambda url=url: several.state(lot, url=url)["watchers"] == 3, what="three watchers", seconds=15)  # type: ignore[misc]
    for url in several.urls:
        wait_until(lambda url=url: several.state(lot, url=url)["watchers"] == 0, what="nobody", seconds=25)  # type: ignore[misc]


def test_nginx_takes_turns_upgrades_refuses_polling_and_fetches_a_state_once_a_second(
    several: Several, seeded: dict[str, Any]
) -> None:
    lot, url = seeded["lots"][3]["id"], several.proxy.url
    assert httpx.get(f"{url}/").status_code == 200
    assert httpx.get(f"{url}/metrics").status_code == 404
    refused = httpx.get(f"{url}/socket.io/", params={"EIO": "4", "transport": "polling"})
    assert (refused.status_code, "websocket" in refused.text) == (400, True)
    with watching(url, lot) as (first, _), watching(url, lot) as (second, _):
        amount = bid(url, seeded, lot)
        arrived(first, amount)
        arrived(second, amount)
        connections = [live_connections(one) for one in several.urls]
        assert min(connections) >= 1, "one process got everybody"
    before = fetched(several)
    began = time.monotonic()
    with httpx.Client(base_url=url) as client:
        answers = [client.get(f"/api/v1/lots/{lot}/state") for _ in range(400)]
    seconds = time.monotonic() - began
    assert {answer.status_code for answer in answers} == {200}
    assert fetched(several) - before <= seconds + 2
    answer = httpx.get(f"{url}/api/v1/lots/{lot}/state")
    again = httpx.get(f"{url}/api/v1/lots/{lot}/state", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    keyed = httpx.get(f"{url}/api/v1/lots/{lot}/state", headers={"Authorization": "Bearer nonsense"})
    assert keyed.status_code == 401, "what is said to everybody was said to a key"
    tell(f"400 states through nginx in {seconds:.2f} s, {fetched(several) - before} of them fetched")


def live_connections(url: str) -> float:
    return figure(url, "auction_live_connections")


def fetched(several: Several) -> float:
    return sum(figure(url, 'auction_http_requests_total{endpoint="show_state",status="200"}') for url in several.urls)


def figure(url: str, name: str) -> float:
    lines = httpx.get(f"{url}/metrics", timeout=20).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)


def test_the_files_of_deploy_are_accepted_by_nginx_as_they_lie_there(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "deploy" / "nginx", tmp_path / "etc")
    (tmp_path / "logs").mkdir()
    lay_certificate(tmp_path)
    site = tmp_path / "etc" / "site.conf"
    site.write_text(
        site.read_text().replace("443", str(free_port())).replace("/etc/auction/tls", str(tmp_path)), encoding="utf-8"
    )
    asked = [str(nginx_program()), "-t", "-p", f"{tmp_path}/", "-c", str(tmp_path / "etc" / "nginx.conf")]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[emerg]" not in done.stderr


def test_bodies_too_large_are_refused_and_a_visitor_is_seen_through_the_proxy(several: Several) -> None:
    url = several.proxy.url
    assert httpx.post(f"{url}/api/v1/lots/x/bids", content=b"x" * 2_000_000).status_code == 413
    refused = httpx.post(f"{url}/api/v1/lots/x/bids", content=b"x" * 1_050_000)
    assert refused.json()["code"] in {"input.too_large", "auth.required", "input.malformed"}


def test_a_dead_web_process_is_passed_by_and_taken_back(several: Several, seeded: dict[str, Any]) -> None:
    lot, url = seeded["lots"][4]["id"], several.proxy.url
    several.kill("web", 0)
    try:
        for _ in range(4):
            bid(url, seeded, lot)
        with watching(url, lot) as (line, _):
            arrived(line, bid(url, seeded, lot))
        statuses = Counter(httpx.get(f"{url}/api/v1/lots", timeout=20).status_code for _ in range(10))
        assert statuses == {200: 10}
    finally:
        several.start("web", 0)
    wait_until(lambda: seen_by(several, 0, url), what="nginx to take it back", seconds=20)


def seen_by(several: Several, number: int, url: str) -> bool:
    name = 'auction_http_requests_total{endpoint="find_lots",status="200"}'
    before = figure(several.urls[number], name)
    for _ in range(4):
        httpx.get(f"{url}/api/v1/lots", timeout=20)
    return figure(several.urls[number], name) > before


def test_a_wrong_password_of_the_bus_leaves_a_process_serving(several: Several) -> None:
    wrong = several.bus.url.replace(several.bus.password, "wrong-but-secret")
    with Several(
        webs=1, jobs=0, bus=False, database_url=several.database_url, environment={"AUCTION_BUS_URL": wrong}
    ) as apart:
        answer = httpx.get(f"{apart.urls[0]}/readyz")
        assert (answer.status_code, answer.json()["dependencies"]["bus"]) == (200, "unavailable")
        assert httpx.get(f"{apart.urls[0]}/").status_code == 200
        log = apart.log("web-0")
    assert "not hearing the bus" in log
    assert "wrong-but-secret" not in log


def test_two_jobs_processes_close_every_lot_once_and_give_every_deposit_back_once(several: Several) -> None:
    _, made = several.seed(lots=LOTS, bidders=2, minutes=2)
    lots = [lot["id"] for lot in made["lots"]]
    for lot in lots[: LOTS // 2]:
        bid(several.urls[0], made, lot)
    several.move_to(max(datetime.fromisoformat(lot["ends_at"]) for lot in made["lots"]) + timedelta(minutes=6))
    wait_until(
        lambda: all(several.state(lot)["status"] == "closed" for lot in lots), what="every lot to close", seconds=60
    )
    with several.platform() as platform:

        def settled() -> bool:
            with platform.read() as session:
                waiting = session.execute(text("SELECT count(*) FROM docket_reactions"))
                return bool(waiting.scalar_one() == 0)

        wait_until(settled, what="what follows a close", seconds=60)
        threading.Event().wait(3)  # whoever would do it again has had the time
        kinds: Counter[str] = Counter()
        with platform.read() as session:
            for lot in lots:
                entries = docket.entries(session, f"lot:{lot}")
                assert first_fault(entries) is None
                assert [entry.kind for entry in entries].count("lot.closed") == 1
                kinds.update(entry.kind for entry in entries)
            orders = session.execute(
                text("SELECT count(*), count(DISTINCT (kind, purpose, subject_id)) FROM money_orders")
            ).one()
    tell(f"{LOTS} lots closed by two jobs processes: {dict(kinds)}; money orders {orders[0]}")
    assert orders[0] == orders[1], "something was paid twice"
