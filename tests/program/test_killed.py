"""One kill of everything while five people bid; the long drill is in tests/drills."""

from __future__ import annotations

import pytest

from tests.program.killing import Drill
from tests.program.running import Place, tell

pytestmark = pytest.mark.xdist_group("program")


def test_no_acknowledged_bid_is_lost_when_everything_is_killed(serving: Place) -> None:
    drill = Drill(serving, bidders=5)
    with drill.bidding() as bidding:
        drill.let_bid(bidding, accepted=25)
        away = drill.kill_and_start("everything")
        drill.let_bid(bidding, accepted=10)
    drill.check(bidding)
    drill.close()
    drill.check(bidding)
    tell(f"5 bidders, 1 kill, {away:.1f} s away: {drill.figures}")
