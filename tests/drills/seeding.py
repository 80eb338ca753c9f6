"""Ten thousand bidders whose deposits are held, in the rows that the ordinary commands write, many rows a statement.

The first bidder of a lot goes through the commands themselves; the others' rows are his, with a name, a code and ids
of their own. The docket, the ledger and the sandbox are written by their own functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.database.base import Base
from auction.foundation.docket.commands import append_all
from auction.foundation.docket.rules import Line
from auction.foundation.kernel.ids import bidding_code, new_id
from auction.foundation.kernel.roles import PLATFORM
from auction.foundation.ledger.commands import Booking, book_all
from auction.foundation.ledger.rules import Account, move
from auction.gateways.port import MoneyOrder, OrderKind, Receipt
from auction.gateways.several import send_many
from auction.procedure.bidding.models import Registration
from auction.procedure.deposits.models import Deposit
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.rules import OrderStatus
from tests.procedure.selling import Sale

_AT_ONCE = 250
Row = dict[str, object]


def pay_in(sale: Sale, lot: str, *, first: str, others: Sequence[str]) -> None:
    """Let one bidder pay by the commands, and make the rows of others who did the same."""
    sale.admit(first, lot)
    codes = _codes(len(others))
    rest = iter(zip(others, codes, strict=True))
    while part := list(islice(rest, _AT_ONCE)):
        with sale.platform.act(PLATFORM) as act:
            _like(act, sale, lot=lot, first=first, bidders=part)


def _codes(count: int) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < count:
        seen.add(bidding_code())
    return iter(sorted(seen))


def _like(act: Act, sale: Sale, *, lot: str, first: str, bidders: Sequence[tuple[str, str]]) -> None:
    registration = _row(act.session, Registration, Registration.lot_id == lot, Registration.person_id == first)
    deposit = _row(act.session, Deposit, Deposit.registration_id == registration["id"])
    order = _row(act.session, MoneyOrderRow, MoneyOrderRow.subject_id == deposit["id"])
    made, paid, orders = list[Row](), list[Row](), list[Row]()
    for person, code in bidders:
        made.append({**registration, "id": new_id("registration"), "person_id": person, "code": code})
        named = {"registration_id": made[-1]["id"], "person_id": person, "code": code}
        paid.append({**deposit, **named, "id": new_id("deposit")})
        orders.append({**order, "id": new_id("order"), "subject_id": paid[-1]["id"], "party_id": person})
    act.session.execute(insert(Registration), made)
    act.session.execute(insert(Deposit), paid)
    act.session.execute(insert(MoneyOrderRow), orders)
    _enter(act, lot=lot, paid=paid)
    _move(act, sale, paid=paid, orders=orders)


def _row(session: Session, model: type[Base], *where: object) -> Row:
    found = session.scalars(select(model).where(*where)).one()  # type: ignore[arg-type]
    return {column.key: getattr(found, column.key) for column in inspect(model).column_attrs}


def _enter(act: Act, *, lot: str, paid: Sequence[Row]) -> None:
    lines = []
    for one in paid:
        code, person = {"code": one["code"]}, {"person": one["person_id"]}
        lines += [
            Line("registration.made", code, person),
            Line("deposit.held", code, {"amount_minor": one["amount_minor"]}),
            Line("registration.admitted", {**code, "priority_rank": None}, person),
        ]
    append_all(act, f"lot:{lot}", lines)


def _move(act: Act, sale: Sale, *, paid: Sequence[Row], orders: Sequence[Row]) -> None:
    """Let the sandbox freeze the deposits, and book each under its order."""
    gateway = sale.platform.gateways.of(None)
    told = [
        MoneyOrder(
            id=str(one["id"]),
            kind=OrderKind.HOLD,
            amount_minor=int(str(one["amount_minor"])),
            currency="CNY",
            case=sale.case,
            lot=str(one["lot_id"]),
            party=str(one["party_id"]),
        )
        for one in orders
    ]
    words = send_many(gateway, told)
    receipts = [{"id": word.order, "gateway_reference": word.reference} for word in words if isinstance(word, Receipt)]
    assert len(receipts) == len(orders)
    act.session.execute(update(MoneyOrderRow), receipts)
    act.session.flush()
    bookings = [
        Booking(
            "deposit.held",
            order.id,
            move(
                case=order.case,
                minor=order.amount_minor,
                source=Account.OUTSIDE,
                target=Account.HELD,
                lot=order.lot,
                holder=str(deposit["registration_id"]),
            ),
        )
        for order, deposit in zip(told, paid, strict=True)
    ]
    assert len(book_all(act, bookings)) == len(orders)
    assert {one["status"] for one in orders} == {OrderStatus.DONE.value}
