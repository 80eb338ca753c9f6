"""Verifying an exported docket: numbering, chain, terms, and the outcome by replaying every bid; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from auction.foundation.docket.rules import Entry, first_fault
from auction.foundation.kernel.canonical import NotCanonicalError, sha256_hex
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import certificate
from auction.procedure.bidding import rules as bidding
from auction.procedure.bidding.rules import Bidder, Standing
from auction.procedure.publicity.retelling import UntoldError, standing_after
from auction.procedure.publicity.vouching import UnvouchedError, Vouched, vouch
from auction.rulebook import Numbers, RulebookMalformedError, frozen_numbers
from auction.rulebook.carried import carries_out

_NOBODY = Vouched(signed=0, logged=0, by_given_key=False)


class DocketWrongError(ValueError):
    """The export does not hold; ``seq`` is the first entry that is wrong, 0 for the file as a whole."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"entry {seq}: {why}" if seq else why)
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Verified:
    """What an export proves: how many entries, how many bids replayed, and how the lot stands."""

    lot: str
    entries: int
    head: str
    bids: int
    refused: int
    status: str
    price_minor: int | None
    settlement: str | None = None
    vouched: Vouched = _NOBODY


@carries_out("auction.retention_years", "auction.damages_after_revocation", "auction.platform_damages")
def verify(document: Mapping[str, object], *, key: str | None = None) -> Verified:
    """Check an export, its signatures too, and replay it by the rules it carries.

    :param key: the platform's public key as the reader knows it; without it the key itself is not checked
    :raises DocketWrongError: naming the first entry that is wrong
    """
    entries = entries_of(document)
    fault = first_fault(entries)
    if fault is not None:
        raise DocketWrongError(*fault)
    try:
        vouched = vouch(document, entries, key=key)
    except UnvouchedError as unvouched:
        raise DocketWrongError(unvouched.seq, unvouched.why) from unvouched
    numbers, standing = begin(document, entries)
    replay = _Replay(numbers=numbers, standing=standing)
    for entry in entries:
        replay.take(entry)
        if entry.kind == certificate.KIND:
            _check_certificate(entry, before=entries[: entry.seq - 1])
    try:
        told = standing_after(entries)
    except UntoldError as untold:
        raise DocketWrongError(untold.seq, untold.why) from untold
    return Verified(
        lot=str(document["lot"]),
        entries=len(entries),
        head=entries[-1].hash,
        bids=replay.standing.bids,
        refused=replay.refused,
        status=told.status,
        price_minor=replay.standing.price_minor,
        settlement=told.settlement,
        vouched=vouched,
    )


def _check_certificate(entry: Entry, *, before: list[Entry]) -> None:
    """Reckon a certificate of availability again: all of it but where the gaps lie follows from the entries before."""
    try:
        wrong = certificate.fault(before, entry.public)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise DocketWrongError(entry.seq, f"{entry.kind} cannot be read: {fault}") from fault
    if wrong is not None:
        raise DocketWrongError(entry.seq, wrong)


def entries_of(document: Mapping[str, object]) -> list[Entry]:
    """Return the entries of an export as they stand in it.

    :raises DocketWrongError: for the first that cannot be read
    """
    lot, rows = document.get("lot"), document.get("entries")
    if not isinstance(lot, str) or not isinstance(rows, list) or not rows:
        raise DocketWrongError(0, "not a docket export: it names no lot or holds no entries")
    found: list[Entry] = []
    for number, row in enumerate(rows, start=1):
        try:
            if row["lot"] != lot:
                raise DocketWrongError(number, f"belongs to another lot: {row['lot']}")
            entry = Entry(
                chain=f"lot:{lot}",
                seq=row["seq"],
                at=datetime.fromisoformat(row["at"]),
                kind=row["kind"],
                public=dict(row["public"]),
                sealed=row["sealed"],
                prev=row["prev"],
                hash=row["hash"],
            )
            # One instant can be written in many ways, and the hash covers one of them.
            if entry.as_json() != row:
                raise DocketWrongError(number, "is not written as an entry is")
            found.append(entry)
        except (KeyError, TypeError, ValueError) as fault:
            if isinstance(fault, DocketWrongError):
                raise
            raise DocketWrongError(number, f"cannot be read: {fault}") from fault
    return found


def begin(document: Mapping[str, object], entries: list[Entry]) -> tuple[Numbers, Standing]:
    """Return the numbers a lot was frozen to, and how it stood when it was announced.

    :raises DocketWrongError: when terms or rulebook are not the announced ones
    """
    announced = next((entry for entry in entries if entry.kind == "lot.announced"), None)
    if announced is None:
        raise DocketWrongError(0, "the lot was never announced")
    for name in ("terms", "rulebook"):
        try:
            digest = sha256_hex(document.get(name))
        except NotCanonicalError as fault:
            raise DocketWrongError(announced.seq, f"{name}: {fault}") from fault
        if digest != announced.public.get(f"{name}_sha256"):
            raise DocketWrongError(announced.seq, f"the {name} are not the announced ones")
    terms, rulebook = document["terms"], document["rulebook"]
    try:
        numbers = frozen_numbers(rulebook)  # type: ignore[arg-type]  # announced, so of our own form
        standing = Standing(
            status="announced",
            round=terms["round"],  # type: ignore[index]
            start_price_minor=terms["start_price_minor"],  # type: ignore[index]
            increment_minor=terms["increment_minor"],  # type: ignore[index]
            opens_at=datetime.fromisoformat(terms["opens_at"]),  # type: ignore[index]
            ends_at=datetime.fromisoformat(terms["closes_at"]),  # type: ignore[index]
        )
    except (AttributeError, KeyError, TypeError, ValueError, RulebookMalformedError) as fault:
        raise DocketWrongError(announced.seq, f"terms or rulebook cannot be read: {fault}") from fault
    return numbers, standing


