"""A lot whose bidding is over is certified: how long it was served, and how soon its bids were decided.

It is done a little after the close, when every process has told that it lived through the end, and in batches, so
that thousands of lots that end at one stroke keep nobody waiting.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.many import append_to_many, claim_named
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry, Line
from auction.procedure.bidding import service
from auction.procedure.bidding.certificate import BOUNDS_MS, COURSE, DECISIONS, KIND, Waits, certificate, stretches
from auction.procedure.bidding.models import Bidding
from auction.procedure.lots import queries as lots
from auction.rulebook.carried import carries_out

#: So long after a close every living process has beaten again.
SETTLED = 2 * service.LIVING

_OVER = frozenset({"closed", "withdrawn", "revoked"})

# A lot may have millions of bids: they are counted where they lie.
_WAITS = text(
    "SELECT chain, width_bucket(wait, CAST(:bounds AS interval[])) AS step, count(*) AS bids, max(wait) AS longest"
    " FROM (SELECT chain, at - (public ->> 'received_at')::timestamptz - interval '1 microsecond' AS wait"
    " FROM docket_entries WHERE chain = ANY(:chains) AND kind = ANY(:kinds)) AS decided GROUP BY chain, step"
)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Availability:
    """What a lot's docket says of how its bidding was served.

    ``deferrals`` are the outages it was deferred for, with their evidence; ``measured`` says whether a certificate
    stands or is to come.
    """

    certificate: Entry | None
    course: Sequence[Entry]
    deferrals: Sequence[Entry]
    measured: bool


@carries_out("auction.outage_window", seen_in=(KIND,))
@command("certify", by=())
def certify_closed(act: Act, *, limit: int) -> int:
    """Certify lots whose bidding ended since service is measured, at most ``limit``; return how many.

    Where it never was measured nothing is certified.
    """
    since = service.measured_from(act.session)
    if since is None:
        return 0
    waiting = select(Bidding.lot_id).where(
        Bidding.certified_at.is_(None), Bidding.closed_at >= since, Bidding.closed_at <= act.now - SETTLED
    )
    found = act.session.scalars(waiting.order_by(Bidding.closed_at, Bidding.lot_id).limit(limit)).all()
    claimed = claim_named(act, [f"lot:{lot}" for lot in found])
    # Another process may have certified one before it was locked.
    ended = act.session.scalars(waiting.where(Bidding.lot_id.in_([one.removeprefix("lot:") for one in claimed]))).all()
    if not ended:
        return 0
    append_to_many(act.as_platform(), _lines(act, {f"lot:{lot}" for lot in ended}, since=since))
    act.session.execute(update(Bidding).where(Bidding.lot_id.in_(ended)).values(certified_at=act.now))
    return len(ended)


@reacts_to("lot.withdrawn")
@command("end_bidding", by=())
def end_bidding(act: Act, *, entry: Entry) -> None:
    """Take note that a lot's bidding ended because it was taken back: it is certified as one that closed."""
    lot = entry.chain.removeprefix("lot:")
    act.session.execute(
        update(Bidding).where(Bidding.lot_id == lot, Bidding.closed_at.is_(None)).values(closed_at=entry.at)
    )


def availability(session: Session, lot: str) -> Availability:
    """Return what a lot's docket says of how its bidding was served."""
    entries = docket.of_kinds(session, f"lot:{lot}", [KIND, *COURSE])
    certificate = next((one for one in reversed(entries) if one.kind == KIND), None)
    ended = session.scalars(select(Bidding.closed_at).where(Bidding.lot_id == lot)).one_or_none()
    since = service.measured_from(session)
    # A lot that is over though its bidding never ended was taken back before it opened: there is nothing to certify.
    over = lots.lot(session, lot).status in _OVER
    waits = since is not None and (not over if ended is None else ended >= since)
    return Availability(
        certificate=certificate,
        course=[one for one in entries if one.kind in COURSE],
        deferrals=[one for one in entries if one.kind == "lot.deferred" and "outage" in one.public],
        measured=certificate is not None or waits,
    )


def _lines(act: Act, chains: Collection[str], *, since: datetime) -> dict[str, list[Line]]:
    courses: dict[str, list[Entry]] = {chain: [] for chain in sorted(chains)}
    for entry in docket.of_kinds_in(act.session, chains, COURSE):
        courses[entry.chain].append(entry)
    opened = min(begin for course in courses.values() for begin, _ in stretches(course))
    spans = service.spans(act.session, begin=max(opened, since), end=act.now, now=act.now)
    told = waits_of(act.session, chains)
    return {
        chain: [Line(KIND, certificate(course, told=told[chain], spans=spans, measured_from=since))]
        for chain, course in courses.items()
    }


def waits_of(session: Session, chains: Collection[str]) -> dict[str, Waits]:
    """Return how long the bids of some dockets waited, as ``certificate.waits`` reckons it from the entries."""
    bounds = [timedelta(milliseconds=bound) for bound in BOUNDS_MS]
    rows = session.execute(_WAITS, {"bounds": bounds, "chains": sorted(chains), "kinds": list(DECISIONS)})
    counts = {chain: [0] * (len(bounds) + 1) for chain in chains}
    longest = dict.fromkeys(chains, timedelta(0))
    for row in rows:
        counts[row.chain][row.step] = row.bids
        longest[row.chain] = max(longest[row.chain], row.longest + _MICROSECOND)
    return {chain: Waits(tuple(counts[chain]), longest[chain]) for chain in chains}
