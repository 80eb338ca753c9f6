"""After the hammer: balance, ruling, service, hand-over; a default and its money; what follows a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import statements, visitor
from auction.edges.web.court import desk, fields, next_round, standing
from auction.edges.web.court.lots import common, rules_today
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import claims, commands, default, foreseen, queries, set_off, taking, top_up
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus

pages = Blueprint("settlement", __name__, url_prefix="/court/lots/<lot>/settlement")

_VERBS = {
    "rule": (commands.rule, "成交裁定已作出", "The ruling is made"),
    "serve": (commands.serve_ruling, "裁定已送达，所有权转移", "The ruling is served; title has passed"),
    "hand_over": (commands.hand_over, "财产已交付", "The property is handed over"),
    "declare_default": (default.declare_default, "已认定悔拍", "The default is declared"),
    "apply_forfeit": (default.apply_forfeit, "没收的保证金已适用", "The forfeited deposit is applied"),
    "order_top_up": (default.order_top_up, "已责令补交差额", "The rest is ordered"),
}


@pages.get("")
@open_to(desk.COURT)
def show(lot: str) -> str:
    """Show where the settlement stands and the one step that is next."""
    return shown(lot)


def shown(lot: str, *, refusal: Refusal | None = None) -> str:
    """Render what comes after the close of a lot, with a refused act's reason."""
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        sold = queries.settlement(session, lot)
        context = common(session, found) | _context(session, found, sold)
    return desk.page("court/lot_settlement.html", rail="lots", tab="settlement", refusal=refusal, **context)


def _context(session: Session, lot: LotRecord, sold: SettlementRecord | None) -> dict[str, Any]:
    case = cases.case(session, lot.case)
    found: dict[str, Any] = {
        "costs": [cost for cost in case.costs if cost.lot == lot.id],
        "cost_id": new_id("entry"),
        "next": next_round.suggest(session, lot, sold=sold),
        "followed": next_round.followed_by(session, lot) if lot.outcome else None,
        "taking": taking.taking(session, lot),
        "buyer": None,
        "code": None,
        "back": [],
        "forfeit": None,
    }
    return found if sold is None else found | _sold(session, lot, sold)


def _sold(session: Session, lot: LotRecord, sold: SettlementRecord) -> dict[str, Any]:
    """Return the buyer's name and code, which the confirmation has published, and what each decision would do."""
    forfeit = queries.forfeit(session, lot.id)
    use = foreseen.use_of_forfeit(session, lot=lot.id)
    revocation = standing.revocation(lot)
    rules = rules_today()
    ended = claims.security_ended(session, lot=lot)
    return {
        "buyer": identity.person(session, sold.buyer_person),
        "code": bidding.registration(session, sold.buyer_registration).code if sold.buyer_registration else None,
        "back": deposits.deposits_of_lot(session, lot=lot.id),
        "entries_of": statements.latest_of_deposits(session, lot=lot.id),
        "pending": _waiting(session, f"balance:{lot.id}"),
        "loss": foreseen.loss(session, lot=lot.id, now=visitor.now()),
        "forfeit": forfeit,
        "resold": lots.lot(session, forfeit.resold) if forfeit and forfeit.resold else None,
        "use": None if isinstance(use, Refusal) else use,
        "use_refused": use if isinstance(use, Refusal) else None,
        "set_offs": set_off.possible(session, lot=lot.id),
        "top_up_paid": top_up.paid_order(session, lot.id),
        "top_up_pending": _waiting(session, top_up.subject(lot.id)),
        "revocation": revocation,
        "explained": {one: standing.explained(one, rules=rules) for one, _, _ in revocation.grounds}
        if revocation
        else {},
        "would_go_back": foreseen.paid_back(session, lot=lot.id),
        "ends": [one for one in cases.case(session, lot.case).claims if one.id in ended],
        "returned": treasury.orders_of(session, subject=f"price_return:{lot.id}"),
    }


def _waiting(session: Session, subject: str) -> bool:
    return any(order.status is OrderStatus.WAITING for order in treasury.orders_of(session, subject=subject))


@pages.post("/<any(rule, serve, hand_over, declare_default, apply_forfeit, order_top_up):verb>")
@open_to(desk.COURT)
def act_on(lot: str, verb: str) -> ResponseReturnValue:
    """Make the ruling, record its service or the hand-over; declare the default and what follows from it."""
    run, zh, en = _VERBS[verb]
    return _perform(lot, lambda act: run(act, lot=lot), said=t(zh, en))


@pages.post("/set_off")
@open_to(desk.COURT)
def decide_set_off(lot: str) -> ResponseReturnValue:
    """Count the buying applicant's claim for the balance."""
    claim = fields.form().raw("claim")
    return _perform(
        lot,
        lambda act: set_off.decide_set_off(act, lot=lot, claim=claim),
        said=t("已准许债权抵作价款", "The claim counts toward the price"),
    )


@pages.post("/receive")
@open_to(desk.COURT)
def receive(lot: str) -> ResponseReturnValue:
    """Record that the balance, or the difference of a taking in kind, has come by bank."""

    def record(act: Act) -> object:
        due = queries.settlement(act.session, lot)
        return commands.pay_balance(act, lot=lot, amount_minor=due.due_minor if due else 0)

    return _perform(lot, record, said=t("收款已提交，到账后自动入账", "Submitted; it is booked when it has arrived"))


@pages.post("/receive_top_up")
@open_to(desk.COURT)
def receive_top_up(lot: str) -> ResponseReturnValue:
    """Record that what was ordered beyond the deposit has come by bank."""

    def record(act: Act) -> object:
        forfeit = queries.forfeit(act.session, lot)
        ordered = forfeit.top_up_minor if forfeit else None
        return top_up.pay_top_up(act, lot=lot, amount_minor=ordered or 0)

    return _perform(lot, record, said=t("收款已提交，到账后自动入账", "Submitted; it is booked when it has arrived"))


def _perform(lot: str, do: Callable[[Act], object], *, said: str) -> ResponseReturnValue:
    """Run a command on the settlement of a lot of one's own court and show it again."""
    with platform().read() as session:
        desk.lot_of(session, lot)
        if queries.settlement(session, lot) is None:
            raise NotFound(what="settlement", name=lot)
    return desk.perform(
        do,
        to=lambda _: f"/court/lots/{lot}/settlement",
        said=said,
        otherwise=lambda refusal: shown(lot, refusal=refusal),
    )
