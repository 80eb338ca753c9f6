"""After the hammer: confirmation, balance, ruling, service, hand-over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web.court import desk
from auction.edges.web.court.lots import common
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits
from auction.procedure.identity import queries as identity
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import commands, default, queries

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
    return _show(lot)


def _show(lot: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        context = common(session, found) | _context(session, found)
    return desk.page("court/lot_settlement.html", rail="lots", tab="settlement", refusal=refusal, **context)


def _context(session: Session, lot: LotRecord) -> dict[str, Any]:
    """Return the buyer's name and code, which the confirmation has published, and the costs of the lot."""
    sold = queries.settlement(session, lot.id)
    case = cases.case(session, lot.case)
    found: dict[str, Any] = {"costs": [cost for cost in case.costs if cost.lot == lot.id], "cost_id": new_id("entry")}
    if sold is None:
        return found | {"buyer": None, "code": None, "back": [], "forfeit": None}
    return found | {
        "buyer": identity.person(session, sold.buyer_person),
        "code": bidding.registration(session, sold.buyer_registration).code if sold.buyer_registration else None,
        "forfeit": queries.forfeit(session, lot.id),
        "back": deposits.deposits_of_lot(session, lot=lot.id),
    }


@pages.post("/<any(rule, serve, hand_over, declare_default, apply_forfeit, order_top_up):verb>")
@open_to(desk.COURT)
def act_on(lot: str, verb: str) -> ResponseReturnValue:
    """Make the ruling, record its service or the hand-over; declare the default and what follows from it."""
    with platform().read() as session:
        desk.lot_of(session, lot)
        if queries.settlement(session, lot) is None:
            raise NotFound(what="settlement", name=lot)
    run, zh, en = _VERBS[verb]

    def do(act: Act) -> object:
        return run(act, lot=lot)

    return desk.perform(
        do,
        to=lambda _: f"/court/lots/{lot}/settlement",
        said=t(zh, en),
        otherwise=lambda refusal: _show(lot, refusal=refusal),
    )