@dataclass
class _Replay:
    """The lot as the entries tell it so far."""

    numbers: Numbers
    standing: Standing
    bidders: dict[str, Bidder] = field(default_factory=dict)
    refused: int = 0

    def take(self, entry: Entry) -> None:
        """Apply one entry, or say why it cannot have happened."""
        told: dict[str, Callable[[Entry], None]] = {
            "registration.admitted": self._admitted,
            "lot.opened": self._opened,
            "bid.accepted": self._accepted,
            "bid.refused": self._refusal,
            "lot.extended": self._extended,
            "lot.deferred": lambda one: self._stay(one, "deferred"),
            "lot.suspended": lambda one: self._stay(one, "suspended"),
            "lot.resumed": self._resumed,
            "lot.closed": self._closed,
            "lot.withdrawn": lambda one: self._over(one, "withdrawn"),
            "lot.revoked": lambda one: self._over(one, "revoked"),
        }
        if entry.kind not in told:
            return
        try:
            told[entry.kind](entry)
        except (KeyError, TypeError, AttributeError) as fault:
            raise DocketWrongError(entry.seq, f"{entry.kind} cannot be read: {fault}") from fault

    def _admitted(self, entry: Entry) -> None:
        code = entry.public["code"]
        self.bidders[code] = Bidder(registration=code, code=code, rank=entry.public["priority_rank"])

    def _opened(self, entry: Entry) -> None:
        # A stay that outlasted the announced opening makes it later, never earlier.
        opens_at = datetime.fromisoformat(entry.public["opens_at"])
        if entry.at < opens_at or opens_at < self.standing.opens_at:
            raise DocketWrongError(entry.seq, "opened before its time")
        self.standing = replace(self.standing, status="open", opens_at=opens_at)

    def _decide(self, entry: Entry) -> Standing:
        return bidding.decide(
            self.standing,
            bidder=self.bidders.get(entry.public["code"]),
            amount_minor=entry.public["amount_minor"],
            received_at=datetime.fromisoformat(entry.public["received_at"]),
            numbers=self.numbers,
        )

    def _accepted(self, entry: Entry) -> None:
        try:
            after = self._decide(entry)
        except Refusal as refusal:
            raise DocketWrongError(entry.seq, f"a bid was accepted that is refused: {refusal.code}") from refusal
        if after.ends_at != datetime.fromisoformat(entry.public["ends_at"]):
            raise DocketWrongError(entry.seq, "the end after this bid is another")
        self.standing = after

    def _refusal(self, entry: Entry) -> None:
        self.refused += 1
        try:
            self._decide(entry)
        except Refusal as refusal:
            if refusal.code != entry.public["refusal"]:
                raise DocketWrongError(
                    entry.seq, f"refused as {entry.public['refusal']}, not {refusal.code}"
                ) from refusal
            return
        raise DocketWrongError(entry.seq, "a bid was refused that is acceptable")

    def _extended(self, entry: Entry) -> None:
        if datetime.fromisoformat(entry.public["ends_at"]) != self.standing.ends_at:
            raise DocketWrongError(entry.seq, "extended to another end than the bid before it gives")

    def _stay(self, entry: Entry, status: str) -> None:
        if self.standing.status not in {"announced", "open"}:
            raise DocketWrongError(entry.seq, f"{status} though it was {self.standing.status}")
        self.standing = replace(self.standing, status=status, stayed_at=entry.at, resumed_at=None)

    def _resumed(self, entry: Entry) -> None:
        ends_at = datetime.fromisoformat(entry.public["ends_at"])
        status = entry.public.get("status", "open")
        self.standing = replace(self.standing, status=status, ends_at=ends_at, resumed_at=entry.at)

    def _over(self, _: Entry, status: str) -> None:
        self.standing = replace(self.standing, status=status)

    def _closed(self, entry: Entry) -> None:
        told = entry.public
        if entry.at < self.standing.ends_at:
            raise DocketWrongError(entry.seq, "closed before its end")
        found = (bidding.outcome(self.standing), self.standing.price_minor, self.standing.leader)
        if found != (told["outcome"], told["price_minor"], told["code"]):
            raise DocketWrongError(entry.seq, "the outcome is not what the bids give")
        if datetime.fromisoformat(told["ends_at"]) != self.standing.ends_at:
            raise DocketWrongError(entry.seq, "the recorded end is another than the bids give")
        self.standing = replace(self.standing, status="closed")
