"""Receivers that hang, drip, flood, redirect or lie inside the network cost the others nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from auction.edges.jobs.deliveries import deliver_due
from auction.edges.platform import Platform
from auction.procedure.partners import outbox, queries
from tests.edges.receiver import Receiver, Visit, hang, with_status
from tests.edges.told import PATIENCE, connect, enter, the_endpoint


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().up() as listening:
        yield listening


def test_a_hanging_receiver_costs_the_others_nothing(platform: Platform, receiver: Receiver) -> None:
    enough = threading.Event()
    with Receiver(behave=hang(enough)).up() as stuck:
        connect(platform, stuck)
        connect(platform, receiver, partner="O2", endpoint="W2")
        for number in range(12):
            enter(platform, f"L{number}", "lot.announced")

        began = time.monotonic()
        deliver_due(platform, patience=PATIENCE)

        assert len(receiver.taken) == 12
        assert time.monotonic() - began < 20
        enough.set()
        assert len(stuck.visits) <= outbox.LINES_MAX
    assert the_endpoint(platform).silences == 1
    with platform.read() as session:
        assert {one.last_error for one in queries.deliveries(session, endpoint="W1")} == {"timeout", None}


def test_headers_dripped_for_ever_end_with_the_patience(platform: Platform, receiver: Receiver) -> None:
    def drip(visit: Visit) -> None:
        visit.close_connection = True
        visit.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(40):
            time.sleep(0.1)
            visit.wfile.write(f"x-{number}: 1\r\n".encode())
            visit.wfile.flush()

    connect(platform, receiver)
    receiver.behave = drip
    enter(platform, "L1", "lot.announced")

    began = time.monotonic()
    assert deliver_due(platform, patience=PATIENCE) == 0
    assert time.monotonic() - began < 2 * PATIENCE + 1


def test_a_redirect_is_not_followed(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    receiver.behave = with_status(307, location=f"http://127.0.0.1:{receiver.port}/elsewhere")
    enter(platform, "L1", "lot.announced")

    assert deliver_due(platform) == 0

    assert receiver.visits == ["/hooks"]
    with platform.read() as session:
        assert queries.deliveries(session)[0].last_status == 307


def test_an_endless_answer_is_hardly_read(platform: Platform, receiver: Receiver) -> None:
    sent = [0]

    def flood(visit: Visit) -> None:
        visit.close_connection = True
        visit.send_response(200)
        visit.send_header("content-length", str(100_000_000))
        visit.end_headers()
        for _ in range(1_000):
            visit.wfile.write(b"x" * 100_000)
            sent[0] += 100_000

    connect(platform, receiver)
    receiver.behave = flood
    enter(platform, "L1", "lot.announced")

    assert deliver_due(platform) == 1
    assert sent[0] < 20_000_000


def test_garbage_instead_of_http_is_no_receipt(platform: Platform, receiver: Receiver) -> None:
    def garbage(visit: Visit) -> None:
        visit.close_connection = True
        visit.wfile.write(b"\x00\xff not http at all\r\n\r\n")

    connect(platform, receiver)
    receiver.behave = garbage
    enter(platform, "L1", "lot.announced")

    assert deliver_due(platform) == 0
    with platform.read() as session:
        assert queries.deliveries(session)[0].last_error == "broken_off"


def test_a_name_that_leads_inside_the_network_is_not_called(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    enter(platform, "L1", "lot.announced")
    in_earnest = replace(platform, settings=replace(platform.settings, demo=False))

    assert deliver_due(in_earnest) == 0

    assert receiver.visits == []
    with platform.read() as session:
        assert queries.deliveries(session)[0].last_error == "address_refused"
