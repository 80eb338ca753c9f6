"""Courts: the list and a new one; beside it which processes serve, and whether their clocks agree."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.bidding import service
from auction.procedure.identity import commands, queries
from auction.procedure.identity.rules import COURT_LEVELS

pages = Blueprint("courts", __name__, url_prefix="/admin")

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@pages.get("")
@open_to(ADMINISTRATORS)
def index() -> str:
    """List the courts, and the processes that serve them."""
    return _index()


def _index(*, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        courts = queries.courts(session)
        staff = {court.id: len(queries.staff(session, court.id)) for court in courts}
        processes = service.living(session)
    clocks = service.clocks(processes, now=platform().clock.now())
    return desk.page(
        "admin/courts.html", rail="courts", courts=courts, staff=staff, levels=COURT_LEVELS, refusal=refusal,
        processes=processes, clocks=clocks,
    )  # fmt: skip


@pages.post("/courts")
@open_to(ADMINISTRATORS)
def add() -> ResponseReturnValue:
    """Add a court."""

    def do(act: Act) -> queries.CourtRecord:
        form = fields.form()
        given = {name: form.text_or_none(name, longest=50) for name in ("code", "city", "phone", "supervision_phone")}
        name = form.text("name", longest=100)
        form.refuse()
        return commands.add_court(act, name=name, level=form.raw("level") or "basic", **given)

    return desk.perform(
        do,
        to=lambda _: "/admin",
        said=t("法院已登记", "The court is on record"),
        otherwise=lambda refusal: _index(refusal=refusal),
    )
