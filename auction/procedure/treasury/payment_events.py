"""What payment services tell us unasked: kept once, worked later, and shown to finance where a person must look.

An event is never believed about the state of a payment: whoever works it asks the service (``cashier``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.treasury import queries
from auction.procedure.treasury.attempts import claim
from auction.procedure.treasury.payment_events_models import PaymentEventRow
from auction.procedure.treasury.payment_events_rules import (
    LOOK_WITHIN,
    NothingToSettle,
    Outcome,
    Task,
    Told,
    task,
)
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus

_WORDS = {
    Task.DISPUTED: ("付款人向发卡行提出争议", "The payer disputes a payment"),
    Task.RETURNED_OUTSIDE: (
        "有人在支付机构直接退款",
        "Somebody refunded a payment at the payment service itself",
    ),
    Task.RETURN_FAILED: (
        "已退还的款项被退回",
        "Money that had been given back came back",
    ),
}


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event with what came of it; ``payment`` is the payment it belongs to, where it is not its own subject."""

    gateway: str
    id: str
    type: str
    subject: str
    payment: str | None
    order: str | None
    case: str | None
    received_at: datetime
    attempts: int
    worked_at: datetime | None
    outcome: Outcome | None
    task: Task | None
    settled_at: datetime | None
    settled_note: str | None


@command("take_payment_event", by=())
def take_event(
    act: Act, *, gateway: str, event: str, kind: str, subject: str, payment: str | None, order: str | None, digest: str
) -> bool:
    """Keep an event whose signature held; False when it was kept before, whatever it says this time."""
    kept = act.session.execute(
        upsert(PaymentEventRow)
        .values(
            gateway=gateway,
            id=event,
            type=kind,
            subject=subject,
            payment=payment,
            order_id=order,
            digest=digest,
            received_at=act.now,
            attempts=0,
            next_attempt_at=act.now,
        )
        .on_conflict_do_nothing()
        .returning(PaymentEventRow.id)
    )
    return kept.scalar_one_or_none() is not None


@command("claim_payment_events", by=())
def claim_events(act: Act, *, limit: int) -> list[EventRecord]:
    """Claim events nobody is working on, oldest first; a claim is the schedule of the next attempt."""
    query = (
        select(PaymentEventRow)
        .where(PaymentEventRow.worked_at.is_(None), PaymentEventRow.next_attempt_at <= act.now)
        .order_by(PaymentEventRow.next_attempt_at, PaymentEventRow.received_at, PaymentEventRow.id)
    )
    return [_record(row) for row in claim(act, query, limit=limit)]


@command("conclude_payment_event", by=())
def conclude_event(act: Act, *, gateway: str, event: str, outcome: Outcome) -> EventRecord:
    """Take note that an event was worked, and what finance must look at because of it."""
    row = act.session.get_one(PaymentEventRow, (gateway, event), with_for_update=True)
    if row.worked_at is None:
        found = order_of(act.session, _record(row))
        row.worked_at, row.outcome, row.last_error = act.now, outcome.value, None
        row.case_id = found.case if found else None
        wanted = task(_told(row, found))
        # What belongs to no case of ours is found by reconciliation; there is nobody here to give it to.
        row.task = wanted.value if wanted and found else None
        act.session.flush()
    return _record(row)


@command("put_off_payment_event", by=())
def put_off_event(act: Act, *, gateway: str, event: str, reason: str) -> None:
    """Take note that an event could not be worked; its claim says when it is tried again."""
    row = act.session.get_one(PaymentEventRow, (gateway, event), with_for_update=True)
    row.last_error = reason[:200]
    act.session.flush()


@command("settle_payment_matter", by={Role.FINANCE})
def settle_matter(act: Act, *, case: str, subject: str, note: str) -> None:
    """Write down what became of a dispute or a refund made without us, and take it off the board.

    :raises NothingToSettle: when nothing of that name is open in the case
    :raises InputMalformed: for a missing or overlong note
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    named = checks.text("subject", subject, longest=120)
    said = checks.text("note", note, longest=500)
    checks.refuse()
    lock(act, f"case:{wanted}")
    rows = act.session.scalars(
        select(PaymentEventRow)
        .where(
            PaymentEventRow.case_id == wanted,
            PaymentEventRow.subject == named,
            PaymentEventRow.task.is_not(None),
            PaymentEventRow.settled_at.is_(None),
        )
        .with_for_update()
    ).all()
    if not rows:
        raise NothingToSettle(subject=named)
    for row in rows:
        row.settled_at, row.settled_by, row.settled_note = act.now, act.by, said
    act.session.flush()
    append(
        act,
        f"case:{wanted}",
        "payment.matter_settled",
        {"by": act.by},
        seal={"gateway": rows[0].gateway, "subject": named, "note": said},
    )


def order_of(session: Session, event: EventRecord) -> OrderRecord | None:
    """Return the order an event is about: the one it names, else the one its payment belongs to."""
    if event.order is not None:
        try:
            return queries.order(session, event.order)
        except NotFound:
            pass
    for reference in (event.subject, event.payment):
        found = queries.order_by_reference(session, gateway=event.gateway, reference=reference) if reference else None
        if found is not None:
            return found
    return None


def open_matters(session: Session, *, case: Cases = None) -> list[EventRecord]:
    """Return what finance must look at, oldest first, each matter once."""
    query = (
        select(PaymentEventRow)
        .where(
            PaymentEventRow.task.is_not(None),
            PaymentEventRow.settled_at.is_(None),
            of_cases(PaymentEventRow.case_id, case),
        )
        .order_by(PaymentEventRow.received_at, PaymentEventRow.id)
    )
    first: dict[tuple[str, str], EventRecord] = {}
    for row in session.scalars(query):
        first.setdefault((row.gateway, row.subject), _record(row))
    return list(first.values())


def event(session: Session, *, gateway: str, name: str) -> EventRecord:
    """Return one event.

    :raises NotFound: when it was never kept
    """
    row = session.get(PaymentEventRow, (gateway, name))
    if row is None:
        raise NotFound(what="payment_event", name=name)
    return _record(row)


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the disputes and foreign refunds that finance has not settled."""
    return [_due(one) for one in open_matters(session, case=case) if one.received_at <= now]


def _told(row: PaymentEventRow, found: OrderRecord | None) -> Told:
    """Return what an event says of an order of ours that it names itself, not one found by its payment."""
    own = found if found is not None and found.id == row.order_id else None
    done = own is not None and own.status is OrderStatus.DONE and own.gateway_reference == row.subject
    return Told(type=row.type, order=own.id if own else None, done=done)


def _due(matter: EventRecord) -> DueAct:
    zh, en = _WORDS[matter.task or Task.DISPUTED]
    return DueAct(
        what=str(matter.task),
        on=matter.subject,
        by=matter.received_at + LOOK_WITHIN,
        case=matter.case or "",
        article="法发〔2017〕6号",
        zh=f"{zh}（{matter.subject}），请核对款项并记明处理结果",
        en=f"{en} ({matter.subject}); check the money and write down what becomes of it",
    )


def _record(row: PaymentEventRow) -> EventRecord:
    return EventRecord(
        gateway=row.gateway,
        id=row.id,
        type=row.type,
        subject=row.subject,
        payment=row.payment,
        order=row.order_id,
        case=row.case_id,
        received_at=row.received_at,
        attempts=row.attempts,
        worked_at=row.worked_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        task=Task(row.task) if row.task else None,
        settled_at=row.settled_at,
        settled_note=row.settled_note,
    )
