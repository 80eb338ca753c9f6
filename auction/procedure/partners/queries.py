"""What pages, the API and operators may know of partners: never a secret, never a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, literal_column, select
from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import NotFound
from auction.procedure.partners.models import Partner, WebhookDelivery, WebhookEndpoint

STATUSES = ("waiting", "delivered", "failed")
LIMIT_MAX = 500


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """An organisation; the contact is for the administrator only."""

    id: str
    name: str
    contact: str
    account: str
    created_at: datetime
    active: bool


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """An address and how it fares. ``rests_until`` is set while nobody answers there."""

    id: str
    partner: str
    partner_name: str
    url: str
    active: bool
    paused_because: str | None
    created_at: datetime
    silences: int
    rests_until: datetime | None
    two_secrets_until: datetime | None
    waiting: int
    failed: int
    oldest_waiting_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One delivery; ``id`` is its ``webhook-id``. ``next_attempt_at`` is None behind the head of the line."""

    id: str
    endpoint: str
    lot: str
    seq: int
    kind: str
    status: str
    attempts: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None
    response_ms: int | None


@dataclass(frozen=True, slots=True)
class Lag:
    """How far partners are behind, in figures for operators."""

    endpoints_active: int
    endpoints_paused: int
    endpoints_resting: int
    waiting: int
    failed: int
    oldest_waiting_seconds: int


def partners(session: Session) -> list[PartnerRecord]:
    """Return every partner in the order of names."""
    return [_partner(row) for row in session.scalars(select(Partner).order_by(Partner.name))]


def partner(session: Session, id: str) -> PartnerRecord:  # noqa: A002 - as everywhere
    """Return a partner.

    :raises NotFound: no such partner
    """
    row = session.get(Partner, id)
    if row is None:
        raise NotFound(what="partner", name=id)
    return _partner(row)


def endpoints(session: Session, *, partner: str | None = None) -> list[EndpointRecord]:
    """Return endpoints, of one partner or all, oldest first."""
    query = _endpoints().order_by(WebhookEndpoint.created_at, WebhookEndpoint.id)
    if partner is not None:
        query = query.where(WebhookEndpoint.partner_id == partner)
    return [_endpoint(row) for row in session.execute(query)]


def endpoint(session: Session, id: str) -> EndpointRecord:  # noqa: A002 - as everywhere
    """Return an endpoint.

    :raises NotFound: no such endpoint
    """
    row = session.execute(_endpoints().where(WebhookEndpoint.id == id)).one_or_none()
    if row is None:
        raise NotFound(what="endpoint", name=id)
    return _endpoint(row)


def active_endpoints(session: Session) -> list[str]:
    """Return the ids of endpoints that are told."""
    return list(session.scalars(select(WebhookEndpoint.id).where(WebhookEndpoint.active).order_by(WebhookEndpoint.id)))


def deliveries(
    session: Session,
    *,
    endpoint: str | None = None,
    status: str | None = None,
    lot: str | None = None,
    limit: int = 100,
) -> list[DeliveryRecord]:
    """Return deliveries, newest first: of one endpoint, in one status, of one lot, or any."""
    query = select(WebhookDelivery).order_by(
        WebhookDelivery.created_at.desc(), WebhookDelivery.lot_id, WebhookDelivery.seq.desc()
    )
    wanted = ((WebhookDelivery.endpoint_id, endpoint), (WebhookDelivery.status, status), (WebhookDelivery.lot_id, lot))
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return [_delivery(row) for row in session.scalars(query.limit(max(1, min(limit, LIMIT_MAX))))]


def delivery(session: Session, id: str) -> DeliveryRecord:  # noqa: A002 - as everywhere
    """Return a delivery.

    :raises NotFound: no such delivery
    """
    row = session.get(WebhookDelivery, id)
    if row is None:
        raise NotFound(what="delivery", name=id)
    return _delivery(row)


def lag(session: Session, *, now: datetime) -> Lag:
    """Return how far partners are behind."""
    found = [_endpoint(row) for row in session.execute(_endpoints())]
    oldest = min((one.oldest_waiting_at for one in found if one.oldest_waiting_at), default=now)
    return Lag(
        endpoints_active=sum(one.active for one in found),
        endpoints_paused=sum(not one.active for one in found),
        endpoints_resting=sum(one.active and one.rests_until is not None and one.rests_until > now for one in found),
        waiting=sum(one.waiting for one in found),
        failed=sum(one.failed for one in found),
        oldest_waiting_seconds=max(0, int((now - oldest).total_seconds())),
    )


def _endpoints() -> Select[WebhookEndpoint, str, int, int, datetime | None]:
    waiting = WebhookDelivery.status == "waiting"
    counts = (
        select(
            WebhookDelivery.endpoint_id,
            func.count().filter(waiting).label("waiting"),
            func.count().filter(WebhookDelivery.status == "failed").label("failed"),
            func.min(WebhookDelivery.created_at).filter(waiting).label("oldest"),
        )
        .where(WebhookDelivery.status != literal_column("'delivered'"))
        .group_by(WebhookDelivery.endpoint_id)
        .subquery()
    )
    return (
        select(
            WebhookEndpoint,
            Partner.name,
            func.coalesce(counts.c.waiting, 0),
            func.coalesce(counts.c.failed, 0),
            counts.c.oldest,
        )
        .join(Partner, Partner.id == WebhookEndpoint.partner_id)
        .join(counts, counts.c.endpoint_id == WebhookEndpoint.id, isouter=True)
    )


def _partner(row: Partner) -> PartnerRecord:
    return PartnerRecord(
        id=row.id,
        name=row.name,
        contact=row.contact,
        account=row.account_id,
        created_at=row.created_at,
        active=row.active,
    )


def _endpoint(row: Row[WebhookEndpoint, str, int, int, datetime | None]) -> EndpointRecord:
    found, partner_name, waiting, failed, oldest = row
    return EndpointRecord(
        id=found.id,
        partner=found.partner_id,
        partner_name=partner_name,
        url=found.url,
        active=found.active,
        paused_because=found.paused_because,
        created_at=found.created_at,
        silences=found.silences,
        rests_until=found.rests_until,
        two_secrets_until=found.previous_until,
        waiting=waiting,
        failed=failed,
        oldest_waiting_at=oldest,
    )


def _delivery(row: WebhookDelivery) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.id,
        endpoint=row.endpoint_id,
        lot=row.lot_id,
        seq=row.seq,
        kind=row.kind,
        status=row.status,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_status=row.last_status,
        last_error=row.last_error,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        response_ms=row.response_ms,
    )
