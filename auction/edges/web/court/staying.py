"""The panel's decision on a lot that is public, entered from its live page."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import desk, fields, settlement
from auction.edges.web.court.lots import show_step
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.bidding import stays
from auction.procedure.lots.queries import LotRecord

pages = Blueprint("staying", __name__, url_prefix="/court/lots/<lot>")

_ON_A_GROUND = {
    "suspend": stays.suspend,
    "defer": stays.defer,
    "withdraw": stays.withdraw,
    "revoke": stays.revoke,
}


@pages.post("/<any(suspend, defer, withdraw, revoke, resume):verb>")
@open_to(desk.COURT)
def decide(lot: str, verb: str) -> ResponseReturnValue:
    """Stop a lot, let it go on, take it back or revoke its sale, on a ground of the law."""
    with platform().read() as session:
        desk.lot_of(session, lot)
    form = fields.form()

    def do(act: Act) -> LotRecord:
        if not form.ticked("confirmed"):
            raise InputMalformed(errors={"confirmed": "请确认后再提交 / confirm first"})
        if verb == "resume":
            return stays.resume(act, lot=lot)
        return _ON_A_GROUND[verb](act, lot=lot, ground=form.raw("ground"))

    where = "settlement" if verb == "revoke" else "live"
    return desk.perform(
        do,
        to=lambda _: f"/court/lots/{lot}/{where}",
        said=t("决定已登记并公示", "The decision is entered and published"),
        otherwise=lambda refusal: (
            settlement.shown(lot, refusal=refusal) if verb == "revoke" else show_step(lot, "live", refusal=refusal)
        ),
    )
