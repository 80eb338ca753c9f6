"""The supervision desk, read only: every lot, every docket, every refused act.

Words: a *supervisor* is the procuratorate, a special supervisor or the superior court; he sees all courts and changes
nothing. Persons stay masked, and codes stay codes.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from auction.edges.platform import Platform
from auction.edges.web.court import desk, replaying
from auction.edges.web.court.lots import STATUSES
from auction.edges.web.visitor import open_to, platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import desk as desk_queries
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import queries as settlement

pages = Blueprint("supervision", __name__, url_prefix="/supervision")

SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_REFUSED = ("bid.refused",)
_PAGE = 100
_CURSOR_DIGITS = 18


def blueprint(_platform: Platform) -> Blueprint:
    """Return the supervisor's pages under ``/supervision``."""
    supervision = Blueprint("supervising", __name__)
    supervision.before_request(desk.refuse_unprintable)
    supervision.register_blueprint(pages)
    return supervision


@pages.get("")
@open_to(SUPERVISORS)
def index() -> str:
    """List lots of every court, drafts included; filters are in the address."""
    status, court = request.args.get("status", ""), request.args.get("court", "")[:80]
    q = request.args.get("q", "").strip()[:100]
    statuses = (status,) if status in STATUSES else ()
    with platform().read() as session:
        found = desk_queries.of_court(session, court=court or None, statuses=statuses, q=q)
        prices = bidding.prices(session, [lot.id for lot in found])
        courts = identity.courts(session)
    return desk.page(
        "supervision/lots.html", rail="lots", lots=found, prices=prices, courts=courts, status=status, court=court,
        q=q, statuses=STATUSES,
    )  # fmt: skip


@pages.get("/lots/<lot>")
@open_to(SUPERVISORS)
def lot_page(lot: str) -> str:
    """Show a lot's terms, panel, rounds and its whole docket."""
    with platform().read() as session:
        found = lots.lot(session, lot)
        context: dict[str, Any] = {
            "lot": found,
            "things": [assets.property_record(session, name) for name in found.properties],
            "chain": lots.chain(session, lot),
            "sold": settlement.settlement(session, lot),
            "entries": docket.entries(session, f"lot:{lot}", limit=2000),
            "refused": docket.of_kinds(session, f"lot:{lot}", _REFUSED),
        }
    return desk.page("supervision/lot.html", rail="lots", **context)


@pages.get("/lots/<lot>/replay")
@open_to(SUPERVISORS)
def replay(lot: str) -> ResponseReturnValue:
    """Show a closed lot of any court beside what a supposition would have made of it; by codes alone."""
    with platform().read() as session:
        context = replaying.story(session, lots.lot(session, lot), money=False)
    return replaying.rendered("supervision/replay.html", **context)


@pages.get("/cases/<case>")
@open_to(SUPERVISORS)
def case_page(case: str) -> str:
    """Show a case's docket with those of its property; persons are masked."""
    with platform().read() as session:
        found = cases.case(session, case)
        things = assets.properties(session, case)
        context: dict[str, Any] = {
            "case": found,
            "lots": lots.of_case(session, case=case),
            "entries": docket.entries(session, f"case:{case}", limit=1000),
            "things": [(thing, docket.entries(session, f"property:{thing.id}", limit=1000)) for thing in things],
        }
    return desk.page("supervision/case.html", rail="lots", **context)


@pages.get("/refused")
@open_to(SUPERVISORS)
def refused() -> str:
    """List every refused bid of every lot in the order entered, a hundred at a time."""
    after = _cursor(request.args.get("after", "0.0"))
    with platform().read() as session:
        items = docket.feed(session, after=after, limit=_PAGE, kinds=_REFUSED)
        titles = {item.entry.chain: _title(lots.lot(session, item.entry.chain.removeprefix("lot:"))) for item in items}
    more = items[-1].cursor if len(items) == _PAGE else None
    return desk.page("supervision/refused.html", rail="refused", items=items, titles=titles, more=more)


def _title(lot: lots.LotRecord) -> str:
    return lot.title


def _cursor(text: str) -> tuple[int, int]:
    pieces = text.split(".")
    if len(pieces) != 2 or not all(  # noqa: PLR2004 - transaction and position
        one.isascii() and one.isdigit() and len(one) <= _CURSOR_DIGITS for one in pieces
    ):
        raise InputMalformed(errors={"after": "应为页面给出的位置 / a place given by a page"})
    return int(pieces[0]), int(pieces[1])
