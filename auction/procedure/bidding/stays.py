"""Bidding stands still, goes on, is taken back or revoked (法释〔2016〕18号 28, 31, 36; 法释〔2004〕16号 14, 17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.bidding import queries, rules
from auction.procedure.bidding.models import Bidding
from auction.procedure.bidding.opening import open_bidding
from auction.procedure.bidding.outage import Outage
from auction.procedure.cases import payments
from auction.procedure.lots import basis, grounds, hours
from auction.procedure.lots import commands as lot_commands
from auction.procedure.lots import queries as lots
from auction.procedure.lots import stays as lot_stays
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

_OVER = frozenset({"closed", "withdrawn", "revoked"})


@carries_out("auction.fault_deferral", "auction.platform_supervised", "auction.no_back_office", "auction.deferral")
@command("defer", by={Role.PANEL, Role.ADMINISTRATOR})
def defer(act: Act, *, lot: str, ground: str) -> LotRecord:
    """Defer an announced or open lot (article 28); an administrator only for a fault of the platform.

    :raises BiddingNotOpen: before the announcement, or when it stands still already; Over: after the end
    """
    grounds.check_ground(ground, known=grounds.DEFER)
    if ground != "platform_fault" and act.actor is not None and not act.actor.roles & {Role.PANEL, Role.PLATFORM}:
        raise AuthForbidden(act="defer", roles=[ROLE_NAMES[Role.PANEL][0]])
    # A fault of the platform may itself be why the end has passed unnoticed.
    return _stop(act, lot=lot, kind="deferred", ground=ground, past_its_end=ground == "platform_fault")


@carries_out("auction.fault_deferral", seen_in=("lot.deferred",))
@command("defer_for_outage", by=())
def defer_for_outage(act: Act, *, lot: str, outage: Outage) -> LotRecord:
    """Defer a lot whose bidding was not served before its end, with the evidence in public (article 28).

    :raises BiddingNotOpen: when it stands still already; Over: after the end
    """
    return _stop(act, lot=lot, kind="deferred", ground="platform_fault", past_its_end=True, outage=outage)


@carries_out("auction.deferral")
@command("suspend", by={Role.PANEL})
def suspend(act: Act, *, lot: str, ground: str) -> LotRecord:
    """Suspend an announced or open lot on a ground of the law (articles 28 and 36).

    :raises BiddingNotOpen: before the announcement, or when it stands still already
    :raises Over: BiddingClosed: when it has ended, or its end has come
    """
    grounds.check_ground(ground, known=grounds.SUSPEND)
    return _stop(act, lot=lot, kind="suspended", ground=ground)


@carries_out("auction.objection_stays", "objections.no_disposal_in_review")
@command("suspend_for_objection", by=())
def suspend_for_objection(act: Act, *, lot: str) -> None:
    """Suspend a lot because an outsider claims its thing, at once; one whose end has passed is closed instead."""
    _stop_if_running(act, lot=lot, ground="outsider_objection")


@carries_out("auction.resume_within_days", "auction.platform_supervised")
@command("resume", by={Role.PANEL})
def resume(act: Act, *, lot: str) -> LotRecord:
    """Let a lot that stands still go on (article 28).

    An open one has the bidding time it had left, five minutes at least; one whose opening has passed meanwhile opens
    at once with its full time; any other is announced as before.

    :raises NotStayed: unless it stands still
    :raises ObjectionBlocksDisposal: ProceedsSuffice, ControlLapsed: in this order
    """
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    stay = lot_stays.stay(act.session, lot=lot)
    if stay is None or found.status not in {"deferred", "suspended"}:
        raise grounds.NotStayed(status=found.status)
    to, ends_at = "open", found.ends_at
    if stay.was_open:
        ends_at = grounds.end_after_stay(queries.numbers_of(found), since=stay.since, ends_at=stay.ends_at, now=act.now)
    elif act.now >= found.opens_at:
        ends_at = act.now + (found.closes_at - found.opens_at)
    else:
        to = "announced"
    lot_stays.check_resumption(act.session, lot=found, ends_at=ends_at, now=act.now)
    resumed = lot_stays.mark_resumed(act.as_platform(), lot=lot, to=to, ends_at=ends_at)
    public = {"status": to, "opens_at": instant_text(found.opens_at), "ends_at": instant_text(ends_at)}
    append(act, f"lot:{lot}", "lot.resumed", public)
    if stay.was_open:
        act.session.execute(
            update(Bidding)
            .where(Bidding.lot_id == lot)
            .values(ends_at=ends_at, stayed_at=stay.since, resumed_at=act.now)
        )
    elif to == "open":
        open_bidding(act, lot=lot, opens_at=act.now, ends_at=ends_at)
    return resumed


@carries_out("auction.withdrawn", "auction.debtor_pays", seen_in=("lot.withdrawn",))
@command("withdraw", by={Role.PANEL})
def withdraw(act: Act, *, lot: str, ground: str) -> LotRecord:
    """Take a lot back before its end (法释〔2004〕16号 第17条); every deposit goes back.

    :raises Over: BiddingClosed: when it has ended, or its end has come
    :raises DebtNotPaid: ``debtor_paid`` while the case account lacks a part of the debt and costs (第19条)
    """
    grounds.check_ground(ground, known=grounds.WITHDRAW)
    case = lots.lot(act.session, lot).case
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    _refuse_ended(found, now=act.now)
    grounds.check_paid(ground=ground, outstanding_minor=payments.outstanding(act.session, case=case))
    return _take_back(act, lot=lot, ground=ground)


@carries_out(
    "auction.revoked_untrue",
    "auction.revoked_system",
    "auction.revoked_collusion",
    "auction.revoked_unqualified",
    "auction.revoked_unequal",
    "auction.revoked_serious",
)
@command("revoke", by={Role.PANEL})
def revoke(act: Act, *, lot: str, ground: str) -> LotRecord:
    """Revoke a sale on a ground of article 31; its things come back under control, the money goes back.

    :raises NotSold: unless the lot was sold
    """
    grounds.check_ground(ground, known=grounds.REVOKE)
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status != "closed" or found.outcome != "sold":
        raise grounds.NotSold(status=found.status)
    revoked = lot_stays.mark_revoked(act.as_platform(), lot=lot)
    append(act, f"lot:{lot}", "lot.revoked", {"ground": ground, "article": f"法释〔2016〕18号 第{ground[:2]}条"})
    return revoked


@command("stop_selling", by=())
def stop_selling_together(act: Act, *, entries: Sequence[Entry]) -> None:
    """Do for several closed lots what ``stop_selling`` does for one: once for each case that has a lot that could stop.

    What a case has earned is the same whichever of its lots asks.
    """
    could_stop = hours.with_others_running(act.session, [entry.chain.removeprefix("lot:") for entry in entries])
    sold = [one for one in hours.struck(act.session, could_stop) if one.outcome == "sold"] if could_stop else []
    for lot in {one.case: one.id for one in sold}.values():
        stop_selling(act, entry=next(entry for entry in entries if entry.chain == hours.chain_of(lot)))


@carries_out("auction.stop_when_covered")
@reacts_to("lot.closed", together=stop_selling_together)
@command("stop_selling", by=())
def stop_selling(act: Act, *, entry: Entry) -> None:
    """Suspend a case's other lots once its hammer prices cover claims and costs (法释〔2004〕16号 第14条)."""
    sold = lots.lot(act.session, entry.chain.removeprefix("lot:"))
    if sold.outcome != "sold" or not basis.proceeds_suffice(act.session, case=sold.case):
        return
    for other in lots.of_case(act.session, case=sold.case):
        # Of a case with hundreds of lots most have ended for good, and need not be locked to see it.
        if other.id != sold.id and other.status not in _OVER:
            _stop_if_running(act, lot=other.id, ground=grounds.PROCEEDS_SUFFICE)


