"""Receivers that hang, drip, flood or redirect; senders that race, die or come late: nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from auction.edges.jobs.deliveries import deliver_due
from auction.edges.platform import Platform
from auction.gateways.outgoing import Answer
from auction.procedure.partners import outbox, queries
from tests.edges.receiver import Receiver, Visit, hang, with_status
from tests.edges.told import PATIENCE, connect, enter, statuses, the_endpoint


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
        deliver_due(platform, patience=3.0)  # more than a machine at work may need for an answer that is meant to come

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


@pytest.mark.race
def test_two_senders_at_once_neither_double_nor_reorder(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    lots = [f"L{number}" for number in range(6)]
    for lot in lots:
        enter(platform, lot, "lot.announced", "lot.opened", *["bid.accepted"] * 18)

    def send(_: int) -> None:
        while any(status == "waiting" for *_, status in statuses(platform)) or len(receiver.taken) < 120:
            deliver_due(platform)

    with ThreadPoolExecutor(2) as senders:
        list(senders.map(send, range(2)))

    for lot in lots:
        assert receiver.seqs(lot) == list(range(1, 21))
    assert len({one.id for one in receiver.taken}) == 120
    assert receiver.most_at_once <= outbox.LINES_MAX


def test_a_sender_that_died_in_between_is_followed_by_another_under_the_same_id(
    platform: Platform, receiver: Receiver
) -> None:
    connect(platform, receiver)
    enter(platform, "L1", "lot.announced", "lot.opened")
    with platform.act() as act:
        outbox.make_out_deliveries(act, endpoint="W1")
    with platform.act() as act:
        lost = outbox.lease_delivery(act)

    assert lost is not None
    assert deliver_due(platform) == 0
    with platform.act() as act:
        act.session.execute(
            text("UPDATE webhook_deliveries SET leased_until = clock_timestamp() - interval '1 second'")
        )
    assert deliver_due(platform) == 2
    assert [(one.id == lost.delivery, one.seq) for one in receiver.taken] == [(True, 1), (False, 2)]


def test_an_answer_after_the_lease_was_lost_changes_nothing(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    enter(platform, "L1", "lot.announced", "lot.opened")
    with platform.act() as act:
        outbox.make_out_deliveries(act, endpoint="W1")
    with platform.act() as act:
        late = outbox.lease_delivery(act)
    assert late is not None
    with platform.act() as act:
        act.session.execute(
            text("UPDATE webhook_deliveries SET leased_until = clock_timestamp() - interval '1 second'")
        )
    deliver_due(platform)

    with platform.act() as act:
        assert outbox.conclude_delivery(act, dispatch=late, answer=Answer(500, None, 1)) is None
    assert statuses(platform) == [("L1", 1, "delivered"), ("L1", 2, "delivered")]
