"""The docket as outbox: entries become deliveries, the head of a line is leased, an answer moves the line on.

Whoever changes an endpoint's deliveries holds its row lock, so a line is never seen half moved. A request goes out
between two transactions: if the program dies there, the lease runs out and the same delivery is sent again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, func, literal, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import canonical, instant_text
from auction.foundation.kernel.ids import new_id
from auction.gateways.outgoing import Answer
from auction.procedure.partners.models import WebhookDelivery, WebhookEndpoint
from auction.procedure.partners.rules import KINDS, PauseReason, Verdict, delay_after, verdict

CHAIN = "platform:partners"
#: Longer than any request may take, so that a living sender never loses its lease.
LEASE = timedelta(seconds=60)
#: So many lines of one endpoint are under way at once; a slow partner never takes the whole sender.
LINES_MAX = 3


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One delivery leased to a sender: what to send, where, and signed with what."""

    delivery: str
    endpoint: str
    lot: str
    seq: int
    kind: str
    url: str
    body: bytes
    lease: str
    secrets: tuple[str, ...] = field(repr=False)


def body_of(entry: Entry) -> bytes:
    """Return what is sent of an entry: the same bytes at every attempt."""
    data = {"subject": entry.chain.partition(":")[2], "seq": entry.seq, "entry": entry.as_json()}
    return canonical({"type": entry.kind, "timestamp": instant_text(entry.at), "data": data})


@command("make_out_deliveries", by=())
def make_out_deliveries(act: Act, *, endpoint: str, limit: int = 500) -> int:
    """Make out deliveries for what the docket has behind an endpoint's cursor; return how many entries were read.

    Nothing happens while somebody else does the same, or while the endpoint is paused: its cursor waits.
    """
    row = act.session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint, WebhookEndpoint.active)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return 0
    # Every lot entry is read, so that the cursor also passes what partners are not told of.
    items = docket.feed(act.session, after=(row.cursor_txid, row.cursor_position), limit=limit)
    if not items:
        return 0
    told = [item.entry for item in items if item.entry.kind in KINDS]
    add_missing(act, endpoint=endpoint, entries=told)
    row.cursor_txid, row.cursor_position = items[-1].txid, items[-1].position
    return len(items)


def add_missing(act: Act, *, endpoint: str, entries: list[Entry]) -> None:
    """Make out a delivery for each entry that has none, and see that every line touched has its head."""
    if not entries:
        return
    rows = [
        {
            "id": new_id("delivery"),
            "endpoint_id": endpoint,
            "lot_id": entry.chain.partition(":")[2],
            "chain": entry.chain,
            "seq": entry.seq,
            "kind": entry.kind,
            "created_at": act.now,
        }
        for entry in entries
    ]
    act.session.execute(upsert(WebhookDelivery).on_conflict_do_nothing(), rows)
    for chain in dict.fromkeys(entry.chain for entry in entries):
        bring_forward(act, endpoint=endpoint, chain=chain)


def bring_forward(act: Act, *, endpoint: str, chain: str, after: int = 0) -> WebhookDelivery | None:
    """Make the first undelivered entry of a line its head and return it; one that failed holds the line.

    ``after`` is a number up to which everything is known to be delivered.
    """
    first = first_undelivered(act, endpoint=endpoint, chain=chain, after=after)
    if first is None or first.status != "waiting":
        return None
    if first.next_attempt_at is None:
        first.next_attempt_at = act.now
        act.session.flush()
    return first


def first_undelivered(act: Act, *, endpoint: str, chain: str, after: int = 0) -> WebhookDelivery | None:
    """Return the entry a line stands at."""
    return act.session.scalars(
        select(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint,
            WebhookDelivery.chain == chain,
            WebhookDelivery.seq > after,
            # Written out, so that the partial index over what is undelivered serves prepared statements too.
            WebhookDelivery.status != literal_column("'delivered'"),
        )
        .order_by(WebhookDelivery.seq)
        .limit(1)
    ).one_or_none()


@command("lease_delivery", by=())
def lease_delivery(act: Act) -> Dispatch | None:
    """Lease the head that has waited longest and may be sent now; None when there is none to be had."""
    for candidate in _endpoints_with_work(act):
        endpoint = act.session.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.id == candidate, *_awake(act))
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if endpoint is None or _under_way(act, endpoint=candidate) >= LINES_MAX:
            continue
        head = act.session.scalars(
            select(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == candidate, *_due(act))
            .order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.chain)
            .limit(1)
        ).one_or_none()
        if head is not None:
            return _lease(act, endpoint, head)
    return None


