"""What our own books say of the money outside: ledger, done orders, recorded payments; read in one stable view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.ledger import queries as ledger
from auction.gateways import bank
from auction.gateways.port import OrderKind
from auction.procedure.cases import payments
from auction.procedure.treasury import bank_lines, bank_rules
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.reconciliation_rules import Booked, Difference, compare_ledger
from auction.procedure.treasury.rules import OrderStatus

_COLUMNS = (
    MoneyOrderRow.id,
    MoneyOrderRow.kind,
    MoneyOrderRow.case_id,
    MoneyOrderRow.amount_minor,
    MoneyOrderRow.moved_minor,
    MoneyOrderRow.currency,
    MoneyOrderRow.gateway,
    MoneyOrderRow.gateway_reference,
    MoneyOrderRow.origin_reference,
    MoneyOrderRow.done_at,
)
_READ_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Inside:
    """Our side of a comparison: done orders by gateway, who waits still, and where the ledger is off them."""

    by_gateway: dict[str, list[Booked]]
    waiting: frozenset[str]
    ledger: list[Difference]

    @property
    def orders(self) -> int:
        """How many orders are compared."""
        return sum(len(orders) for orders in self.by_gateway.values())


def inside(session: Session, *, settled_by: datetime) -> Inside:
    """Read our side; the session gives one view of it all."""
    by_gateway = _done(session)
    by_gateway.setdefault(bank.NAME, []).extend(bank_lines.unclaimed_booked(session))
    booked = [one for orders in by_gateway.values() for one in orders]
    recorded = _recorded(session)
    by_bank = bank_lines.ids_paid_to_cases(session)
    by_gateway[bank.NAME] = [*by_gateway[bank.NAME], *(one for one in recorded if one.payment in by_bank)]
    return Inside(
        by_gateway=by_gateway,
        waiting=frozenset(
            session.scalars(select(MoneyOrderRow.id).where(MoneyOrderRow.status == OrderStatus.WAITING.value))
        ),
        ledger=[
            one
            for one in compare_ledger(entered=ledger.outside_by_reference(session), booked=[*booked, *recorded])
            if one.since <= settled_by
        ],
    )


def _done(session: Session) -> dict[str, list[Booked]]:
    """Return what each done order changed outside, by the gateway it went by; what moved nothing is left out."""
    query = select(*_COLUMNS).where(MoneyOrderRow.status == OrderStatus.DONE.value)
    found: dict[str, list[Booked]] = {}
    for row in session.execute(query.execution_options(yield_per=_READ_AT_ONCE)):
        kind = OrderKind(row.kind)
        moved = row.amount_minor if row.moved_minor is None else row.moved_minor
        signed = signed_minor(kind, amount_minor=row.amount_minor, moved_minor=moved)
        orders = found.setdefault(row.gateway or "", [])
        if signed:
            own = row.gateway_reference or row.id
            payment = own if kind.inward or kind is OrderKind.PAYOUT else row.origin_reference or own
            orders.append(
                Booked(
                    order=row.id, payment=payment, case=row.case_id, signed_minor=signed, currency=row.currency,
                    at=row.done_at,
                )
            )  # fmt: skip
    return found


def signed_minor(kind: OrderKind, *, amount_minor: int, moved_minor: int) -> int:
    """Return what a done order changed outside.

    A deposit that is taken in changes what of it was no longer there. What was to go back is with its payer whole,
    though the outside moved less for it: the hold had lapsed.
    """
    if kind is OrderKind.RELEASE:
        return -amount_minor
    if kind is OrderKind.APPLY:
        return moved_minor - amount_minor
    return moved_minor if kind.inward else -moved_minor


def _recorded(session: Session) -> list[Booked]:
    """Return what officers recorded as paid into the case accounts."""
    return [
        Booked(
            order=payments.reference_of(one.id), payment=one.id, case=one.case, signed_minor=one.amount_minor,
            currency=one.currency, at=one.at,
        )
        for one in payments.recorded(session)
    ]  # fmt: skip


def with_cases(session: Session, differences: Iterable[Difference]) -> list[Difference]:
    """Return the differences with the case of each order we know, done or not; money of no case yet has none."""
    found = [
        replace(one, case=None) if one.case is not None and bank_rules.court_of_clearing(one.case) else one
        for one in differences
    ]
    unknown = sorted({one.order for one in found if one.case is None and one.order is not None})
    cases: dict[str, str] = {}
    for start in range(0, len(unknown), _READ_AT_ONCE):
        some = unknown[start : start + _READ_AT_ONCE]
        rows = session.execute(select(MoneyOrderRow.id, MoneyOrderRow.case_id).where(MoneyOrderRow.id.in_(some)))
        cases |= {row.id: row.case_id for row in rows if bank_rules.court_of_clearing(row.case_id) is None}
    return [replace(one, case=cases[one.order]) if one.case is None and one.order in cases else one for one in found]
