"""A lot stands still, goes on, is taken back or revoked: reported by ``bidding``; and asking to go on all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rules import ControlLapsed
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import basis, grounds, queries, rows, rules, surplus
from auction.procedure.lots.models import Insistence, Lot, LotProperty, LotStay
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out


@dataclass(frozen=True, slots=True)
class StayRecord:
    """A deferral or suspension; ``ends_at`` is the end the bidding had when it began."""

    lot: str
    kind: str
    ground: str
    since: datetime
    ends_at: datetime
    was_open: bool
    ended_at: datetime | None


@command("mark_stayed", by=())
def mark_stayed(act: Act, *, lot: str, kind: str, ground: str) -> LotRecord:
    """Take note that a lot stands still; its things stay in it until a person decides (article 28)."""
    row = rows.locked(act, lot)
    stay = LotStay(
        id=new_id("stay"), lot_id=lot, kind=kind, ground=ground, since=act.now, ends_at=row.ends_at,
        was_open=row.status == "open",
    )  # fmt: skip
    rows.move(row, kind)
    act.session.add(stay)
    act.session.flush()
    return queries.lot(act.session, lot)


@command("mark_resumed", by=())
def mark_resumed(act: Act, *, lot: str, to: str, ends_at: datetime) -> LotRecord:
    """Take note that a lot goes on: announced as before, or open until a new end."""
    row = rows.locked(act, lot)
    rows.move(row, to)
    row.ends_at = ends_at
    _end_stay(act, lot)
    act.session.flush()
    return queries.lot(act.session, lot)


@command("mark_withdrawn", by=())
def mark_withdrawn(act: Act, *, lot: str) -> LotRecord:
    """Take note that a lot was taken back: its things are free again (法释〔2004〕16号 第17条)."""
    row = rows.locked(act, lot)
    begun = row.announced_at is not None
    rows.move(row, "withdrawn")
    _end_stay(act, lot)
    things = _set_free(act, lot)
    for thing in things if begun else ():
        # What was released meanwhile is no longer the court's to hold.
        if assets.property_record(act.session, thing).status == "disposing":
            asset_commands.note_disposal(act.as_platform(), property=thing, to="seized")
    return queries.lot(act.session, lot)


@command("mark_revoked", by=())
def mark_revoked(act: Act, *, lot: str) -> LotRecord:
    """Take note that a sale was revoked: its things are back under control (article 31)."""
    row = rows.locked(act, lot)
    rows.move(row, "revoked")
    for thing in _set_free(act, lot):
        asset_commands.bring_back(act.as_platform(), property=thing)
    return queries.lot(act.session, lot)


@command("insist", by={Role.BIDDER})
def insist(act: Act, *, property: str, claim: str) -> int | None:  # noqa: A002 - the law's word
    """Record that the applicant asks to go on although nothing may be left for him; return the least start price.

    None where the rule does not apply: his own claim is the first on the thing (法释〔2004〕16号 第6条).

    :raises NotTheApplicant: for a claim that is no applicant's in the property's case
    :raises ReplyTooLate: when he was told and his five days have passed
    """
    checks = Checks()
    thing, wanted = checks.identifier("property", property), checks.identifier("claim", claim)
    checks.refuse()
    record = assets.property_record(act.session, thing)
    found = next((one for one in cases.case(act.session, record.case).claims if one.id == wanted), None)
    if found is None or not found.applicant:
        raise grounds.NotTheApplicant(claim=wanted)
    actor = act.actor
    if actor is not None and not actor.has(Role.PLATFORM) and actor.person != found.creditor_person:
        raise AuthForbidden(act="insist", roles=[ROLE_NAMES[Role.BIDDER][0]])
    lock(act, f"property:{thing}")
    surplus.check_reply(act.session, property=thing, claim=wanted, now=act.now)
    least = rules.least_with_surplus(basis.burden(cases.case(act.session, record.case), things={thing}))
    added = act.session.scalar(
        upsert(Insistence)
        .values(property_id=thing, claim_id=wanted, least_minor=least, at=act.now)
        .on_conflict_do_nothing()
        .returning(Insistence.property_id)
    )
    if added is not None:
        append(act, f"property:{thing}", "property.insisted", {"claim": wanted, "least_minor": least})
    return least


def stay(session: Session, *, lot: str) -> StayRecord | None:
    """Return why and since when a lot stands still, or None when it does not."""
    row = session.scalars(select(LotStay).where(LotStay.lot_id == lot, LotStay.ended_at.is_(None))).one_or_none()
    return _record(row) if row else None


def stayed(session: Session, *, case: Cases = None) -> list[StayRecord]:
    """Return what stands still, longest first."""
    query = select(LotStay).where(LotStay.ended_at.is_(None)).order_by(LotStay.since, LotStay.id)
    if case is not None:
        query = query.where(LotStay.lot_id.in_(select(Lot.id).where(of_cases(Lot.case_id, case))))
    return [_record(row) for row in session.scalars(query)]


def live_lots(session: Session, *, things: Sequence[str]) -> list[str]:
    """Return the approved, announced, open or stayed lots in which things stand."""
    query = select(LotProperty.lot_id).where(LotProperty.property_id.in_(things), LotProperty.live)
    return sorted(set(session.scalars(query)))


def check_resumption(session: Session, *, lot: LotRecord, ends_at: datetime, now: datetime) -> None:
    """Refuse to go on while the law still forbids disposal, or when control would end before the close.

    :raises ObjectionBlocksDisposal: ProceedsSuffice, ControlLapsed: in this order
    """
    things = basis.free_things(session, lot=lot, now=now)
    basis.check_proceeds(session, lot=lot)
    for thing in things:
        if thing.control_until is None or thing.control_until <= ends_at:
            raise ControlLapsed(until=thing.control_until or now)


@carries_out("auction.resume_within_days")
def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the lots that must go on within five days, because what stopped them is gone (article 28)."""
    acts: list[DueAct] = []
    for one in stayed(session, case=case):
        lot = queries.lot(session, one.lot)
        own_sale = _own_sale_due(one, lot=lot)
        if own_sale is not None:
            acts.append(own_sale)
        gone = _gone_at(session, one, lot=lot, now=now)
        if gone is not None:
            days = rulebook().on(day_of(gone)).auction.resume_within_days
            acts.append(
                DueAct(
                    what="resume",
                    on=lot.id,
                    by=within_days(gone, days),
                    case=lot.case,
                    article="法释〔2016〕18号 第28条",
                    zh=f"“{lot.title}”暂缓、中止的原因已消除，应在 {days} 日内恢复拍卖",
                    en=f"What stopped “{lot.title}” is gone; resume it within {days} days",
                )
            )
    return acts


