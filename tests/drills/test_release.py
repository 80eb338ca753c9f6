"""Ten thousand deposits go back in one sweep, and nobody else waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice

import pytest

from auction.edges.inbox import cashier
from auction.edges.jobs.sweep import give_back, quiet, sweep
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import first_fault
from auction.foundation.kernel.roles import PLATFORM
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.deposits import queries
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.identity.commands import enrol_person
from auction.procedure.treasury.rules import OrderStatus
from tests.drills.seeding import pay_in
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale
from tests.program.running import tell, wait_until

pytestmark = [pytest.mark.slow]
DEPOSITS = 10_000
LIMIT_SECONDS = 60
NOBODY_WAITS_SECONDS = 5
_AT_ONCE = 250


@pytest.mark.parametrize(("lots", "bidders"), [(1, DEPOSITS), (100, DEPOSITS // 100)], ids=["one_lot", "hundred_lots"])
def test_ten_thousand_deposits_go_back_in_one_sweep(platform: Platform, lots: int, bidders: int) -> None:
    sale, names = _paid_in(platform, lots=lots, bidders=bidders)
    payers = count()
    for lot in names:
        sale.close_only(lot)
    began = time.monotonic()
    sweep(platform)
    while not quiet(platform):
        sweep(platform)
    decided = time.monotonic() - began
    with (
        _beside(lambda: sweep(platform)) as sweeps,
        _beside(lambda: _pay(sale, f"late{next(payers)}")) as payments,
    ):
        while give_back(platform):
            pass
    took = time.monotonic() - began
    tell(
        f"{lots} lots with {bidders} deposits each: decided in {decided:.1f} s, all gone after {took:.1f} s "
        f"({lots * bidders / took:.0f} a second); beside it the longest of {len(sweeps)} sweeps took "
        f"{max(sweeps):.2f} s, of {len(payments)} payments {max(payments):.2f} s"
    )
    _check(sale, names, bidders=bidders)
    assert took < LIMIT_SECONDS
    assert max(sweeps) < NOBODY_WAITS_SECONDS
    assert max(payments) < NOBODY_WAITS_SECONDS


def _paid_in(platform: Platform, *, lots: int, bidders: int) -> tuple[Sale, list[str]]:
    """Announce and open lots with admitted bidders and one bid each."""
    sale = Sale(platform)
    sale.open()
    names = [f"L{number}" for number in range(1, lots + 1)]
    for lot in names:
        sale.announce(lot)
    sale.after(hours=1)
    sale.announce("L0")
    persons = [f"N{number}" for number in range(bidders)]
    for part in _parts(persons):
        with platform.act(PLATFORM) as act:
            for person in part:
                enrol_person(act, name=f"买家{person}", id=person)
    for lot in names:
        pay_in(sale, lot, first=persons[0], others=persons[1:])
    sale.until_open("L0")
    for lot in names:
        sale.bid("N0", START_MINOR, lot)
    return sale, names


def _pay(sale: Sale, person: str) -> None:
    """Register and pay on a lot that is still open, as anybody does meanwhile."""
    paid = sale.deposit(sale.join(person, "L0"))
    # The sweep may have taken it up in the same instant: then it is the sweep that is waited for.
    wait_until(
        lambda: cashier.carry_out(sale.platform, paid.order or "").status is OrderStatus.DONE,
        what="the payment is done",
    )


@contextmanager
def _beside(work: Callable[[], object]) -> Iterator[list[float]]:
    """Do something again and again in a thread of its own, and note how long it takes each time."""
    stop, took = threading.Event(), list[float]()

    def run() -> None:
        while not stop.wait(0.2):
            began = time.monotonic()
            work()
            took.append(time.monotonic() - began)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()
    assert took


def _check(sale: Sale, names: Sequence[str], *, bidders: int) -> None:
    """See that each deposit went once, the winners' to the court, and that the books and the outside agree."""
    gateway = sale.platform.gateways.of(None)
    assert isinstance(gateway, SandboxGateway)
    money = sale.money()
    assert money.refundable_minor == 0
    assert money.proceeds_minor == DEPOSIT_MINOR * len(names)
    assert gateway.balance(case=sale.case) == money.held_minor + money.proceeds_minor
    with sale.platform.read() as session:
        assert queries.going_back(session) == []
        for lot in names:
            made = queries.deposits_of_lot(session, lot=lot)
            assert [one.status for one in made].count(DepositStatus.RELEASED) == bidders - 1
            entries = docket.entries(session, f"lot:{lot}")
            gone = [entry.public["code"] for entry in entries if entry.kind == "deposit.released"]
            assert len(gone) == len(set(gone)) == bidders - 1
            assert first_fault(entries) is None


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
