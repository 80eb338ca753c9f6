"""Waiting seizures and transfers on a real database: places, turns, hostile input; a refusal changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import entries
from auction.foundation.docket.rules import first_fault
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.assets import commands, excess, queries, queue, transfer, waiting
from auction.procedure.assets.rules import ControlLapsed, NotUnderControl
from auction.procedure.cases.commands import open_case
from auction.procedure.identity.commands import add_court

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _cases(database: Database, now: datetime) -> None:
    with database.act(actor=PLATFORM, now=now) as act:
        for n in range(1, 6):
            add_court(act, id=f"T{n}", name=f"第{n}人民法院", city="北京市")
            secured = {"kind": "secured", "property": "P1", "rank": 1} if n == 2 else {}
            open_case(
                act,
                id=f"C{n}",
                number=f"（2025）京010{n}执1号",
                court=f"T{n}",
                debtor={"id": "D" if n < 5 else "D5", "name": "赵六", "kind": "natural_person"},
                claims=[{"id": f"K{n}", "creditor": f"甲{n}公司", "amount_minor": 100, "applicant": True, **secured}],
            )
    with database.act(actor=PLATFORM, now=now) as act:
        commands.seize(act, id="P1", case="C1", kind="movable", title="车", until=now + 10 * DAY)


def wait_for(database: Database, case: str, now: datetime, **given: Any) -> None:  # noqa: ANN401 - hostile
    with database.act(actor=PLATFORM, now=now) as act:
        commands.seize(act, **({"id": "P1", "case": case, "kind": "movable", "title": "车"} | given))


def places(database: Database) -> list[tuple[str, int, str]]:
    with database.read() as session:
        assert first_fault(entries(session, "property:P1")) is None
        return [(one.case, one.place, one.status) for one in queries.queue(session, "P1")]


def test_cases_that_come_at_once_get_a_place_each(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda case: wait_for(database, case, now), ["C2", "C3", "C4"]))
    found = places(database)
    assert sorted(case for case, _, _ in found) == ["C2", "C3", "C4"]
    assert [place for _, place, _ in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("case", "wrong", "refusal"),
    [
        ("C1", {}, InputMalformed),
        ("C5", {}, InputMalformed),
        ("C3", {"kind": "immovable"}, InputMalformed),
        ("C3", {"kind": "车"}, InputMalformed),
        ("C3", {"owner": "D5"}, InputMalformed),
        ("C3", {"until": "2025"}, InputMalformed),
        ("C2", {}, waiting.AlreadyHolding),
        ("C9", {}, NotFound),
    ],
)
def test_who_may_not_wait_is_refused_and_nothing_changes(
    database: Database, now: datetime, case: str, wrong: dict[str, Any], refusal: type[Refusal]
) -> None:
    wait_for(database, "C2", now)
    with pytest.raises(refusal):
        wait_for(database, case, now, **wrong)
    assert places(database) == [("C2", 1, "waiting")]


def test_the_turn_comes_by_itself_once_and_only_when_the_control_has_ended(database: Database, now: datetime) -> None:
    wait_for(database, "C2", now)
    wait_for(database, "C3", now)
    for moment, holder in ((now + 10 * DAY - timedelta(microseconds=1), "C1"), (now + 10 * DAY, "C2"), (now, "C2")):
        with database.act(actor=PLATFORM, now=max(moment, now)) as act:
            queue.take_effect(act, property="P1")
        with database.read() as session:
            assert queries.property_record(session, "P1").case == holder
    with database.read() as session:
        until = queries.property_record(session, "P1").control_until
        assert until == (now + 10 * DAY).replace(year=2027)
        assert queries.next_lapse(session, until=now + 700 * DAY) is None
        assert queries.next_lapse(session, until=until) == (until, "P1")


def test_the_sale_ends_the_queue_and_its_revocation_brings_it_back(database: Database, now: datetime) -> None:
    wait_for(database, "C2", now)
    with database.act(actor=PLATFORM, now=now) as act:
        commands.note_disposal(act, property="P1", to="disposed")
    assert places(database) == [("C2", 1, "spent")]
    with pytest.raises(NotUnderControl):
        wait_for(database, "C3", now)
    with database.act(actor=PLATFORM, now=now) as act:
        commands.bring_back(act, property="P1")
    assert places(database) == [("C2", 1, "waiting")]


@pytest.mark.parametrize(
    ("asked", "days", "refusal"),
    [
        (("P1", "C3"), 9, waiting.NotWaiting),
        (("P1", "C2"), 9, waiting.TransferTooEarly),
        (("P1", "C4"), 9, waiting.NoPriority),
        (("P1", "C2"), 11, ControlLapsed),
        (("P9", "C2"), 9, NotFound),
        (("P1", "C9"), 9, NotFound),
        (("P1", ""), 9, InputMalformed),
        (("P1", None), 9, InputMalformed),
    ],
)
def test_a_transfer_asked_for_wrongly_changes_nothing(
    database: Database, now: datetime, asked: tuple[str, Any], days: int, refusal: type[Refusal]
) -> None:
    wait_for(database, "C2", now)
    wait_for(database, "C4", now)
    with pytest.raises(refusal), database.act(actor=PLATFORM, now=now + days * DAY) as act:
        transfer.ask_transfer(act, property=asked[0], case=asked[1])
    with database.read() as session:
        assert queries.transfers(session, "P1") == []
        assert queries.property_record(session, "P1").case == "C1"


def test_only_the_courts_concerned_ask_and_answer(database: Database, now: datetime) -> None:
    wait_for(database, "C2", now)
    with database.act(actor=PLATFORM, now=now + DAY) as act:
        commands.renew_control(act, property="P1")
    later = now + 61 * DAY
    stranger = Actor(id="U9", name="他院法官", roles=frozenset({Role.OFFICER}), court="T3")
    first = Actor(id="U1", name="首封法官", roles=frozenset({Role.OFFICER}), court="T1")
    asking = Actor(id="U2", name="优先法官", roles=frozenset({Role.OFFICER}), court="T2")
    with pytest.raises(AuthForbidden), database.act(actor=stranger, now=later) as act:
        transfer.ask_transfer(act, property="P1", case="C2")
    with database.act(actor=asking, now=later) as act:
        asked = transfer.ask_transfer(act, property="P1", case="C2")
    with database.act(actor=asking, now=later) as act:
        assert transfer.ask_transfer(act, property="P1", case="C2") == asked
    with pytest.raises(AuthForbidden), database.act(actor=asking, now=later) as act:
        transfer.transfer_disposal(act, property="P1")
    with database.read() as session:
        assert queries.transfers(session, "P1") == [asked]
        due = [act for act in queries.due(session, later, case="C1") if act.what == "transfer_disposal"]
        assert [act.by for act in due] == [asked.letter_by]
        assert not any(act.what == "transfer_disposal" for act in queries.due(session, later, case="C2"))
    with database.act(actor=first, now=later) as act:
        transfer.transfer_disposal(act, property="P1")
    assert places(database) == [("C2", 1, "effective")]
    with pytest.raises(waiting.NothingAsked), database.act(actor=asking, now=later) as act:
        transfer.transfer_disposal(act, property="P1")


@pytest.mark.parametrize("worth", [-1, 99, "100", None, 1.5, True, 10**30])
def test_what_is_not_excess_or_no_amount_orders_nothing(database: Database, now: datetime, worth: Any) -> None:  # noqa: ANN401 - hostile
    with pytest.raises(Refusal), database.act(actor=PLATFORM, now=now) as act:
        excess.order_release(act, property="P1", kept_worth_minor=worth)
    with database.read() as session:
        assert queries.property_record(session, "P1").release_ordered_at is None


def test_what_was_released_or_has_lapsed_is_seized_anew_by_whoever_comes(database: Database, now: datetime) -> None:
    with database.act(actor=PLATFORM, now=now) as act:
        commands.release(act, property="P1", ground="debt_paid")
    wait_for(database, "C2", now + DAY, until=now + 5 * DAY)
    with database.read() as session:
        assert queries.property_record(session, "P1").case == "C2"
    wait_for(database, "C1", now + 5 * DAY)
    with database.read() as session:
        found = queries.property_record(session, "P1")
        assert (found.case, found.seized_at, found.status) == ("C1", now + 5 * DAY, "seized")
        assert len(queries.measures(session, "P1")) == 3
    assert places(database) == []
