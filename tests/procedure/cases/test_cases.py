from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import of_kinds
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.procedure.cases import commands, queries
from auction.procedure.cases.rules import missing_rank
from auction.procedure.identity.commands import add_court

COURT = "北京市朝阳区人民法院"


@pytest.fixture(autouse=True)
def _court(database: Database, now: datetime) -> None:
    with database.act(actor=PLATFORM, now=now) as act:
        add_court(act, name=COURT, id="T1")


def given_case(**changed: object) -> dict[str, Any]:
    return {
        "id": "C1",
        "number": "(2025)京0105执1234号",
        "court": COURT,
        "debtor": {"id": "D", "name": "赵六", "kind": "natural_person"},
        "claims": [
            {"id": "K2", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "secured", "applicant": True},
            {"id": "K1", "creditor": "李四", "amount_minor": 1, "performance_due": "2024-06-30", "rank": 2},
            {"id": "K3", "creditor": "甲银行", "amount_minor": 5, "kind": "ordinary", "seizure_order": 1},
        ],
    } | changed


def test_a_case_is_read_back_as_opened(database: Database, officer: Actor, now: datetime) -> None:
    with database.act(actor=officer, now=now) as act:
        opened = commands.open_case(act, **given_case())
    with database.read() as session:
        assert queries.case(session, "C1") == opened == queries.by_number(session, "（2025）京0105执1234号")
        assert queries.creditor_of(session, "K1") == opened.claims[1].creditor_person
        assert queries.cases_of_person(session, "D") == ["C1"]
        assert queries.case_of_claim(session, "K3") == "C1"
    assert (opened.court, opened.court_name, opened.serial) == ("T1", COURT, 1234)
    assert (opened.debtor.person, opened.debtor.masked) == ("D", "赵某")
    assert [claim.id for claim in opened.claims] == ["K2", "K1", "K3"]
    assert opened.claims[0].creditor_person == opened.claims[2].creditor_person
    assert (opened.claims[1].kind, opened.claims[1].performance_due) == ("ordinary", date(2024, 6, 30))
    assert (opened.claims[1].creditor_masked, opened.claims[0].creditor_masked) == ("李某", "甲银行")
    assert opened.claimed_minor == 60_000_006


def test_no_name_stands_in_a_public_entry(database: Database, officer: Actor, now: datetime) -> None:
    with database.act(actor=officer, now=now) as act:
        commands.open_case(act, **given_case())
        commands.record_cost(act, case="C1", what="付李四保管费", amount_minor=100)
    with database.read() as session:
        stored = session.execute(
            text("SELECT string_agg(docket_entries::text, '') FROM docket_entries WHERE chain = 'case:C1'")
        ).scalar_one()
        claims = session.execute(text("SELECT string_agg(claims::text, '') FROM claims")).scalar_one()
    assert not {name for name in ("赵六", "李四", "甲银行") if name in stored + claims}


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "no number"},
        {"number": None},
        {"court": "某某法院"},
        {"court": 7},
        {"debtor": {"name": "赵六"}},
        {"debtor": "赵六"},
        {"debtor": {"name": "赵六", "kind": "ghost"}},
        {"debtor": {"name": "赵六", "kind": "natural_person", "id_number": "12"}},
        {"claims": []},
        {"claims": "K1"},
        {"claims": [{"creditor": "甲", "amount_minor": 0}]},
        {"claims": [{"creditor": "甲", "amount_minor": -1}]},
        {"claims": [{"creditor": "甲", "amount_minor": True}]},
        {"claims": [{"creditor": "甲", "amount_minor": 1.5}]},
        {"claims": [{"creditor": "甲", "amount_minor": 10**20}]},
        {"claims": [{"creditor": "甲", "amount_minor": "100"}]},
        {"claims": [{"creditor": "甲", "amount_minor": 1, "kind": "gift"}]},
        {"claims": [{"creditor": "甲", "amount_minor": 1, "applicant": "yes"}]},
        {"claims": [{"creditor": "甲", "amount_minor": 1, "performance_due": "soon"}]},
        {"claims": [{"creditor": "甲", "amount_minor": 1, "colour": "red"}]},
        {"claims": [{"creditor": "\x00", "amount_minor": 1}]},
        {
            "claims": [
                {"id": "K", "creditor": "甲", "amount_minor": 1},
                {"id": "K", "creditor": "乙", "amount_minor": 1},
            ]
        },
        {"claims": [{"creditor": "甲", "amount_minor": 1, "creditor_person": "nobody"}]},
        {"id": "x" * 81},
    ],
)
def test_what_cannot_be_read_leaves_nothing_behind(
    database: Database, officer: Actor, now: datetime, changed: dict[str, Any]
) -> None:
    with pytest.raises(InputMalformed), database.act(actor=officer, now=now) as act:
        commands.open_case(act, **given_case(**changed))
    with database.read() as session:
        assert queries.cases(session) == []
        assert session.execute(text("SELECT count(*) FROM persons")).scalar_one() == 0


