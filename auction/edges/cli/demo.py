"""The demo's data: loaded once, freshened at each start, so that something is always open and closing soon."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from auction.edges.cli.import_listings import show_progress
from auction.edges.inbox.demo_accounts import ACCOUNTS, BIDDERS, PASSWORD
from auction.edges.inbox.history import History, Plan, Wanted
from auction.edges.inbox.listing_import import import_rows
from auction.edges.inbox.listings import read_listing
from auction.edges.inbox.sample_people import DEMO_COURT, Bench
from auction.edges.jobs.sweep import fall_due, sweeping
from auction.edges.platform import Platform, create_platform
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.bidding.closing import CLOSE_GRACE
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as people
from auction.procedure.identity.passwords import use_fast_hashing
from auction.procedure.lots import queries as lots
from auction.procedure.treasury import ways
from auction.resources import demo_data_dir
from auction.rulebook import rulebook
from auction.settings import Settings

_COURT_CODE = "苏0102"
#: No bank has such a number; a transfer to it goes nowhere.
_COURT_ACCOUNT = {
    "holder": f"{DEMO_COURT}（演示）",
    "number": "0000 0000 0000 0000 001",
    "bank": "演示银行玄武支行（并不存在）",
}
_SOON = timedelta(minutes=8)
_TOO_SOON = timedelta(minutes=3)
_WITHIN = timedelta(minutes=10)


def ensure_demo(settings: Settings, database_url: str, *, listings: bool = True) -> Iterable[str]:
    """Load the demo once, make anew what was missed while it was stopped, and return the lines to print.

    Without ``listings`` there are the accounts and one open lot only.
    """
    platform = create_platform(settings, database_url)
    try:
        _accounts(platform)
        with sweeping(platform):
            fall_due(platform, until=platform.clock.now(), grace=CLOSE_GRACE)
        if listings:
            _listings(platform)
        soon = _closing_soon(platform)
    finally:
        platform.database.dispose()
    logins = [login for login, *_ in ACCOUNTS] + [login for login, *_ in BIDDERS]
    return [f"Demo accounts (password {PASSWORD}): {', '.join(logins)}", f"Closes within ten minutes: /lots/{soon}"]


def begin_invented(platform: Platform) -> None:
    """Make sure that what is about to be invented comes to a demo's data, begun here where there are none.

    :raises click.UsageError: for data of a real platform
    """
    with platform.read() as session:
        begun, known = bool(people.accounts(session, limit=1)), is_demo(session)
    if begun and not known:
        raise click.UsageError("These data are not a demo's: made-up people and lots have no place among real ones.")
    if not known:
        _accounts(platform)


def refuse_demo_data(settings: Settings, database_url: str) -> None:
    """Refuse to serve a demo's data in earnest: everybody knows the password of its accounts.

    :raises click.UsageError: when the demo's accounts are there
    """
    platform = create_platform(settings, database_url)
    try:
        with platform.read() as session:
            known = is_demo(session)
    finally:
        platform.database.dispose()
    if known:
        raise click.UsageError("These data are a demo's, whose password is public. Add --demo, or choose other data.")


def is_demo(session: Session) -> bool:
    """Say whether the demo's accounts are there."""
    return all(people.find_account(session, login=login) is not None for login, *_ in ACCOUNTS)


def _accounts(platform: Platform) -> None:
    """Make the court and the accounts that are not there yet, whatever an earlier start got to."""
    use_fast_hashing()  # the password is printed at each start; there is nothing to guard
    with platform.act(PLATFORM) as act:
        court = people.find_court(act.session, DEMO_COURT) or identity.add_court(
            act, name=DEMO_COURT, code=_COURT_CODE, city="南京市", phone="025-12368", supervision_phone="025-12309"
        )
        if ways.court_account(act.session, court.id) is None:
            ways.set_court_account(act, court=court.id, **_COURT_ACCOUNT)
        for login, name, roles, of_court in ACCOUNTS:
            if people.find_account(act.session, login=login) is None:
                identity.open_account(
                    act, login=login, password=PASSWORD, name=name, roles=roles, court=court.id if of_court else None
                )
    for login, name, number in BIDDERS:
        with platform.act(None) as act:
            if people.find_account(act.session, login=login) is None:
                identity.sign_up(act, login=login, password=PASSWORD, name=name, id_number=number, phone=None)


def _listings(platform: Platform) -> None:
    """Import what is not there yet; a lot whose end was missed is deferred and its listing told anew."""
    rows = json.loads((demo_data_dir() / "listings.json").read_text(encoding="utf-8"))
    with platform.read() as session:
        present = lots.sample_lots(session)
    numbers = range(1, len(rows) + 1)
    _import(platform, rows, [number for number in numbers if number not in present], wanted=None)
    _import(platform, rows, [number for number in numbers if present.get(number) == "deferred"], wanted="open")


def _import(
    platform: Platform, rows: Sequence[Mapping[str, Any]], numbers: Sequence[int], *, wanted: Wanted | None
) -> None:
    if not numbers:
        return
    click.echo(f"Loading {len(numbers)} listings into the demo …", err=True)
    chosen = [rows[number - 1] for number in numbers]
    for one in import_rows(platform, chosen, numbers=numbers, wanted=wanted, progress=show_progress):
        if one.error:
            click.echo(f"  listing {one.row} left out: {one.error}", err=True)


def _closing_soon(platform: Platform) -> str:
    """Return a lot that closes within ten minutes, made now unless there is one."""
    now = platform.clock.now()
    with platform.read() as session:
        found = lots.ending_between(session, start=now + _TOO_SOON, end=now + _WITHIN)
    return found or _make_closing_soon(platform, now=now)


def _make_closing_soon(platform: Platform, *, now: datetime) -> str:
    row = {
        "source": "demo",
        "title": "苏A2C6E8 大众牌小型轿车一辆（演示拍品）",
        "city": "南京市",
        "court": DEMO_COURT,
        "start_price_minor": 4_200_000,
        "reference_price_minor": 6_000_000,
        "deposit_minor": 420_000,
        "increment_minor": 50_000,
        "currency": "CNY",
    }
    bench = Bench(platform)
    listing = read_listing(row, number=0, numbers=rulebook().on(day_of(now)))
    plan = Plan(wanted="open", opens_at=now + _SOON - timedelta(hours=24), bids=0)
    with sweeping(platform):
        history = History(platform, people=bench.staff(listing), bench=bench, listing=listing, now=now)
        return history.make(plan)
