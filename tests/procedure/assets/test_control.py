from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import entries
from auction.foundation.docket.rules import first_fault
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.procedure.assets import commands, queries, rules
from auction.procedure.cases.commands import open_case
from auction.procedure.identity.commands import add_court

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _case(database: Database, now: datetime) -> None:
    with database.act(actor=PLATFORM, now=now) as act:
        add_court(act, name="北京市朝阳区人民法院", city="北京市")
        open_case(
            act,
            id="C1",
            number="（2025）京0105执1234号",
            court="北京市朝阳区人民法院",
            debtor={"id": "D", "name": "赵六", "kind": "natural_person"},
            claims=[{"id": "K1", "creditor": "甲银行", "amount_minor": 1, "applicant": True}],
        )


def seize(database: Database, officer: Actor, now: datetime, **given: Any) -> queries.PropertyRecord:  # noqa: ANN401 - hostile
    with database.act(actor=officer, now=now) as act:
        return commands.seize(act, **({"case": "C1", "kind": "immovable", "title": "某路1号房屋", "id": "P1"} | given))


def test_what_is_seized_belongs_to_the_debtor_and_is_held_for_three_years(
    database: Database, officer: Actor, now: datetime
) -> None:
    thing = seize(database, officer, now, category="home", facts={"area_m2": 89, "朝向": "南"}, sole_home=True)
    assert (thing.owner_person, thing.city, thing.status) == ("D", "北京市", "seized")
    assert thing.control_until == now.replace(year=2028)
    with database.read() as session:
        assert queries.property_record(session, "P1") == thing
        assert queries.properties(session, "C1") == [thing]
        assert [entry.kind for entry in entries(session, "property:P1")] == ["property.seized"]


def test_being_indivisible_is_mutual(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now)
    seize(database, officer, now, id="P2", indivisible_with=["P1", "P2", "P1"])
    seize(database, officer, now, id="P3")
    with database.read() as session:
        together = {one.id: one.indivisible_with for one in queries.properties(session, "C1")}
    assert together == {"P1": ("P2",), "P2": ("P1",), "P3": ()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "thing"},
        {"category": "castle"},
        {"title": ""},
        {"title": None},
        {"owner": "nobody"},
        {"until": "2026-01-01"},
        {"until": datetime(2026, 1, 1)},  # noqa: DTZ001 - a naive instant is what is refused
        {"facts": {"x": 1.5}},
        {"facts": {"x": {"x": {"x": {"x": {"x": {"x": {"x": 1}}}}}}}},
        {"facts": ["x"]},
        {"indivisible_with": "P2"},
        {"sole_home": "no"},
        {"living_setaside_minor": -1},
        {"encumbrances": "mortgage"},
        {"encumbrances": [b"x"]},
    ],
)
def test_what_cannot_be_read_is_refused(
    database: Database, officer: Actor, now: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InputMalformed):
        seize(database, officer, now, **wrong)
    with database.read() as session:
        assert queries.properties(session, "C1") == []


def test_an_id_is_used_once_and_the_case_must_exist(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now)
    with pytest.raises(InputMalformed):
        seize(database, officer, now)
    with pytest.raises(NotFound):
        seize(database, officer, now, case="C9", id="P2")
    with pytest.raises(rules.ControlTooLong):
        seize(database, officer, now, id="P2", until=now.replace(year=2029))


@pytest.mark.statute
def test_a_renewal_runs_from_the_end_of_the_control_before_it(
    database: Database, officer: Actor, now: datetime
) -> None:
    seize(database, officer, now, kind="movable", until=now + 10 * DAY)
    with database.act(actor=officer, now=now + 9 * DAY) as act:
        renewed = commands.renew_control(act, property="P1")
    assert renewed.control_until == (now + 10 * DAY).replace(year=2027)
    with pytest.raises(rules.ControlTooLong), database.act(actor=officer, now=now + 9 * DAY) as act:
        commands.renew_control(act, property="P1", until=now.replace(year=2030))
    with database.read() as session:
        assert [(one.kind, one.until) for one in queries.measures(session, "P1")] == [
            ("seize", now + 10 * DAY),
            ("renew", renewed.control_until),
        ]
        assert first_fault(entries(session, "property:P1")) is None


