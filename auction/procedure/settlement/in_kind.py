"""Taking in kind (以物抵债): a creditor takes what nobody bought, at its reserve (法释〔2004〕16号 第16条)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.assets.rules import check_home, check_live
from auction.procedure.bidding import eligibility
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.inputs import Checks
from auction.procedure.lots import aftermath, basis
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import claims, credit, keeping, rules
from auction.procedure.settlement.models import InKindApplication, Settlement
from auction.procedure.settlement.rules import SettlementStatus
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

WAY = "in_kind"
_ARTICLE = "法释〔2004〕16号 第16条"


class NotTheCreditor(Refusal):
    """Only the creditor himself says that he takes a thing for his claim."""

    code = "auth.forbidden"
    article = _ARTICLE
    title_zh, title_en = "须由债权人本人申请", "For the creditor himself"
    zh = "以物抵债须由该债权的债权人本人申请。"
    en = "Only the creditor of this claim asks to take the thing in kind."


@dataclass(frozen=True, slots=True)
class InKind:
    """How an application stands: ``status`` of the settlement, or ``outranked`` where another takes the thing."""

    lot: str
    claim: str
    taker: str
    status: str
    price_minor: int
    difference_minor: int


@carries_out("auction.take_in_kind", "auction.in_kind_purchase_limits", seen_in=("lot.taken_in_kind",))
@command("take_in_kind", by={Role.BIDDER, Role.OFFICER})
def take_in_kind(act: Act, *, lot: str, claim: str) -> InKind:
    """Take a failed lot at its reserve for a claim; who stands before takes, among equals a provable draw decides.

    Until the difference is paid or the ruling made, a better creditor may still come before the taker.

    :raises NotTheCreditor: for somebody else's claim
    :raises ObjectionBlocksDisposal: NecessaryHome, ControlLapsed, BuyerNotQualified: as for any other disposal
    :raises SettlementNotDue: said twice, or when the taker has paid the difference or has his ruling
    """
    record, case, asked = answering(act, lot=lot, claim=claim)
    wanted, named = record.id, asked.id
    row = keeping.found(act, wanted)
    refuse_not_failed(act.session, record)
    _refuse_things(act, record)
    _refuse_person(act, record, asked)
    if row is not None and row.status != SettlementStatus.DEFAULTED.value:
        _refuse_too_late(act, row, claim=named)
    taking = row is not None and row.status != SettlementStatus.DEFAULTED.value
    applied = _apply(act, record, case=case, asked=asked)
    best = _best(act, record) if taking else applied
    if best.claim_id != named:
        standing = claims.one_of(claims.creditors(act.session, lot=record, case=case), named)
        counted = _counted(act, record, case=case, claim=standing.claim)
        return InKind(
            lot=wanted, claim=named, taker=best.claim_id, status="outranked", price_minor=record.start_price_minor,
            difference_minor=record.start_price_minor - counted,
        )  # fmt: skip
    return _taken(act, record, row=row, asked=asked, case=case, marked=taking)


def _taken(
    act: Act, record: LotRecord, *, row: Settlement | None, asked: ClaimRecord, case: CaseRecord, marked: bool
) -> InKind:
    if row is not None:
        # Whoever took it before him no longer does; his claim counts for nothing here.
        row.credit_minor, row.credit_claim_id = 0, None
        act.session.flush()
    price = record.start_price_minor
    counted = _counted(act, record, case=case, claim=asked.id)
    days = rulebook().on(day_of(act.now)).settlement.balance_default_days
    kept = {
        "way": WAY,
        "case_id": record.case,
        "buyer_registration_id": None,
        "buyer_person_id": asked.creditor_person,
        "price_minor": price,
        "deposit_minor": 0,
        "credit_minor": counted,
        "credit_claim_id": asked.id,
        "balance_minor": rules.balance(price_minor=price, deposit_minor=0, credit_minor=counted),
        "status": SettlementStatus.AWAITING_BALANCE.value,
        "balance_due_by": rules.balance_due_by(act.now, days=days),
        "confirmed_at": act.now,
        "paid_at": None,
        "confirmation_number": f"{day_of(act.now).year}以物抵债{record.id}",
    }
    if row is None:
        row = Settlement(lot_id=record.id, **kept)
        act.session.add(row)
    else:
        for name, value in kept.items():
            setattr(row, name, value)
    act.session.flush()
    if not marked:
        aftermath.mark_taken(act.as_platform(), lot=record.id)
    public = {
        "claim": asked.id,
        "price_minor": price,
        "counted_minor": counted,
        "difference_minor": row.balance_minor,
        "due_by": instant_text(row.balance_due_by),
    }
    append(act, f"lot:{record.id}", "lot.taken_in_kind", public)
    keeping.mark_whole(act, row)
    return InKind(
        lot=record.id, claim=asked.id, taker=asked.id, status=row.status, price_minor=price,
        difference_minor=row.balance_minor,
    )  # fmt: skip


def _counted(act: Act, record: LotRecord, *, case: CaseRecord, claim: str) -> int:
    found = claims.creditors(act.session, lot=record, case=case)
    taker = claims.one_of(found, claim)
    return credit.taker_credit(found, taker=taker, price_minor=reachable(act.session, record))


def reachable(session: Session, record: LotRecord) -> int:
    """Return what of the reserve claims may count for: what is kept for the debtor's living is paid in money."""
    return max(0, record.start_price_minor - claims.setaside(session, lot=record))


