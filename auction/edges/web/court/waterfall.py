"""The waterfall at a glance: who would get what of a lot at any hammer price, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.court import desk, lots
from auction.edges.web.court.fields import Form, faults
from auction.edges.web.court.parts import OTHER_CASE, PARTS
from auction.edges.web.court.picture import Frame, Picture, draw
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.distribution.foreseeing import foresee, least_minor
from auction.procedure.distribution.foreseen import Outlook, Taker
from auction.procedure.distribution.rules import SURPLUS_ARTICLE
from auction.procedure.lots import queries as lot_queries
from auction.procedure.lots.queries import LotRecord

pages = Blueprint("waterfall", __name__, url_prefix="/court/lots")

_FRAMES = (Frame("wide", 900, 440), Frame("narrow", 360, 380, left=50))
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: How each part is coloured; what is alike in law looks alike, and patterns tell neighbours apart.
_TONES = {
    "costs": "costs", "enforcement_fee": "costs", "living_setaside": "living", "medical": "prior",
    "construction": "prior", "priority": "prior", "restitution": "prior", "ordinary": "ordinary",
    "doubled_interest": "interest", "fine": "penal", "confiscation": "penal", "queue": "queue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One taker over all prices; ``full_minor`` is None where no price we know of would do."""

    letter: str
    name: str
    part: str
    tone: str
    article: str
    most_minor: int | None
    begins_minor: int | None
    full_minor: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A price worth a look, why, and what each taker would get at it, the debtor last."""

    number: int
    words: str
    price_minor: int
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The picture in two widths with its table."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    pictures: tuple[Picture, ...]
    others_minor: int
    sum_at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for in the address; a fault stands beside its field."""

    price_minor: int | None
    fee: bool
    interest_until: date | None
    errors: dict[str, str]


def asked() -> Asked:
    """Read the price typed and how the plan would be drawn up; what is wrong is said and left out."""
    form = Form(request.args)
    price, until = form.yuan_or_none("price"), form.day_or_none("interest_until")
    errors: dict[str, str] = {}
    try:
        form.refuse()
    except InputMalformed as refusal:
        errors = dict(faults(refusal))
    return Asked(
        price_minor=None if "price" in errors else price,
        fee=form.ticked("fee"),
        interest_until=until,
        errors=errors,
    )


@pages.get("/<lot>/waterfall")
@open_to(desk.COURT)
def show(lot: str) -> str:
    """Show who would get what of a lot of one's own court."""
    wish = asked()
    with platform().read() as session:
        found = desk.lot_of(session, lot)
        context = lots.common(session, found) | {"view": view(session, found, wish=wish), "wish": wish}
    return desk.page("court/lot_waterfall.html", rail="lots", tab="waterfall", **context)


