"""A winner's deposit of which less came than was held: the hold had lapsed, or the card gave less than it promised.

The law knows a deposit that was paid (法释〔2016〕18号 第17、25条), not one that is gone when it is called for. What
came counts toward the price; what did not come was never the court's, leaves the books, and is missing from the price,
so the balance rises by it (``settlement``).
"""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.database.acts import Act
from auction.foundation.docket.many import append_to_many
from auction.foundation.docket.rules import Line
from auction.foundation.ledger.commands import Booking, book_all
from auction.foundation.ledger.rules import Account
from auction.procedure.deposits import keeping
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury.queries import OrderRecord

LAPSED = "deposit.lapsed"


def hand_over(act: Act, done: Sequence[tuple[Deposit, OrderRecord]]) -> None:
    """Take note that winners' deposits were called in: book what came as proceeds, and what did not as gone."""
    bookings: list[Booking] = []
    lines: dict[str, list[Line]] = {}
    for row, order in done:
        came, missing = order.done_minor, row.amount_minor - order.done_minor
        keeping.move(row, DepositStatus.APPLIED if came else DepositStatus.LAPSED)
        row.applied_at, row.lapsed_minor = act.now, missing
        entered = lines.setdefault(f"lot:{row.lot_id}", [])
        if missing:
            lost = keeping.postings(row, minor=missing, source=Account.HELD, target=Account.OUTSIDE)
            bookings.append(Booking(LAPSED, f"{order.id}:lapsed", lost))
            entered.append(Line(LAPSED, {"code": row.code, "amount_minor": missing}))
        if came:
            carried = keeping.postings(row, minor=came, source=Account.HELD, target=Account.PROCEEDS)
            bookings.append(Booking("deposit.applied", order.id, carried))
            entered.append(Line("deposit.applied", {"code": row.code, "amount_minor": came}))
    act.session.flush()
    book_all(act, bookings)
    append_to_many(act, lines)
