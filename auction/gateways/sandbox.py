"""The sandbox gateway: a durable stand-in of the outside for demonstrations, scenarios and tests.

It keeps its own book (``sandbox_movements``) in its own committed transactions, as a bank would: what it has
carried out stays so even when the platform dies before it learns of it. No real money ever moves here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Engine, Identity, Text, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from auction.foundation.database.base import Base, Instant, Minor
from auction.foundation.kernel.money import MINOR_MAX
from auction.gateways.clock import Clock
from auction.gateways.port import (
    GatewayRefused,
    GatewayUnavailable,
    MoneyOrder,
    Movement,
    OrderKind,
    PayerStep,
    Receipt,
    Underway,
)
from auction.gateways.several import Answer


class SandboxMovement(Base):
    """One order the stand-in carried out; ``signed_minor`` is what it changed in the court's account."""

    __tablename__ = "sandbox_movements"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_is_positive"),)

    order_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[Minor]
    signed_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text, index=True)
    origin: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Instant]
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)

    def receipt(self, *, gateway: str) -> Receipt:
        """Return the receipt of this movement; always the same."""
        return Receipt(order=self.order_id, gateway=gateway, reference=_reference(self.number), at=self.at)


def _reference(number: int) -> str:
    return f"SB{number:012d}"


class SandboxGateway:
    """Carries out every order at once, each id once.

    ``limit_minor`` refuses single inward amounts above it, as a card with a limit does.
    """

    def __init__(self, engine: Engine, *, clock: Clock, limit_minor: int = MINOR_MAX) -> None:
        self._engine = engine
        self._clock = clock
        self._limit_minor = limit_minor

    @property
    def name(self) -> str:
        """The name kept beside each order."""
        return "sandbox"

    def hold(self, order: MoneyOrder) -> Receipt:
        """Freeze a bidder's deposit."""
        return self._carry_out(order, kind=OrderKind.HOLD)

    def release(self, order: MoneyOrder) -> Receipt:
        """Give a frozen deposit back."""
        return self._carry_out(order, kind=OrderKind.RELEASE)

    def apply(self, order: MoneyOrder) -> Receipt:
        """Hand the winner's deposit to the court's account."""
        return self._carry_out(order, kind=OrderKind.APPLY)

    def charge(self, order: MoneyOrder) -> Receipt:
        """Collect the balance."""
        return self._carry_out(order, kind=OrderKind.CHARGE)

    def payout(self, order: MoneyOrder) -> Receipt:
        """Pay out."""
        return self._carry_out(order, kind=OrderKind.PAYOUT)

    def send_many(self, orders: Sequence[MoneyOrder]) -> Sequence[Answer]:
        """Carry out several orders in one transaction, each id once."""
        refusals = {order.id: word for order in orders if (word := self._objection(order)) is not None}
        sound = [order for order in orders if order.id not in refusals]
        try:
            with Session(self._engine) as session, session.begin():
                words = self._record(session, sound) if sound else {}
        except OperationalError as fault:
            return [GatewayUnavailable(str(fault.orig)) for _ in orders]
        return [refusals.get(order.id) or words[order.id] for order in orders]

    def payer_step(self, order: MoneyOrder) -> PayerStep | None:
        """Return None: here the payer's word is enough."""
        _ = order
        return None

    def give_up(self, order: MoneyOrder) -> Receipt:
        """Take an unpaid order back; one that was carried out is a receipt."""
        try:
            with Session(self._engine) as session:
                kept = session.get(SandboxMovement, order.id)
        except OperationalError as fault:
            raise GatewayUnavailable from fault
        if kept is None:
            raise GatewayRefused("payer.gave_up")
        return kept.receipt(gateway=self.name)

    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        """Return every order carried out, oldest first."""
        kept = SandboxMovement
        query = select(kept.origin, kept.number, kept.order_id, kept.signed_minor, kept.currency, kept.at).order_by(
            kept.number
        )
        if since is not None:
            query = query.where(kept.at >= since)
        with Session(self._engine) as session:
            for origin, number, order, minor, currency, at in session.execute(query.execution_options(yield_per=5000)):
                yield Movement(origin or _reference(number), order, minor, currency, at)

    def balance(self, *, case: str | None = None) -> int:
        """Return what the stand-in holds for the court, of one case or of all, in fen."""
        query = select(func.coalesce(func.sum(SandboxMovement.signed_minor), 0))
        if case is not None:
            query = query.where(SandboxMovement.case_id == case)
        with Session(self._engine) as session:
            return int(session.execute(query).scalar_one())

    def _carry_out(self, order: MoneyOrder, *, kind: OrderKind) -> Receipt:
        if order.kind is not kind:
            raise GatewayRefused("order.malformed")
        (word,) = self.send_many([order])
        if isinstance(word, Receipt):
            return word
        if isinstance(word, Underway):
            raise TypeError(word)
        raise word

    def _objection(self, order: MoneyOrder) -> GatewayRefused | None:
        if not 0 < order.amount_minor <= MINOR_MAX:
            return GatewayRefused("order.malformed")
        if order.kind.inward and order.amount_minor > self._limit_minor:
            return GatewayRefused("account.limit_exceeded")
        return None

    def _record(self, session: Session, orders: Sequence[MoneyOrder]) -> dict[str, Answer]:
        """Write down what was not written before; an id used again for something else is refused."""
        at = self._clock.now()
        session.execute(
            upsert(SandboxMovement).on_conflict_do_nothing(index_elements=["order_id"]),
            [
                {
                    "order_id": order.id,
                    "signed_minor": order.signed_minor,
                    "origin": order.origin,
                    "at": at,
                    **_content(order),
                }
                for order in orders
            ],
        )
        query = select(SandboxMovement).where(SandboxMovement.order_id.in_([order.id for order in orders]))
        kept = {row.order_id: row for row in session.scalars(query)}
        return {order.id: self._word(order, kept[order.id]) for order in orders}

    def _word(self, order: MoneyOrder, kept: SandboxMovement) -> Answer:
        content = _content(order)
        if {name: getattr(kept, name) for name in content} != content:
            return GatewayRefused("order.reused_with_other_content")
        return kept.receipt(gateway=self.name)


def _content(order: MoneyOrder) -> dict[str, str | int]:
    return {
        "kind": order.kind.value,
        "amount_minor": order.amount_minor,
        "currency": order.currency,
        "case_id": order.case,
    }
