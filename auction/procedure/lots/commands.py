"""The clerk's verbs on a lot: draft, approve, notify, announce; and what later capabilities report back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text, sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import commands as asset_commands
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.assets.rules import check_home
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import announcement, basis, proposals, queries, readiness, rows, rules
from auction.procedure.lots.conditions import Conditions, check_conditions, conditions_from
from auction.procedure.lots.models import Lot, LotProperty, Notice
from auction.procedure.lots.queries import LotRecord
from auction.procedure.lots.search import grams_of_lot
from auction.procedure.valuation import queries as valuation
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

#: Sensible default where the court names none (no statutory number: 法释〔2016〕18号 第25条).
BALANCE_DAYS = 10


@command("draft_lot", by={Role.OFFICER})
def draft_lot(
    act: Act,
    *,
    properties: Sequence[str],
    start_price_minor: int,
    deposit_minor: int,
    increment_minor: int,
    opens_at: datetime,
    closes_at: datetime | None = None,
    balance_days: int | None = None,
    priority: Sequence[Mapping[str, Any]] = (),
    disclosure: Mapping[str, str] | None = None,
    title: str | None = None,
    after: str | None = None,
    sale: bool = False,
    conditions: Conditions | None = None,
    sample: bool = False,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> LotRecord:
    """Draft a lot on lawful terms and return it; ``after`` a failed lot it is the second auction or the sale.

    A later round is under the conditions of the one before unless others are given.

    :raises ValuationMissing: MustSellTogether, StartBelowFloor, NoSurplus, DepositOutOfRange, BiddingTooShort,
        NecessaryHome: in this order
    """
    round_ = basis.round_after(act.session, after=after, sale=sale)
    proposal = proposals.proposal(
        properties=properties,
        start=start_price_minor,
        deposit=deposit_minor,
        increment=increment_minor,
        opens_at=opens_at,
        now=act.now,
    )
    basis.same_things(act.session, after=after, properties=proposal)
    things = [assets.property_record(act.session, thing) for thing in proposal]
    lot_id = id or new_id("lot")
    lock(act, f"lot:{lot_id}")
    basis.no_such_lot_yet(act.session, lot_id)
    numbers = rulebook().on(day_of(act.now))
    special = _conditions(act, given=conditions, after=after, things=things)
    measured = basis.measure(
        act.session, things=things, after=after, round_=round_, unappraisable=special.unappraisable is not None
    )
    closing = closes_at or opens_at + rules.bidding_length(numbers, round_=round_)
    terms = rules.Terms(
        round=round_,
        start_price_minor=start_price_minor,
        deposit_minor=deposit_minor,
        opens_at=opens_at,
        closes_at=closing,
    )
    floor_minor = rules.check_terms(numbers, terms=terms, basis=measured)
    for thing in things:
        check_home(title=thing.title, sole_home=thing.sole_home, setaside_minor=thing.living_setaside_minor)
    case = cases.case(act.session, things[0].case)
    heading = title or "、".join(thing.title for thing in things)
    act.session.add(
        Lot(
            id=lot_id,
            case_id=case.id,
            court_id=case.court,
            court_name=case.court_name,
            case_number=case.number,
            title=heading,
            city=things[0].city,
            kind=basis.strictest_kind(things),
            category=things[0].category,
            facts=dict(things[0].facts),
            round=round_,
            after_lot_id=after,
            start_price_minor=start_price_minor,
            deposit_minor=deposit_minor,
            increment_minor=increment_minor,
            reference_price_minor=measured.reference_price_minor,
            floor_minor=floor_minor,
            opens_at=opens_at,
            closes_at=closing,
            ends_at=closing,
            balance_days=balance_days or BALANCE_DAYS,
            disclosure=dict(disclosure or {}),
            priority=proposals.priority_entries(priority),
            conditions=special.as_json(),
            drafted_at=act.now,
            sample=sample,
            search_grams=grams_of_lot(heading, things[0].city, case.court_name, case.number, lot_id),
        )
    )
    act.session.flush()
    act.session.add_all(
        [LotProperty(lot_id=lot_id, property_id=thing.id, position=n) for n, thing in enumerate(things)]
    )
    act.session.flush()
    public = {"round": round_, "floor_minor": floor_minor, "after": after, **special.public()}
    append(act, f"lot:{lot_id}", "lot.drafted", public)
    return queries.lot(act.session, lot_id)


def _conditions(
    act: Act, *, given: Conditions | None, after: str | None, things: Sequence[PropertyRecord]
) -> Conditions:
    """Return the special conditions of a lot being drafted.

    :raises InputMalformed: one its things cannot be under, a company or shareholder who is nobody
    """
    if given is None:
        return queries.lot(act.session, after).conditions if after else Conditions()
    priced = any(valuation.reference_price(act.session, thing.id) for thing in things)
    check_conditions(given, categories={thing.category for thing in things}, priced=priced)
    known = identity.persons(act.session, ids=list(given.persons_of_equity))
    unknown = [person for person in given.persons_of_equity if person not in known]
    if unknown:
        raise InputMalformed(errors={"shareholders": f"查无此人 / nobody of that id: {', '.join(unknown)}"})
    return given


@command("edit_draft", by={Role.OFFICER})
def disclose(act: Act, *, lot: str, disclosure: Mapping[str, str]) -> LotRecord:
    """Fill or change disclosure blocks of a draft (articles 13 and 14; 法〔2024〕238号 第1条).

    :raises NotDraft: once the panel has decided
    :raises ForbiddenPhrases: for words that say nothing of who uses the thing
    """
    row = rows.locked(act, lot)
    if row.status != "draft":
        raise rules.NotDraft(status=row.status)
    written = proposals.checked_blocks(disclosure)
    announcement.check_phrases(written, forbidden=rulebook().on(day_of(act.now)).forbidden_phrases)
    row.disclosure = {**row.disclosure, **written}
    act.session.flush()
    append(act, f"lot:{lot}", "lot.disclosed", {"blocks": sorted(disclosure)})
    return queries.lot(act.session, lot)


@command("approve_lot", by={Role.PANEL})
def approve_lot(act: Act, *, lot: str, panel: Sequence[str], minutes: str = "") -> LotRecord:
    """Record the panel's decision on start price, reduction, increment, deposit and priority ranks (article 27).

    :raises NotDraft: when the terms are already decided
    :raises PanelMalformed: unless three different members decided
    """
    row = rows.locked(act, lot)
    if row.status != "draft":
        raise rules.NotDraft(status=row.status)
    names = rules.check_panel(panel)
    basis.refuse_taken(act.session, lot=lot)
    rows.move(row, "approved")
    row.approved_at, row.panel = act.now, list(names)
    act.session.execute(update(LotProperty).where(LotProperty.lot_id == lot).values(live=True))
    public = {
        "panel": list(names),
        "start_price_minor": row.start_price_minor,
        "deposit_minor": row.deposit_minor,
        "increment_minor": row.increment_minor,
        "priority_ranks": sorted(one["rank"] for one in row.priority),
        **conditions_from(row.conditions).public(),
        "minutes_sha256": sha256_hex(minutes) if minutes else None,
    }
    append(act, f"lot:{lot}", "lot.approved", public)
    return queries.lot(act.session, lot)


@command("notify", by={Role.OFFICER})
def notify(act: Act, *, lot: str, person: str, how: str) -> datetime:
    """Record that a party or priority purchaser was told; return since when it counts (article 16).

    ``served`` counts at once, ``waived`` too; ``unreachable`` counts five full days after the publicity.
    """
    row = rows.locked(act, lot)
    proposals.check_how(how)
    if row.status in {"closed", "withdrawn", "revoked"}:
        raise rules.NotApproved(status=row.status)
    numbers = rulebook().on(day_of(act.now))
    days = numbers.auction.deemed_notified_days if how == "unreachable" else 0
    noticed_at = act.now + timedelta(days=days)
    act.session.add(Notice(lot_id=lot, person_id=person, how=how, noticed_at=noticed_at, recorded_at=act.now))
    append(
        act, f"lot:{lot}", "notice.given", {"how": how, "noticed_at": instant_text(noticed_at)}, seal={"person": person}
    )
    return noticed_at


@carries_out(
    "auction.court_duties",
    "auction.announcement_content",
    "auction.sale_likewise",
    "auction.online_first",
    seen_in=("lot.announced",),
)
@command("announce", by={Role.OFFICER})
def announce(act: Act, *, lot: str) -> LotRecord:
    """Publish the lot; from here terms and rulebook are frozen (articles 12 to 16, 26).

    :raises NotApproved: ObjectionBlocksDisposal, ProceedsSuffice, ControlLapsed, ValuationExpired,
        AnnouncementIncomplete, ForbiddenPhrases, PersonNotNotified, ShareholdersToldLate, AnnouncementTooShort: in
        this order
    """
    row = rows.locked(act, lot)
    if row.status != "approved":
        raise rules.NotApproved(status=row.status)
    today = rulebook().on(day_of(act.now))
    record = queries.lot(act.session, lot)
    readiness.check_announcement(act.session, lot=record, rules_of_day=today, now=act.now)
    frozen = dict(today.as_json())
    terms = readiness.public_terms(record)
    row.announced_at, row.rulebook, row.terms = act.now, frozen, terms
    rows.move(row, "announced")
    act.session.flush()
    _note_disposal(act, record, to="disposing")
    public = {
        "terms_sha256": sha256_hex(terms),
        "rulebook_sha256": sha256_hex(frozen),
        "rulebook_version": today.version,
        "opens_at": instant_text(row.opens_at),
        "closes_at": instant_text(row.closes_at),
        "start_price_minor": row.start_price_minor,
        "deposit_minor": row.deposit_minor,
        "increment_minor": row.increment_minor,
        "round": row.round,
        "title": row.title,
    }
    append(act, f"lot:{lot}", "lot.announced", public)
    return queries.lot(act.session, lot)


@command("mark_opened", by=())
def mark_opened(act: Act, *, lot: str) -> LotRecord:
    """Take note that bidding has opened (reported by ``bidding``)."""
    row = rows.locked(act, lot)
    rows.move(row, "open")
    act.session.flush()
    return queries.lot(act.session, lot)


@command("move_end", by=())
def move_end(act: Act, *, lot: str, ends_at: datetime) -> None:
    """Take note that a bid moved the end (article 20)."""
    act.session.execute(update(Lot).where(Lot.id == lot).values(ends_at=ends_at))


def _note_disposal(act: Act, lot: LotRecord, *, to: str) -> None:
    for thing in lot.properties:
        asset_commands.note_disposal(act.as_platform(), property=thing, to=to)
