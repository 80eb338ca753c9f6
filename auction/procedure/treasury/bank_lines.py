"""Bank lines as others read them: what is on the desk, and what the bank says it moved, for reconciliation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.refusal import NotFound
from auction.gateways.bank import creditor_reference
from auction.gateways.port import Movement, OrderKind
from auction.procedure.cases import payments
from auction.procedure.treasury.bank_models import BankImport, BankLine, BankLineAct, BankLineState
from auction.procedure.treasury.bank_rules import BOOKED_UNCLAIMED, ON_THE_DESK, LineStatus, Why
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.reconciliation_rules import Booked

_READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line with where it stands; the other side's name and account are for the desk alone."""

    id: str
    court: str
    bank_reference: str | None
    credit: bool
    amount_minor: int
    currency: str
    booked_at: datetime
    value_on: date | None
    reversal: bool
    returned: bool
    other_name: str | None
    other_account: str | None
    other_bank: str | None
    end_to_end: str | None
    creditor_reference: str | None
    words: str
    imported_at: datetime
    status: LineStatus
    why: Why | None
    case: str | None
    order: str | None
    other_line: str | None
    proposed_order: str | None
    proposed_by: str | None

    @property
    def signed_minor(self) -> int:
        """The change of the court's account."""
        return self.amount_minor if self.credit else -self.amount_minor


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """A file that was imported, with what became of its lines by now."""

    id: str
    court: str
    form: str
    digest: str
    at: datetime
    by: str
    lines: int
    matched: int
    desk: int
    waiting: int
    known: int
    not_booked: int
    bad: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ActRecord:
    """One act on a line."""

    at: datetime
    by: str
    act: str
    reason: str | None
    subject: str | None


def line(session: Session, line_id: str) -> LineRecord:
    """Return a bank line.

    :raises NotFound: when there is none of that id
    """
    found = session.execute(_lines().where(BankLine.id == line_id)).one_or_none()
    if found is None:
        raise NotFound(what="line", name=line_id)
    return _record(*found)


def unmatched(session: Session, *, court: str | None = None, case: Cases = None) -> list[LineRecord]:
    """Return what is on the desk, oldest first: unclaimed money, and what nothing explains.

    :param case: only what is booked in the accounts of cases
    """
    return _of(session, court=court, statuses=ON_THE_DESK, case=case)


def going_back(session: Session, *, court: str) -> list[LineRecord]:
    """Return the lines whose money is on its way back to who paid it, oldest first."""
    return _of(session, court=court, statuses={LineStatus.GOING_BACK})


def new(session: Session, *, court: str | None = None, limit: int | None = None) -> list[str]:
    """Return the lines nobody has looked at yet, in the order of their files."""
    query = (
        select(BankLine.id)
        .join(BankLineState, BankLineState.line_id == BankLine.id)
        .join(BankImport, BankImport.id == BankLine.import_id)
        .where(BankLineState.status == LineStatus.NEW.value)
        .order_by(BankImport.at, BankLine.place, BankLine.id)
        .limit(limit)
    )
    return list(session.scalars(query if court is None else query.where(BankLine.court_id == court)))


def of_order(session: Session, order: str) -> LineRecord | None:
    """Return the line that carried an order out, or None."""
    query = _lines().where(BankLineState.order_id == order, BankLineState.status == LineStatus.MATCHED.value)
    found = session.execute(query.order_by(BankLine.id).limit(1)).one_or_none()
    return _record(*found) if found else None


def acts(session: Session, line_id: str) -> list[ActRecord]:
    """Return what was done about a line, oldest first."""
    query = select(BankLineAct).where(BankLineAct.line_id == line_id).order_by(BankLineAct.id)
    return [
        ActRecord(at=row.at, by=row.by, act=row.act, reason=row.reason, subject=row.subject)
        for row in session.scalars(query)
    ]


def imports(session: Session, *, court: str, limit: int = 20) -> list[ImportRecord]:
    """Return the files of a court, newest first."""
    query = select(BankImport).where(BankImport.court_id == court).order_by(BankImport.at.desc(), BankImport.id)
    return [_import(session, row) for row in session.scalars(query.limit(limit))]


def imported(session: Session, import_id: str) -> ImportRecord:
    """Return an imported file.

    :raises NotFound: when there is none of that id
    """
    row = session.get(BankImport, import_id)
    if row is None:
        raise NotFound(what="file", name=import_id)
    return _import(session, row)


