"""The sandbox gateway: a durable stand-in of the outside for demonstrations, scenarios and tests.

It keeps its own book (``sandbox_movements``) in its own committed transactions, as a bank would: what it has
carried out stays so even when the platform dies before it learns of it. No real money ever moves here.
"""

from __future__ import annotations

from collections.abc import Iterator
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
)


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
        return Receipt(order=self.order_id, gateway=gateway, reference=f"SB{self.number:012d}", at=self.at)


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
        query = select(SandboxMovement).order_by(SandboxMovement.number)
        if since is not None:
            query = query.where(SandboxMovement.at >= since)
        with Session(self._engine) as session:
            for row in session.scalars(query.execution_options(yield_per=1000)):
                yield Movement(
                    payment=row.origin or row.receipt(gateway=self.name).reference,
                    order=row.order_id,
                    signed_minor=row.signed_minor,
                    currency=row.currency,
                    at=row.at,
                )

    def balance(self, *, case: str | None = None) -> int:
        """Return what the stand-in holds for the court, of one case or of all, in fen."""
        query = select(func.coalesce(func.sum(SandboxMovement.signed_minor), 0))
        if case is not None:
            query = query.where(SandboxMovement.case_id == case)
        with Session(self._engine) as session:
            return int(session.execute(query).scalar_one())

    def _carry_out(self, order: MoneyOrder, *, kind: OrderKind) -> Receipt:
        if order.kind is not kind or not 0 < order.amount_minor <= MINOR_MAX:
            raise GatewayRefused("order.malformed")
        if kind.inward and order.amount_minor > self._limit_minor:
            raise GatewayRefused("account.limit_exceeded")
        try:
            with Session(self._engine) as session, session.begin():
                return self._record(session, order)
        except OperationalError as fault:
            raise GatewayUnavailable from fault

    def _record(self, session: Session, order: MoneyOrder) -> Receipt:
        content = {
            "kind": order.kind.value,
            "amount_minor": order.amount_minor,
            "currency": order.currency,
            "case_id": order.case,
        }
        session.execute(
            upsert(SandboxMovement)
            .values(
                order_id=order.id, signed_minor=order.signed_minor, origin=order.origin, at=self._clock.now(), **content
            )
            .on_conflict_do_nothing(index_elements=["order_id"])
        )
        kept = session.get_one(SandboxMovement, order.id)
        if {name: getattr(kept, name) for name in content} != content:
            raise GatewayRefused("order.reused_with_other_content")
        return kept.receipt(gateway=self.name)
