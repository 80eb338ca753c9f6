"""A property's row: locked, held, and each measure of control entered beside it."""

from __future__ import annotations

from datetime import datetime

from auction.foundation.database.acts import Act
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.assets import rules
from auction.procedure.assets.models import ControlMeasure, Property
from auction.rulebook import rulebook

HELD = ("seized", "disposing")


def locked(act: Act, thing: str) -> Property:
    """Lock a property and return its row.

    :raises NotFound: no such property
    """
    lock(act, f"property:{thing}")
    row = act.session.get(Property, thing, populate_existing=True)
    if row is None:
        raise NotFound(what="property", name=thing)
    return row


def held(act: Act, thing: str) -> Property:
    """Lock a property that is under control and return its row.

    :raises NotFound: no such property
    :raises NotUnderControl: released or disposed of
    """
    row = locked(act, thing)
    if row.status not in HELD:
        raise rules.NotUnderControl(status=row.status)
    return row


def end_of_control(act: Act, kind: str, *, start: datetime, asked: datetime | None) -> datetime:
    """Return until when a control from ``start`` holds, by the rules of the day of the act.

    :raises ControlTooLong: InputMalformed: for an end the law does not allow
    """
    numbers = rulebook().on(day_of(act.now)).control
    return rules.control_until(numbers, kind=kind, start=start, now=act.now, asked=asked)


def measure(act: Act, thing: str, kind: str, *, starts_at: datetime, until: datetime) -> None:
    """Keep one seizure or renewal; measures are only added."""
    act.session.add(
        ControlMeasure(
            id=new_id("measure"), property_id=thing, kind=kind, starts_at=starts_at, until=until, ordered_at=act.now
        )
    )
    act.session.flush()
