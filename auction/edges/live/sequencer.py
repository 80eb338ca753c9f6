"""The sequencer: waiting bids of one lot are decided together in order of arrival, and answered after the commit.

Who finds nobody deciding for his lot lets somebody begin: a decider takes whoever
waits, up to a batch, and goes on until nobody does. So one batch is open for a lot at
a time in a process, and a bid waits for no thread of its own: its answer is handed to
whoever brought it. Only ``threading`` primitives are used; under gevent they are
cooperative.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from auction.edges.figures import Figures
from auction.edges.limits import Limits
from auction.edges.live.telling import Told, nobody_told
from auction.edges.platform import Platform
from auction.edges.problems import PlatformUnavailable
from auction.edges.receipts import Signed, all_signed
from auction.foundation.docket.signing import Signatures
from auction.foundation.kernel.ids import may_name_lot
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.kept import Kept
from auction.procedure.bidding.offers import DECIDED_WITHIN, Offer, check_offer
from auction.procedure.bidding.receipts import Receipt

_LOG = logging.getLogger(__name__)

#: The most bids decided in one transaction.
BATCH_MAX = 64
#: Lots whose last reading is kept.
_KEPT_MAX = 2_000


class Answered(Protocol):
    """Hears what became of a bid, once it is committed; it must not wait for anything."""

    def __call__(self, answer: Signed | Refusal, /) -> None:
        """Take the receipt, or the bare refusal of a bid of which nothing is written."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A bid that stands in a lot's line; ``answered`` is None once it was."""

    offer: Offer
    since: float
    answered: Answered | None


@dataclass(slots=True, eq=False)
class _Line:
    """The bids of one lot that wait for their decision, in order of arrival, and those under decision."""

    waiting: deque[_Waiting] = field(default_factory=deque)
    deciding: list[_Waiting] = field(default_factory=list)


