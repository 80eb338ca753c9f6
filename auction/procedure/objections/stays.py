"""Stays the law limits in time: against security, and on the higher court's order."""

from __future__ import annotations

from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import stays as bidding_stays
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.objections import rules
from auction.procedure.objections.models import OrderedStay
from auction.procedure.objections.queries import OrderedStayRecord
from auction.rulebook import rulebook


@command("order_stay", by={Role.PANEL})
def order_stay(act: Act, *, lot: str, ordered: str, until: datetime | None = None) -> OrderedStayRecord:
    """Defer a lot for a time the law limits; when it is over, the lot is due to go on.

    :param ordered: ``security``: against security, one year at most (法释〔2015〕5号 第467条); ``superior``: on the
        higher court's order, three months as a rule (法释〔1998〕15号 第77条)
    :param until: the longest the law allows when left out
    :raises StayTooLong: for longer
    :raises BiddingNotOpen: Over: when there is nothing to defer, as ``defer``
    """
    checks = Checks()
    wanted, order = checks.identifier("lot", lot), checks.one_of("ordered", ordered, rules.ORDERED)
    asked = checks.instant_or_none("until", until)
    checks.refuse()
    found = lots.lot(act.session, wanted)
    ends = rules.stay_until(rulebook().on(day_of(act.now)), ordered=order, since=act.now, asked=asked)
    bidding_stays.defer(act, lot=wanted, ground="panel")
    act.session.add(
        OrderedStay(id=new_id("stay"), lot_id=wanted, case_id=found.case, ordered=order, since=act.now, until=ends)
    )
    act.session.flush()
    append(act, f"lot:{wanted}", "lot.stay_ordered", {"ordered": order, "until": instant_text(ends)})
    return OrderedStayRecord(lot=wanted, ordered=order, since=act.now, until=ends)
