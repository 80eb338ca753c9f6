"""Statements, trial balances and single entries: the ledger as people read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.ledger.models import LedgerEntry, LedgerPosting
from auction.foundation.ledger.rules import Account


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose postings a statement has: a case's, a lot's, or those of holders, in some cases alone.

    ``surplus_of`` adds what went back to the debtor of a case, who is no holder of his own there.
    """

    case: str | None = None
    lot: str | None = None
    holders: Collection[str] | None = None
    surplus_of: Collection[str] = ()
    cases: Cases = None

    def condition(self) -> ColumnElement[bool]:
        """Return the condition that a posting is in it."""
        wanted: list[ColumnElement[bool]] = [true()]
        if self.case is not None:
            wanted.append(LedgerPosting.case_id == self.case)
        if self.cases is not None:
            wanted.append(of_cases(LedgerPosting.case_id, self.cases))
        if self.lot is not None:
            wanted.append(LedgerPosting.lot_id == self.lot)
        if self.holders is not None:
            own = LedgerPosting.holder.in_(self.holders)
            surplus = and_(LedgerPosting.holder == "surplus", LedgerPosting.case_id.in_(self.surplus_of))
            wanted.append(or_(own, surplus))
        return and_(*wanted)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a statement is shown; the balances stay those of the whole."""

    account: Account | None = None
    kind: str | None = None
    lot: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One posting; ``balance_minor`` is what its account holds after it, as people count it: never below zero."""

    id: int
    entry: int
    at: datetime
    kind: str
    reference: str
    account: Account
    case: str
    lot: str | None
    holder: str | None
    minor: int
    currency: str
    balance_minor: int


def lines(
    session: Session,
    *,
    scope: Scope,
    filters: Filters | None = None,
    after: int = 0,
    limit: int | None = None,
    newest: int | None = None,
) -> list[Line]:
    """Return the postings of a scope in the order booked, each with the running balance of its account.

    :param newest: how many, where only the last are wanted; they come newest first
    """
    running = (
        func.sum(LedgerPosting.amount_minor)
        .over(partition_by=(LedgerPosting.case_id, LedgerPosting.account), order_by=LedgerPosting.id)
        .label("running")
    )
    if scope.case is None and scope.lot is None:
        running = (
            func.sum(LedgerPosting.amount_minor)
            .over(partition_by=LedgerPosting.account, order_by=LedgerPosting.id)
            .label("running")
        )
    whole = select(LedgerPosting, running).where(scope.condition()).subquery()
    query = (
        select(whole, LedgerEntry.at, LedgerEntry.kind, LedgerEntry.reference)
        .join(LedgerEntry, LedgerEntry.id == whole.c.entry_id)
        .where(whole.c.id > after, *_shown(filters or Filters(), account=whole.c.account, lot=whole.c.lot_id))
        .order_by(whole.c.id if newest is None else whole.c.id.desc())
        .limit(limit if newest is None else newest)
    )
    return [
        Line(
            id=row.id,
            entry=row.entry_id,
            at=row.at,
            kind=row.kind,
            reference=row.reference,
            account=Account(row.account),
            case=row.case_id,
            lot=row.lot_id,
            holder=row.holder,
            minor=row.amount_minor,
            currency=row.currency,
            balance_minor=_counted(row.account, int(row.running)),
        )
        for row in session.execute(query)
    ]


