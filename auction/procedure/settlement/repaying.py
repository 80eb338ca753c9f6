"""Money that goes back to a buyer: of a revoked sale, or what his default does not cost him."""

from __future__ import annotations

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import append
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.port import OrderKind
from auction.procedure.settlement.models import Forfeit, Settlement
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.orders import answers, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import Paid, shares

PURPOSE = "price_return"


def repay(act: Act, row: Settlement, *, amount_minor: int) -> None:
    """Decide that a part of the price goes back to the buyer, and order it; the caller holds the lot's lock."""
    if amount_minor <= 0:
        return
    paid = treasury.left_to_give_back(act.session, lot=row.lot_id, party=row.buyer_person_id)
    for origin, minor in shares(paid, amount_minor=amount_minor):
        _repay(act, row, origin=origin, amount_minor=minor)


def _repay(act: Act, row: Settlement, *, origin: Paid | None, amount_minor: int) -> None:
    order = request_order(
        act.as_platform(),
        kind=OrderKind.RELEASE,
        purpose=PURPOSE,
        subject=f"{PURPOSE}:{row.lot_id}",
        case=row.case_id,
        lot=row.lot_id,
        party=row.buyer_person_id,
        amount_minor=amount_minor,
        way=origin.gateway if origin else None,
        origin=origin.reference if origin else None,
    )
    postings = move(
        case=row.case_id,
        minor=amount_minor,
        source=Account.PROCEEDS,
        target=Account.REFUNDABLE,
        lot=row.lot_id,
        holder=row.buyer_registration_id,
    )
    book(act, kind="price.refundable", reference=f"{order.id}:decided", postings=postings)


def give_up_forfeit(act: Act, row: Settlement) -> None:
    """Let a deposit that was forfeited, but not used yet, count as the buyer's again: his sale was revoked."""
    forfeit = act.session.get(Forfeit, row.lot_id, with_for_update=True, populate_existing=True)
    if forfeit is None or forfeit.applied_at is not None:
        return
    postings = move(
        case=row.case_id,
        minor=forfeit.forfeited_minor,
        source=Account.FORFEITED,
        target=Account.PROCEEDS,
        lot=row.lot_id,
        holder=row.buyer_registration_id,
    )
    book(act, kind="forfeit.given_up", reference=f"forfeit:{row.lot_id}:given_up", postings=postings)


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: it is shown as due, and finance sends it again."""


@answers(PURPOSE, refused=_refused)
def _gone(act: Act, *, order: OrderRecord) -> None:
    """Book that the money has left the court's account."""
    row = act.session.get_one(Settlement, order.lot or "")
    postings = move(
        case=row.case_id,
        minor=order.amount_minor,
        source=Account.REFUNDABLE,
        target=Account.OUTSIDE,
        lot=row.lot_id,
        holder=row.buyer_registration_id,
    )
    book(act, kind="price.returned", reference=order.id, postings=postings)
    append(act, f"lot:{row.lot_id}", "price.returned", {"amount_minor": order.amount_minor})
