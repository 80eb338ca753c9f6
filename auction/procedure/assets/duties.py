"""What is due about controls: alarms before an end, ordered releases, letters of transfer; derived, never stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.kernel.calendar import day_of, days_before
from auction.foundation.kernel.due import DueAct
from auction.procedure.assets import grounds, rules
from auction.procedure.assets.models import DisposalTransfer, Property
from auction.procedure.assets.rows import HELD
from auction.procedure.cases import queries as cases
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ControlNumbers


@carries_out("control.preservation_renewal_days")
def due(session: Session, now: datetime, *, case: Cases) -> list[DueAct]:
    """Return what is due as of now, the controls soonest to end first, those already lapsed included."""
    numbers = rulebook().on(day_of(now)).control
    horizon = now + timedelta(days=max(*rules.alarm_days(numbers), numbers.preservation_renewal_days))
    mine = of_cases(Property.case_id, case)
    ending = (
        select(Property)
        .where(Property.status.in_(HELD), Property.control_until <= horizon, mine)
        .order_by(Property.control_until, Property.id)
    )
    ordered = (
        select(Property)
        .where(Property.status.in_(HELD), Property.release_ordered_at.is_not(None), mine)
        .order_by(Property.release_ordered_at, Property.id)
    )
    asked = (
        select(DisposalTransfer)
        .where(DisposalTransfer.transferred_at.is_(None), of_cases(DisposalTransfer.from_case_id, case))
        .order_by(DisposalTransfer.letter_by)
    )
    preserving = ending.where(Property.case_id.in_(cases.preserving()))
    return [
        *(_renewal(row, now, numbers=numbers) for row in session.scalars(ending)),
        *(_request(row, numbers=numbers) for row in session.scalars(preserving) if now < row.control_until),
        *(_release(row, numbers=numbers) for row in session.scalars(ordered)),
        *(_letter(row) for row in session.scalars(asked)),
    ]


def _renewal(row: Property, now: datetime, *, numbers: ControlNumbers) -> DueAct:
    days = rules.reminder(numbers, until=row.control_until, now=now)
    lapsed = now >= row.control_until
    return DueAct(
        what="renew_control",
        on=row.id,
        by=row.control_until,
        case=row.case_id,
        article="民诉解释 第485条",
        zh="查控期限已届满" if lapsed else f"查控期限将在{days}日内届满，请办理续行手续",
        en="control has lapsed" if lapsed else f"control ends within {days} days; renew it",
    )


def _request(row: Property, *, numbers: ControlNumbers) -> DueAct:
    days = numbers.preservation_renewal_days
    return DueAct(
        what="ask_renewal",
        on=row.id,
        by=days_before(row.control_until, days),
        case=row.case_id,
        article="法释〔2016〕22号 第18条",
        zh=f"保全申请人应在期限届满{days}日前申请续行保全",
        en=f"the applicant asks for renewal of the preservation {days} days before it ends",
    )


def _release(row: Property, *, numbers: ControlNumbers) -> DueAct:
    ordered = row.release_ordered_at or row.seized_at
    known = grounds.known_ground(row.release_order_ground or "")
    return DueAct(
        what="release",
        on=row.id,
        by=grounds.release_by(numbers, category=row.category, ordered_at=ordered),
        case=row.case_id,
        article=known.article if known else "查封规定 第28条",
        zh="已裁定解除，应及时办理解除手续",
        en="the release was ordered; carry it out",
    )


def _letter(row: DisposalTransfer) -> DueAct:
    return DueAct(
        what="transfer_disposal",
        on=row.property_id,
        by=row.letter_by,
        case=row.from_case_id,
        article="法释〔2016〕6号 第2条",
        zh="优先债权执行法院商请移送，应出具移送执行函",
        en="another court has asked for the right to dispose; issue the letter of transfer",
    )
