"""Clocks: the real one, one moved by a file, one moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auction.gateways.clock import ClockBackwardsError, ClockFileMalformedError, FileClock, ManualClock, SystemClock

NOON = datetime.fromisoformat("2025-03-01T12:00:00+08:00")
NEAR = timedelta(seconds=5)


def test_the_system_clock_shows_an_offset() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_clock_without_its_file_shows_real_time(tmp_path: Path) -> None:
    assert abs(FileClock(tmp_path / "clock").now() - SystemClock().now()) < NEAR


def test_a_clock_follows_its_file_and_comes_back_when_it_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)
    file.write_text("86400\n", encoding="ascii")
    assert abs(clock.now() - SystemClock().now() - timedelta(days=1)) < NEAR
    file.write_text("", encoding="ascii")
    assert abs(clock.now() - SystemClock().now()) < NEAR
    file.unlink()
    assert abs(clock.now() - SystemClock().now()) < NEAR


def test_moving_one_clock_moves_all_that_share_the_file(tmp_path: Path) -> None:
    here, there = FileClock(tmp_path / "clock"), FileClock(tmp_path / "clock")
    here.move(by=timedelta(days=14))
    moved = there.move(by=timedelta(hours=1))
    assert abs(moved - SystemClock().now() - timedelta(days=14, hours=1)) < NEAR
    assert abs(here.now() - moved) < NEAR
    with pytest.raises(ClockBackwardsError):
        here.move(by=timedelta(seconds=-1))


@pytest.mark.parametrize("text", ["tomorrow", "1e999", "nan", "inf", "-1e12", "\x00", "1 2"])
def test_a_file_that_is_no_number_of_seconds_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clock"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClockFileMalformedError, match="clock"):
        FileClock(file).now()


def test_a_clock_moved_by_hand_only_goes_forward() -> None:
    clock = ManualClock(NOON)
    clock.set(NOON)
    clock.set(NOON + timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1)
    with pytest.raises(ClockBackwardsError):
        clock.set(NOON)


def test_a_clock_refuses_an_instant_without_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        ManualClock(datetime(2025, 3, 1))  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="offset"):
        ManualClock(NOON).set(datetime(2025, 3, 2))  # noqa: DTZ001 - the fault under test
    assert ManualClock(NOON.astimezone(UTC)).now() == NOON