def test_one_number_belongs_to_one_case(database: Database, officer: Actor, now: datetime) -> None:
    with database.act(actor=officer, now=now) as act:
        commands.open_case(act, **given_case())
    for changed in ({"id": "C2"}, {"number": "（2025）京0105执1号"}, {"id": "C3", "number": "（2025）京0105执2号"}):
        with pytest.raises(InputMalformed), database.act(actor=officer, now=now) as act:
            commands.open_case(act, **given_case(**changed))
    with database.read() as session:
        assert len(queries.cases(session)) == 1


@pytest.mark.race
def test_two_at_the_same_instant_open_a_number_once(database: Database, officer: Actor, now: datetime) -> None:
    def attempt(case: str) -> bool:
        try:
            with database.act(actor=officer, now=now) as act:
                commands.open_case(act, **given_case(id=case, claims=[{"creditor": "甲银行", "amount_minor": 1}]))
        except InputMalformed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, ["C1", "C2", "C3", "C4"])) == [False, False, False, True]


def test_a_cost_is_recorded_once_and_only_grows(database: Database, officer: Actor, now: datetime) -> None:
    with database.act(actor=officer, now=now) as act:
        commands.open_case(act, **given_case())
        first = commands.record_cost(act, case="C1", what="评估费", amount_minor=500_00, lot="L1", id="E1")
        again = commands.record_cost(act, case="C1", what="评估费", amount_minor=500_00, lot="L1", id="E1")
        commands.record_cost(act, case="C1", what="公告费", amount_minor=1)
        assert first == again
        with pytest.raises(InputMalformed):
            commands.record_cost(act, case="C1", what="评估费", amount_minor=1, lot="L1", id="E1")
        with pytest.raises(NotFound):
            commands.record_cost(act, case="C9", what="评估费", amount_minor=1)
    with database.read() as session:
        assert queries.case(session, "C1").costs_minor == 50_001
        assert len(of_kinds(session, "case:C1", ["case.cost_recorded"])) == 2


@pytest.mark.parametrize("minor", [0, -1, True, 1.0, "1", None, 10**20])
def test_a_cost_is_a_positive_whole_amount(database: Database, officer: Actor, now: datetime, minor: int) -> None:
    with database.act(actor=officer, now=now) as act:
        commands.open_case(act, **given_case())
    with pytest.raises(InputMalformed), database.act(actor=officer, now=now) as act:
        commands.record_cost(act, case="C1", what="评估费", amount_minor=minor)


def test_only_an_officer_opens_a_case(database: Database, bidder: Actor, now: datetime) -> None:
    with pytest.raises(AuthForbidden), database.act(actor=bidder, now=now) as act:
        commands.open_case(act, **given_case())


def test_cases_are_found_page_by_page_by_number_and_by_debtor(
    database: Database, officer: Actor, now: datetime
) -> None:
    for n in range(5):
        with database.act(actor=officer, now=now + timedelta(minutes=n // 2)) as act:
            debtor = {"name": "赵六" if n else "钱七", "kind": "natural_person"}
            claims = [{"creditor": "甲银行", "amount_minor": 10 + n}]
            commands.open_case(
                act, **given_case(id=f"C{n}", number=f"（2025）京0105执{n + 1}号", debtor=debtor, claims=claims)
            )
    with database.read() as session:
        listed: Callable[..., list[str]] = lambda **by: [one.id for one in queries.cases(session, **by)]  # noqa: E731
        assert listed() == ["C4", "C3", "C2", "C1", "C0"]
        assert listed(limit=2) == ["C4", "C3"]
        assert listed(limit=2, after="C3") == ["C2", "C1"]
        assert listed(q="(2025)京0105执3号") == ["C2"]
        assert listed(q="钱七") == ["C0"]
        assert listed(q="%") == []
        assert listed(court="T2") == []
        assert queries.cases(session)[0].claimed_minor == 14


@given(st.lists(st.none() | st.integers(min_value=1, max_value=30), max_size=12))
def test_a_gap_lies_between_two_ranks_that_are_held(ranks: list[int | None]) -> None:
    held = {rank for rank in ranks if rank is not None}
    gap = missing_rank(ranks)
    if gap is None:
        assert not held or len(held) == max(held) - min(held) + 1
    else:
        assert gap not in held
        assert gap - 1 in held
        assert any(rank > gap for rank in held)