@reacts_to("lot.paid")
@command("give_up_selling", by=())
def give_up_selling(act: Act, *, entry: Entry) -> None:
    """Withdraw the lots that were suspended as no longer needed, once the money itself is in (第14条)."""
    case = lots.lot(act.session, entry.chain.removeprefix("lot:")).case
    if not basis.proceeds_suffice(act.session, case=case) or payments.outstanding(act.session, case=case) > 0:
        return
    for stay in lot_stays.stayed(act.session, case=case):
        if stay.ground == grounds.PROCEEDS_SUFFICE:
            lock(act, f"lot:{stay.lot}")
            _take_back(act, lot=stay.lot, ground=grounds.PROCEEDS_SUFFICE)


def _stop_if_running(act: Act, *, lot: str, ground: str) -> None:
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    ended = found.status == "open" and act.now >= found.ends_at
    if found.status in {"announced", "open"} and not ended:
        _stop(act.as_platform(), lot=lot, kind="suspended", ground=ground)


def _stop(
    act: Act, *, lot: str, kind: str, ground: str, past_its_end: bool = False, outage: Outage | None = None
) -> LotRecord:
    lock(act, f"lot:{lot}")
    found = lots.lot(act.session, lot)
    if found.status == "announced" and act.now >= found.opens_at:
        # Its hour has struck; only the sweep has not come round yet.
        open_bidding(act, lot=lot, opens_at=found.opens_at, ends_at=found.ends_at)
        found = lot_commands.mark_opened(act.as_platform(), lot=lot)
    if not past_its_end or found.status in _OVER:
        _refuse_ended(found, now=act.now)
    if found.status not in {"announced", "open"}:
        raise rules.BiddingNotOpen(status=found.status, opens_at=found.opens_at)
    standing = queries.standing(act.session, found)
    stopped = lot_stays.mark_stayed(act.as_platform(), lot=lot, kind=kind, ground=ground)
    public: dict[str, object] = {
        "ground": ground,
        "article": grounds.ARTICLES[ground],
        "ends_at": instant_text(standing.ends_at),
        "price_minor": standing.price_minor,
        "code": standing.leader_code,
        "late_ms": max(0, int((act.now - standing.ends_at).total_seconds() * 1000)),
    }
    evidence = outage.as_json() if outage else None
    if evidence is not None:
        public["outage"] = evidence
    append(act, f"lot:{lot}", f"lot.{kind}", public)
    return stopped


def _refuse_ended(found: LotRecord, *, now: datetime) -> None:
    if found.status in _OVER:
        raise grounds.Over(status=found.status)
    if found.status == "open" and now >= found.ends_at:
        raise rules.BiddingClosed(ends_at=found.ends_at)


def _take_back(act: Act, *, lot: str, ground: str) -> LotRecord:
    withdrawn = lot_stays.mark_withdrawn(act.as_platform(), lot=lot)
    numbers = rulebook().on(day_of(act.now)).auction
    public = {"ground": ground, "deposits_back_by": instant_text(act.now + numbers.loser_release)}
    append(act, f"lot:{lot}", "lot.withdrawn", public)
    return withdrawn
