"""The kill drill: twenty people bid, everything is killed three times, nothing acknowledged is lost."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.program.killing import Drill, Killed
from tests.program.running import a_place, tell

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
KILLS = 3


@pytest.mark.parametrize("what", get_args(Killed))
def test_no_acknowledged_bid_is_lost_and_the_lot_closes_rightly(what: Killed) -> None:
    with a_place() as place:
        place.start()
        drill = Drill(place, bidders=20)
        away = []
        with drill.bidding() as bidding:
            for _ in range(KILLS):
                drill.let_bid(bidding, accepted=150)
                away.append(round(drill.kill_and_start(what), 1))
                drill.let_bid(bidding, accepted=50)
                drill.check(bidding)
        drill.check(bidding)
        drill.close()
        drill.check(bidding)
        assert place.stop() == 0
    tell(f"{KILLS} kills of {what}, away {away} s: {drill.figures}")
