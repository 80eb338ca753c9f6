"""The administrator's verbs: register organisations and their addresses, pause, resume, send again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import commands as identity
from auction.procedure.inputs import Checks
from auction.procedure.partners import queries, rules
from auction.procedure.partners.models import Partner, WebhookDelivery, WebhookEndpoint
from auction.procedure.partners.outbox import CHAIN, add_missing, bring_forward, first_undelivered, lock_endpoint, pause
from auction.procedure.partners.queries import DeliveryRecord, EndpointRecord, PartnerRecord

_SECRET_BYTES = 32
_SCOPES = ("listings", "webhooks")


@dataclass(frozen=True, slots=True)
class Registered:
    """A new partner and the token of its first key, told only now."""

    partner: PartnerRecord
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyed:
    """An endpoint and its signing secret, told only now."""

    endpoint: EndpointRecord
    secret: str = field(repr=False)


@command("register_partner", by={Role.ADMINISTRATOR})
def register_partner(
    act: Act,
    *,
    name: str,
    contact: str,
    login: str | None = None,
    scopes: Iterable[str] = _SCOPES,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> Registered:
    """Register an organisation with an account of its own and a first key (法释〔2016〕18号 第9条).

    :raises InputMalformed: a field cannot be read
    :raises PartnerKnown: an organisation of that name is registered
    :raises AlreadySignedUp: the login is taken
    """
    checks = Checks()
    shown = checks.text("name", name, longest=100)
    reached = checks.text("contact", contact, longest=200)
    chosen = new_id("partner") if id is None else checks.identifier("id", id)
    checks.refuse()
    if act.session.get(Partner, chosen) is not None:
        checks.wrong("id", "编号已被使用 / the id is already used")
        checks.refuse()
    account = identity.open_account(
        act, login=login or f"partner-{chosen}"[:64], password=None, name=shown, roles=[Role.PARTNER]
    )
    token, _key = identity.issue_key(act, account=account.id, scopes=scopes, label=shown)
    added = act.session.scalar(
        upsert(Partner)
        .values(id=chosen, name=shown, contact=reached, account_id=account.id, created_at=act.now, active=True)
        .on_conflict_do_nothing()
        .returning(Partner.id)
    )
    if added is None:
        raise rules.PartnerKnown(name=shown)
    append(act, CHAIN, "partner.registered", {"partner": chosen, "name": shown, "account": account.id})
    return Registered(partner=queries.partner(act.session, chosen), token=token)


@command("close_partner", by={Role.ADMINISTRATOR})
def close_partner(act: Act, *, partner: str) -> PartnerRecord:
    """End a partnership: its account and keys open nothing any more, and nothing is sent to it.

    :raises NotFound: no such partner
    """
    row = _partner(act, partner)
    if row.active:
        row.active = False
        identity.close_account(act, account=row.account_id)
        for endpoint in act.session.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.partner_id == partner)
            .order_by(WebhookEndpoint.id)
            .with_for_update()
        ):
            pause(act, endpoint, because=rules.PauseReason.CLOSED)
        append(act, CHAIN, "partner.closed", {"partner": partner})
        act.session.flush()
    return queries.partner(act.session, partner)


@command("add_endpoint", by={Role.ADMINISTRATOR})
def add_endpoint(
    act: Act,
    *,
    partner: str,
    url: str,
    loopback_allowed: bool = False,
    from_beginning: bool = False,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> Keyed:
    """Add an address that is told of every public act from now on, or of all there ever were.

    ``loopback_allowed`` is the installation's word (demonstrations only), never the caller's.

    :raises InputMalformed: the address may not be told, or a field cannot be read
    :raises EndpointKnown: the partner has this address
    :raises PartnerClosed: EndpointsTooMany, NotFound
    """
    checks = Checks()
    given = checks.text("url", url, longest=rules.URL_MAX)
    if given and (fault := rules.url_fault(given, loopback_allowed=loopback_allowed)) is not None:
        checks.wrong("url", fault)
    chosen = new_id("endpoint") if id is None else checks.identifier("id", id)
    checks.refuse()
    if not _partner(act, partner).active:
        raise rules.PartnerClosed
    plain = rules.plain_url(given)
    _refuse_another(act, partner=partner, url=plain, chosen=chosen)
    cursor = (0, 0) if from_beginning else _start_of_now(act)
    secret = _new_secret()
    row = WebhookEndpoint(
        id=chosen, partner_id=partner, url=plain, secret=secret, active=True, created_at=act.now, silences=0,
        from_txid=cursor[0], from_position=cursor[1], cursor_txid=cursor[0], cursor_position=cursor[1],
    )  # fmt: skip
    act.session.add(row)
    act.session.flush()
    append(act, CHAIN, "endpoint.added", {"endpoint": chosen, "partner": partner, "host": rules.host_of(plain)})
    return Keyed(endpoint=queries.endpoint(act.session, chosen), secret=secret)


@command("rotate_secret", by={Role.ADMINISTRATOR})
def rotate_secret(act: Act, *, endpoint: str) -> Keyed:
    """Give an endpoint a new secret; for a day the old one signs beside it.

    :raises NotFound: no such endpoint
    """
    row = _endpoint(act, endpoint)
    row.previous_secret, row.previous_until = row.secret, act.now + rules.ROTATION
    row.secret = _new_secret()
    append(act, CHAIN, "endpoint.secret_rotated", {"endpoint": endpoint})
    act.session.flush()
    return Keyed(endpoint=queries.endpoint(act.session, endpoint), secret=row.secret)


@command("pause_endpoint", by={Role.ADMINISTRATOR})
def pause_endpoint(act: Act, *, endpoint: str) -> EndpointRecord:
    """Stop sending to an endpoint; what happens meanwhile is kept for it.

    :raises NotFound: no such endpoint
    """
    pause(act, _endpoint(act, endpoint), because=rules.PauseReason.ADMINISTRATOR)
    act.session.flush()
    return queries.endpoint(act.session, endpoint)


@command("resume_endpoint", by={Role.ADMINISTRATOR})
def resume_endpoint(act: Act, *, endpoint: str) -> EndpointRecord:
    """Send again, from where each line stands.

    :raises NotFound: no such endpoint
    :raises PartnerClosed: the partnership has ended
    """
    row = _endpoint(act, endpoint)
    # Read without a lock: who closes a partner holds its row and waits for this one.
    if not act.session.get_one(Partner, row.partner_id).active:
        raise rules.PartnerClosed
    if not row.active:
        row.active, row.paused_because = True, None
        append(act, CHAIN, "endpoint.resumed", {"endpoint": endpoint})
    row.silences, row.rests_until = 0, None
    act.session.flush()
    return queries.endpoint(act.session, endpoint)


@command("retry_delivery", by={Role.ADMINISTRATOR})
def retry_delivery(act: Act, *, delivery: str) -> DeliveryRecord:
    """Try a delivery again now, with all its attempts before it.

    :raises NotFound: no such delivery
    :raises DeliveredAlready: it was received
    :raises NotItsTurn: an earlier entry of the lot must be retried first
    """
    endpoint = act.session.scalar(select(WebhookDelivery.endpoint_id).where(WebhookDelivery.id == delivery))
    if endpoint is None:
        raise NotFound(what="delivery", name=delivery)
    resting = lock_endpoint(act, endpoint)
    row = act.session.get_one(WebhookDelivery, delivery)
    if row.status == "delivered":
        raise rules.DeliveredAlready(seq=row.seq)
    first = first_undelivered(act, endpoint=endpoint, chain=row.chain)
    if first is not None and first.seq < row.seq:
        raise rules.NotItsTurn(seq=first.seq)
    row.status, row.attempts, row.next_attempt_at = "waiting", 0, act.now
    resting.rests_until = None
    append(act, CHAIN, "delivery.retried", {"delivery": delivery, "lot": row.lot_id, "seq": row.seq})
    act.session.flush()
    return queries.delivery(act.session, delivery)


@command("redeliver_from", by={Role.ADMINISTRATOR})
def redeliver_from(act: Act, *, endpoint: str, lot: str, seq: int = 1) -> int:
    """Send a lot's public acts again from a number on, in order and under the same ids; return how many.

    Acts from before the endpoint was added are made out too, so that a partner can be given a lot's whole life.

    :raises NotFound: no such endpoint, or nothing public of that lot from there on
    :raises InputMalformed: a field cannot be read
    """
    checks = Checks()
    name = checks.identifier("lot", lot)
    number = checks.whole("seq", seq, least=1, most=2**31 - 1)
    checks.refuse()
    _endpoint(act, endpoint)
    chain = f"lot:{name}"
    entries = [one for one in docket.of_kinds(act.session, chain, rules.KINDS) if one.seq >= number]
    if not entries:
        raise NotFound(what="lot", name=name)
    line = (WebhookDelivery.endpoint_id == endpoint, WebhookDelivery.chain == chain)
    again = {"status": "waiting", "attempts": 0, "delivered_at": None, "lease": None, "leased_until": None}
    act.session.execute(update(WebhookDelivery).where(*line).values(next_attempt_at=None))
    act.session.execute(update(WebhookDelivery).where(*line, WebhookDelivery.seq >= number).values(**again))
    add_missing(act, endpoint=endpoint, entries=entries)
    bring_forward(act, endpoint=endpoint, chain=chain)
    append(act, CHAIN, "deliveries.repeated", {"endpoint": endpoint, "lot": name, "from": number})
    return len(entries)


def _partner(act: Act, partner: str) -> Partner:
    row = act.session.get(Partner, partner, with_for_update=True)
    if row is None:
        raise NotFound(what="partner", name=partner)
    return row


def _endpoint(act: Act, endpoint: str) -> WebhookEndpoint:
    row = act.session.get(WebhookEndpoint, endpoint, with_for_update=True)
    if row is None:
        raise NotFound(what="endpoint", name=endpoint)
    return row


def _refuse_another(act: Act, *, partner: str, url: str, chosen: str) -> None:
    """Refuse an address the partner has, one too many, and an id in use; the partner's row is locked."""
    there = act.session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.url).where(WebhookEndpoint.partner_id == partner)
    ).all()
    for known in there:
        if known.url == url:
            raise rules.EndpointKnown(endpoint=known.id)
    if len(there) >= rules.ENDPOINTS_MAX:
        raise rules.EndpointsTooMany(most=rules.ENDPOINTS_MAX)
    if act.session.get(WebhookEndpoint, chosen) is not None:
        checks = Checks()
        checks.wrong("id", "编号已被使用 / the id is already used")
        checks.refuse()


def _start_of_now(act: Act) -> tuple[int, int]:
    """Return the cursor before every transaction that is not yet finished: none of them may be missed."""
    oldest = act.session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")).scalar_one()
    return int(oldest), 0


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode('ascii')}"
