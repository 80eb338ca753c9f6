"""What others may know of seized property."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import duties, rows
from auction.procedure.assets.models import (
    ControlMeasure,
    DisposalHold,
    DisposalTransfer,
    Property,
    WaitingSeizure,
)
from auction.procedure.assets.waiting import Place


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold on disposal; without ``until`` it lasts until lifted."""

    id: str
    property: str
    reason: str
    since: datetime
    until: datetime | None
    lifted_at: datetime | None

    def live(self, now: datetime) -> bool:
        """Say whether it still blocks."""
        return self.lifted_at is None and (self.until is None or now <= self.until)


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """One seizure or renewal."""

    kind: str
    starts_at: datetime
    until: datetime
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class PropertyRecord:
    """A property; ``control_until`` is None once it is no longer held; ``holds`` are those that block."""

    id: str
    case: str
    kind: str
    category: str
    title: str
    city: str
    district: str | None
    owner_person: str
    facts: Mapping[str, Any]
    indivisible_with: tuple[str, ...]
    sole_home: bool
    living_setaside_minor: int | None
    encumbrances: tuple[Any, ...]
    seized_at: datetime
    control_until: datetime | None
    status: str
    valuation_begun_at: datetime | None
    price_fixed_at: datetime | None
    disposal_begun_at: datetime | None
    holds: tuple[HoldRecord, ...]
    monthly_rent_minor: int | None
    release_ordered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """That a case asked for the right to dispose of a thing; ``transferred_at`` is None until the letter is issued.

    ``undecided`` says that no judgment had confirmed the first case's claims; ``confirmed`` what one has since.
    """

    property: str
    from_case: str
    to_case: str
    ground: str
    asked_at: datetime
    letter_by: datetime
    transferred_at: datetime | None
    undecided: bool
    confirmed: Mapping[str, int]


def property_record(session: Session, id: str, *, now: datetime | None = None) -> PropertyRecord:  # noqa: A002 - as everywhere
    """Return a property; with ``now``, holds whose end has passed are left out.

    :raises NotFound: no such property
    """
    row = session.get(Property, id)
    if row is None:
        raise NotFound(what="property", name=id)
    return _records(session, [row], now=now)[0]


def find(session: Session, id: str) -> PropertyRecord | None:  # noqa: A002 - as everywhere
    """Return a property, or None when there is none of that id."""
    row = session.get(Property, id)
    return None if row is None else _records(session, [row])[0]


def properties(session: Session, case: str, *, now: datetime | None = None) -> list[PropertyRecord]:
    """Return a case's properties in the order seized."""
    query = select(Property).where(Property.case_id == case).order_by(Property.seized_at, Property.id)
    return _records(session, session.scalars(query), now=now)


def queue(session: Session, property_id: str) -> list[Place]:
    """Return everybody who has ever waited for a property, in the order of the queue (查封规定第26条)."""
    query = select(WaitingSeizure).where(WaitingSeizure.property_id == property_id).order_by(WaitingSeizure.place)
    return [
        Place(case=row.case_id, place=row.place, status=row.status, queued_at=row.queued_at, ended_at=row.ended_at)
        for row in session.scalars(query.execution_options(populate_existing=True))
    ]


def waited_for(session: Session, case: str) -> list[PropertyRecord]:
    """Return the things a case waits for, in the order it joined their queues."""
    query = (
        select(Property)
        .join(WaitingSeizure, WaitingSeizure.property_id == Property.id)
        .where(WaitingSeizure.case_id == case, WaitingSeizure.status == "waiting")
        .order_by(WaitingSeizure.queued_at, Property.id)
    )
    return _records(session, session.scalars(query))


def transfers(session: Session, property_id: str) -> list[TransferRecord]:
    """Return every transfer of the right to dispose of a property that was asked for, oldest first."""
    query = select(DisposalTransfer).where(DisposalTransfer.property_id == property_id)
    return [transfer_record(row) for row in session.scalars(query.order_by(DisposalTransfer.asked_at))]


