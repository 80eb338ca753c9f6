"""What goes back to payers, in slices: a lot with ten thousand deposits is given back beside everything else.

The same three steps as the cashier's, for many orders at a time: claim, ask the gateway (by one exchange, where it
takes several), confirm what was done lot by lot. Cut off anywhere, it is asked again under the same ids.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from auction.edges.platform import Platform
from auction.gateways.choice import Gateways
from auction.gateways.port import GatewayRefused, GatewayUnavailable, Receipt, Underway
from auction.gateways.several import Answer, SeveralAtOnce, send_many
from auction.procedure.deposits import queries as deposits
from auction.procedure.treasury import many, orders
from auction.procedure.treasury.orders import Line
from auction.procedure.treasury.queries import OrderRecord

_log = logging.getLogger(__name__)
T = TypeVar("T")

#: As many as are surely answered before their claim runs out, so that nobody else takes them up meanwhile.
_SLICE = 250
_ONE_BY_ONE = 16
#: Orders of several lots are taken down together up to so many.
_PORTION = 50
#: A run ends after so many seconds, so that the process can be stopped and others get the lock; the next goes on.
_RUN_SECONDS = 5.0
_TELL_SECONDS = 2.0
_TOLD_MAX = 5


def give_back_waiting(platform: Platform) -> int:
    """Give back what is due to payers, telling the log how far it is; return how many orders were done."""
    began = told = time.monotonic()
    done = 0
    while time.monotonic() - began < _RUN_SECONDS:
        given = give_back_some(platform)
        if given is None:
            break
        done += given
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            _tell(platform)
    if done:
        _log.info("given back: %d payments in %.1f s", done, time.monotonic() - began)
    return done


def give_back_some(platform: Platform) -> int | None:
    """Carry out a slice of the orders that give money back; return how many were done, None when none was due."""
    gateways = platform.gateways
    together = [one.name for one in gateways if isinstance(one, SeveralAtOnce)]
    line = Line(returns=True, ways=together, default=gateways.default)
    with platform.act() as act:
        claimed = orders.claim_orders(act, limit=_SLICE, line=line)
    if not claimed:
        line = Line(returns=True, ways=together, others=True, default=gateways.default)
        with platform.act() as act:
            claimed = orders.claim_orders(act, limit=_ONE_BY_ONE, line=line)
    if not claimed:
        return None
    return _take_down(platform, claimed, _ask(gateways, claimed))


def _ask(gateways: Gateways, claimed: Sequence[OrderRecord]) -> dict[str, Answer]:
    """Ask each order's gateway, outside any transaction."""
    answers: dict[str, Answer] = {}
    for name, group in groupby(sorted(claimed, key=_way), key=_way):
        asked = list(group)
        try:
            gateway = gateways.of(name or None)
        except GatewayUnavailable as silence:
            answers |= dict.fromkeys((one.id for one in asked), silence)
            continue
        words = send_many(gateway, [one.instruction() for one in asked])
        answers |= {one.id: word for one, word in zip(asked, words, strict=True)}
    return answers


def _way(order: OrderRecord) -> str:
    return order.gateway or order.way or ""


def _take_down(platform: Platform, claimed: Sequence[OrderRecord], answers: Mapping[str, Answer]) -> int:
    """Take the answers down, those of one lot in one transaction, of several with few; return how many are done."""
    done = 0
    for ids in _portions(claimed):
        receipts = _of_kind(ids, answers, Receipt)
        if receipts:
            with platform.act() as act:
                done += many.confirm_orders(act, receipts=receipts)
        underway = _of_kind(ids, answers, Underway)
        if underway:
            with platform.act() as act:
                many.note_all_underway(act, words=underway)
    for order, silence in _of_kind(answers, answers, GatewayUnavailable).items():
        with platform.act() as act:
            orders.put_off_order(act, order=order, reason=str(silence) or "gateway.unavailable")
        _log.warning("order %s: no answer", order)
    for order, refusal in _of_kind(answers, answers, GatewayRefused).items():
        with platform.act() as act:
            orders.refuse_order(act, order=order, reason=refusal.reason)
        _log.info("order %s: refused, %s", order, refusal.reason)
    return done


def _portions(claimed: Sequence[OrderRecord]) -> list[list[str]]:
    """Divide orders into what is taken down at once: whole lots, as many as make a small portion."""
    portions: list[list[str]] = []
    for _, group in groupby(sorted(claimed, key=_subject), key=_subject):
        of_lot = [one.id for one in group]
        if portions and len(portions[-1]) + len(of_lot) <= _PORTION:
            portions[-1] += of_lot
        else:
            portions.append(of_lot)
    return portions


def _subject(order: OrderRecord) -> str:
    return orders.chain_of(lot=order.lot, case=order.case)


def _of_kind(ids: Sequence[str] | Mapping[str, Answer], answers: Mapping[str, Answer], kind: type[T]) -> dict[str, T]:
    return {order: word for order in ids if isinstance(word := answers[order], kind)}


def _tell(platform: Platform) -> None:
    with platform.read() as session:
        found = deposits.going_back(session)
    for lot in found[:_TOLD_MAX]:
        _log.info("deposits of lot %s: given back %s of %s", lot.lot, f"{lot.done:,}", f"{lot.total:,}")
    if len(found) > _TOLD_MAX:
        _log.info("deposits of %s lots more are going back", f"{len(found) - _TOLD_MAX:,}")
