"""The hour strikes for many lots at once: which they are, and that they opened or closed (reported by ``bidding``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Text, bindparam, column, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import Subquery, TableValuedAlias

from auction.foundation.database.acts import Act, command
from auction.procedure.assets import many as assets
from auction.procedure.lots import rules
from auction.procedure.lots.models import Lot, LotProperty
from auction.rulebook import Round

_CHAIN = "lot:"


@dataclass(frozen=True, slots=True)
class Hour:
    """What is looked at when a lot's hour strikes; ``frozen`` names the rulebook it is frozen to."""

    id: str
    case: str
    status: str
    outcome: str | None
    round: Round
    start_price_minor: int
    increment_minor: int
    opens_at: datetime
    ends_at: datetime
    balance_days: int
    frozen: str


@dataclass(frozen=True, slots=True)
class Closed:
    """How a lot ended."""

    lot: str
    outcome: str
    hammer_price_minor: int | None


def chain_of(lot: str) -> str:
    """Return the docket of a lot."""
    return f"{_CHAIN}{lot}"


def lots_of(chains: Collection[str]) -> list[str]:
    """Return the lots whose dockets these are."""
    return [chain.removeprefix(_CHAIN) for chain in chains]


def ending(*, until: datetime) -> Subquery:
    """Select the dockets of open lots whose end has come, with their turn."""
    query = select((_CHAIN + Lot.id).label("chain"), Lot.ends_at.label("turn"))
    return query.where(Lot.status == "open", Lot.ends_at <= until).subquery("ending")


def opening(*, until: datetime) -> Subquery:
    """Select the dockets of announced lots whose opening has come, with their turn."""
    query = select((_CHAIN + Lot.id).label("chain"), Lot.opens_at.label("turn"))
    return query.where(Lot.status == "announced", Lot.opens_at <= until).subquery("opening")


def any_due(session: Session, *, now: datetime) -> bool:
    """Say whether a lot is to be opened or closed by now."""
    ending = select(Lot.id).where(Lot.status == "open", Lot.ends_at <= now)
    opening = select(Lot.id).where(Lot.status == "announced", Lot.opens_at <= now)
    return bool(session.execute(select(or_(ending.exists(), opening.exists()))).scalar_one())


def struck(session: Session, lots: Collection[str]) -> list[Hour]:
    """Return lots as they stand now, whatever this session read before, the first to end first."""
    frozen = func.concat_ws(" ", Lot.rulebook["sha256"].astext, Lot.rulebook["on"].astext).label("frozen")
    columns = (
        Lot.id, Lot.case_id, Lot.status, Lot.outcome, Lot.round, Lot.start_price_minor, Lot.increment_minor,
        Lot.opens_at, Lot.ends_at, Lot.balance_days, frozen,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(Lot.id.in_(lots)).order_by(Lot.ends_at, Lot.id))
    return [Hour(*row) for row in rows]


def things_of(session: Session, lots: Collection[str]) -> dict[str, list[str]]:
    """Return the things of each of several lots."""
    query = select(LotProperty.lot_id, LotProperty.property_id).where(LotProperty.lot_id.in_(lots))
    found: dict[str, list[str]] = {lot: [] for lot in lots}
    for lot, thing in session.execute(query.order_by(LotProperty.lot_id, LotProperty.position)):
        found[lot].append(thing)
    return found


def with_others_running(session: Session, lots: Collection[str]) -> list[str]:
    """Return those of some lots whose case has another one that is announced or open, in order of their ids."""
    other = aliased(Lot)
    running = select(other.id).where(
        other.case_id == Lot.case_id, other.id != Lot.id, other.status.in_(("announced", "open"))
    )
    return list(session.scalars(select(Lot.id).where(Lot.id.in_(lots), running.exists()).order_by(Lot.id)))


def frozen_rulebook(session: Session, lot: str) -> Mapping[str, object]:
    """Return the rulebook a lot is frozen to since its announcement."""
    return session.execute(select(Lot.rulebook).where(Lot.id == lot)).scalar_one() or {}


@command("mark_opened", by=())
def mark_all_opened(act: Act, *, lots: Collection[str]) -> None:
    """Take note that the bidding of announced lots, locked by the act, has opened."""
    rules.check_step(current="announced", target="open")
    act.session.execute(update(Lot).where(Lot.id.in_(lots), Lot.status == "announced").values(status="open"))


@command("mark_closed", by=())
def mark_closed(act: Act, *, closed: Sequence[Closed]) -> None:
    """Take note how open lots, locked by the act with the things of those unsold, have ended at their exact end.

    An unsold lot frees its things for the next round.
    """
    rules.check_step(current="open", target="closed")
    told = _told(closed)
    act.session.execute(
        update(Lot)
        .where(Lot.id == told.c.lot, Lot.status == "open")
        .values(
            status="closed", outcome=told.c.outcome, hammer_price_minor=told.c.hammer_price_minor, closed_at=Lot.ends_at
        )
    )
    act.session.execute(
        update(LotProperty).where(LotProperty.lot_id.in_([one.lot for one in closed])).values(live=False)
    )
    unsold = things_of(act.session, [one.lot for one in closed if one.outcome == "unsold"])
    assets.note_failure(act.as_platform(), things=[thing for things in unsold.values() for thing in things])


def _told(closed: Sequence[Closed]) -> TableValuedAlias:
    lists = (
        bindparam("lots", [one.lot for one in closed], type_=ARRAY(Text)),
        bindparam("outcomes", [one.outcome for one in closed], type_=ARRAY(Text)),
        bindparam("prices", [one.hammer_price_minor for one in closed], type_=ARRAY(BigInteger)),
    )
    names = (column("lot", Text), column("outcome", Text), column("hammer_price_minor", BigInteger))
    return func.unnest(*lists).table_valued(*names, name="told").render_derived()
