"""Waiting seizures: a case joins the queue, its turn comes by itself, disposal ends it (查封规定第26、27条)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries, rows, rules, waiting
from auction.procedure.assets.models import Property, WaitingSeizure
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook


def join(act: Act, row: Property, *, case: str) -> None:
    """Put a case behind those that wait for a thing; for the seizure itself, under the thing's lock.

    :raises AlreadyHolding: when it waits already
    """
    queue = queries.queue(act.session, row.id)
    if any(one.case == case and one.status == "waiting" for one in queue):
        raise waiting.AlreadyHolding
    place = max((one.place for one in queue), default=0) + 1
    act.session.add(
        WaitingSeizure(
            id=new_id("measure"), property_id=row.id, case_id=case, place=place, status="waiting",
            queued_at=act.now, ended_at=None,
        )
    )  # fmt: skip
    act.session.flush()
    append(act, f"property:{row.id}", "property.queued", {"case": case, "place": place})


def pass_on(act: Act, row: Property, *, at: datetime) -> bool:
    """Let the earliest waiting seizure take effect from an instant, with a whole period of its own; say if one did."""
    following = waiting.next_in_line(queries.queue(act.session, row.id))
    if following is None:
        return False
    numbers = rulebook().on(day_of(act.now)).control
    row.case_id, row.status = following.case, "seized"
    row.seized_at = at
    row.control_until = rules.control_until(numbers, kind=row.kind, start=at, now=act.now, asked=None)
    forget_the_last(row)
    row.price_fixed_at = at if row.price_fixed_at else None
    end(act, row.id, case=following.case, status="effective")
    rows.measure(act, row.id, "seize", starts_at=at, until=row.control_until)
    public = {"case": following.case, "place": following.place, "until": instant_text(row.control_until)}
    append(act, f"property:{row.id}", "property.waiting_took_effect", public)
    return True


def forget_the_last(row: Property) -> None:
    """Clear what belonged to the control before: its end, its release, and that a disposal had begun."""
    row.disposal_begun_at = row.released_at = row.release_ground = None
    row.release_ordered_at = row.release_order_ground = None


def end(act: Act, thing: str, *, case: str | None = None, status: str, before: str = "waiting") -> None:
    """Move places in the queue for a thing to what became of them; those of every case when none is named."""
    change = update(WaitingSeizure).where(WaitingSeizure.property_id == thing, WaitingSeizure.status == before)
    if case is not None:
        change = change.where(WaitingSeizure.case_id == case)
    ended = None if status == "waiting" else act.now
    act.session.execute(change.values(status=status, ended_at=ended))
    act.session.flush()


@command("take_effect", by=())
def take_effect(act: Act, *, property: str) -> None:  # noqa: A002 - the law's word
    """Let the next in line take a thing whose control has lapsed; nothing happens while it holds or is being sold."""
    row = rows.locked(act, property)
    if row.status == "seized" and act.now >= row.control_until:
        ended = row.control_until
        append(act, f"property:{property}", "property.lapsed", {"case": row.case_id, "until": instant_text(ended)})
        pass_on(act, row, at=ended)


@command("leave_queue", by={Role.OFFICER})
def leave_queue(act: Act, *, property: str, case: str, ground: str) -> queries.PropertyRecord:  # noqa: A002 - the law's word
    """Take a case's waiting seizure back.

    :raises NotWaiting: when the case does not wait for the thing
    """
    checks = Checks()
    why, wanted = checks.text("ground", ground), checks.identifier("case", case)
    checks.refuse()
    rows.locked(act, property)
    query = select(WaitingSeizure).where(
        WaitingSeizure.property_id == property, WaitingSeizure.case_id == wanted, WaitingSeizure.status == "waiting"
    )
    if act.session.scalars(query).one_or_none() is None:
        raise waiting.NotWaiting(case=wanted)
    end(act, property, case=wanted, status="withdrawn")
    append(act, f"property:{property}", "property.queue_left", {"case": wanted, "ground": why})
    return queries.property_record(act.session, property)
