"""Seeds for load generators: open movable lots and bidders admitted to each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from auction.edges.inbox.history import History, Plan
from auction.edges.inbox.listings import read_listing
from auction.edges.inbox.past import hurried, past
from auction.edges.inbox.sample_people import DEMO_COURT, Bench
from auction.edges.jobs.sweep import settle, sweeping
from auction.edges.platform import Platform
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import commands as bidding
from auction.procedure.deposits import commands as deposits
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lot_records
from auction.rulebook import rulebook

_START, _STEP = 100_000_00, 100_00
#: Far from the numbers of the demo's listings and of imported ones.
_NUMBERS_FROM = 1_000_000


def seed(
    platform: Platform,
    *,
    lots: int,
    bidders: int,
    minutes: int,
    tell: Callable[[str], None],
    elsewhere: int | None = None,
) -> dict[str, Any]:
    """Make the lots and bidders and return their ids and tokens (contract section 2).

    :param elsewhere: how many of the bidders are admitted to the lots after the first; all of them without it
    """
    now = platform.clock.now()
    found: list[dict[str, Any]] = []
    with hurried(platform) as quick:
        made = some_bidders(quick, bidders)
        tell(f"{len(made)} bidders")
        bench = Bench(quick)
        for number in range(1, lots + 1):
            with sweeping(quick):
                lot = open_lot(quick, bench, number=number, ends_at=now + timedelta(minutes=minutes))
            admitted = made if number == 1 else made[:elsewhere]
            _admit(quick, lot=lot, actors=[actor for actor, _ in admitted], now=now)
            found.append(_described(quick, lot))
            if number % 25 == 0 or number == lots:
                tell(f"{number}/{lots} lots")
    return {"lots": found, "bidders": [{"token": token} for _, token in made]}


def _described(platform: Platform, lot: str) -> dict[str, Any]:
    with platform.read() as session:
        record = lot_records.lot(session, lot)
    return {
        "id": lot,
        "start_price_minor": record.start_price_minor,
        "increment_minor": record.increment_minor,
        "ends_at": instant_text(record.ends_at),
    }


def some_bidders(platform: Platform, count: int) -> list[tuple[Actor, str]]:
    """Enrol bidders with an account and a key each, and return them with their tokens."""
    made: list[tuple[Actor, str]] = []
    with platform.act() as act:
        for number in range(count):
            name = f"压测竞买人{number + 1}"
            person = identity.enrol_person(act, name=name)
            account = identity.open_account(
                act,
                login=f"bench-{person.id.lower()}",
                password=None,
                name=name,
                roles=[Role.BIDDER],
                person=person.id,
            )
            token, _ = identity.issue_key(act, account=account.id, scopes=["bid"], label="bench")
            made.append((Actor(id=account.id, name=name, roles=account.roles, person=person.id), token))
    return made


def open_lot(platform: Platform, bench: Bench, *, number: int, ends_at: datetime) -> str:
    """Make a movable lot that is open now, by the ordinary commands at past instants; its number is its listing's."""
    now = platform.clock.now()
    row = {
        "source": "bench",
        "title": f"压力测试车辆 {number} 号小型轿车",
        "city": "南京市",
        "court": DEMO_COURT,
        "start_price_minor": _START,
        "reference_price_minor": _START,
        "deposit_minor": _START // 10,
        "increment_minor": _STEP,
        "currency": "CNY",
    }
    listing = read_listing(row, number=_NUMBERS_FROM + number, numbers=rulebook().on(day_of(now)))
    plan = Plan(wanted="open", opens_at=ends_at - timedelta(hours=24), bids=0)
    return History(platform, people=bench.staff(listing), bench=bench, listing=listing, now=now).make(plan)


def _admit(platform: Platform, *, lot: str, actors: list[Actor], now: datetime) -> None:
    """Register everybody and pay the deposits, in a few large acts of the passing moment."""
    with past(platform, now) as then:
        with then.act() as act:
            made = [bidding.register(act, lot=lot, person=actor.person or "") for actor in actors]
            for registration in made:
                deposits.pay_deposit(
                    act, lot=lot, registration=registration.id, amount_minor=registration.deposit_due_minor
                )
        settle(then)
