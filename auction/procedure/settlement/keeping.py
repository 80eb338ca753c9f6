"""The row of a settlement under its lot's lock, and what every command on it shares."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import lock
from auction.foundation.docket.many import append_to_many
from auction.foundation.docket.rules import Line
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account
from auction.foundation.ledger.rules import move as carried
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import rules
from auction.procedure.settlement.models import Settlement
from auction.procedure.settlement.rules import SettlementStatus, Stage
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus


def locked(act: Act, lot: str) -> Settlement:
    """Lock the lot and return its settlement.

    :raises NotFound: when the lot has none
    """
    lock(act, f"lot:{lot}")
    row = found(act, lot)
    if row is None:
        raise NotFound(what="settlement", name=lot)
    return row


def found(act: Act, lot: str) -> Settlement | None:
    """Return the settlement of a lot that is locked already, or None."""
    return act.session.get(Settlement, lot, with_for_update=True, populate_existing=True)


def found_all(act: Act, lots: Collection[str]) -> Sequence[Settlement]:
    """Return the settlements of those lots that have one; all are locked already."""
    query = select(Settlement).where(Settlement.lot_id.in_(lots)).order_by(Settlement.lot_id).with_for_update()
    return act.session.scalars(query.execution_options(populate_existing=True)).all()


def move(row: Settlement, target: SettlementStatus) -> None:
    """Take a settlement one step along its road."""
    row.status = rules.moved(SettlementStatus(row.status), target).value


def subject(row: Settlement) -> str:
    """Return what the money orders of the balance serve."""
    return f"balance:{row.lot_id}"


def in_proceeds(act: Act, row: Settlement) -> int:
    """Return what of the lot's price is in the court's account."""
    return ledger.owed(act.session, account=Account.PROCEEDS, case=row.case_id, lot=row.lot_id)


def take_in(act: Act, row: Settlement, *, order: OrderRecord, kind: str) -> None:
    """Book what the buyer's order brought from outside to the case, as proceeds of the lot."""
    postings = carried(
        case=row.case_id,
        minor=order.done_minor,
        source=Account.OUTSIDE,
        target=Account.PROCEEDS,
        lot=row.lot_id,
        holder=row.buyer_registration_id,
    )
    book(act, kind=kind, reference=order.id, postings=postings)


def whole(act: Act, row: Settlement) -> bool:
    """Say whether money and the claim that counts for it make the whole price."""
    return in_proceeds(act, row) + row.credit_minor >= row.price_minor


def stage(act: Act, row: Settlement) -> Stage:
    """Return what the next step is measured against."""
    # Once whole, a price stays so, although the distribution may have paid it out since.
    reached = row.paid_at is not None or whole(act, row)
    return Stage(status=SettlementStatus(row.status), whole=reached, served=row.ruling_served_at is not None)


def mark_whole(act: Act, *rows: Settlement) -> None:
    """Mark the lots paid at the instant from which the whole price of each is there."""
    act.session.flush()
    awaiting = [row for row in rows if SettlementStatus(row.status) is SettlementStatus.AWAITING_BALANCE]
    if not awaiting:
        return
    there = ledger.owed_by_lot(act.session, account=Account.PROCEEDS, lots=[row.lot_id for row in awaiting])
    paid = [row for row in awaiting if there.get((row.case_id, row.lot_id), 0) + row.credit_minor >= row.price_minor]
    for row in paid:
        move(row, SettlementStatus.PAID)
        row.paid_at = act.now
    if paid:
        append_to_many(act, {f"lot:{row.lot_id}": [_paid(row)] for row in paid})
        act.session.flush()


def _paid(row: Settlement) -> Line:
    return Line("lot.paid", {"price_minor": row.price_minor, "late": row.paid_late})


def paying(act: Act, row: Settlement) -> bool:
    """Say whether a payment was begun, so that what is due may not change under it, or the deposit is not yet here."""
    return _balance_waits(act.session, row, begun=True) or _deposit_waits(act.session, row)


def on_its_way(session: Session, row: Settlement) -> bool:
    """Say whether money toward the price has left its payer as far as we know.

    A payment that still waits for its payer's own act does not count: nobody puts a default off by beginning to pay.
    """
    return _balance_waits(session, row, begun=False) or _deposit_waits(session, row)


def _balance_waits(session: Session, row: Settlement, *, begun: bool) -> bool:
    orders = treasury.orders_of(session, subject=subject(row))
    return any(order.status is OrderStatus.WAITING and (begun or order.underway_since is None) for order in orders)


def _deposit_waits(session: Session, row: Settlement) -> bool:
    if row.buyer_registration_id is None:
        return False
    deposit = deposits.deposit_of(session, registration=row.buyer_registration_id)
    return deposit is not None and deposit.status is DepositStatus.HELD


def buyer_only(act: Act, row: Settlement) -> None:
    """Refuse paying for somebody else's purchase.

    :raises NotTheBuyer: unless the buyer or the platform acts
    """
    actor = act.actor
    if actor is None or actor.has(Role.PLATFORM) or actor.person == row.buyer_person_id:
        return
    raise rules.NotTheBuyer


def payer_only(act: Act, row: Settlement) -> None:
    """Let the buyer pay himself, and finance of the lot's court record what came by bank.

    :raises NotTheBuyer: for any other person
    :raises NotThisCourt: for another court's finance
    """
    if act.actor is not None and act.actor.has(Role.FINANCE):
        court_only(act, lot=row.lot_id)
    else:
        buyer_only(act, row)


def court_only(act: Act, *, lot: str) -> None:
    """Refuse another court's staff.

    :raises NotThisCourt: for who belongs to another court
    """
    court = lots.lot(act.session, lot).court
    if act.actor is not None and act.actor.court not in {None, court}:
        raise rules.NotThisCourt
