"""The dispute simulator: the same bids decided once more under a supposition; pure.

It shows what the rules would have made of the bids that were made. What people would have done differently, had they
seen another price or another end, no program knows; whoever reads a result is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import rules as bidding
from auction.procedure.bidding.rules import Bidder, Standing
from auction.procedure.publicity.rules import DocketWrongError, begin, entries_of, verify
from auction.rulebook import Numbers

_BIDS = frozenset({"bid.accepted", "bid.refused"})


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed: who had not bid, when nothing had arrived, and how long extensions had been.

    ``extension`` is both how near its end a lot is moved by a bid, and by how much.
    """

    without: frozenset[str] = frozenset()
    outages: tuple[tuple[datetime, datetime], ...] = ()
    extension: timedelta | None = None

    def arrived(self, *, code: str, at: datetime) -> bool:
        """Say whether a bid had reached the server."""
        return code not in self.without and not any(begin <= at < end for begin, end in self.outages)


@dataclass(frozen=True, slots=True)
class Rise:
    """A bid that became the price: its entry, when it reached the server, and whose code it bore."""

    seq: int
    at: datetime
    price_minor: int
    code: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a lot ends: the outcome with its money, in fen; ``balance_minor`` is due beside the deposit."""

    outcome: str
    price_minor: int | None
    code: str | None
    ends_at: datetime
    bids: int
    extensions: int
    deposit_minor: int
    balance_minor: int | None
    rises: tuple[Rise, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """A bid that is decided otherwise: ``None`` stands for accepted, ``absent`` for one that never arrived."""

    seq: int
    code: str
    amount_minor: int
    recorded: str | None
    supposed: str | None


@dataclass(frozen=True, slots=True)
class Supposed:
    """What the docket records, what the supposition gives, and the bids whose fate differs."""

    lot: str
    recorded: Result
    supposed: Result
    fates: tuple[Fate, ...]

    @property
    def changed(self) -> bool:
        """Say whether the outcome, its price or its winner is another."""
        one, other = self.recorded, self.supposed
        return (one.outcome, one.price_minor, one.code) != (other.outcome, other.price_minor, other.code)

    @property
    def parted_at(self) -> int | None:
        """Return the first entry from which the two stories differ, or None where every bid has the same fate."""
        return self.fates[0].seq if self.fates else None


@dataclass(frozen=True, slots=True)
class _Story:
    """The bids decided in order: the last standing, every rise of the price, and what became of each, by entry."""

    standing: Standing
    rises: tuple[Rise, ...]
    fates: Mapping[int, str | None]


class UnknownCodeError(ValueError):
    """The docket knows no such bidding code."""


class NotClosedError(DocketWrongError):
    """The lot is not closed yet: there is no outcome to compare with."""

    def __init__(self) -> None:
        super().__init__(0, "the lot is not closed yet: there is no outcome to compare with")


def suppose(document: Mapping[str, Any], supposition: Supposition) -> Supposed:
    """Return how a lot's outcome and money change under a supposition.

    :raises DocketWrongError: when the export does not hold by itself
    :raises UnknownCodeError: for a code that was never admitted
    """
    verify(document)
    entries = entries_of(document)
    numbers, standing = begin(document, entries)
    unknown = sorted(supposition.without - codes_of(entries))
    if unknown:
        raise UnknownCodeError(", ".join(unknown))
    if not any(entry.kind == "lot.closed" for entry in entries):
        raise NotClosedError
    recorded = _run(entries, standing, numbers, Supposition())
    supposed = _run(entries, standing, _with_extension(numbers, supposition.extension), supposition)
    deposit = int(document["terms"]["deposit_minor"])
    return Supposed(
        lot=str(document["lot"]),
        recorded=_result(recorded, deposit_minor=deposit),
        supposed=_result(supposed, deposit_minor=deposit),
        fates=tuple(
            Fate(
                seq=entry.seq,
                code=entry.public["code"],
                amount_minor=entry.public["amount_minor"],
                recorded=recorded.fates[entry.seq],
                supposed=supposed.fates[entry.seq],
            )
            for entry in entries
            if entry.kind in _BIDS and recorded.fates[entry.seq] != supposed.fates[entry.seq]
        ),
    )


def codes_of(entries: Sequence[Entry]) -> set[str]:
    """Return the bidding codes that were ever admitted."""
    return {entry.public["code"] for entry in entries if entry.kind == "registration.admitted"}


def _run(entries: Sequence[Entry], standing: Standing, numbers: Numbers, supposition: Supposition) -> _Story:
    """Decide every bid in order."""
    bidders: dict[str, Bidder] = {}
    fates: dict[int, str | None] = {}
    rises: list[Rise] = []
    for entry in entries:
        public = entry.public
        if entry.kind == "registration.admitted":
            bidders[public["code"]] = Bidder(public["code"], public["code"], rank=public["priority_rank"])
        elif entry.kind in _BIDS:
            standing, fates[entry.seq] = _bid(standing, entry, bidders, numbers, supposition)
            if fates[entry.seq] is None:
                received_at = datetime.fromisoformat(public["received_at"])
                rises.append(Rise(entry.seq, received_at, public["amount_minor"], public["code"]))
        else:
            standing = _passed(standing, entry)
    return _Story(standing, tuple(rises), fates)


def _bid(
    standing: Standing, entry: Entry, bidders: Mapping[str, Bidder], numbers: Numbers, supposition: Supposition
) -> tuple[Standing, str | None]:
    public = entry.public
    received_at = datetime.fromisoformat(public["received_at"])
    if not supposition.arrived(code=public["code"], at=received_at):
        return standing, "absent"
    try:
        decided = bidding.decide(
            standing,
            bidder=bidders.get(public["code"]),
            amount_minor=public["amount_minor"],
            received_at=received_at,
            numbers=numbers,
        )
    except Refusal as refusal:
        return standing, refusal.code
    return decided, None


def _passed(standing: Standing, entry: Entry) -> Standing:
    """Let what is no bid pass; the close is what the bids give, so its entry is not asked."""
    match entry.kind:
        case "lot.opened":
            return replace(standing, status="open", opens_at=datetime.fromisoformat(entry.public["opens_at"]))
        case "lot.deferred" | "lot.suspended":
            status = entry.kind.removeprefix("lot.")
            return replace(standing, status=status, stayed_at=entry.at, resumed_at=None)
        case "lot.resumed":
            # What was left when it stood still is left again: an end the supposition moved stays moved by as much.
            left = standing.ends_at - (standing.stayed_at or entry.at)
            told = datetime.fromisoformat(entry.public["ends_at"])
            ends_at = max(told, entry.at + left) if entry.public.get("status", "open") == "open" else told
            return replace(standing, status=entry.public.get("status", "open"), ends_at=ends_at, resumed_at=entry.at)
        case _:
            return standing


def _with_extension(numbers: Numbers, extension: timedelta | None) -> Numbers:
    if extension is None:
        return numbers
    auction = replace(numbers.auction, extension_window=extension, extension_length=extension, sale_extension=extension)
    return replace(numbers, auction=auction)


def _result(story: _Story, *, deposit_minor: int) -> Result:
    standing = story.standing
    price = standing.price_minor
    return Result(
        outcome=bidding.outcome(standing),
        price_minor=price,
        code=standing.leader,
        ends_at=standing.ends_at,
        bids=standing.bids,
        extensions=standing.extensions,
        deposit_minor=deposit_minor,
        balance_minor=None if price is None else max(price - deposit_minor, 0),
        rises=story.rises,
    )
