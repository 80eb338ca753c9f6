"""The first page: search, what is open, what closes soon, what is new; figures, steps and the rules of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from auction.edges.web import shown, visitor
from auction.edges.web.law import value_in_words
from auction.edges.web.visitor import ANYONE, open_to, platform
from auction.foundation.kernel.calendar import day_of
from auction.procedure.lots import catalogue as listed_lots
from auction.procedure.lots.catalogue import LotFilter
from auction.rulebook import rulebook

pages = Blueprint("home", __name__)

_SHOWN = 6
_SOON = timedelta(hours=1)
#: The rules a bidder asks about first.
_RULES = (
    "auction.start_price_min_pct",
    "auction.deposit_min_pct",
    "auction.deposit_max_pct",
    "auction.extension_length",
    "auction.loser_release",
    "auction.second_round_cut_max_pct",
)


@pages.get("/")
@open_to(ANYONE)
def index() -> str:
    """Show the first page."""
    with platform().read() as session:
        return render_template("public/home.html", home=_home(session), section="home")


def _home(session: Session) -> dict[str, Any]:
    soon = _list(session, LotFilter(status="open", closes_before=visitor.now() + _SOON, sort="ends"))
    listed = {card.id for card in soon}
    return {
        "closing_soon": soon,
        "open_now": [card for card in _list(session, LotFilter(status="open", sort="ends")) if card.id not in listed],
        "newly_announced": _list(session, LotFilter(status="announced", sort="newest")),
        "counts": dict(listed_lots.count_by(session, what="category", wanted=LotFilter())),
        "figures": _figures(session),
        "rules": _rules(),
    }


def _list(session: Session, wanted: LotFilter) -> list[shown.LotCard]:
    return shown.cards(session, listed_lots.page(session, wanted=wanted, limit=_SHOWN).items)


def _figures(session: Session) -> list[dict[str, str]]:
    counts = listed_lots.counts(session)
    ended = counts.get("sold", 0) + counts.get("unsold", 0)
    rate = f"{counts.get('sold', 0) * 100 // ended} %" if ended else "—"
    return [
        {"zh": "正在竞价", "en": "Open for bids", "value": str(counts.get("open", 0))},
        {"zh": "公告中", "en": "Announced", "value": str(counts.get("announced", 0))},
        {"zh": "已成交", "en": "Sold", "value": str(counts.get("sold", 0))},
        {"zh": "成交率", "en": "Sold of those ended", "value": rate},
    ]


def _rules() -> list[dict[str, str]]:
    rules = rulebook().on(day_of(visitor.now()))
    known = [rules.provisions[key] for key in _RULES if key in rules.provisions]
    return [
        {
            "zh": one.title.zh,
            "en": one.title.en,
            "value": value_in_words(one.plain, one.unit),
            "article": one.article.in_language(visitor.language()),
        }
        for one in known
    ]