def view(session: Session, lot: LotRecord, *, wish: Asked) -> View:
    """Return the picture of a lot, with the prices it is looked at."""
    outlook = foresee(session, lot=lot, now=visitor.now(), enforcement_fee=wish.fee, interest_until=wish.interest_until)
    prices = _prices(session, lot, typed_minor=wish.price_minor)
    splits = [outlook.split(minor) for _, minor in prices]
    columns = tuple(
        Column(number, words, minor, (*split.amounts, split.surplus_minor))
        for number, ((words, minor), split) in enumerate(zip(prices, splits, strict=True), start=1)
    )
    high = _high(outlook, [minor for _, minor in prices])
    return View(
        rows=_rows(session, outlook, case=cases.case(session, lot.case)),
        columns=columns,
        pictures=tuple(
            draw(outlook, frame=frame, marks=[minor for _, minor in prices], high_minor=high) for frame in _FRAMES
        ),
        others_minor=outlook.setting.others_minor,
        sum_at=tuple(sum(column.amounts) for column in columns),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What one taker would get at each of some prices, nothing where the lot stays unsold."""

    name: str
    part: str
    amounts: tuple[int, ...]


def shares(session: Session, lot: LotRecord, *, prices: Sequence[int | None]) -> list[Share]:
    """Return who would get what at each price, the debtor last; without a price only what is there is given out."""
    outlook = foresee(session, lot=lot, now=visitor.now())
    splits = [outlook.split(minor or 0) for minor in prices]
    amounts = zip(*((*split.amounts, split.surplus_minor) for split in splits), strict=True)
    rows = _rows(session, outlook, case=cases.case(session, lot.case))
    return [Share(row.name, row.part, each) for row, each in zip(rows, amounts, strict=True)]


def _prices(session: Session, lot: LotRecord, *, typed_minor: int | None) -> list[tuple[str, int]]:
    """Return the prices worth a look, each once, the lowest first."""
    now_minor = lot.hammer_price_minor
    if now_minor is None and lot.announced_at is not None:
        now_minor = bidding.state(session, lot.id).price_minor
    least = least_minor(session, lot=lot) or 0
    wanted = [
        (t("法定最低起拍价", "Lowest lawful start"), lot.floor_minor),
        (t("起拍价", "Start price"), lot.start_price_minor),
        (t("不属无益拍卖的最低价（第6条）", "Least that leaves a surplus (art. 6)"), least if least > 1 else None),
        (t("参考价", "Reference price"), lot.reference_price_minor),
        (t("成交价", "Hammer price") if lot.hammer_price_minor else t("当前价", "Price now"), now_minor),
        (t("输入的价格", "The price typed"), typed_minor),
    ]
    named: dict[int, list[str]] = {}
    for words, minor in wanted:
        if minor:
            named.setdefault(minor, []).append(words)
    return [(t("、", ", ").join(words), minor) for minor, words in sorted(named.items())]


def _high(outlook: Outlook, prices: list[int]) -> int:
    """Return how far the picture goes: past every price, and past the last break point where it is not far off."""
    most = max(prices, default=100)
    near = [price for price in outlook.breaks if price <= most * 2]
    return max(most, *near, 100) * 11 // 10


def _rows(session: Session, outlook: Outlook, *, case: CaseRecord) -> tuple[Row, ...]:
    names = {claim.id: claim.creditor for claim in case.claims}
    rows = [
        Row(
            letter=_LETTERS[place % len(_LETTERS)],
            name=_name(session, taker, names=names),
            part=t(*PARTS.get(taker.part, (taker.part, taker.part))),
            tone=_TONES.get(taker.part, "ordinary"),
            article=taker.article,
            most_minor=taker.most_minor,
            begins_minor=_reachable(taker.begins_minor),
            full_minor=_reachable(taker.full_minor),
        )
        for place, taker in enumerate(outlook.takers)
    ]
    debtor = Row(
        letter=_LETTERS[len(rows) % len(_LETTERS)],
        name=case.debtor.name,
        part=t(*PARTS["surplus"]),
        tone="surplus",
        article=SURPLUS_ARTICLE,
        most_minor=None,
        begins_minor=_reachable(outlook.surplus_from_minor),
        full_minor=None,
    )
    return (*rows, debtor)


def _name(session: Session, taker: Taker, *, names: dict[str, str]) -> str:
    if len(taker.payees) > 1:
        return t("%d 笔合计", "%d together") % len(taker.payees)
    payee = taker.payees[0]
    if payee in names:
        return names[payee]
    if taker.part == "queue":
        return cases.case(session, payee).number
    return t(*PARTS.get(payee, OTHER_CASE))


def _reachable(minor: int | None) -> int | None:
    return minor if minor is not None and minor <= MINOR_MAX else None


def of_case(session: Session, case: str, *, wish: Asked) -> tuple[LotRecord, View] | None:
    """Return the picture of the case's lot that comes next: the newest one not sold yet."""
    live = [lot for lot in lot_queries.of_case(session, case=case) if lot.status in _LIVE]
    return (live[-1], view(session, live[-1], wish=wish)) if live else None


_LIVE = frozenset({"draft", "approved", "announced", "open", "deferred", "suspended"})
