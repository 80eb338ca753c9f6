"""What every edge is given: settings, database, clock and the outside world, joined in one place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial

from sqlalchemy.orm import Session

from auction import capabilities
from auction.foundation.database.acts import Act
from auction.foundation.database.engine import Database
from auction.foundation.database.sealing import use_field_key
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.gateways.bank import BankGateway
from auction.gateways.bus import Bus
from auction.gateways.choice import Gateways
from auction.gateways.clock import Clock, FileClock, SystemClock
from auction.gateways.port import MoneyOrder, PaymentGateway
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.papers import characters
from auction.procedure.treasury import connected
from auction.settings import Settings

_WATCHED = "lot:"


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform, whatever process it runs in."""

    settings: Settings
    database: Database
    clock: Clock
    gateways: Gateways
    bus: Bus | None = None
    """What wakes the other processes, where the operator has set one; PostgreSQL does otherwise."""

    @contextmanager
    def act(self, actor: Actor | None = PLATFORM) -> Iterator[Act]:
        """Open one command's transaction at the present instant, read once here."""
        with self.database.act(actor=actor, now=self.clock.now()) as act:
            yield act

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read-only view."""
        with self.database.read() as session:
            yield session

    def close(self) -> None:
        """Let go of the database and of the bus, which is told first what it has not been told yet."""
        if self.bus is not None:
            self.bus.close()
        self.database.dispose()


@lru_cache(maxsize=8)
def _scratch(url: str) -> Database:
    """Return a scratch database; one that is emptied and used again keeps the statements it has compiled."""
    return Database(url, may_go_away=False)


def create_platform(
    settings: Settings, database_url: str, *, clock: Clock | None = None, scratch: bool = False
) -> Platform:
    """Return the platform on a migrated database; ``clock`` is given by scenarios, which move their own.

    :param scratch: whether the database is there for this platform alone and as long as it
    """
    capabilities.load()
    use_field_key(settings.field_key)
    characters.use_fonts(settings.data_dir / "fonts")
    bus = Bus(settings.bus_url, secret=settings.secret_key) if settings.bus_url and not scratch else None
    database = _scratch(database_url) if scratch else Database(database_url, told=_tell(bus) if bus else None)
    chosen = clock or (FileClock(settings.clock_file) if settings.clock_file else SystemClock())
    gateways = _gateways(settings, database, chosen)
    return Platform(settings=settings, database=database, clock=chosen, gateways=gateways, bus=bus)


def _tell(bus: Bus) -> Callable[[Collection[str]], None]:
    """Return what tells the bus of committed chains: it carries lots, which are all that anybody watches."""

    def tell(chains: Collection[str]) -> None:
        lots = [chain.removeprefix(_WATCHED) for chain in chains if chain.startswith(_WATCHED)]
        if lots:
            bus.moved(lots)

    return tell


def _gateways(settings: Settings, database: Database, clock: Clock) -> Gateways:
    """Return what is connected: the bank always, Stripe where it has keys, the sandbox in demonstrations only."""
    bank = BankGateway()
    by_name: dict[str, PaymentGateway] = {bank.name: bank}
    if settings.demo:
        sandbox = SandboxGateway(database.engine, clock=clock)
        by_name[sandbox.name] = sandbox
    if settings.stripe is not None:
        # Its SDK takes a fifth of a second to load; most programs and every scenario go without it.
        from auction.gateways.stripe_service.gateway import StripeGateway  # noqa: PLC0415

        stripe = StripeGateway(settings.stripe, payee=partial(_connected_account, database))
        by_name[stripe.name] = stripe
    return Gateways(by_name=by_name, default="sandbox" if settings.demo else bank.name)


def _connected_account(database: Database, order: MoneyOrder) -> str | None:
    """Return the account at Stripe of who is paid by an order."""
    with database.read() as session:
        return connected.connected_account(session, order.party)
