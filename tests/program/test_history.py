"""Made histories: lots in every state with a true docket, made by the ordinary commands, beside real ones."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import click
import pytest

from auction.edges.cli.demo import begin_invented, ensure_demo, refuse_demo_data
from auction.edges.inbox.bench_seed import seed
from auction.edges.inbox.demo_accounts import ACCOUNTS, BIDDERS, PASSWORD
from auction.edges.inbox.listing_import import import_rows
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import first_fault
from auction.procedure.bidding import queries as bidding
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries as people
from auction.procedure.lots import queries as lots
from auction.resources import demo_data_dir
from tests.edges.opened import open_lot
from tests.road import Road

ROWS = json.loads((demo_data_dir() / "listings.json").read_text(encoding="utf-8"))


def statuses(platform: Platform, made: list[str | None]) -> list[str]:
    with platform.read() as session:
        return [lots.lot(session, lot).status for lot in made if lot]


@pytest.mark.parametrize("wanted", ["announced", "open", "closed"])
def test_a_listing_becomes_a_lot_in_the_state_that_is_wanted(platform: Platform, wanted: Any) -> None:  # noqa: ANN401 - one of the three words
    done = import_rows(platform, [ROWS[5], ROWS[80]], numbers=[6, 81], wanted=wanted)
    assert [one.error for one in done] == [None, None]
    assert statuses(platform, [one.lot for one in done]) == [wanted, wanted]
    with platform.read() as session:
        for one in done:
            entries = docket.entries(session, f"lot:{one.lot}")
            assert first_fault(entries) is None
            assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
            assert entries[-1].at <= platform.clock.now()


def test_bad_rows_are_named_and_the_good_ones_kept(platform: Platform) -> None:
    bad: list[dict[str, Any]] = [
        {},
        {**ROWS[0], "title": "a\x00b"},
        {**ROWS[0], "start_price_minor": "1"},
        {**ROWS[0], "start_price_minor": -1, "current_price_minor": True},
        {**ROWS[0], "city": "亚特兰蒂斯", "court": None},
        {**ROWS[0], "currency": "USD"},
    ]
    done = import_rows(platform, [*bad, ROWS[0]])
    assert all(one.error for one in done[:-1])
    assert done[-1].error is None


def test_a_history_leaves_the_lots_of_others_to_the_sweep(platform: Platform) -> None:
    road = open_lot(platform)
    with platform.read() as session:
        ends_at = lots.lot(session, "L1").ends_at
    road.clock.set(ends_at + timedelta(milliseconds=100))
    import_rows(platform, [ROWS[0]], wanted="closed")
    # A bid that arrived before the end may still stand in a queue: only the sweep, which waits for it, closes.
    assert statuses(platform, ["L1"]) == ["open"]


def test_seeds_give_open_lots_with_everybody_admitted(platform: Platform) -> None:
    made = seed(platform, lots=2, bidders=3, minutes=30, tell=lambda _: None)
    assert len(made["bidders"]) == 3
    with platform.read() as session:
        for one in made["lots"]:
            found = lots.lot(session, one["id"])
            assert (found.status, found.ends_at) == ("open", platform.clock.now() + timedelta(minutes=30))
            assert [each.status for each in bidding.registrations(session, found.id)] == ["admitted"] * 3
        for each in made["bidders"]:
            known = people.actor_of_token(session, token=each["token"])
            assert known is not None
            assert known[0].person is not None


def test_a_demo_cut_off_while_it_was_made_is_completed(platform: Platform) -> None:
    login, name, roles, _ = next(one for one in ACCOUNTS if one[0] == "admin")
    with platform.act() as act:
        identity.open_account(act, login=login, password=PASSWORD, name=name, roles=roles)
    url = platform.database.url
    first = list(ensure_demo(platform.settings, url, listings=False))
    again = list(ensure_demo(platform.settings, url, listings=False))
    assert first == again, "the second start finds everything, the lot that closes soon as well"
    with platform.read() as session:
        for login in (*(one[0] for one in ACCOUNTS), *(one[0] for one in BIDDERS)):
            assert people.authenticate(session, login=login, password=PASSWORD) is not None


def test_made_up_things_never_come_to_the_data_of_a_real_platform(platform: Platform) -> None:
    Road(platform).person("A")
    with pytest.raises(click.UsageError, match="not a demo's"):
        begin_invented(platform)


def test_a_demos_data_are_not_served_in_earnest(platform: Platform) -> None:
    url = platform.database.url
    refuse_demo_data(platform.settings, url)
    begin_invented(platform)
    begin_invented(platform)
    with pytest.raises(click.UsageError, match="Add --demo"):
        refuse_demo_data(platform.settings, url)


def test_seeds_and_foreign_listings_are_not_taken_for_the_demos_own(platform: Platform) -> None:
    seed(platform, lots=1, bidders=1, minutes=30, tell=lambda _: None)
    done = import_rows(platform, [ROWS[0]])
    assert done[0].row == 1
    with platform.read() as session:
        assert set(lots.sample_lots(session)).isdisjoint(range(len(ROWS) + 1))
