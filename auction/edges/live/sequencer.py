"""The sequencer: waiting bids of one lot are decided together in order of arrival, and answered after the commit.

Who finds nobody deciding for his lot decides for everybody waiting there, his own
bid first; when he is done he hands the lead to the first who arrived meanwhile. So
there is no thread to keep alive, one batch is open for a lot at a time, and nobody
decides for longer than his own answer takes. Only ``threading`` primitives are used;
under gevent they are cooperative.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from auction.edges.figures import Figures
from auction.edges.limits import Limits
from auction.edges.live.telling import Told, nobody_told
from auction.edges.platform import Platform
from auction.edges.problems import PlatformUnavailable
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.offers import Offer, check_offer
from auction.procedure.bidding.receipts import Receipt

_LOG = logging.getLogger(__name__)

#: The most bids decided in one transaction.
BATCH_MAX = 64
#: Longer than any lock wait of the database, so that a bid under decision is answered by its decision.
ANSWER_SECONDS = 30.0
_LOT_ID = re.compile(r"[\w.:-]{1,80}")


@dataclass(slots=True, eq=False)
class _Waiting:
    """A bid that stands in a lot's line."""

    offer: Offer
    since: float
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answer: Receipt | Refusal | None = None


@dataclass(slots=True, eq=False)
class _Line:
    """The bids of one lot that wait for their decision, in order of arrival."""

    waiting: deque[_Waiting] = field(default_factory=deque)


class Sequencer:
    """Takes bids from every edge of one process and puts them into one order per lot."""

    def __init__(self, platform: Platform, *, figures: Figures, limits: Limits, told: Told = nobody_told) -> None:
        self._platform = platform
        self._figures = figures
        self._limits = limits
        self._told = told
        self._guard = threading.Lock()
        self._lines: dict[str, _Line] = {}

    def submit(self, *, lot: str, person: str, amount_minor: int, bid_id: str) -> Receipt:
        """Place a bid and return its receipt once it is committed; refused bids of the admitted are receipted too.

        The arrival is stamped here, once, in the order of the line.

        :raises InputMalformed: for an amount or id that is none
        :raises NotFound: for an unknown lot
        :raises PlatformUnavailable: when it could not be decided; the same ``bid_id`` may be sent again
        :raises Refusal: the named refusal of who is not admitted, or of an id used before
        """
        if not _LOT_ID.fullmatch(lot):
            raise NotFound(what="lot", name=lot[:80])
        one, line, leads = self._enter(lot=lot, person=person, amount_minor=amount_minor, bid_id=bid_id)
        if leads or self._await(one, line):
            self._lead(lot, line)
        answer = one.answer
        self._count(one, answer)
        if answer is None:
            raise PlatformUnavailable
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def oldest_arrival(self) -> datetime | None:
        """Return when the longest waiting bid of this process arrived, or None when none waits."""
        with self._guard:
            heads = [line.waiting[0].offer.received_at for line in self._lines.values() if line.waiting]
        return min(heads, default=None)

    def _enter(self, *, lot: str, person: str, amount_minor: int, bid_id: str) -> tuple[_Waiting, _Line, bool]:
        with self._guard:
            received_at = self._platform.clock.now()
            offer = Offer(person=person, amount_minor=amount_minor, bid_id=bid_id, received_at=received_at)
            one = _Waiting(offer=check_offer(offer, now=received_at), since=time.monotonic())
            line = self._lines.get(lot)
            leads = line is None
            if line is None:
                line = self._lines[lot] = _Line()
            if len(line.waiting) >= self._limits.queue_per_lot:
                raise PlatformUnavailable
            line.waiting.append(one)
        return one, line, leads

    def _await(self, one: _Waiting, line: _Line) -> bool:
        """Wait for the answer or the lead; say whether it is the lead."""
        if not one.woken.wait(ANSWER_SECONDS):
            with self._guard:
                if not one.leads and one in line.waiting:
                    line.waiting.remove(one)
        return one.leads

    def _lead(self, lot: str, line: _Line) -> None:
        with self._guard:
            batch = [line.waiting.popleft() for _ in range(min(BATCH_MAX, len(line.waiting)))]
        try:
            answers = self._decide(lot, [one.offer for one in batch])
            for one, answer in zip(batch, answers, strict=True):
                one.answer = answer
        finally:
            # Whatever happened, everybody of the batch is woken (without an answer the bid is unanswered), and
            # the line goes on.
            for one in batch:
                one.woken.set()
            self._hand_over(lot, line)

    def _hand_over(self, lot: str, line: _Line) -> None:
        with self._guard:
            if line.waiting:
                line.waiting[0].leads = True
                line.waiting[0].woken.set()
            else:
                del self._lines[lot]

    def _decide(self, lot: str, offers: list[Offer]) -> list[Receipt | Refusal]:
        self._figures.batches.observe(len(offers))
        try:
            with self._platform.act() as act:
                answers = bidding.place_bids(act, lot=lot, offers=offers)
        except Refusal as refusal:
            return [refusal] * len(offers)
        except SQLAlchemyError as fault:
            # The batch may or may not be committed; the same ids tell, when they are sent again.
            _LOG.warning("bids of %s were not decided: %s", lot, fault.__class__.__name__)
            return [PlatformUnavailable() for _ in offers]
        self._told(lot)
        return answers

    def _count(self, one: _Waiting, answer: Receipt | Refusal | None) -> None:
        if isinstance(answer, Receipt):
            outcome = "accepted" if answer.accepted else "refused"
        else:
            outcome = "unanswered" if answer is None else "turned_away"
        self._figures.bids.labels(outcome).inc()
        self._figures.decision.observe(time.monotonic() - one.since)
