"""Webhooks: what the docket has entered is signed by Standard Webhooks and sent to partners, in order per lot.

One dispatcher leases the heads of lines and hands each line to a thread, which sends it entry by entry while answers
are good. The platform's clock says when an attempt is due; the stamp in the signature is the machine's true time,
since receivers compare it with theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial

from standardwebhooks import Webhook

from auction.edges.platform import Platform
from auction.gateways.clock import SystemClock
from auction.gateways.outgoing import Outgoing
from auction.procedure.partners import outbox, queries, rules
from auction.procedure.partners.outbox import Dispatch

_LINES_AT_ONCE = 8
_BATCH = 500
_LOOK_SECONDS = 0.25
_RUN_SECONDS = 20.0
_PATIENCE_SECONDS = 5.0


def deliver_due(platform: Platform, *, patience: float = _PATIENCE_SECONDS) -> int:
    """Make out and send everything that is due; return how many deliveries were received.

    A run ends when nothing is due, or after twenty seconds, so that the process can be stopped; the next goes on.
    Any number of processes may run it at once. ``patience`` is how many seconds a silent receiver is waited for.
    """
    run_ends = time.monotonic() + _RUN_SECONDS
    received = 0
    busy: set[Future[int]] = set()
    with ThreadPoolExecutor(_LINES_AT_ONCE, thread_name_prefix="deliveries") as lines:

        def send(dispatch: Dispatch) -> Future[int]:
            return lines.submit(_send_line, platform, dispatch, run_ends=run_ends, patience=patience)

        look_at = time.monotonic()
        while True:
            if time.monotonic() >= look_at:
                _make_out(platform, run_ends=run_ends)
                look_at = time.monotonic() + _LOOK_SECONDS
            if time.monotonic() < run_ends:
                _fill(platform, busy, send)
            if not busy:
                return received
            done, busy = wait(busy, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
            received += sum(line.result() for line in done)


def _make_out(platform: Platform, *, run_ends: float) -> None:
    with platform.read() as session:
        endpoints = queries.active_endpoints(session)
    for endpoint in endpoints:
        read = _BATCH
        while read == _BATCH and time.monotonic() < run_ends:
            with platform.act() as act:
                read = outbox.make_out_deliveries(act, endpoint=endpoint, limit=_BATCH)


def _fill(platform: Platform, busy: set[Future[int]], send: Callable[[Dispatch], Future[int]]) -> None:
    while len(busy) < _LINES_AT_ONCE:
        with platform.act() as act:
            dispatch = outbox.lease_delivery(act)
        if dispatch is None:
            return
        busy.add(send(dispatch))


def _send_line(platform: Platform, dispatch: Dispatch, *, run_ends: float, patience: float) -> int:
    """Send one line, entry by entry, until it is empty, an answer is bad, or the run ends."""
    received = 0
    demo = platform.settings.demo and rules.names_this_machine(rules.host_of(dispatch.url))
    allowed = partial(rules.address_allowed, loopback_allowed=demo)
    following: Dispatch | None = dispatch
    with Outgoing(dispatch.url, allowed=allowed, patience=patience) as line:
        while following is not None:
            answer = line.post(body=following.body, headers=_headers(following))
            received += rules.verdict(answer.status) is rules.Verdict.RECEIVED
            with platform.act() as act:
                following = outbox.conclude_delivery(
                    act, dispatch=following, answer=answer, go_on=time.monotonic() < run_ends
                )
    return received


def _headers(dispatch: Dispatch) -> dict[str, str]:
    now = SystemClock().now()
    text = dispatch.body.decode("utf-8")
    signatures = [Webhook(one).sign(msg_id=dispatch.delivery, timestamp=now, data=text) for one in dispatch.secrets]
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "judicial-auction-webhooks/1",
        "webhook-id": dispatch.delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
