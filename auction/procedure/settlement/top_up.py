"""The defaulting buyer pays what the court has ordered beyond his deposit (法释〔2004〕16号 第22条)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.roles import Role
from auction.gateways.port import OrderKind
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import keeping, rules
from auction.procedure.settlement.models import Forfeit
from auction.procedure.settlement.rules import SettlementStatus, SettlementWrongAmount
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury import ways
from auction.procedure.treasury.orders import answers, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways_rules import Purpose

PURPOSE = "top_up"


@command("pay_top_up", by={Role.BIDDER, Role.FINANCE})
def pay_top_up(act: Act, *, lot: str, amount_minor: int, way: str | None = None) -> int:
    """Pay exactly what was ordered and return it; asking twice pays once, finance records what came by bank.

    :raises NotTheBuyer: for somebody else's default
    :raises SettlementNotDue: when nothing was ordered, or it is paid
    :raises SettlementWrongAmount: any other amount than was ordered, with ``due_minor``
    :raises WayNotOffered: when the court does not take this amount by this way
    """
    checks = Checks()
    wanted = checks.identifier("lot", lot)
    amount = checks.minor("amount_minor", amount_minor, least=0)
    checks.refuse()
    row = keeping.locked(act, wanted)
    keeping.payer_only(act, row)
    forfeit = act.session.get(Forfeit, wanted, with_for_update=True, populate_existing=True)
    status = SettlementStatus(row.status)
    if forfeit is None or not forfeit.top_up_minor or status is not SettlementStatus.DEFAULTED:
        raise rules.not_due(
            status, zh="法院未责令补交差额", en="the court has ordered nothing", kind=rules.DefaultNotDue
        )
    orders = treasury.orders_of(act.session, subject=subject(wanted))
    if any(order.status is OrderStatus.DONE for order in orders):
        raise rules.not_due(status, zh="差额已经补交", en="it is paid already", kind=rules.DefaultNotDue)
    if amount != forfeit.top_up_minor:
        raise SettlementWrongAmount(due_minor=forfeit.top_up_minor)
    if not any(order.status is OrderStatus.WAITING for order in orders):
        court = lots.lot(act.session, row.lot_id).court
        request_order(
            act.as_platform(),
            kind=OrderKind.CHARGE,
            purpose=PURPOSE,
            subject=subject(wanted),
            case=row.case_id,
            lot=row.lot_id,
            party=row.buyer_person_id,
            amount_minor=amount,
            way=ways.chosen(act.session, court=court, purpose=Purpose.BALANCE, amount_minor=amount, way=way),
        )
    return amount


def subject(lot: str) -> str:
    """Return what the money orders of a lot's top-up serve."""
    return f"{PURPOSE}:{lot}"


def paid_order(session: Session, lot: str) -> OrderRecord | None:
    """Return the order by which the top-up was paid, or None while it is not."""
    orders = treasury.orders_of(session, subject=subject(lot))
    return next((order for order in orders if order.status is OrderStatus.DONE), None)


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: he may pay again while nothing was taken."""


@answers(PURPOSE, refused=_refused)
def _paid(act: Act, *, order: OrderRecord) -> None:
    """Book the money to the case, where it is distributed with the lot's."""
    row = keeping.locked(act, order.lot or "")
    keeping.take_in(act, row, order=order, kind="top_up.paid")
    append(act, f"lot:{row.lot_id}", "top_up.paid", {"amount_minor": order.amount_minor})