@pytest.mark.statute
def test_a_lapsed_control_is_never_renewed(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now, until=now + DAY)
    with pytest.raises(rules.ControlLapsed), database.act(actor=officer, now=now + DAY) as act:
        commands.renew_control(act, property="P1")


def test_a_released_property_is_held_no_more(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now)
    with database.act(actor=officer, now=now) as act:
        assert commands.release(act, property="P1", ground="债务已清偿").control_until is None
    for verb in (commands.renew_control, commands.release):
        more = {"ground": "再次"} if verb is commands.release else {}
        with pytest.raises(rules.NotUnderControl), database.act(actor=officer, now=now) as act:
            verb(act, property="P1", **more)  # type: ignore[arg-type]
    with database.read() as session:
        assert queries.due(session, now.replace(year=2028)) == []


@pytest.mark.race
def test_renewals_at_the_same_instant_follow_each_other(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now)

    def renew(_: int) -> None:
        with database.act(actor=officer, now=now) as act:
            commands.renew_control(act, property="P1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(renew, range(4)))
    with database.read() as session:
        assert queries.property_record(session, "P1").control_until == now.replace(year=2025 + 3 * 5)
        assert first_fault(entries(session, "property:P1")) is None


def test_a_hold_blocks_until_lifted_or_over(database: Database, officer: Actor, panel: Actor, now: datetime) -> None:
    seize(database, officer, now)
    with pytest.raises(AuthForbidden), database.act(actor=officer, now=now) as act:
        commands.hold(act, property="P1", reason="案外人异议")
    with database.act(actor=panel, now=now) as act:
        first = commands.hold(act, property="P1", reason="案外人异议", id="O1")
        assert commands.hold(act, property="P1", reason="案外人异议", id="O1") == first
        commands.hold(act, property="P1", reason="合议庭决定", id="O2")
        commands.lift_hold(act, hold="O2")
        commands.lift_hold(act, hold="O1", until=now + 15 * DAY)
    with database.read() as session:
        assert [one.id for one in queries.property_record(session, "P1", now=now + 15 * DAY).holds] == ["O1"]
        assert queries.property_record(session, "P1", now=now + 16 * DAY).holds == ()
        assert queries.hold(session, "O2").live(now) is False
        assert queries.hold(session, "O1").live(now + 15 * DAY) is True
    with database.act(actor=panel, now=now + 16 * DAY) as act:
        commands.lift_hold(act, hold="O1")
    with database.read() as session:
        assert queries.property_record(session, "P1").holds == ()


def test_a_control_that_ends_soon_is_due_and_then_overdue(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now, until=now + 40 * DAY)
    with database.read() as session:
        assert queries.due(session, now + 9 * DAY) == []
        (act,) = queries.due(session, now + 10 * DAY)
        assert (act.what, act.on, act.by, act.case) == ("renew_control", "P1", now + 40 * DAY, "C1")
        assert queries.due(session, now + 10 * DAY, case="C2") == []
        assert queries.due(session, now + 41 * DAY)[0].overdue(now + 41 * DAY)


def test_the_road_notes_how_far_a_property_is(database: Database, officer: Actor, now: datetime) -> None:
    seize(database, officer, now)
    with database.read() as session:
        assert [one.id for one in queries.awaiting_valuation(session)] == ["P1"]
    with pytest.raises(AuthForbidden), database.act(actor=officer, now=now) as act:
        commands.note_disposal(act, property="P1", to="disposing")
    with database.act(actor=PLATFORM, now=now) as act:
        commands.note_valuation(act, property="P1", fixed=True)
    with database.read() as session:
        assert queries.awaiting_valuation(session) == []
        assert [one.id for one in queries.awaiting_disposal(session)] == ["P1"]
    for to in ("disposing", "disposing", "seized", "disposing", "disposed"):
        with database.act(actor=PLATFORM, now=now) as act:
            commands.note_disposal(act, property="P1", to=to)
    with database.read() as session:
        assert queries.awaiting_disposal(session) == []
        assert queries.property_record(session, "P1").control_until is None
    with pytest.raises(rules.NotUnderControl), database.act(actor=PLATFORM, now=now) as act:
        commands.note_disposal(act, property="P1", to="seized")
