"""The claims of a case as they stand against one lot: what is still unpaid of each, and its place."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind
from auction.procedure.assets import queries as assets
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.deposits.queries import PAID_KIND
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import credit
from auction.procedure.settlement.credit import Creditor
from auction.procedure.settlement.models import Settlement
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus

_ENDED = ["defaulted", "revoked"]


def credits_of(session: Session, *, case: str) -> dict[str, int]:
    """Return what of each claim has been satisfied without money: set off, or by taking in kind."""
    rows = session.execute(
        select(Settlement.credit_claim_id, Settlement.credit_minor).where(
            Settlement.case_id == case, Settlement.credit_minor > 0, Settlement.status.not_in(_ENDED)
        )
    )
    found: dict[str, int] = {}
    for claim, minor in rows:
        if claim is not None:
            found[claim] = found.get(claim, 0) + minor
    return found


def uncredited(session: Session, *, case: str) -> dict[str, int]:
    """Return what of each claim of a case is to be satisfied with money, whatever plans have paid of it."""
    credited = credits_of(session, case=case)
    return {one.id: one.amount_minor - credited.get(one.id, 0) for one in cases.case(session, case).claims}


def pending_credits(session: Session, *, case: str) -> list[str]:
    """Return the lots on whose price a claim counts while the rest is not paid: if it never is, nor does the claim."""
    query = select(Settlement.lot_id).where(
        Settlement.case_id == case,
        Settlement.credit_minor > 0,
        Settlement.status == SettlementStatus.AWAITING_BALANCE.value,
    )
    return sorted(session.scalars(query))


def paid_to(session: Session, *, case: str) -> dict[str, int]:
    """Return what distributions have paid so far, by payee."""
    found: dict[str, int] = {}
    for line in ledger.statement(session, case=case):
        if line.kind == PAID_KIND and line.account == Account.OUTSIDE.value and line.holder is not None:
            found[line.holder] = found.get(line.holder, 0) - line.minor
    return found


def given_to(session: Session, *, case: str) -> dict[str, int]:
    """Return what of each claim no longer has to be satisfied: credited, paid, on its way, or kept in escrow for it."""
    found = Counter(credits_of(session, case=case)) + Counter(paid_to(session, case=case))
    for order in treasury.orders_of_case(session, case=case):
        if order.kind is OrderKind.PAYOUT and order.status is not OrderStatus.DONE:
            found[payee_of(order.subject)] += order.amount_minor
    for line in ledger.statement(session, case=case):
        if line.account == Account.ESCROW.value and line.holder is not None:
            found[line.holder] -= line.minor
    return found


def payout_subject(*, plan: str, place: int, to: str) -> str:
    """Return what the order that pays a plan's line serves: the plan, the line's place in it, and who is paid."""
    return f"{plan}:{place}:{to}"


def payee_of(subject: str) -> str:
    """Return the claim that an order of a plan pays, empty for any other order."""
    return next(iter(subject.split(":", 2)[2:]), "")


def creditors(session: Session, *, lot: LotRecord, case: CaseRecord) -> list[Creditor]:
    """Return the claims of a case against a lot, in the order of the file."""
    given = given_to(session, case=case.id)
    enterprise = case.debtor.kind == "enterprise"
    return [
        Creditor(
            claim=one.id,
            left_minor=max(0, one.amount_minor - given.get(one.id, 0)),
            place=credit.place(
                kind=one.kind,
                rank=one.rank,
                on_the_thing=one.property in lot.properties or (one.kind == "construction" and one.property is None),
                seizure_order=one.seizure_order,
                enterprise=enterprise,
            ),
        )
        for one in case.claims
    ]


def setaside(session: Session, *, lot: LotRecord) -> int:
    """Return what of a lot's price is kept for the debtor's living, before any claim (法释〔2015〕10号 第20条)."""
    things = [assets.property_record(session, thing) for thing in lot.properties]
    return sum(thing.living_setaside_minor or 0 for thing in things)


def security_ended(session: Session, *, lot: LotRecord) -> list[str]:
    """Return the claims whose security on a lot's things ends with its sale (法释〔2004〕16号 第28条)."""
    claims = cases.case(session, lot.case).claims
    return [one.id for one in claims if credit.secured(kind=one.kind, on_the_thing=one.property in lot.properties)]


def one_of(found: list[Creditor], claim: str) -> Creditor:
    """Return the creditor of a claim.

    :raises InputMalformed: when the claim is none of the case's
    """
    for one in found:
        if one.claim == claim:
            return one
    raise InputMalformed(errors={"claim": f"非本案债权 / not a claim of the lot's case: {claim}"})


def unpaid(session: Session, *, case: str) -> int:
    """Return what is unpaid of all claims of a case."""
    given = given_to(session, case=case)
    return sum(max(0, one.amount_minor - given.get(one.id, 0)) for one in cases.case(session, case).claims)