def bank_movements(session: Session, *, since: datetime | None = None) -> Iterator[Movement]:
    """Return what the bank's files say of the courts' accounts, under the payment each line belongs to.

    ``since`` leaves out what was booked before it. What is not explained names no order of ours.
    """
    query = (
        select(
            BankLine.id, BankLine.direction, BankLine.amount_minor, BankLine.currency, BankLine.booked_at,
            BankLineState.status, BankLineState.order_id, BankLineState.other_line_id,
            MoneyOrderRow.kind, MoneyOrderRow.origin_reference,
        )
        .join(BankLineState, BankLineState.line_id == BankLine.id)
        .outerjoin(MoneyOrderRow, MoneyOrderRow.id == BankLineState.order_id)
        .order_by(BankLine.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(BankLine.booked_at >= since)
    for row in session.execute(query.execution_options(yield_per=_READ_AT_ONCE)):
        payment, order = _belongs(row)
        signed = row.amount_minor if row.direction == "credit" else -row.amount_minor
        yield Movement(payment=payment, order=order, signed_minor=signed, currency=row.currency, at=row.booked_at)


def unclaimed_booked(session: Session) -> list[Booked]:
    """Return what our books hold of bank lines that no order explains: unclaimed money, also while it goes back."""
    query = (
        select(BankLine, BankLineState)
        .join(BankLineState, BankLineState.line_id == BankLine.id)
        .where(BankLineState.status.in_([one.value for one in BOOKED_UNCLAIMED]))
    )
    return [
        Booked(
            order=found.id, payment=found.id, case=state.case_id or "", signed_minor=found.amount_minor,
            currency=found.currency, at=found.booked_at,
        )
        for found, state in session.execute(query)
    ]  # fmt: skip


def ids_paid_to_cases(session: Session) -> frozenset[str]:
    """Return the lines that were recorded as payments into case accounts; the payment has the line's id."""
    return frozenset(
        session.scalars(select(BankLineState.line_id).where(BankLineState.status == LineStatus.PAID_TO_CASE.value))
    )


def _belongs(row: Any) -> tuple[str, str | None]:  # noqa: ANN401 - a result row
    """Return the payment a line belongs to, and the order of ours it carried out."""
    match LineStatus(row.status):
        case LineStatus.MATCHED if row.kind is not None:
            kind = OrderKind(row.kind)
            if kind.inward:
                return creditor_reference(row.order_id), row.order_id
            return (row.origin_reference or row.order_id) if kind is OrderKind.RELEASE else row.order_id, row.order_id
        case LineStatus.PAID_TO_CASE:
            return row.id, payments.reference_of(row.id)
        case LineStatus.UNCLAIMED | LineStatus.GOING_BACK | LineStatus.GONE_BACK:
            return row.id, row.id
        case LineStatus.CANCELLED_OUT:
            return min(row.id, row.other_line_id or row.id), None
        case _:
            return row.id, None


def _lines() -> Select[BankLine, BankLineState, datetime]:
    return (
        select(BankLine, BankLineState, BankImport.at)
        .join(BankLineState, BankLineState.line_id == BankLine.id)
        .join(BankImport, BankImport.id == BankLine.import_id)
    )


def _of(
    session: Session, *, court: str | None, statuses: Collection[LineStatus], case: Cases = None
) -> list[LineRecord]:
    query = _lines().where(BankLineState.status.in_([one.value for one in statuses]))
    if case is not None:
        query = query.where(of_cases(BankLineState.case_id, case))
    if court is not None:
        query = query.where(BankLine.court_id == court)
    return [_record(*found) for found in session.execute(query.order_by(BankImport.at, BankLine.place, BankLine.id))]


def _record(found: BankLine, state: BankLineState, imported_at: datetime) -> LineRecord:
    return LineRecord(
        id=found.id, court=found.court_id, bank_reference=found.bank_reference, credit=found.direction == "credit",
        amount_minor=found.amount_minor, currency=found.currency, booked_at=found.booked_at, value_on=found.value_on,
        reversal=found.reversal, returned=found.returned, other_name=found.other_name,
        other_account=found.other_account, other_bank=found.other_bank, end_to_end=found.end_to_end,
        creditor_reference=found.creditor_reference, words=found.words, imported_at=imported_at,
        status=LineStatus(state.status), why=Why(state.reason) if state.reason else None, case=state.case_id,
        order=state.order_id, other_line=state.other_line_id, proposed_order=state.proposed_order_id,
        proposed_by=state.proposed_by,
    )  # fmt: skip


def _import(session: Session, row: BankImport) -> ImportRecord:
    by_status = (
        select(BankLineState.status, func.count())
        .join(BankLine, BankLine.id == BankLineState.line_id)
        .where(BankLine.import_id == row.id)
        .group_by(BankLineState.status)
    )
    counts = {found.status: int(found[1]) for found in session.execute(by_status)}
    desk = sum(counts.get(one.value, 0) for one in ON_THE_DESK)
    waiting = counts.get(LineStatus.NEW.value, 0)
    lines = sum(counts.values())
    return ImportRecord(
        id=row.id, court=row.court_id, form=row.form, digest=row.digest, at=row.at, by=row.by, lines=lines,
        matched=lines - desk - waiting, desk=desk, waiting=waiting, known=row.known, not_booked=row.not_booked,
        bad=tuple(row.bad),
    )  # fmt: skip
