"""The clerk's verbs after the hammer: confirm, take the balance, rule, serve, hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.many import append_to_many, lock_many
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry, Line
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Role
from auction.gateways.port import OrderKind
from auction.procedure.assets import commands as assets
from auction.procedure.bidding import closing, eligibility, joint
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.closing import Ended
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.inputs import Checks
from auction.procedure.lots import approvals
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import claims, keeping, rules
from auction.procedure.settlement.models import Settlement
from auction.procedure.settlement.queries import SettlementRecord, settlement_record
from auction.procedure.settlement.repaying import give_up_forfeit, repay
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury import ways
from auction.procedure.treasury.orders import answers, no_longer_due, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.procedure.treasury.ways_rules import Purpose
from auction.rulebook.carried import carries_out

PURPOSE = "balance"


@command("confirm_sale", by=())
def confirm_sales_together(act: Act, *, entries: Sequence[Entry]) -> None:
    """Open the settlements of sold lots and publish the confirmations in the buyers' real names (article 22)."""
    chains = [entry.chain for entry in entries]
    lock_many(act, chains)
    found = closing.ended(act.session, [chain.removeprefix("lot:") for chain in chains])
    known = set(act.session.scalars(select(Settlement.lot_id).where(Settlement.lot_id.in_(found))))
    sold = [one for one in found.values() if one.winner is not None and one.lot not in known]
    buyers = bidding.registrations_by_id(act.session, [one.winner for one in sold if one.winner is not None])
    paid = deposits.deposits_of(act.session, registrations=buyers)
    rows = [_settlement(act, one, buyer=buyers[one.winner or ""], deposit=paid.get(one.winner or "")) for one in sold]
    act.session.add_all(rows)
    act.session.flush()
    together = joint.named_buyers_of(act.session, bidders={row.lot_id: row.buyer_person_id for row in rows})
    lines = {f"lot:{row.lot_id}": [_confirmation(row, buyers, together=together[row.lot_id])] for row in rows}
    append_to_many(act, lines)
    keeping.mark_whole(act, *rows)


@carries_out("auction.confirmation_published", seen_in=("settlement.confirmed",))
@reacts_to("lot.closed", together=confirm_sales_together)
@command("confirm_sale", by=())
def confirm_sale(act: Act, *, entry: Entry) -> None:
    """Open the settlement of a sold lot and publish the confirmation in the buyer's real name (article 22)."""
    confirm_sales_together(act, entries=[entry])


def _settlement(act: Act, sale: Ended, *, buyer: RegistrationRecord, deposit: DepositRecord | None) -> Settlement:
    counted, price_minor = deposit.counted_minor if deposit else 0, sale.price_minor or 0
    return Settlement(
        lot_id=sale.lot,
        case_id=sale.case,
        buyer_registration_id=buyer.id,
        buyer_person_id=buyer.person,
        price_minor=price_minor,
        credit_minor=0,
        way="auction",
        deposit_minor=counted,
        balance_minor=rules.balance(price_minor=price_minor, deposit_minor=counted),
        status=SettlementStatus.AWAITING_BALANCE.value,
        balance_due_by=rules.balance_due_by(sale.ends_at, days=sale.balance_days),
        confirmed_at=act.now,
        confirmation_number=f"{day_of(sale.ends_at).year}成交确认{sale.lot}",
    )


@command("count_deposit", by=())
def count_deposits_together(act: Act, *, entries: Sequence[Entry]) -> None:
    """Take note that winners' deposits have reached the court: with the balance a price may now be whole."""
    chains = [entry.chain for entry in entries]
    lock_many(act, chains)
    rows = keeping.found_all(act, [chain.removeprefix("lot:") for chain in chains])
    for row in rows:
        if SettlementStatus(row.status) is SettlementStatus.REVOKED:
            repay(act, row, amount_minor=keeping.in_proceeds(act, row))
    keeping.mark_whole(act, *rows)


