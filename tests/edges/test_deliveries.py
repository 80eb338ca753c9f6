"""Partners are told: by a real server that checks with the Standard Webhooks library, up, down and in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from auction.edges.jobs.deliveries import deliver_due
from auction.edges.platform import Platform
from auction.foundation.docket.commands import append
from auction.foundation.docket.queries import entries
from auction.foundation.kernel.roles import Actor
from auction.procedure.partners import commands as partners
from auction.procedure.partners import outbox, queries
from auction.procedure.partners.rules import ATTEMPTS_MAX, KINDS
from auction.procedure.settlement import commands as settlement
from tests.edges.receiver import Receiver, Visit, with_status
from tests.edges.told import PATIENCE, connect, enter, later, statuses, the_endpoint
from tests.road import YUAN, Road


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().up() as listening:
        yield listening


def a_lots_life(road: Road) -> None:
    """From the announcement to the ruling, with an extension near the end."""
    road.begin()
    announced = road.announce()
    for name in ("A", "B"):
        road.admit(name)
    road.wait_until(announced.opens_at)
    road.bid("A", 700_000 * YUAN)
    road.wait_until(announced.closes_at - timedelta(seconds=30))
    road.bid("B", 705_000 * YUAN)
    road.wait_until(announced.closes_at + timedelta(minutes=10))
    with road.platform.act(road.person("B")) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=635_000 * YUAN)
    road.wait_until(road.now + timedelta(hours=1))
    with road.platform.act() as act:
        settlement.rule(act, lot="L1")


LIFE = ["lot.announced", "lot.opened", "bid.accepted", "bid.accepted", "lot.extended", "lot.closed", "lot.ruled"]


def test_a_partner_verifies_every_delivery_of_a_lots_life_in_order(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)

    a_lots_life(Road(platform))
    received = deliver_due(platform)

    assert [one.type for one in receiver.taken] == LIFE
    assert received == len(LIFE)
    assert receiver.seqs("L1") == sorted(set(receiver.seqs("L1")))
    assert len({one.id for one in receiver.taken}) == len(LIFE)
    assert not receiver.forged
    assert {status for _, _, status in statuses(platform)} == {"delivered"}


def test_what_is_sent_is_the_docket_entry_itself(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    a_lots_life(Road(platform))
    deliver_due(platform)

    with platform.read() as session:
        told = [one.as_json() for one in entries(session, "lot:L1") if one.kind in KINDS]
    assert [one.payload["data"]["entry"] for one in receiver.taken] == told
    assert [one.payload["timestamp"] for one in receiver.taken] == [one["at"] for one in told]


def test_after_having_been_down_a_partner_gets_everything_in_order(platform: Platform) -> None:
    receiver = Receiver()
    with receiver.up():
        connect(platform, receiver)
    a_lots_life(Road(platform))
    enter(platform, "L2", "lot.announced", "lot.opened")

    for _ in range(8):
        assert deliver_due(platform, patience=PATIENCE) == 0
        later(platform, minutes=20)
    assert the_endpoint(platform).waiting == len(LIFE) + 2
    assert the_endpoint(platform).silences > 0
    later(platform, hours=1)
    with receiver.up():
        deliver_due(platform)

    assert [one.type for one in receiver.taken if one.lot == "L1"] == LIFE
    assert receiver.seqs("L1") == sorted(receiver.seqs("L1"))
    assert receiver.seqs("L2") == [1, 2]
    assert not receiver.forged
    assert the_endpoint(platform).silences == 0


def test_a_partner_that_answers_500_is_asked_again_with_growing_delay(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    receiver.behave = with_status(500)
    enter(platform, "L1", "lot.announced", "lot.opened")

    asked = []
    for seconds in (0, 4, 1, 14, 1, 59, 1):
        later(platform, seconds=seconds)
        deliver_due(platform)
        asked.append(len(receiver.visits))
    assert asked == [1, 1, 2, 2, 3, 3, 4]
    receiver.behave = None
    later(platform, minutes=5)
    deliver_due(platform)

    assert receiver.seqs("L1") == [1, 2]


def test_a_refused_entry_holds_its_own_lot_only(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    enter(platform, "L1", "lot.announced", "lot.opened")
    enter(platform, "L2", "lot.announced", "lot.opened")

    def behave(visit: Visit) -> None:
        if visit.payload["data"]["subject"] == "L1":
            visit.answer(422)
        else:
            visit.take()

    receiver.behave = behave
    deliver_due(platform)
    assert receiver.seqs("L2") == [1, 2]
    assert statuses(platform)[:2] == [("L1", 1, "waiting"), ("L1", 2, "waiting")]
    receiver.behave = None
    later(platform, seconds=5)
    deliver_due(platform)
    assert receiver.seqs("L1") == [1, 2]


def test_after_three_days_of_refusals_the_line_stands_until_a_person_retries_it(
    platform: Platform, receiver: Receiver
) -> None:
    connect(platform, receiver)
    enter(platform, "L1", "lot.announced", "lot.opened")
    receiver.behave = with_status(503)
    deliver_due(platform)
    with platform.act() as act:
        act.session.execute(text("UPDATE webhook_deliveries SET attempts = :n WHERE seq = 1"), {"n": ATTEMPTS_MAX - 2})
    for _ in range(3):
        later(platform, hours=1)
        deliver_due(platform)
    receiver.behave = None
    later(platform, days=9)
    deliver_due(platform)

    assert statuses(platform) == [("L1", 1, "failed"), ("L1", 2, "waiting")]
    assert len(receiver.visits) == 1 + 2
    with platform.read() as session:
        failed = queries.deliveries(session, status="failed")[0]
    with platform.act() as act:
        partners.retry_delivery(act, delivery=failed.id)
    deliver_due(platform)
    assert receiver.seqs("L1") == [1, 2]


def test_after_three_days_of_silence_the_endpoint_is_paused_and_nothing_is_lost(platform: Platform) -> None:
    receiver = Receiver()
    with receiver.up():
        connect(platform, receiver)
    enter(platform, "L1", "lot.announced")

    deliver_due(platform, patience=PATIENCE)
    with platform.act() as act:
        act.session.execute(text("UPDATE webhook_endpoints SET silences = :n"), {"n": ATTEMPTS_MAX - 2})
    for _ in range(2):
        later(platform, hours=1)
        assert the_endpoint(platform).active
        deliver_due(platform, patience=PATIENCE)
    enter(platform, "L1", "lot.opened")
    deliver_due(platform, patience=PATIENCE)

    assert the_endpoint(platform).paused_because == "silent"
    with platform.act() as act:
        partners.resume_endpoint(act, endpoint="W1")
    with receiver.up():
        deliver_due(platform)
    assert receiver.seqs("L1") == [1, 2]


def test_gone_pauses_the_endpoint_at_once(platform: Platform, receiver: Receiver) -> None:
    connect(platform, receiver)
    receiver.behave = with_status(410)
    enter(platform, "L1", "lot.announced")
    deliver_due(platform)
    enter(platform, "L1", "lot.opened")
    later(platform, days=1)
    deliver_due(platform)

    assert len(receiver.visits) == 1
    assert the_endpoint(platform).paused_because == "gone"
    receiver.behave = None
    with platform.act() as act:
        partners.resume_endpoint(act, endpoint="W1")
    deliver_due(platform)
    assert receiver.seqs("L1") == [1, 2]


def test_during_a_rotation_both_secrets_verify_and_a_day_later_only_the_new_one(
    platform: Platform, receiver: Receiver
) -> None:
    connect(platform, receiver)
    old = receiver.secret
    with platform.act() as act:
        new = partners.rotate_secret(act, endpoint="W1").secret
    enter(platform, "L1", "lot.announced")
    deliver_due(platform)
    receiver.secret = new
    enter(platform, "L1", "lot.opened")
    deliver_due(platform)
    assert [one.signatures for one in receiver.taken] == [2, 2]

    later(platform, hours=24)
    enter(platform, "L1", "lot.closed")
    deliver_due(platform)
    assert receiver.taken[-1].signatures == 1
    receiver.secret = old
    enter(platform, "L1", "lot.ruled")
    deliver_due(platform)
    assert receiver.forged == ["No matching signature found"]


def test_a_lot_is_told_again_from_a_number_under_the_same_ids(platform: Platform, receiver: Receiver) -> None:
    enter(platform, "L1", "lot.announced")
    connect(platform, receiver)
    enter(platform, "L1", "lot.opened", "bid.accepted", "bid.refused", "lot.closed")
    deliver_due(platform)
    assert receiver.seqs("L1") == [2, 3, 5]

    with platform.act() as act:
        assert partners.redeliver_from(act, endpoint="W1", lot="L1", seq=1) == 4
    deliver_due(platform)

    assert receiver.seqs("L1") == [2, 3, 5, 1, 2, 3, 5]
    assert len({one.id for one in receiver.taken}) == 4


def test_what_happened_during_a_pause_is_told_afterwards(
    platform: Platform, receiver: Receiver, administrator: Actor
) -> None:
    connect(platform, receiver)
    with platform.act(administrator) as act:
        partners.pause_endpoint(act, endpoint="W1")
    enter(platform, "L1", "lot.announced", "lot.opened")
    assert deliver_due(platform) == 0
    with platform.act(administrator) as act:
        partners.resume_endpoint(act, endpoint="W1")

    assert deliver_due(platform) == 2


def test_an_endpoint_is_told_from_its_first_day_or_from_the_beginning(platform: Platform, receiver: Receiver) -> None:
    enter(platform, "L1", "lot.announced")
    connect(platform, receiver)
    with Receiver().up() as everything:
        with platform.act() as act:
            everything.secret = partners.add_endpoint(
                act, partner="O1", url=everything.url, loopback_allowed=True, from_beginning=True
            ).secret
        enter(platform, "L1", "lot.opened")
        deliver_due(platform)

        assert receiver.seqs("L1") == [2]
        assert everything.seqs("L1") == [1, 2]


def test_a_backlog_is_made_out_in_parts_and_goes_out_over_few_connections_in_order(
    platform: Platform, receiver: Receiver
) -> None:
    connect(platform, receiver)
    with platform.act() as act:
        for kind in ("bid.accepted", "bid.refused", "lot.extended") * 20:
            append(act, "lot:L1", kind, {"lot": "L1"})
    reads: list[int] = []
    while not reads or reads[-1]:
        with platform.act() as act:
            reads.append(outbox.make_out_deliveries(act, endpoint="W1", limit=7))
    while the_endpoint(platform).waiting:
        deliver_due(platform)

    assert reads == [7] * 8 + [4, 0]
    assert receiver.seqs("L1") == [seq for seq in range(1, 61) if seq % 3 != 2]
    assert receiver.connections < 5