def next_lapse(session: Session, *, until: datetime) -> tuple[datetime, str] | None:
    """Return the earliest control that has ended by an instant while another case waits, or None."""
    query = (
        select(Property.control_until, Property.id)
        .join(WaitingSeizure, WaitingSeizure.property_id == Property.id)
        .where(WaitingSeizure.status == "waiting", Property.status == "seized", Property.control_until <= until)
        .order_by(Property.control_until, Property.id)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def transfer_record(row: DisposalTransfer) -> TransferRecord:
    """Return a transfer's row as a record."""
    return TransferRecord(
        property=row.property_id,
        from_case=row.from_case_id,
        to_case=row.to_case_id,
        ground=row.ground,
        asked_at=row.asked_at,
        letter_by=row.letter_by,
        transferred_at=row.transferred_at,
        undecided=row.undecided,
        confirmed=dict(row.confirmed),
    )


def measures(session: Session, property_id: str) -> list[MeasureRecord]:
    """Return a property's seizure and renewals, oldest first."""
    query = select(ControlMeasure).where(ControlMeasure.property_id == property_id).order_by(ControlMeasure.until)
    return [
        MeasureRecord(kind=row.kind, starts_at=row.starts_at, until=row.until, ordered_at=row.ordered_at)
        for row in session.scalars(query)
    ]


def hold(session: Session, id: str) -> HoldRecord:  # noqa: A002 - as everywhere
    """Return a hold by its id.

    :raises NotFound: no such hold
    """
    row = session.get(DisposalHold, id)
    if row is None:
        raise NotFound(what="hold", name=id)
    return hold_record(row)


def holds_ended(session: Session, property_id: str, *, now: datetime) -> list[datetime]:
    """Return since when each hold that was on a property no longer blocks."""
    rows = session.scalars(select(DisposalHold).where(DisposalHold.property_id == property_id))
    ends = [row.lifted_at or row.until for row in rows]
    return [end for end in ends if end is not None and end < now]


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return what is due about controls: renewals, ordered releases, letters of transfer."""
    return duties.due(session, now, case=case)


def awaiting_valuation(session: Session, *, case: Cases = None) -> list[PropertyRecord]:
    """Return held properties whose valuation has not begun, longest seized first."""
    query = select(Property).where(Property.status == "seized", Property.valuation_begun_at.is_(None))
    query = query.where(of_cases(Property.case_id, case)).order_by(Property.seized_at, Property.id)
    return _records(session, session.scalars(query))


def awaiting_disposal(session: Session, *, case: Cases = None) -> list[PropertyRecord]:
    """Return held properties with a price whose disposal has not begun, longest priced first."""
    query = select(Property).where(
        Property.status == "seized", Property.price_fixed_at.is_not(None), Property.disposal_begun_at.is_(None)
    )
    query = query.where(of_cases(Property.case_id, case)).order_by(Property.price_fixed_at, Property.id)
    return _records(session, session.scalars(query))


def hold_record(row: DisposalHold) -> HoldRecord:
    """Return a hold's row as a record."""
    return HoldRecord(
        id=row.id,
        property=row.property_id,
        reason=row.reason,
        since=row.since,
        until=row.until,
        lifted_at=row.lifted_at,
    )


def _records(session: Session, rows: Iterable[Property], *, now: datetime | None = None) -> list[PropertyRecord]:
    found = list(rows)
    holds = _holds(session, [row.id for row in found], now)
    together = _together(session, found)
    return [_record(row, holds=holds.get(row.id, ()), together=together[row.id]) for row in found]


def _holds(session: Session, ids: list[str], now: datetime | None) -> dict[str, tuple[HoldRecord, ...]]:
    query = (
        select(DisposalHold)
        .where(DisposalHold.property_id.in_(ids), DisposalHold.lifted_at.is_(None))
        .order_by(DisposalHold.since, DisposalHold.id)
    )
    if now is not None:
        query = query.where(or_(DisposalHold.until.is_(None), DisposalHold.until >= now))
    found: dict[str, tuple[HoldRecord, ...]] = {}
    for row in session.scalars(query):
        found[row.property_id] = (*found.get(row.property_id, ()), hold_record(row))
    return found


def _together(session: Session, rows: list[Property]) -> dict[str, tuple[str, ...]]:
    """Return with what each must be sold: what it names, and what names it."""
    cases = {row.case_id for row in rows}
    named = session.execute(
        select(Property.id, Property.indivisible_with).where(
            Property.case_id.in_(cases), Property.indivisible_with != [], Property.status != "released"
        )
    ).all()
    return {
        row.id: tuple(
            dict.fromkeys([*row.indivisible_with, *(other for other, partners in named if row.id in partners)])
        )
        for row in rows
    }


def _record(row: Property, *, holds: tuple[HoldRecord, ...], together: tuple[str, ...]) -> PropertyRecord:
    return PropertyRecord(
        id=row.id,
        case=row.case_id,
        kind=row.kind,
        category=row.category,
        title=row.title,
        city=row.city,
        district=row.district,
        owner_person=row.owner_person_id,
        facts=dict(row.facts),
        indivisible_with=together,
        sole_home=row.sole_home,
        living_setaside_minor=row.living_setaside_minor,
        encumbrances=tuple(row.encumbrances),
        seized_at=row.seized_at,
        control_until=row.control_until if row.status in rows.HELD else None,
        status=row.status,
        valuation_begun_at=row.valuation_begun_at,
        price_fixed_at=row.price_fixed_at,
        disposal_begun_at=row.disposal_begun_at,
        holds=holds,
        monthly_rent_minor=row.monthly_rent_minor,
        release_ordered_at=row.release_ordered_at,
    )