@reacts_to("deposit.applied", together=count_deposits_together)
@command("count_deposit", by=())
def count_deposit(act: Act, *, entry: Entry) -> None:
    """Take note that the winner's deposit has reached the court: with the balance the price may now be whole."""
    count_deposits_together(act, entries=[entry])


@reacts_to("lot.revoked")
@command("return_price", by=())
def return_price(act: Act, *, entry: Entry) -> None:
    """Give the buyer of a revoked sale back what he has paid and the court still holds (articles 31 and 32)."""
    lot = entry.chain.removeprefix("lot:")
    lock(act, f"lot:{lot}")
    row = keeping.found(act, lot)
    if row is None or SettlementStatus(row.status) is SettlementStatus.REVOKED:
        return
    defaulted = SettlementStatus(row.status) is SettlementStatus.DEFAULTED
    keeping.move(row, SettlementStatus.REVOKED)
    no_longer_due(act, subjects=[keeping.subject(row)])
    give_up_forfeit(act, row)
    repay(act, row, amount_minor=keeping.in_proceeds(act, row))
    barred = defaulted and rules.bar_stands(str(entry.public["ground"]))
    if defaulted and not barred:
        eligibility.lift_bar(act.as_platform(), lot=lot, person=row.buyer_person_id)
    append(act, f"lot:{lot}", "settlement.revoked", {"price_minor": row.price_minor, "barred": barred})


@command("pay_balance", by={Role.BIDDER, Role.FINANCE})
def pay_balance(act: Act, *, lot: str, amount_minor: int, way: str | None = None) -> SettlementRecord:
    """Pay exactly the balance due; late is accepted until default is declared, asking twice pays once (article 25).

    The buyer pays himself; finance of the court records what came by bank.

    :raises NotTheBuyer: for somebody else's purchase; NotThisCourt: for another court's finance
    :raises SettlementOverdue: after the default was declared
    :raises SettlementWrongAmount: any other amount than is due, with ``due_minor``
    :raises WayNotOffered: when the court does not take this amount by this way
    """
    checks = Checks()
    wanted = checks.identifier("lot", lot)
    amount = checks.minor("amount_minor", amount_minor, least=0)
    checks.refuse()
    row = keeping.locked(act, wanted)
    keeping.payer_only(act, row)
    record = settlement_record(row)
    rules.check_balance(status=record.status, amount_minor=amount, due_minor=record.due_minor)
    orders = treasury.orders_of(act.session, subject=keeping.subject(row))
    if not any(order.status is OrderStatus.WAITING for order in orders):
        court = lots.lot(act.session, row.lot_id).court
        request_order(
            act.as_platform(),
            kind=OrderKind.CHARGE,
            purpose=PURPOSE,
            subject=keeping.subject(row),
            case=row.case_id,
            lot=row.lot_id,
            party=row.buyer_person_id,
            amount_minor=amount,
            way=ways.chosen(act.session, court=court, purpose=Purpose.BALANCE, amount_minor=amount, way=way),
        )
    return record


@command("rule", by={Role.OFFICER})
def rule(act: Act, *, lot: str) -> SettlementRecord:
    """Make the ruling on the sale once the price is whole (法释〔2004〕16号 第20条).

    :raises SettlementNotDue: before the price is whole, or when the ruling was made already
    :raises BuyerNotQualified: ApprovalMissing: in this order
    """
    record = lots.lot(act.session, lot)
    # The case is locked too: its rulings are numbered one after the other.
    lock(act, f"case:{record.case}", f"lot:{lot}")
    row = keeping.locked(act, lot)
    keeping.court_only(act, lot=lot)
    rules.check_ruling(keeping.stage(act, row))
    _refuse_unqualified(act, row)
    approvals.check_approval(act.session, lot=record)
    earlier = act.session.execute(
        select(func.count()).where(Settlement.case_id == row.case_id, Settlement.ruled_at.is_not(None))
    ).scalar_one()
    keeping.move(row, SettlementStatus.RULED)
    row.ruled_at = act.now
    row.ruling_number = rules.ruling_number(record.case_number, place=earlier + 1)
    together = joint.named_buyers(act.session, lot=lot, person=row.buyer_person_id)
    public = {"ruling_number": row.ruling_number, "price_minor": row.price_minor}
    append(act, f"lot:{lot}", "lot.ruled", public | ({"buyers": together} if len(together) > 1 else {}))
    act.session.flush()
    return settlement_record(row)