class Sequencer:
    """Takes bids from every edge of one process and puts them into one order per lot."""

    def __init__(
        self,
        platform: Platform,
        *,
        figures: Figures,
        limits: Limits,
        told: Told = nobody_told,
        signer: Signatures | None = None,
        patience: float = DECIDED_WITHIN.total_seconds(),
    ) -> None:
        """Begin with no lines; ``patience`` is how many seconds a bid waits at most for what became of it.

        :param signer: what signs receipts, where it is not the platform's signer itself
        """
        self._signer = signer or platform.settings.signer
        self._platform = platform
        self._patience = patience
        self._patient = False
        self._figures = figures
        self._limits = limits
        self._told = told
        self._guard = threading.Lock()
        self._lines: dict[str, _Line] = {}
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def submit(self, *, lot: str, person: str, amount_minor: int, bid_id: str) -> Signed:
        """Place a bid, wait, and return its receipt once it is committed; see ``enter``.

        :raises InputMalformed: NotFound: PlatformUnavailable: as ``enter``
        :raises Refusal: the named refusal of who is not admitted, or of an id used before
        """
        woken = threading.Event()
        heard: list[Signed | Refusal] = []

        def answered(answer: Signed | Refusal, /) -> None:
            heard.append(answer)
            woken.set()

        self.enter(lot=lot, person=person, amount_minor=amount_minor, bid_id=bid_id, answered=answered)
        woken.wait(2 * self._patience)
        if not heard:
            raise PlatformUnavailable
        if isinstance(heard[0], Refusal):
            raise heard[0]
        return heard[0]

    def enter(self, *, lot: str, person: str, amount_minor: int, bid_id: str, answered: Answered) -> None:
        """Let a bid stand in its lot's line; it is answered after the commit, or when it could not be decided.

        The arrival is stamped here, once, in the order of the line.

        :raises InputMalformed: for an amount or id that is none
        :raises NotFound: for what cannot be a lot's name
        :raises PlatformUnavailable: when the line is full; the same ``bid_id`` may be sent again
        """
        if not may_name_lot(lot):
            raise NotFound(what="lot", name=lot[:80])
        with self._guard:
            received_at = self._platform.clock.now()
            offer = Offer(person=person, amount_minor=amount_minor, bid_id=bid_id, received_at=received_at)
            one = _Waiting(check_offer(offer, now=received_at), time.monotonic(), answered)
            line = self._lines.get(lot)
            if line is not None and len(line.waiting) >= self._limits.queue_per_lot:
                raise PlatformUnavailable
            begins = line is None
            if line is None:
                line = self._lines[lot] = _Line()
            line.waiting.append(one)
            watch, self._patient = not self._patient, True
        if begins:
            self._begin(lot, line)
        if watch:
            threading.Thread(target=self._be_patient, name="patience", daemon=True).start()

    def oldest_arrival(self) -> datetime | None:
        """Return when the longest waiting bid of this process arrived, or None when none waits."""
        with self._guard:
            heads = [one.offer.received_at for line in self._lines.values() for one in _first(line)]
        return min(heads, default=None)

    def _be_patient(self) -> None:
        """Look after those who wait, as long as anybody does: a database may hang without a word."""
        while True:
            time.sleep(min(1.0, self._patience))
            self._give_up_old()
            with self._guard:
                if not self._lines:
                    self._patient = False
                    return

    def _give_up_old(self) -> None:
        """Answer those who have waited too long; their bids may have been decided, and the same ids will tell."""
        late = time.monotonic() - self._patience
        with self._guard:
            waiting = [one for line in self._lines.values() for one in (*line.deciding, *line.waiting)]
            old = [one for one in waiting if one.since < late]
            for line in self._lines.values():
                line.waiting = deque(one for one in line.waiting if one.since >= late)
        self._answer(old, [PlatformUnavailable() for _ in old])

    def _begin(self, lot: str, line: _Line) -> None:
        threading.Thread(target=self._run, args=(lot, line), name="decider", daemon=True).start()

    def _run(self, lot: str, line: _Line) -> None:
        """Decide for a lot until nobody waits."""
        ended = False
        try:
            while not ended:
                time.sleep(0)  # whoever has arrived by now comes along
                ended = not self._decide_next(lot, line)
        finally:
            if not ended:  # a fault of ours cost one batch its answers, and costs nobody else his
                self._begin(lot, line)

    def _decide_next(self, lot: str, line: _Line) -> bool:
        """Decide the next batch; say whether there was one."""
        with self._guard:
            batch = line.deciding = [line.waiting.popleft() for _ in range(min(BATCH_MAX, len(line.waiting)))]
            if not batch:
                del self._lines[lot]
                return False
        answers: Sequence[Receipt | Refusal] = [PlatformUnavailable() for _ in batch]
        try:
            answers = self._decide(lot, [one.offer for one in batch])
        finally:
            # Beside the next batch: while the database is at that one, the receipts of this one are signed and sent.
            threading.Thread(target=self._answer, args=(batch, answers), name="answers", daemon=True).start()
        return True

    def _decide(self, lot: str, offers: list[Offer]) -> Sequence[Receipt | Refusal]:
        self._figures.batches.observe(len(offers))
        try:
            with self._platform.act() as act:
                answers = bidding.place_bids(act, lot=lot, offers=offers, kept=self._kept_of(lot))
        except Refusal as refusal:
            return [refusal] * len(offers)
        except SQLAlchemyError as fault:
            # The batch may or may not be committed; the same ids tell, when they are sent again.
            _LOG.warning("bids of %s were not decided: %s", lot, fault.__class__.__name__)
            return [PlatformUnavailable() for _ in offers]
        self._told(lot)
        return answers

    def _kept_of(self, lot: str) -> Kept:
        """Return what is kept of a lot; of the lots nobody has bid on for longest it is let go."""
        kept = self._kept.pop(lot, None) or Kept()
        self._kept[lot] = kept
        if len(self._kept) > _KEPT_MAX:
            self._kept.popitem(last=False)
        return kept

    def _answer(self, batch: Sequence[_Waiting], answers: Sequence[Receipt | Refusal]) -> None:
        outcomes: Counter[str] = Counter()
        now = time.monotonic()
        receipts = iter(all_signed([one for one in answers if isinstance(one, Receipt)], signer=self._signer))
        for one, answer in zip(batch, answers, strict=True):
            told = next(receipts) if isinstance(answer, Receipt) else answer
            answered, one.answered = one.answered, None
            if answered is None:
                continue  # given up before
            outcomes[_outcome(answer)] += 1
            self._figures.decision.observe(now - one.since)
            try:
                answered(told)
            except OSError as gone:
                _LOG.info("nobody is there to take a receipt: %s", gone.__class__.__name__)
        for outcome, count in outcomes.items():
            self._figures.bids.labels(outcome).inc(count)


def _first(line: _Line) -> list[_Waiting]:
    """Return the bid of a line that has waited longest for its answer, if one does."""
    return next(([one] for one in (*line.deciding, *line.waiting) if one.answered is not None), [])


def _outcome(answer: Receipt | Refusal) -> str:
    if isinstance(answer, Receipt):
        return "accepted" if answer.accepted else "refused"
    return "unanswered" if isinstance(answer, PlatformUnavailable) else "turned_away"