def _apply(act: Act, record: LotRecord, *, case: CaseRecord, asked: ClaimRecord) -> InKindApplication:
    """Keep the application with its place and its ticket: drawn from the close, which nobody could foresee."""
    standing = claims.one_of(claims.creditors(act.session, lot=record, case=case), asked.id)
    row = act.session.get(InKindApplication, (record.id, asked.id))
    if row is None:
        ticket = credit.ticket(closed=closing_hash(act.session, record.id), claim=asked.id)
        row = InKindApplication(
            lot_id=record.id, claim_id=asked.id, person_id=asked.creditor_person, place=standing.place, ticket=ticket,
            applied_at=act.now,
        )  # fmt: skip
        act.session.add(row)
        act.session.flush()
        public = {"claim": asked.id, "place": standing.place, "ticket": ticket}
        append(act, f"lot:{record.id}", "in_kind.applied", public)
    return row


def _best(act: Act, record: LotRecord) -> InKindApplication:
    query = (
        select(InKindApplication)
        .where(InKindApplication.lot_id == record.id)
        .order_by(InKindApplication.place, InKindApplication.ticket)
        .limit(1)
    )
    return act.session.scalars(query).one()


def closing_hash(session: Session, lot: str) -> str:
    """Return the hash of the entry by which a lot was closed: what the draw among equals is made from."""
    return docket.of_kinds(session, f"lot:{lot}", ["lot.closed"])[-1].hash


def claim_of(case: CaseRecord, claim: str) -> ClaimRecord:
    """Return a claim of the lot's case.

    :raises InputMalformed: when it is none
    """
    for one in case.claims:
        if one.id == claim:
            return one
    raise InputMalformed(errors={"claim": f"非本案债权 / not a claim of the lot's case: {claim}"})


def answering(act: Act, *, lot: str, claim: str) -> tuple[LotRecord, CaseRecord, ClaimRecord]:
    """Lock a lot and its case and return them and the claim whose creditor answers; an officer records his word.

    :raises NotTheCreditor: unless the creditor himself, an officer or the platform acts
    """
    checks = Checks()
    wanted, named = checks.identifier("lot", lot), checks.identifier("claim", claim)
    checks.refuse()
    # The case too: a plan, or another lot, must not give the same claim the same money meanwhile.
    lock(act, f"case:{lots.lot(act.session, wanted).case}", f"lot:{wanted}")
    record = lots.lot(act.session, wanted)
    keeping.court_only(act, lot=wanted)
    case = cases.case(act.session, record.case)
    asked = claim_of(case, named)
    actor = act.actor
    if actor is None or actor.has(Role.PLATFORM) or actor.has(Role.OFFICER) or actor.person == asked.creditor_person:
        return record, case, asked
    raise NotTheCreditor


def refuse_not_failed(session: Session, record: LotRecord) -> None:
    """Refuse a lot that has not failed, or whose next round was announced.

    :raises InputMalformed: naming which
    """
    if record.status != "closed" or record.outcome != "unsold":
        raise InputMalformed(errors={"lot": f"须为流拍的拍品 / must be a lot that found no bidder: {record.id}"})
    for other in lots.chain(session, record.id):
        later = (
            other.announced_at is not None and record.closed_at is not None and other.announced_at >= record.closed_at
        )
        if later and other.status not in {"withdrawn", "revoked"} and other.defaulted_at is None:
            raise InputMalformed(errors={"lot": f"已进入下一轮 / its next round was announced: {other.id}"})


def _refuse_things(act: Act, record: LotRecord) -> None:
    for thing in basis.free_things(act.session, lot=record, now=act.now):
        check_home(title=thing.title, sole_home=thing.sole_home, setaside_minor=thing.living_setaside_minor)
        until = thing.control_until if thing.case == record.case else None
        check_live(until=until or act.now, now=act.now)


def _refuse_person(act: Act, record: LotRecord, claim: ClaimRecord) -> None:
    """Refuse who could not have bought it either (法释〔2021〕18号 第5条)."""
    why = eligibility.ineligible_because(act.session, lot=record.id, person=claim.creditor_person)
    if why is not None:
        raise rules.BuyerNotQualified(why=why)


def _refuse_too_late(act: Act, row: Settlement, *, claim: str) -> None:
    status = SettlementStatus(row.status)
    if row.credit_claim_id == claim:
        raise rules.not_due(
            status, zh="该债权人已经承受", en="this creditor has taken it already", kind=rules.TakingNotDue
        )
    settled = status not in {SettlementStatus.AWAITING_BALANCE, SettlementStatus.PAID}
    if settled or row.balance_paid_at is not None or keeping.paying(act, row):
        raise rules.not_due(status, zh="已由债权人承受", en="a creditor has taken it and paid", kind=rules.TakingNotDue)
