"""What follows a failed or broken auction: the next round, its floor, and a draft already filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.reading import typed
from auction.foundation.kernel.calendar import day_of, in_shanghai
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.lots import announcement, basis, rules
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.settlement.rules import SettlementStatus
from auction.rulebook import Numbers, Round, rulebook

_TEN = 10
_BROKEN = {SettlementStatus.DEFAULTED, SettlementStatus.REVOKED}
_ENDED = {"withdrawn", "revoked"}


@dataclass(frozen=True, slots=True)
class NextRound:
    """The round that may be drafted now: ``again`` says that it repeats a broken one.

    ``refusal`` says why nothing could be measured, ``due`` by when the law wants it, ``href`` is the draft's form.
    """

    round: Round
    again: bool
    previous_minor: int
    reference_minor: int
    cut_pct: int
    floor_minor: int
    start_minor: int
    deposit_minor: int
    notice_days: int
    opens_at: datetime | None
    href: str
    due: DueAct | None
    refusal: Refusal | None


def followed_by(session: Session, lot: LotRecord) -> LotRecord | None:
    """Return the round that has taken a lot's place already, drafts included, or None."""
    begun = lot.closed_at or lot.ends_at
    later = [one for one in lots.chain(session, lot.id) if one.id != lot.id and one.drafted_at >= begun]
    standing = [one for one in later if one.status not in _ENDED and one.defaulted_at is None]
    return standing[-1] if standing else None


def suggest(session: Session, lot: LotRecord, *, sold: SettlementRecord | None) -> NextRound | None:
    """Return what may be drafted in a lot's place, or None while it stands, or was followed, or nothing comes after."""
    kind = _kind(lot, sold=sold)
    if kind is None or followed_by(session, lot) is not None:
        return None
    round_, after, again = kind
    numbers = rulebook().on(day_of(visitor.now()))
    things = [assets.property_record(session, name) for name in lot.properties]
    if any(thing.status not in {"seized", "disposing"} for thing in things):
        return None
    return _measured(session, lot, numbers=numbers, things=things, round_=round_, after=after, again=again)


def _kind(lot: LotRecord, *, sold: SettlementRecord | None) -> tuple[Round, str | None, bool] | None:
    """Return the round, the failed lot it follows, and whether it repeats a broken sale."""
    if sold is not None and sold.way == "auction" and sold.status in _BROKEN:
        return lot.round, lot.after, True
    taken = sold is not None and sold.status not in _BROKEN
    if lot.outcome != "unsold" or lot.round == "sale" or taken:
        return None
    return ("second" if lot.round == "first" else "sale"), lot.id, False


def _measured(
    session: Session,
    lot: LotRecord,
    *,
    numbers: Numbers,
    things: Sequence[PropertyRecord],
    round_: Round,
    after: str | None,
    again: bool,
) -> NextRound:
    refusal, floor, reference = None, lot.start_price_minor, lot.reference_price_minor
    try:
        found = basis.measure(session, things=things, after=after, round_=round_)
        floor, reference = rules.floor(numbers, round_=round_, basis=found), found.reference_price_minor
    except Refusal as why:
        refusal = why
    start = max(floor, lot.start_price_minor) if again else floor
    low, high = rules.deposit_range(numbers, start_price_minor=start)
    deposit = min(high, max(low, lot.deposit_minor * start // lot.start_price_minor))
    opens_at = _opening(numbers, kind=basis.strictest_kind(things), round_=round_)
    return NextRound(
        round=round_,
        again=again,
        previous_minor=lots.lot(session, after).start_price_minor if after else lot.start_price_minor,
        reference_minor=reference,
        cut_pct=numbers.auction.second_round_cut_max_pct,
        floor_minor=floor,
        start_minor=start,
        deposit_minor=deposit,
        notice_days=numbers.auction.notice_days(basis.strictest_kind(things), round_),
        opens_at=opens_at,
        href=_draft(lot, round_=round_, after=after, start=start, deposit=deposit, opens_at=opens_at),
        due=_due(session, lot),
        refusal=refusal,
    )


def _opening(numbers: Numbers, *, kind: str, round_: Round) -> datetime:
    """Return ten in the morning of the first day that leaves time for the notices and the announcement."""
    announced = visitor.now() + timedelta(days=numbers.auction.notify_before_announcement_days)
    earliest = in_shanghai(announcement.earliest_opening(numbers, announced_at=announced, kind=kind, round_=round_))
    ten = earliest.replace(hour=_TEN, minute=0, second=0, microsecond=0)
    return ten if ten >= earliest else ten + timedelta(days=1)


def _draft(lot: LotRecord, *, round_: Round, after: str | None, start: int, deposit: int, opens_at: datetime) -> str:
    asked = {
        "like": lot.id,
        "start_price": typed(start),
        "deposit": typed(deposit),
        "increment": typed(lot.increment_minor),
        "opens_at": in_shanghai(opens_at).strftime("%Y-%m-%dT%H:%M"),
        "balance_days": str(lot.balance_days),
        "title": lot.title,
    }
    if after is not None:
        asked["after"] = after
    if round_ == "sale":
        asked["sale"] = "1"
    return f"/court/cases/{lot.case}/draft?{urlencode(asked)}"


def _due(session: Session, lot: LotRecord) -> DueAct | None:
    acts = lots.due(session, visitor.now(), case=lot.case)
    return next((act for act in acts if act.on == lot.id and act.what == "draft_lot"), None)