def _shown(
    filters: Filters, *, account: ColumnElement[str], lot: ColumnElement[str | None]
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.account is not None:
        wanted.append(account == filters.account.value)
    if filters.lot is not None:
        wanted.append(lot == filters.lot)
    if filters.kind is not None:
        wanted.append(LedgerEntry.kind == filters.kind)
    if filters.since is not None:
        wanted.append(LedgerEntry.at >= filters.since)
    if filters.until is not None:
        wanted.append(LedgerEntry.at < filters.until)
    return wanted


def kinds(session: Session, *, scope: Scope) -> list[str]:
    """Return the kinds of entries a scope has."""
    query = (
        select(LedgerEntry.kind)
        .join(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
        .where(scope.condition())
        .distinct()
    )
    return sorted(session.scalars(query))


def balances(session: Session, *, scope: Scope) -> dict[Account, int]:
    """Return what each account holds in a scope, zero where nothing moved."""
    query = (
        select(LedgerPosting.account, func.sum(LedgerPosting.amount_minor))
        .where(scope.condition())
        .group_by(LedgerPosting.account)
    )
    sums = {account: int(total) for account, total in session.execute(query)}
    return {account: _counted(account.value, sums.get(account.value, 0)) for account in Account}


def _counted(account: str, minor: int) -> int:
    return minor if account == Account.OUTSIDE.value else -minor


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """An entry with both its sides."""

    id: int
    at: datetime
    kind: str
    reference: str
    by: str
    postings: tuple[Line, ...]

    @property
    def minor(self) -> int:
        """What it moved."""
        return sum(one.minor for one in self.postings if one.minor > 0)


def entry(session: Session, *, id: int) -> EntryRecord | None:  # noqa: A002 - as everywhere
    """Return an entry, or None."""
    row = session.get(LedgerEntry, id)
    if row is None:
        return None
    query = select(LedgerPosting).where(LedgerPosting.entry_id == id).order_by(LedgerPosting.id)
    return EntryRecord(
        id=row.id,
        at=row.at,
        kind=row.kind,
        reference=row.reference,
        by=row.by,
        postings=tuple(
            Line(
                id=one.id, entry=row.id, at=row.at, kind=row.kind, reference=row.reference,
                account=Account(one.account), case=one.case_id, lot=one.lot_id, holder=one.holder,
                minor=one.amount_minor, currency=one.currency, balance_minor=0,
            )
            for one in session.scalars(query)
        ),
    )  # fmt: skip


def entries_of(session: Session, *, references: Collection[str]) -> dict[str, int]:
    """Return the entry that was booked under each reference, where there is one."""
    query = select(LedgerEntry.reference, LedgerEntry.id).where(LedgerEntry.reference.in_(references))
    return {row.reference: row.id for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """An account of a trial balance: all that was ever debited and credited, and what is left."""

    account: Account
    debit_minor: int
    credit_minor: int

    @property
    def left_minor(self) -> int:
        """What is left, debit positive."""
        return self.debit_minor - self.credit_minor


@dataclass(slots=True)
class CaseTrial:
    """A case's line of a trial balance; debit positive, so that they sum to zero."""

    case: str
    signed: dict[Account, int] = field(default_factory=dict)

    @property
    def sum_minor(self) -> int:
        """Zero, unless something is wrong with the ledger itself."""
        return sum(self.signed.values())


def trial(session: Session, *, cases: Cases, also: Collection[str] = ()) -> list[AccountTotal]:
    """Return the trial balance of cases, or of all, by account; ``also`` are a court's accounts of no case."""
    minor = LedgerPosting.amount_minor
    query = (
        select(
            LedgerPosting.account,
            func.coalesce(func.sum(case((minor > 0, minor), else_=0)), 0),
            func.coalesce(func.sum(case((minor < 0, -minor), else_=0)), 0),
        )
        .where(_of(cases, also))
        .group_by(LedgerPosting.account)
    )
    found = {name: (int(debit), int(credit)) for name, debit, credit in session.execute(query)}
    return [AccountTotal(account, *found.get(account.value, (0, 0))) for account in Account]


def _of(cases: Cases, also: Collection[str]) -> ColumnElement[bool]:
    return or_(of_cases(LedgerPosting.case_id, cases), LedgerPosting.case_id.in_(also))


def trial_by_case(
    session: Session, *, cases: Cases, also: Collection[str] = (), after: str = "", limit: int | None = None
) -> list[CaseTrial]:
    """Return the trial balance of each case that has an entry, by its id."""
    names = (
        select(LedgerPosting.case_id)
        .where(_of(cases, also), LedgerPosting.case_id > after)
        .distinct()
        .order_by(LedgerPosting.case_id)
        .limit(limit)
    )
    wanted: Sequence[str] = session.scalars(names).all()
    query = (
        select(LedgerPosting.case_id, LedgerPosting.account, func.sum(LedgerPosting.amount_minor))
        .where(LedgerPosting.case_id.in_(wanted))
        .group_by(LedgerPosting.case_id, LedgerPosting.account)
    )
    found = {name: CaseTrial(name) for name in wanted}
    for name, account, total in session.execute(query):
        found[name].signed[Account(account)] = int(total)
    return list(found.values())