def _own_sale_due(one: StayRecord, *, lot: LotRecord) -> DueAct | None:
    """Return until when a lot may stand still for the debtor's own sale: sixty days, equity three months."""
    rules_of_day = rulebook().on(day_of(one.since))
    key = grounds.own_sale_rule(category=lot.category)
    if one.ground != "debtor_own_sale" or key not in rules_of_day.provisions:
        return None
    rule = rules_of_day.provision(key)
    longest = int(str(rule.value))
    by = grounds.own_sale_ends(since=one.since, longest=longest, category=lot.category)
    period = rule.title.zh
    return DueAct(
        what="resume",
        on=lot.id,
        by=by,
        case=lot.case,
        article=rule.article.zh,
        zh=f"“{lot.title}”为被执行人自行变卖而中止（{period}）；未成的，届满应恢复拍卖",
        en=f"“{lot.title}” stands still for the debtor's own sale; unless he has sold by then, resume it",
    )


def _gone_at(session: Session, one: StayRecord, *, lot: LotRecord, now: datetime) -> datetime | None:
    """Return since when nothing stands in the way any more, or None while something does or nobody has said so."""
    if one.ground == "platform_fault":
        return one.since
    if one.ground == grounds.PROCEEDS_SUFFICE:
        if basis.proceeds_suffice(session, case=lot.case):
            return None
        others = queries.of_case(session, case=lot.case)
        return max([one.since, *(other.defaulted_at for other in others if other.defaulted_at)])
    if one.ground not in {"outsider_objection", "bankruptcy"}:
        return None
    if any(assets.property_record(session, thing, now=now).holds for thing in lot.properties):
        return None
    ended = [end for thing in lot.properties for end in assets.holds_ended(session, thing, now=now)]
    return max([one.since, *ended]) if ended else None


def _record(row: LotStay) -> StayRecord:
    return StayRecord(
        lot=row.lot_id,
        kind=row.kind,
        ground=row.ground,
        since=row.since,
        ends_at=row.ends_at,
        was_open=row.was_open,
        ended_at=row.ended_at,
    )


def _end_stay(act: Act, lot: str) -> None:
    running = update(LotStay).where(LotStay.lot_id == lot, LotStay.ended_at.is_(None))
    act.session.execute(running.values(ended_at=act.now))


def _set_free(act: Act, lot: str) -> Sequence[str]:
    act.session.execute(update(LotProperty).where(LotProperty.lot_id == lot).values(live=False))
    act.session.flush()
    return queries.lot(act.session, lot).properties
