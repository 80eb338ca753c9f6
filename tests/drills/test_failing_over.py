"""The primary database is killed under load and its synchronous standby promoted: nothing acknowledged is lost."""

from __future__ import annotations

import pytest

from tests.drills.drilling import Kills, bidding, judge, table
from tests.drills.standing_by import a_pair
from tests.program.several import Several

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
BIDDERS = 16


def test_no_acknowledged_bid_is_lost_when_the_standby_takes_over() -> None:
    with a_pair() as pair, Several(webs=2, jobs=1, bus=True, database_url=pair.url) as several:
        kills = Kills()
        with bidding(several, lots=[3600.0] * 4, bidders=BIDDERS, minutes=60, pause=0.1) as bidders:
            bidders.await_accepted(200, what="the bidding to begin")
            pair.primary.kill()
            kills.note("kills of the primary database")
            pair.standby.promote()
            back = bidders.await_accepted(1, what=f"bids to go on; the web process said {several.log('web-0')}")
            bidders.await_accepted(200, what="bids to go on over the promoted standby")
        operations = bidders.operations()
        verdicts = [judge(several, lot["id"], operations) for lot in bidders.lots]
        rows = {"first_bid_accepted_after_the_promotion,_s": f"{back:.2f}"}
        table("Primary killed, synchronous standby promoted", operations, verdicts, kills, **rows)
        assert pair.standby.say("SELECT pg_is_in_recovery()") == "False"
        assert [fault for one in verdicts for fault in one.faults] == []
