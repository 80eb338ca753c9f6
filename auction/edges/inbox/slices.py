"""Orders of one kind in slices: what thousands of lots leave at one stroke costs a few exchanges and a few acts.

The same three steps as the cashier's, for many orders at a time: claim, ask the gateway (by one exchange, where it
takes several), confirm what was done lot by lot. Cut off anywhere, it is asked again under the same ids.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import TypeVar

from auction.edges.platform import Platform
from auction.gateways.choice import Gateways
from auction.gateways.port import GatewayRefused, GatewayUnavailable, OrderKind, Receipt, Underway
from auction.gateways.several import Answer, SeveralAtOnce, send_many
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


def carry_out_slice(platform: Platform, *, kind: OrderKind) -> int | None:
    """Carry out a slice of the orders of a kind; return how many were done, None when none was due."""
    gateways = platform.gateways
    together = [one.name for one in gateways if isinstance(one, SeveralAtOnce)]
    line = Line(kinds={kind}, ways=together, default=gateways.default)
    with platform.act() as act:
        claimed = orders.claim_orders(act, limit=_SLICE, line=line)
    if not claimed:
        line = Line(kinds={kind}, ways=together, others=True, default=gateways.default)
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
    """Take the answers down, portion by portion, each whatever becomes of the others; return how many are done."""
    done: list[int] = []
    with ExitStack() as stack:
        # What is called at the end is called also when something before it broke off.
        for portion in reversed(_portions(claimed)):
            stack.callback(_take_portion_down, platform, {order: answers[order] for order in portion}, done)
    return sum(done)


def _take_portion_down(platform: Platform, answers: Mapping[str, Answer], done: list[int]) -> None:
    """Take down in one transaction what was done, in another what is under way, and each of the rest by itself."""
    receipts = _of_kind(answers, Receipt)
    if receipts:
        with platform.act() as act:
            confirmed = many.confirm_orders(act, receipts=receipts)
        done.append(confirmed)
    underway = _of_kind(answers, Underway)
    if underway:
        with platform.act() as act:
            many.note_all_underway(act, words=underway)
    for order, silence in _of_kind(answers, GatewayUnavailable).items():
        with platform.act() as act:
            orders.put_off_order(act, order=order, reason=str(silence) or "gateway.unavailable")
        _log.warning("order %s: no answer", order)
    for order, refusal in _of_kind(answers, GatewayRefused).items():
        with platform.act() as act:
            orders.refuse_order(act, order=order, reason=refusal.reason)
        _log.info("order %s: refused, %s", order, refusal.reason)


def _portions(claimed: Sequence[OrderRecord]) -> list[list[str]]:
    """Divide orders into what is taken down at once: whole lots, as many as make a small portion.

    A lot with an order that was asked before has a portion to itself: should its confirmation break off each time,
    no other lot's does.
    """
    portions: list[list[str]] = []
    room = 0
    for _, group in groupby(sorted(claimed, key=_subject), key=_subject):
        of_lot = list(group)
        again = any(one.attempts > 1 for one in of_lot)
        if again or len(of_lot) > room:
            portions.append([])
            room = _PORTION
        portions[-1] += [one.id for one in of_lot]
        room = 0 if again else room - len(of_lot)
    return portions


def _subject(order: OrderRecord) -> str:
    return orders.chain_of(lot=order.lot, case=order.case)


def _of_kind(answers: Mapping[str, Answer], kind: type[T]) -> dict[str, T]:
    return {order: word for order, word in answers.items() if isinstance(word, kind)}
