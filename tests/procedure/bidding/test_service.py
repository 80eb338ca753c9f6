"""What the processes have proved decides, with a real database, whether a lot closes or is deferred."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import beats, closing, service, stays
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.outage import Outage
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.rules import verify
from tests.procedure.bidding.serving import START, led_by_a, lot_of, serve
from tests.road import YUAN, Road

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def road(platform: Platform) -> Road:
    """A lot that A leads, five minutes before its end."""
    walked = led_by_a(platform)
    walked.wait_until(lot_of(walked).ends_at - 5 * MINUTE)
    return walked


def _last(road: Road, kind: str) -> Entry:
    with road.platform.read() as session:
        return docket.of_kinds(session, "lot:L1", [kind])[-1]


@pytest.mark.parametrize(("seconds", "status"), [(59, "closed"), (60, "deferred"), (61, "deferred")])
def test_a_gap_of_sixty_seconds_before_the_end_defers_with_its_evidence(road: Road, seconds: int, status: str) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE)
    serve(road.platform, ends_at - 3 * MINUTE + seconds * SECOND, ends_at + MINUTE, process="W2")

    road.wait_until(ends_at + SECOND)

    assert lot_of(road).status == status
    if status == "deferred":
        told = _last(road, "lot.deferred").public
        assert told["ground"] == "platform_fault"
        assert told["outage"]["gap"]["ms"] == seconds * 1000
        assert [one["process"] for one in told["outage"]["spans"]] == ["W1", "W2"]
        with road.platform.read() as session:
            assert verify(publicity.export(session, "L1")).status == "deferred"


def test_two_processes_cover_for_one_another(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 4 * MINUTE)
    serve(road.platform, ends_at - 5 * MINUTE, ends_at + MINUTE, process="W2")

    road.wait_until(ends_at + SECOND)

    assert lot_of(road).status == "closed"


def test_a_process_that_only_lets_lots_open_and_close_serves_no_bidder(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 4 * MINUTE)
    serve(road.platform, ends_at - timedelta(hours=25), ends_at + MINUTE, process="W2", role="jobs", lives=True)

    road.wait_until(ends_at + SECOND)

    assert lot_of(road).status == "deferred"


def test_a_gap_before_the_last_ten_minutes_defers_nothing(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - timedelta(hours=2))
    serve(road.platform, ends_at - 10 * MINUTE, ends_at + MINUTE)

    road.wait_until(ends_at + SECOND)

    assert lot_of(road).status == "closed"


def test_an_extension_moves_the_window_with_the_end(road: Road) -> None:
    first = lot_of(road).ends_at
    serve(road.platform, first - timedelta(hours=25), first - 8 * MINUTE)
    serve(road.platform, first - 6 * MINUTE, first + timedelta(hours=1))
    road.admit("B")
    road.wait_until(first - SECOND)
    road.bid("B", START + 5_000 * YUAN)
    moved = lot_of(road).ends_at
    assert moved == first + 5 * MINUTE - SECOND

    road.wait_until(moved)

    assert lot_of(road).status == "closed"


def test_a_process_that_died_serves_no_longer_than_its_last_beat_and_one_that_lives_serves_on(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE)
    with road.platform.read() as session:
        due = {"L1": service.Due(ends_at - timedelta(hours=24), ends_at, bidding.numbers_of(lot_of(road)))}
        assert service.outages(session, due, now=ends_at)["L1"].gap is not None

    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE, process="W2", lives=True)
    road.wait_until(ends_at)

    assert lot_of(road).status == "closed"


def test_a_late_close_of_a_lot_that_was_served_closes_it_at_its_exact_end(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at + 3 * MINUTE)
    road.clock.set(ends_at + 3 * MINUTE)

    with road.platform.act() as act:
        closed = closing.close_when_due(act, lot="L1")

    assert closed is not None
    assert _last(road, "lot.closed").public["ends_at"].endswith(f"{ends_at:%M:%S.%f}+08:00")


def test_where_service_was_never_measured_a_late_close_defers_without_evidence(road: Road) -> None:
    road.clock.set(lot_of(road).ends_at + 61 * SECOND)

    with road.platform.act() as act:
        assert closing.close_when_due(act, lot="L1") is None

    assert "outage" not in _last(road, "lot.deferred").public


def test_a_deferred_lot_goes_on_with_the_time_the_law_gives_and_closes(road: Road, panel: Actor) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE)
    road.wait_until(ends_at + SECOND)
    assert lot_of(road).status == "deferred"

    road.wait_until(ends_at + timedelta(hours=1))
    with road.platform.act(panel) as act:
        resumed = stays.resume(act, lot="L1")
    assert resumed.ends_at == road.now + 5 * MINUTE
    serve(road.platform, ends_at + 30 * MINUTE, resumed.ends_at + MINUTE)
    road.wait_until(resumed.ends_at)

    assert lot_of(road).status == "closed"


def test_a_gap_is_weighed_once_by_who_lets_the_lot_go_on(road: Road, panel: Actor) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE)
    serve(road.platform, ends_at - MINUTE, ends_at + timedelta(hours=1))
    road.wait_until(ends_at + SECOND)
    assert lot_of(road).status == "deferred"

    with road.platform.act(panel) as act:
        resumed = stays.resume(act, lot="L1")
    assert resumed.ends_at == road.now + 5 * MINUTE
    road.wait_until(resumed.ends_at)

    assert lot_of(road).status == "closed"


def test_an_hour_for_thousands_of_lots_is_one_reading(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, ends_at - timedelta(hours=25), ends_at - 3 * MINUTE)
    numbers = bidding.numbers_of(lot_of(road))
    due = {f"L{n}": service.Due(ends_at - timedelta(hours=24), ends_at - n * SECOND, numbers) for n in range(600)}
    asked: list[str] = []
    event.listen(road.platform.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    with road.platform.read() as session:
        asked.clear()
        found = service.outages(session, due, now=ends_at)

    assert len(asked) <= 2
    # The one that ended at the very instant of the last beat was not served at its end either.
    assert sorted(found) == sorted(f"L{n}" for n in range(181))


def test_nothing_is_asked_for_no_lot(road: Road) -> None:
    with road.platform.read() as session:
        assert service.outages(session, {}, now=road.now) == {}


def test_nobody_but_the_platform_beats_or_defers_on_its_own_evidence(
    platform: Platform, bidder: Actor, panel: Actor, administrator: Actor
) -> None:
    for actor in (bidder, panel, administrator):
        with pytest.raises(AuthForbidden), platform.act(actor) as act:
            beats.beat(act, process="W1", role="web", span=None)
        with pytest.raises(AuthForbidden), platform.act(actor) as act:
            stays.defer_for_outage(act, lot="L1", outage=Outage())
        with pytest.raises(AuthForbidden), platform.act(actor) as act:
            beats.forget_spans(act)


def test_what_arrived_before_the_oldest_waiting_bid_is_decided(platform: Platform, now: datetime) -> None:
    with platform.read() as session:
        assert service.decided_until(session) is None

    serve(platform, now, now + 9 * SECOND, process="W1", lives=True)
    serve(platform, now, now + 9 * SECOND, process="W2", lives=True, waiting=now + 4 * SECOND)
    serve(platform, now, now + 2 * SECOND, process="W4", role="jobs", lives=True)
    with platform.read() as session:
        assert service.decided_until(session) == now + 4 * SECOND
        assert [one.process for one in service.living(session)] == ["W1", "W2", "W4"]


def test_a_process_that_fell_silent_without_a_word_is_waited_for_for_a_while(platform: Platform, now: datetime) -> None:
    serve(platform, now, now + 9 * SECOND, process="W1", lives=True)
    serve(platform, now, now + SECOND, process="W2")
    with platform.read() as session:
        assert service.decided_until(session) == now + SECOND
        assert [one.process for one in service.living(session)] == ["W1"]
    with platform.act() as act:
        longer = "UPDATE service_spans SET seen_at = seen_at - interval '15 seconds' WHERE process = 'W2'"
        act.session.execute(text(longer))
    with platform.read() as session:
        assert service.decided_until(session) == now + 9 * SECOND


def test_clocks_are_compared_with_each_other_and_with_the_database(platform: Platform, now: datetime) -> None:
    with platform.read() as session:
        assert service.clocks(service.living(session), now=now).state == "unmeasured"
    serve(platform, now, now, process="W1", lives=True, skew_ms=-130)
    with platform.read() as session:
        assert service.clocks(service.living(session), now=now).state == "ok"
    serve(platform, now, now, process="W2", lives=True, skew_ms=130)
    with platform.read() as session:
        assert service.clocks(service.living(session), now=now) == service.Clocks(state="apart", apart_ms=260)


@pytest.mark.parametrize(("ago", "state"), [(timedelta(minutes=9), "jumped"), (timedelta(minutes=11), "ok")])
def test_a_leap_of_a_clock_is_told_for_a_while(platform: Platform, now: datetime, ago: timedelta, state: str) -> None:
    serve(platform, now - ago, now, lives=True, jumped_ms=-3_600_000)
    with platform.read() as session:
        assert service.clocks(service.living(session), now=now).state == state


def test_spans_are_forgotten_when_nothing_needs_them_any_more(road: Road) -> None:
    ends_at = lot_of(road).ends_at
    opened = ends_at - timedelta(hours=24)
    serve(road.platform, opened - timedelta(hours=2), opened - SECOND, process="W1")
    serve(road.platform, opened, ends_at - 5 * MINUTE, process="W2")
    road.clock.set(ends_at + beats.SPANS_KEPT + timedelta(days=9))

    # The lot is still open: its certificate needs what was served since it opened.
    with road.platform.act() as act:
        assert beats.forget_spans(act) == 1
    with road.platform.act() as act:
        assert beats.forget_spans(act) == 0
    with road.platform.act() as act:
        stays.defer(act, lot="L1", ground="platform_fault")
    with road.platform.act() as act:
        stays.withdraw(act, lot="L1", ground="panel")
    with road.platform.act() as act:
        assert beats.forget_spans(act) == 1
