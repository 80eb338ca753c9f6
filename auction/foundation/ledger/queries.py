"""Balances and statements, read from the postings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auction.foundation.ledger.models import LedgerEntry, LedgerPosting
from auction.foundation.ledger.rules import Account, WithOutside


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of a case, as a statement prints it."""

    at: datetime
    kind: str
    reference: str
    account: str
    lot: str | None
    holder: str | None
    minor: int


def owed(
    session: Session,
    *,
    account: Account,
    case: str | None = None,
    lot: str | None = None,
    holder: str | None = None,
) -> int:
    """Return what an account owes (credit balance, positive); ``outside`` is what is there (debit)."""
    query = select(func.coalesce(func.sum(LedgerPosting.amount_minor), 0)).where(LedgerPosting.account == account.value)
    if case is not None:
        query = query.where(LedgerPosting.case_id == case)
    if lot is not None:
        query = query.where(LedgerPosting.lot_id == lot)
    if holder is not None:
        query = query.where(LedgerPosting.holder == holder)
    balance = int(session.execute(query).scalar_one())
    return balance if account is Account.OUTSIDE else -balance


def owed_by_lot(session: Session, *, account: Account, lots: Collection[str]) -> dict[tuple[str, str], int]:
    """Return what an account but ``outside`` owes of each of several lots, by case and lot, where it ever moved."""
    query = (
        select(LedgerPosting.case_id, LedgerPosting.lot_id, func.sum(LedgerPosting.amount_minor))
        .where(LedgerPosting.account == account.value, LedgerPosting.lot_id.in_(lots))
        .group_by(LedgerPosting.case_id, LedgerPosting.lot_id)
    )
    return {(case, lot): -int(total) for case, lot, total in session.execute(query) if lot is not None}


def case_balances(session: Session, *, case: str) -> dict[Account, int]:
    """Return every account's balance of a case, zero where nothing moved."""
    rows = session.execute(
        select(LedgerPosting.account, func.sum(LedgerPosting.amount_minor))
        .where(LedgerPosting.case_id == case)
        .group_by(LedgerPosting.account)
    ).all()
    sums = {Account(account): int(total) for account, total in rows}
    return {
        account: sums.get(account, 0) if account is Account.OUTSIDE else -sums.get(account, 0) for account in Account
    }


def statement(session: Session, *, case: str) -> list[StatementLine]:
    """Return every posting of a case in the order booked."""
    rows = session.execute(
        select(LedgerEntry, LedgerPosting)
        .join(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
        .where(LedgerPosting.case_id == case)
        .order_by(LedgerPosting.id)
    ).all()
    return [
        StatementLine(
            at=entry.at,
            kind=entry.kind,
            reference=entry.reference,
            account=posting.account,
            lot=posting.lot_id,
            holder=posting.holder,
            minor=posting.amount_minor,
        )
        for entry, posting in rows
    ]


def outside_by_reference(session: Session) -> list[WithOutside]:
    """Return what every entry moved to or from the outside, by reference and case."""
    query = (
        select(
            LedgerEntry.reference,
            LedgerPosting.case_id,
            LedgerPosting.currency,
            func.sum(LedgerPosting.amount_minor).label("minor"),
            LedgerEntry.at,
        )
        .join(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
        .where(LedgerPosting.account == Account.OUTSIDE.value)
        .group_by(LedgerEntry.id, LedgerPosting.case_id, LedgerPosting.currency)
    )
    return [
        WithOutside(reference, case, int(minor), currency, at)
        for reference, case, currency, minor, at in session.execute(query.execution_options(yield_per=5_000))
    ]
