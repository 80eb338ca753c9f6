"""A winner's deposit of which less came than was held: the hold had lapsed, or the card gave less than it promised.

The law knows a deposit that was paid (法释〔2016〕18号 第17、25条), not one that is gone when it is called for. What
came counts toward the price; what did not come was never the court's, leaves the books, and is missing from the price,
so the balance rises by it (``settlement``).
"""

from __future__ import annotations

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account
from auction.procedure.deposits import keeping
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.treasury.queries import OrderRecord

LAPSED = "deposit.lapsed"


def hand_over(act: Act, row: Deposit, *, order: OrderRecord) -> None:
    """Take note that the winner's deposit was called in: book what came as proceeds, and what did not as gone."""
    came, missing = order.done_minor, row.amount_minor - order.done_minor
    keeping.move(row, DepositStatus.APPLIED if came else DepositStatus.LAPSED)
    row.applied_at, row.lapsed_minor = act.now, missing
    act.session.flush()
    public = {"code": row.code, "amount_minor": came}
    if missing:
        lost = keeping.postings(row, minor=missing, source=Account.HELD, target=Account.OUTSIDE)
        book(act, kind=LAPSED, reference=f"{order.id}:lapsed", postings=lost)
        append(act, f"lot:{row.lot_id}", LAPSED, {"code": row.code, "amount_minor": missing})
    if came:
        carried = keeping.postings(row, minor=came, source=Account.HELD, target=Account.PROCEEDS)
        book(act, kind="deposit.applied", reference=order.id, postings=carried)
        append(act, f"lot:{row.lot_id}", "deposit.applied", public)
    act.session.flush()
