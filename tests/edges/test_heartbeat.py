"""A process proves beat by beat that it serves; a lapse or a leap of its clock is a gap for everybody to see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from auction.edges.heartbeat import Heartbeat, Written, carried_on, jump_ms
from auction.edges.platform import Platform
from auction.foundation.database.engine import Database
from auction.gateways.clock import FileClock
from auction.procedure.bidding import service
from auction.procedure.bidding.models import ServiceSpan

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.property
@given(passed=st.floats(min_value=0, max_value=1e6), leap=st.floats(min_value=-1e6, max_value=1e6, allow_nan=False))
def test_only_a_leap_of_more_than_a_second_is_told(passed: float, leap: float) -> None:
    last = Written(span=1, ticks=10.0, wall=AT)
    found = jump_ms(last, ticks=10.0 + passed, wall=AT + timedelta(seconds=passed) + timedelta(seconds=leap))

    if abs(leap) < 0.999:
        assert found == 0
    elif abs(leap) > 1.001:
        assert abs(found - leap * 1000) <= 2


@pytest.mark.parametrize(
    ("ticks", "jumped_ms", "span"), [(15.0, 0, 7), (15.1, 0, None), (11.0, 1500, None), (11.0, -1500, None)]
)
def test_a_lapse_or_a_leap_begins_a_new_span(ticks: float, jumped_ms: int, span: int | None) -> None:
    assert carried_on(Written(span=7, ticks=10.0, wall=AT), ticks=ticks, jumped_ms=jumped_ms) == span


def test_the_first_beat_begins_a_span() -> None:
    assert jump_ms(None, ticks=0.0, wall=AT) == 0
    assert carried_on(None, ticks=0.0, jumped_ms=0) is None


@dataclass
class Machine:
    """A machine whose time a test lets pass, and whose clock it sets."""

    wall: datetime = AT
    ticks: float = 1000.0

    def now(self) -> datetime:
        return self.wall

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass(frozen=True)
class Shifted:
    """The platform's clock: the machine's, and what a demonstration adds."""

    machine: Machine
    shift: list[timedelta]

    def now(self) -> datetime:
        return self.machine.now() + self.shift[0]


@dataclass
class Beating:
    """A process's heart with a machine and a shift of its own."""

    heart: Heartbeat
    machine: Machine
    shift: list[timedelta]
    platform: Platform

    def spans(self) -> list[ServiceSpan]:
        return told(self.platform)


def told(platform: Platform) -> list[ServiceSpan]:
    with platform.read() as session:
        found = list(session.scalars(select(ServiceSpan).order_by(ServiceSpan.id)))
        session.expunge_all()
    return found


@pytest.fixture
def beating(platform: Platform) -> Beating:
    machine, shift = Machine(), [timedelta(days=3)]
    moved = replace(platform, clock=Shifted(machine, shift))
    heart = Heartbeat(moved, role="web", machine=machine, ticks=lambda: machine.ticks)
    return Beating(heart, machine, shift, platform)


def test_beats_carry_one_span_on(beating: Beating) -> None:
    for _ in range(4):
        assert beating.heart.beat()
        beating.machine.passes(1)

    (span,) = beating.spans()
    assert (span.began_at, span.until_at) == (AT + timedelta(days=3), AT + timedelta(days=3, seconds=3))
    assert (span.process, span.role, span.jumped_ms, span.stopped) == (beating.heart.process, "web", 0, False)


def test_a_loop_that_lagged_leaves_a_gap(beating: Beating, caplog: pytest.LogCaptureFixture) -> None:
    beating.heart.beat()
    beating.machine.passes(5.5)
    with caplog.at_level(logging.WARNING):
        beating.heart.beat()

    one, other = beating.spans()
    assert other.began_at - one.until_at == timedelta(seconds=5.5)
    assert "no beat for 5.5 s" in caplog.text


@pytest.mark.parametrize("leap", [timedelta(hours=-1), timedelta(seconds=-1.5), timedelta(minutes=3)])
def test_a_clock_that_leaps_begins_a_new_span_and_is_told(
    beating: Beating, leap: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    beating.heart.beat()
    beating.machine.passes(1)
    beating.machine.wall += leap
    with caplog.at_level(logging.WARNING):
        beating.heart.beat()

    _, after = beating.spans()
    assert after.jumped_ms == leap / timedelta(milliseconds=1)
    assert after.began_at == beating.machine.wall + beating.shift[0]
    assert "the clock leapt" in caplog.text
    with beating.platform.read() as session:
        assert service.clocks(service.living(session), now=after.began_at).state != "ok"


def test_a_clock_moved_for_a_demonstration_has_not_leapt(beating: Beating) -> None:
    beating.heart.beat()
    beating.machine.passes(1)
    beating.shift[0] += timedelta(days=40)
    beating.heart.beat()

    (span,) = beating.spans()
    assert span.until_at - span.began_at == timedelta(days=40, seconds=1)


def test_a_database_that_is_away_leaves_a_gap_and_is_told_once(
    beating: Beating, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    beating.heart.beat()
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    there = beating.heart._platform
    with caplog.at_level(logging.WARNING):
        beating.heart._platform = replace(there, database=away)
        for _ in range(3):
            beating.machine.passes(4)
            assert not beating.heart.beat()
        beating.heart._platform = there
        beating.machine.passes(1)
        assert beating.heart.beat()
    away.dispose()

    one, other = beating.spans()
    assert other.began_at - one.until_at == 13 * SECOND
    assert caplog.text.count("beats are not written") == 1


def test_a_span_that_was_forgotten_is_begun_anew(beating: Beating) -> None:
    beating.heart.beat()
    with beating.platform.act() as act:
        act.session.execute(text("DELETE FROM service_spans"))
    beating.machine.passes(1)
    beating.heart.beat()

    (span,) = beating.spans()
    assert span.began_at == beating.machine.wall + beating.shift[0]


def test_a_clock_that_differs_from_the_databases_is_told_once(
    beating: Beating, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            beating.heart.beat()
            beating.machine.passes(1)

    (span,) = beating.spans()
    assert abs(span.skew_ms) > service.SKEW_MS_MAX, "the made-up machine stands in March 2026"
    assert caplog.text.count("off the database's") == 1


@pytest.fixture
def real(platform: Platform, tmp_path: Path) -> Iterator[tuple[Heartbeat, Platform, FileClock]]:
    """A heart that beats by itself, on the machine's clock moved by a file."""
    clock = FileClock(tmp_path / "clock")
    moved = replace(platform, clock=clock)
    heart = Heartbeat(moved, role="web", oldest_waiting=lambda: clock.now() - SECOND)
    yield heart, moved, clock
    heart.stop()


def test_it_beats_by_itself_until_it_is_stopped(real: tuple[Heartbeat, Platform, FileClock]) -> None:
    heart, moved, clock = real
    began = clock.now()
    heart.beat()
    heart.beat()
    clock.move(by=timedelta(days=2))
    heart.start()
    heart.start()
    heart.stop()

    with moved.read() as session:
        assert service.living(session) == []
    (span,) = told(moved)
    assert span.stopped
    assert abs(span.skew_ms) < service.SKEW_MS_MAX
    assert span.until_at - began > timedelta(days=2)
    assert span.oldest_waiting_at is not None
    assert timedelta(0) <= span.until_at - span.oldest_waiting_at < 10 * SECOND