@carries_out(
    "auction.title_on_service",
    "settlement.title_on_service",
    "settlement.security_extinguished",
    seen_in=("ruling.served",),
)
@command("serve_ruling", by={Role.OFFICER})
def serve_ruling(act: Act, *, lot: str) -> SettlementRecord:
    """Record the service of the ruling on the buyer: at this instant title passes (article 22).

    Security on the things ends and is paid from the price first; leases go on (法释〔2004〕16号 第28条).

    :raises SettlementNotDue: without a ruling, or when it was served already
    """
    row = keeping.locked(act, lot)
    keeping.court_only(act, lot=lot)
    rules.check_service(keeping.stage(act, row))
    row.ruling_served_at = row.title_passed_at = act.now
    record = lots.lot(act.session, lot)
    public = {
        "ruling_number": row.ruling_number,
        "title_passed_at": instant_text(act.now),
        "security_ended": claims.security_ended(act.session, lot=record),
    }
    append(act, f"lot:{lot}", "ruling.served", public)
    for thing in record.properties:
        assets.note_disposal(act.as_platform(), property=thing, to="disposed")
    act.session.flush()
    return settlement_record(row)


@command("hand_over", by={Role.OFFICER})
def hand_over(act: Act, *, lot: str) -> SettlementRecord:
    """Record that the thing was handed over to the buyer (法释〔2004〕16号 第27条).

    :raises SettlementNotDue: before service, or when it was handed over already
    """
    row = keeping.locked(act, lot)
    keeping.court_only(act, lot=lot)
    rules.check_hand_over(keeping.stage(act, row))
    keeping.move(row, SettlementStatus.DELIVERED)
    row.handed_over_at = act.now
    append(act, f"lot:{lot}", "lot.delivered", {"ruling_number": row.ruling_number})
    act.session.flush()
    return settlement_record(row)


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: the buyer may pay again while nothing was taken."""


@answers(PURPOSE, refused=_refused)
def _balance_paid(act: Act, *, order: OrderRecord) -> None:
    row = keeping.locked(act, order.lot or "")
    keeping.take_in(act, row, order=order, kind="balance.paid")
    if order.done_minor > settlement_record(row).due_minor:
        # It was begun in time and came after the default, the revocation or another payment: the court may not keep it.
        repay(act, row, amount_minor=order.done_minor)
        append(act, f"lot:{row.lot_id}", "balance.not_taken", {"amount_minor": order.done_minor})
        return
    row.balance_paid_at = act.now
    row.balance_taken_minor += order.done_minor
    row.paid_late = act.now > row.balance_due_by
    public = {"amount_minor": order.done_minor, "late": row.paid_late}
    append(act, f"lot:{row.lot_id}", "balance.paid", public)
    keeping.mark_whole(act, row)


def _refuse_unqualified(act: Act, row: Settlement) -> None:
    """Refuse a ruling for a buyer who lost his qualification before it (法释〔2021〕18号 第3条)."""
    why = eligibility.ineligible_because(act.session, lot=row.lot_id, person=row.buyer_person_id)
    if why is not None:
        raise rules.BuyerNotQualified(why=why)


def _confirmation(
    row: Settlement, buyers: Mapping[str, RegistrationRecord], *, together: Sequence[dict[str, str]]
) -> Line:
    public = {
        "confirmation_number": row.confirmation_number,
        "buyer": "、".join(one["name"] for one in together),
        **({"buyers": list(together)} if len(together) > 1 else {}),
        "code": buyers[row.buyer_registration_id or ""].code,
        "price_minor": row.price_minor,
        "deposit_minor": row.deposit_minor,
        "balance_minor": row.balance_minor,
        "balance_due_by": instant_text(row.balance_due_by),
    }
    return Line("settlement.confirmed", public)
