"""Rows of deposits and their orders, as every act on a deposit uses them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auction.foundation.database.acts import Act
from auction.foundation.docket.many import append_to_many
from auction.foundation.docket.rules import Line
from auction.foundation.ledger.commands import Booking, book_all
from auction.foundation.ledger.rules import Account, Posting
from auction.foundation.ledger.rules import move as carried
from auction.procedure.deposits import rules
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury.queries import OrderRecord

PURPOSE = "deposit"


def move(row: Deposit, target: DepositStatus) -> None:
    """Take a deposit one step along its road."""
    row.status = rules.moved(DepositStatus(row.status), target).value


def begin_anew(row: Deposit, *, amount_minor: int, at: datetime) -> None:
    """Ask for a deposit again, after its payment was refused or its money went back."""
    move(row, DepositStatus.REQUESTED)
    row.amount_minor, row.requested_at, row.failed_because = amount_minor, at, None
    row.held_at = row.decided_at = row.return_by = row.released_at = None


def postings(row: Deposit, *, minor: int, source: Account, target: Account) -> list[Posting]:
    """Return the postings that carry an amount of a deposit from one account to another."""
    return carried(
        case=row.case_id, minor=minor, source=source, target=target, lot=row.lot_id, holder=row.registration_id
    )


def book_and_enter(
    act: Act, done: Iterable[tuple[Deposit, OrderRecord]], *, kind: str, source: Account, target: Account
) -> None:
    """Book that deposits went from one account to another, whole, and enter it in the dockets of their lots."""
    moved = list(done)
    if not moved:
        return
    book_all(
        act,
        [
            Booking(kind, order.id, postings(row, minor=row.amount_minor, source=source, target=target))
            for row, order in moved
        ],
    )
    lines: dict[str, list[Line]] = {}
    for row, _ in moved:
        entered = Line(kind, {"code": row.code, "amount_minor": row.amount_minor})
        lines.setdefault(f"lot:{row.lot_id}", []).append(entered)
    append_to_many(act, lines)
    act.session.flush()
