"""What a reference to the bankruptcy court does to things, lots and money (法释〔2015〕5号 第511-513条)."""

from __future__ import annotations

from dataclasses import asdict

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rows import HELD
from auction.procedure.bidding import stays as bidding_stays
from auction.procedure.cases import bankruptcy
from auction.procedure.distribution import basis, escrow, plans
from auction.procedure.distribution.models import Plan
from auction.procedure.distribution.pools import Draw
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Line, Part
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.rulebook.carried import carries_out

GROUND = "bankruptcy"
_RUNNING = frozenset({"announced", "open"})
_LIVE = frozenset({"draft", "approved", "announced", "open", "deferred", "suspended"})


@carries_out("distribution.bankruptcy_reply_days")
@reacts_to("case.referred")
@command("stop_for_bankruptcy", by=())
def stop_for_bankruptcy(act: Act, *, entry: Entry) -> None:
    """Hold every thing of the case back from disposal and suspend its lots until the bankruptcy court has answered."""
    case = entry.chain.removeprefix("case:")
    for thing in assets.properties(act.session, case):
        if thing.status in HELD:
            asset_commands.hold(act, property=thing.id, reason=GROUND, id=_hold_id(case, thing.id, seq=entry.seq))
    for lot in lots.of_case(act.session, case=case):
        if lot.status in _RUNNING and act.now < lot.ends_at:
            bidding_stays.suspend(act, lot=lot.id, ground=GROUND)


@reacts_to("case.bankruptcy_answered")
@command("after_bankruptcy_answer", by=())
def after_bankruptcy_answer(act: Act, *, entry: Entry) -> None:
    """Go on where the court refused; where it took over, release, take the lots back, hand the money over."""
    case = entry.chain.removeprefix("case:")
    for hold in (hold for thing in assets.properties(act.session, case) for hold in thing.holds):
        if hold.reason == GROUND:
            asset_commands.lift_hold(act, hold=hold.id)
    if entry.public["accepted"]:
        _let_go(act, case=case)
        hand_over_money(act, case=case)


def _let_go(act: Act, *, case: str) -> None:
    for lot in lots.of_case(act.session, case=case):
        if lot.status in _LIVE and (lot.status not in _RUNNING or act.now < lot.ends_at):
            bidding_stays.withdraw(act, lot=lot.id, ground=GROUND)
    for thing in assets.properties(act.session, case):
        if thing.status == "seized" and not lot_stays.live_lots(act.session, things=[thing.id]):
            asset_commands.release(act, property=thing.id, ground=GROUND)


@reacts_to("lot.paid")
@reacts_to("plan.paid")
@reacts_to("case.payment_recorded")
@command("hand_over_later_money", by=())
def hand_over_later_money(act: Act, *, entry: Entry) -> None:
    """Hand over what still comes in after the bankruptcy court has taken the case over."""
    kind, _, name = entry.chain.partition(":")
    case = lots.lot(act.session, name).case if kind == "lot" else name
    found = bankruptcy.reference(act.session, case=case)
    if found is not None and found.accepted and basis.pools(act.session, case=case):
        hand_over_money(act, case=case)


def hand_over_money(act: Act, *, case: str) -> None:
    """Make what the case holds a plan of one line, to the administrator; finance and head pay it as any other."""
    lock(act, f"case:{case}")
    row = plans.open_plan(act, case=case)
    if row is not None and row.status == PlanStatus.RELEASED.value:
        return
    pools = basis.pools(act.session, case=case)
    if row is not None:
        escrow.begin_anew(act, row)
    elif not pools:
        return
    else:
        row = Plan(id=new_id("plan"), case_id=case)
        act.session.add(row)
    total = sum(pool.minor for pool in pools)
    line = Line(
        to="bankruptcy_administrator",
        part=Part.BANKRUPTCY,
        amount_minor=total,
        rank=1,
        article="法释〔2015〕5号 第513条",
        draws=tuple(Draw(lot=pool.lot, minor=pool.minor) for pool in pools),
    )
    row.status, row.basis = PlanStatus.SERVED.value, GROUND
    row.lines, row.surplus, row.escrow = [asdict(line)] if total else [], [], []
    row.surplus_minor, row.total_minor, row.claims = 0, total, None
    row.drafted_at = row.served_at = row.objection_until = act.now
    act.session.flush()
    append(act, f"case:{case}", "plan.handed_over", {"plan": row.id, "total_minor": total})


def _hold_id(case: str, thing: str, *, seq: int) -> str:
    return f"B{sha256_hex([case, thing, seq])[:24]}"
