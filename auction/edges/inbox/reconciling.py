"""Reconciliation: ledger, orders, gateways and bank compared to the fen; what differs is kept for finance.

Our side is read in one stable view, then each gateway is asked, with no transaction open. What is found is looked for a
second time before it is believed: an order that was being carried out meanwhile is no difference.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from auction.edges.platform import Platform
from auction.gateways import bank
from auction.gateways.port import GatewayUnavailable, Movement, PaymentGateway
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.treasury import bank_lines, differences, reconciling, runs
from auction.procedure.treasury.reconciliation_rules import SETTLES_WITHIN, Difference, as_unmatched, compare, in_both

_LOG = logging.getLogger(__name__)
#: Who holds this advisory lock compares and keeps what it finds; others leave it alone.
_LOCK = 0x6A61_7265
_TELL_EVERY = 10_000
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a comparison looked at and found; ``silent`` are gateways that could not be asked, with why."""

    at: datetime
    orders: int
    movements: int
    gateways: tuple[str, ...]
    silent: dict[str, str]
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Say whether everything was compared and nothing differs."""
        return not self.differences and not self.silent


def reconcile(platform: Platform, *, tell: Tell | None = None) -> Report:
    """Compare everything and return what two looks found; nothing is written."""
    say = tell or (lambda _: None)
    report = _look(platform, say)
    if not report.differences:
        return report
    say(f"{len(report.differences)} to be looked at again")
    second = _look(platform, say)
    return Report(
        at=second.at,
        orders=second.orders,
        movements=second.movements,
        gateways=second.gateways,
        silent=report.silent | second.silent,
        differences=tuple(in_both(report.differences, second.differences)),
    )


def _look(platform: Platform, say: Tell) -> Report:
    now = platform.clock.now()
    settled_by = now - SETTLES_WITHIN
    with platform.read() as session:
        inside = reconciling.inside(session, settled_by=settled_by)
    say(f"ledger: {inside.orders} done orders read")
    found = list(inside.ledger)
    silent: dict[str, str] = {}
    asked = 0
    through = {name for name, orders in inside.by_gateway.items() if orders}
    gateways = _gateways(platform, through=through)
    for name in sorted(through - gateways.keys()):
        silent[name] = "not connected"
    for name, gateway in sorted(gateways.items()):
        try:
            movements = _told(platform, gateway, say)
        except GatewayUnavailable as silence:
            silent[name] = str(silence) or "no answer"
            say(f"{name}: {silent[name]}")
            continue
        asked += len(movements)
        apart = compare(
            name,
            booked=inside.by_gateway.get(name, []),
            movements=movements,
            waiting=inside.waiting,
            settled_by=settled_by,
        )
        found += as_unmatched(apart) if name == bank.NAME else apart
    with platform.read() as session:
        complete = reconciling.with_cases(session, found)
    return Report(
        at=now,
        orders=inside.orders,
        movements=asked,
        gateways=tuple(sorted(gateways.keys() - silent.keys())),
        silent=silent,
        differences=tuple(complete),
    )


def _gateways(platform: Platform, *, through: set[str]) -> dict[str, PaymentGateway]:
    """Return whom to ask: what is connected, and the sandbox's own book where it was ever used."""
    found = {gateway.name: gateway for gateway in platform.gateways}
    sandbox = SandboxGateway(platform.database.engine, clock=platform.clock)
    if sandbox.name in through and sandbox.name not in found:
        found[sandbox.name] = sandbox
    return found


def _told(platform: Platform, gateway: PaymentGateway, say: Tell) -> list[Movement]:
    movements: list[Movement] = []
    for one in _movements(platform, gateway):
        movements.append(one)
        if len(movements) % _TELL_EVERY == 0:
            say(f"{gateway.name}: {len(movements)} movements read")
    say(f"{gateway.name}: {len(movements)} movements")
    return movements


def _movements(platform: Platform, gateway: PaymentGateway) -> Iterator[Movement]:
    """Return what a gateway says it moved; what a bank says is in its files."""
    if gateway.name != bank.NAME:
        yield from gateway.movements()
        return
    with platform.read() as session:
        yield from bank_lines.bank_movements(session)


def keep(platform: Platform, report: Report) -> None:
    """Keep what was found, each in its own transaction, and close what was looked for and is found no more."""
    for one in report.differences:
        with platform.act() as act:
            differences.note_difference(act, found=one)
    still = {one.key for one in report.differences}
    with platform.read() as session:
        known = differences.open_keys(session)
    for key, (name, gateway) in known.items():
        # A gateway that was silent has not said that all is well.
        if key not in still and (gateway is None or gateway in report.gateways):
            with platform.act() as act:
                differences.close_difference(act, difference=name)


def run_due(platform: Platform) -> bool:
    """Make the comparison that finance asked for, or the day's, and keep what it finds; say whether there was one."""
    with _alone(platform) as free:
        if not free:
            return False
        with platform.act() as act:
            run = runs.begin_reconciliation(act)
        if run is None:
            return False
        report = reconcile(platform)
        keep(platform, report)
        with platform.act() as act:
            runs.end_reconciliation(
                act,
                run=run,
                orders=report.orders,
                movements=report.movements,
                found=len(report.differences),
                silent=sorted(report.silent),
            )
    if not report.agrees:
        _LOG.warning("reconciliation: %d differences, silent: %s", len(report.differences), sorted(report.silent))
    return True


@contextmanager
def _alone(platform: Platform) -> Iterator[bool]:
    """Say whether nobody else is at it, and keep others away meanwhile."""
    with platform.database.engine.connect() as connection:
        free = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar_one())
        connection.commit()
        try:
            yield free
        finally:
            if free:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()