@command("conclude_delivery", by=())
def conclude_delivery(act: Act, *, dispatch: Dispatch, answer: Answer, go_on: bool = True) -> Dispatch | None:
    """Record what an attempt came to, move the line on, and lease its next entry if one may follow at once.

    An answer that comes after the lease was lost changes nothing: somebody else has the delivery by then.
    """
    endpoint = lock_endpoint(act, dispatch.endpoint)
    row = act.session.get_one(WebhookDelivery, dispatch.delivery)
    if row.lease != dispatch.lease:
        return None
    row.lease = row.leased_until = None
    row.last_status, row.last_error, row.response_ms = answer.status, answer.fault, answer.response_ms
    match verdict(answer.status):
        case Verdict.RECEIVED:
            following = _received(act, endpoint, row)
            return _lease(act, endpoint, following) if go_on and following and endpoint.active else None
        case Verdict.GONE:
            row.next_attempt_at = act.now
            pause(act, endpoint, because=PauseReason.GONE)
        case Verdict.DECLINED:
            _declined(act, row)
        case Verdict.SILENT:
            _silent(act, endpoint, row)
    return None


def lock_endpoint(act: Act, endpoint: str) -> WebhookEndpoint:
    """Return an endpoint with its row locked: the lock of all its deliveries."""
    return act.session.get_one(WebhookEndpoint, endpoint, with_for_update=True)


def pause(act: Act, endpoint: WebhookEndpoint, *, because: PauseReason) -> None:
    """Stop sending to an endpoint, and enter it; its deliveries and its cursor wait."""
    if endpoint.active:
        endpoint.active = False
        endpoint.paused_because = because.value
        append(act, CHAIN, "endpoint.paused", {"endpoint": endpoint.id, "because": because.value})


def _endpoints_with_work(act: Act) -> list[str]:
    query = (
        select(WebhookDelivery.endpoint_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(*_due(act), *_awake(act))
        .group_by(WebhookDelivery.endpoint_id)
        .order_by(func.min(WebhookDelivery.next_attempt_at), WebhookDelivery.endpoint_id)
    )
    return list(act.session.scalars(query))


def _awake(act: Act) -> tuple[ColumnElement[bool], ...]:
    rested = or_(WebhookEndpoint.rests_until.is_(None), WebhookEndpoint.rests_until <= act.now)
    return WebhookEndpoint.active.is_(True), rested


def _due(act: Act) -> tuple[ColumnElement[bool], ...]:
    return WebhookDelivery.next_attempt_at <= act.now, ~_leased()


def _leased() -> ColumnElement[bool]:
    return func.coalesce(WebhookDelivery.leased_until > func.clock_timestamp(), False)


def _under_way(act: Act, *, endpoint: str) -> int:
    return act.session.execute(
        select(func.count()).where(
            WebhookDelivery.endpoint_id == endpoint, WebhookDelivery.next_attempt_at.is_not(None), _leased()
        )
    ).scalar_one()


def _lease(act: Act, endpoint: WebhookEndpoint, row: WebhookDelivery) -> Dispatch:
    token = secrets.token_hex(8)
    ends = func.clock_timestamp() + literal(LEASE)
    act.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == row.id)
        .values(attempts=WebhookDelivery.attempts + 1, lease=token, leased_until=ends)
        .execution_options(synchronize_session=False)
    )
    old = endpoint.previous_until is not None and endpoint.previous_until > act.now
    return Dispatch(
        delivery=row.id,
        endpoint=endpoint.id,
        lot=row.lot_id,
        seq=row.seq,
        kind=row.kind,
        url=endpoint.url,
        body=body_of(docket.entries(act.session, row.chain, after=row.seq - 1, limit=1)[0]),
        lease=token,
        secrets=(endpoint.secret, *([endpoint.previous_secret] if old and endpoint.previous_secret else [])),
    )


def _received(act: Act, endpoint: WebhookEndpoint, row: WebhookDelivery) -> WebhookDelivery | None:
    row.status, row.delivered_at, row.next_attempt_at = "delivered", act.now, None
    # The unique index over heads is checked row by row: the old head goes before the new one comes.
    act.session.flush()
    if endpoint.silences:
        endpoint.silences, endpoint.rests_until = 0, None
        _wake_the_others(act, endpoint=endpoint.id)
    return bring_forward(act, endpoint=endpoint.id, chain=row.chain, after=row.seq)


def _wake_the_others(act: Act, *, endpoint: str) -> None:
    """Bring forward the heads that met silence: somebody is there again."""
    act.session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint,
            WebhookDelivery.next_attempt_at > act.now,
            WebhookDelivery.last_error.is_not(None),
        )
        .values(next_attempt_at=act.now)
    )


def _declined(act: Act, row: WebhookDelivery) -> None:
    delay = delay_after(row.attempts)
    if delay is None:
        row.status, row.next_attempt_at = "failed", None
        append(act, CHAIN, "delivery.given_up", {"delivery": row.id, "lot": row.lot_id, "seq": row.seq})
    else:
        row.next_attempt_at = act.now + delay


def _silent(act: Act, endpoint: WebhookEndpoint, row: WebhookDelivery) -> None:
    """Let the whole endpoint rest; requests that were under way together count as one silence."""
    if endpoint.rests_until is None or endpoint.rests_until <= act.now:
        endpoint.silences += 1
        delay = delay_after(endpoint.silences)
        if delay is None:
            pause(act, endpoint, because=PauseReason.SILENT)
        endpoint.rests_until = act.now + delay if delay else None
    row.next_attempt_at = endpoint.rests_until or act.now
