"""Read models of settlements, and what the court and the buyer owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.due import DueAct
from auction.procedure.settlement import failed, lapses, rules
from auction.procedure.settlement.models import Forfeit, Settlement
from auction.procedure.settlement.rules import SettlementStatus
from auction.rulebook import rulebook

_ENDED = {SettlementStatus.DEFAULTED, SettlementStatus.REVOKED}


@dataclass(frozen=True, slots=True)
class SettlementRecord:
    """A sold lot on its way to the buyer; ``due_minor`` is what the buyer still has to pay."""

    lot: str
    case: str
    way: str
    buyer_registration: str | None
    buyer_person: str
    price_minor: int
    deposit_minor: int
    credit_minor: int
    credit_claim: str | None
    balance_minor: int
    balance_taken_minor: int
    due_minor: int
    currency: str
    status: SettlementStatus
    balance_due_by: datetime
    confirmed_at: datetime
    balance_paid_at: datetime | None
    paid_late: bool
    paid_at: datetime | None
    ruled_at: datetime | None
    ruling_served_at: datetime | None
    title_passed_at: datetime | None
    handed_over_at: datetime | None
    confirmation_number: str
    ruling_number: str | None

    @property
    def due_by(self) -> datetime | None:
        """By when the next step must be done, by the buyer or by the court; None when nothing is left."""
        numbers = rulebook().on(day_of(self.confirmed_at)).settlement
        if self.status is SettlementStatus.AWAITING_BALANCE:
            return self.balance_due_by
        if self.handed_over_at is not None or self.status in _ENDED:
            return None
        if self.ruling_served_at is not None:
            return rules.hand_over_due_by(self.ruling_served_at, numbers=numbers)
        return rules.ruling_due_by(self.paid_at, numbers=numbers) if self.paid_at is not None else None


def settlement(session: Session, lot: str) -> SettlementRecord | None:
    """Return the settlement of a lot, or None when it was not sold."""
    row = session.get(Settlement, lot)
    return settlement_record(row) if row else None


@dataclass(frozen=True, slots=True)
class ForfeitRecord:
    """What a buyer lost by his default; ``lines`` say what it was used for, once it was."""

    lot: str
    person: str
    forfeited_minor: int
    declared_at: datetime
    applied_at: datetime | None
    resold: str | None
    lines: tuple[tuple[str, int], ...]
    uncovered_minor: int | None
    top_up_minor: int | None
    ordered_at: datetime | None

    @property
    def left_minor(self) -> int:
        """What of the deposit stays with the court unused; before the use, all of it."""
        return self.forfeited_minor - sum(minor for _, minor in self.lines)


def forfeit(session: Session, lot: str) -> ForfeitRecord | None:
    """Return what a buyer of the lot lost by his default, or None."""
    row = session.get(Forfeit, lot)
    if row is None:
        return None
    return ForfeitRecord(
        lot=row.lot_id,
        person=row.person_id,
        forfeited_minor=row.forfeited_minor,
        declared_at=row.declared_at,
        applied_at=row.applied_at,
        resold=row.resold_lot_id,
        lines=tuple((one["to"], int(one["amount_minor"])) for one in row.lines),
        uncovered_minor=row.uncovered_minor,
        top_up_minor=row.top_up_minor,
        ordered_at=row.ordered_at,
    )


def of_person(session: Session, *, person: str) -> list[SettlementRecord]:
    """Return what a person has bought, newest first."""
    query = (
        select(Settlement)
        .where(Settlement.buyer_person_id == person)
        .order_by(Settlement.confirmed_at.desc(), Settlement.lot_id)
    )
    return [settlement_record(row) for row in session.scalars(query)]


def of_case(session: Session, *, case: str) -> list[SettlementRecord]:
    """Return the settlements of a case in the order of their confirmations."""
    query = select(Settlement).where(Settlement.case_id == case).order_by(Settlement.confirmed_at, Settlement.lot_id)
    return [settlement_record(row) for row in session.scalars(query)]


def paid(session: Session, *, by: datetime, case: Cases = None) -> list[SettlementRecord]:
    """Return the sold lots whose price was whole by an instant, longest paid first."""
    query = (
        select(Settlement)
        .where(Settlement.paid_at <= by, Settlement.status != SettlementStatus.REVOKED.value)
        .where(of_cases(Settlement.case_id, case))
        .order_by(Settlement.paid_at, Settlement.lot_id)
    )
    return [settlement_record(row) for row in session.scalars(query)]


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due after the close: balance, ruling, service, hand-over; asking about taking in kind, release."""
    query = select(Settlement).where(
        Settlement.status.in_(["awaiting_balance", "paid", "ruled"]), Settlement.confirmed_at <= now
    )
    acts = []
    for row in session.scalars(
        query.where(of_cases(Settlement.case_id, case)).order_by(Settlement.confirmed_at, Settlement.lot_id)
    ):
        record = settlement_record(row)
        by = record.due_by
        if by is not None:
            acts.append(_due(record, by=by))
    return [*acts, *lapses.due(session, now, case=case), *failed.due(session, now, case=case)]


def settlement_record(row: Settlement) -> SettlementRecord:
    """Return a settlement's row as a record."""
    return SettlementRecord(
        lot=row.lot_id,
        case=row.case_id,
        way=row.way,
        buyer_registration=row.buyer_registration_id,
        buyer_person=row.buyer_person_id,
        price_minor=row.price_minor,
        deposit_minor=row.deposit_minor,
        credit_minor=row.credit_minor,
        credit_claim=row.credit_claim_id,
        balance_minor=row.balance_minor,
        balance_taken_minor=row.balance_taken_minor,
        due_minor=max(0, row.balance_minor - row.balance_taken_minor)
        if row.status == SettlementStatus.AWAITING_BALANCE.value
        else 0,
        currency=row.currency,
        status=SettlementStatus(row.status),
        balance_due_by=row.balance_due_by,
        confirmed_at=row.confirmed_at,
        balance_paid_at=row.balance_paid_at,
        paid_late=row.paid_late,
        paid_at=row.paid_at,
        ruled_at=row.ruled_at,
        ruling_served_at=row.ruling_served_at,
        title_passed_at=row.title_passed_at,
        handed_over_at=row.handed_over_at,
        confirmation_number=row.confirmation_number,
        ruling_number=row.ruling_number,
    )


_WORDS = {
    "pay_balance": ("法释〔2016〕18号 第25条", "买受人应付清尾款", "the buyer pays the balance"),
    "rule": ("法释〔2004〕16号 第20条", "应作出成交裁定并送达", "the ruling is made and served"),
    "serve_ruling": ("法释〔2004〕16号 第20条", "应送达成交裁定", "the ruling is served"),
    "hand_over": ("法释〔2004〕16号 第27条", "应交付标的物", "the thing is handed over"),
}


def _due(record: SettlementRecord, *, by: datetime) -> DueAct:
    match record.status:
        case SettlementStatus.AWAITING_BALANCE:
            what = "pay_balance"
        case SettlementStatus.PAID:
            what = "rule"
        case _:
            what = "serve_ruling" if record.ruling_served_at is None else "hand_over"
    article, zh, en = _WORDS[what]
    number = record.confirmation_number
    return DueAct(
        what=what, on=record.lot, by=by, case=record.case, article=article, zh=f"{number}：{zh}", en=f"{number}: {en}"
    )
