"""The steps as commands: hostile values, who may, what the database refuses, and that a refusal leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import entries
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.procedure.assets.commands import release, seize
from auction.procedure.cases.commands import open_case
from auction.procedure.identity.commands import add_court
from auction.procedure.objections import commands as objections
from auction.procedure.settlement import valuation_fees
from auction.procedure.valuation import choosing, commands, disputes, entrusting, queries, reasons, registers, reports
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Standing

DAY = timedelta(days=1)
FACTS = {"ownership": "登记", "encumbrances": "无", "possession": "自用", "taxes": "无", "defects": "无"}
OTHERS = {name: said for name, said in FACTS.items() if name != "taxes"}
THREE = ["甲评估", "乙评估", "丙评估"]
Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _property(database: Database, now: datetime) -> None:
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
        seize(act, case="C1", kind="immovable", title="某路1号房屋", id="P1")


@pytest.fixture
def run(database: Database, officer: Actor, now: datetime) -> Run:
    def do(verb: Run, *, after: timedelta = timedelta(0), **given: Any) -> Any:  # noqa: ANN401 - hostile
        with database.act(actor=officer, now=now + after) as act:
            return verb(act, **{"property": "P1", **given})

    return do


@pytest.fixture
def stands(database: Database) -> Callable[[], Standing]:
    def read() -> Standing:
        with database.read() as session:
            return queries.standing_of(session, "P1")

    return read


LONG = "九" * 5000


def bad(verb: Run, field: str, *values: Any, **rest: Any) -> list[tuple[Run, dict[str, Any]]]:  # noqa: ANN401 - hostile
    """Return a command with each of some hostile values in a field."""
    return [(verb, {**rest, field: value}) for value in values]


HOSTILE: list[tuple[Run, dict[str, Any]]] = [
    *bad(entrusting.find_facts, "taxes", None, 5, "", "\x00", LONG, ["无"], **OTHERS),
    *bad(entrusting.send_inquiry, "purpose", "correction", "", None, 5),
    *bad(entrusting.send_inquiry, "agreed", "yes", 1, None),
    *bad(entrusting.send_inquiry, "reason", 5, "", LONG),
    *bad(entrusting.entrust_appraisal, "purpose", "correction", None),
    *bad(entrusting.extend_appraisal, "days", 0, -1, 1.5, "5", None, *(True,), 10**30),
    *bad(entrusting.defer_valuation, "ground", "", None, 5, "performed"),
    *bad(entrusting.withdraw_valuation, "ground", "", None, 5, "stayed"),
    *bad(choosing.agree_agencies, "agencies", None, "甲乙丙", 5, [1, 2, 3], ["甲", "甲", "乙"]),
    *bad(choosing.agree_agencies, "agencies", *([wrong, "乙", "丙"] for wrong in ("", "\x00", LONG, None))),
    *bad(choosing.commit_draw, "agencies", None, "甲", [[]], [f"第{n}家" for n in range(501)]),
    *bad(choosing.draw_agencies, "words", "词", [5], ["\x00"], [f"词{n}" for n in range(21)]),
    *bad(reports.return_report, "why", "", None, 5, LONG),
    *bad(reports.return_report, "wrong", "甲评估", 5, why="有误"),
    *bad(reports.send_report, "how", "", None, "waived", person="D"),
    *bad(reports.send_report, "person", "", None, 5, how="served"),
    *bad(disputes.forward_objection, "objection", "", None, 5),
    *bad(disputes.explain_objection, "accepted", "yes", None, objection="O1"),
    *bad(disputes.order_review, "until", None, "2025-12-31", 5, objection="O1"),
    *bad(disputes.conclude_review, "wrong", None, "yes", objection="O1"),
    *bad(valuation_fees.settle_fee, "rate_ppm", 0, -1, 1_000_001, "5", *(True,), claim="K1"),
    *bad(valuation_fees.settle_fee, "claim", None, "", "K9"),
    *bad(valuation_fees.settle_fee, "fee_minor", 0, -1, 1.5, 10**30, claim="K1"),
    *bad(valuation_fees.settle_fee, "lot", "", 5, claim="K1"),
]
EVERY: list[tuple[Run, dict[str, Any]]] = [
    (entrusting.find_facts, FACTS),
    (entrusting.send_inquiry, {}),
    (entrusting.entrust_appraisal, {}),
    (entrusting.extend_appraisal, {"days": 5}),
    (entrusting.replace_agency, {}),
    (entrusting.defer_valuation, {"ground": "stayed"}),
    (entrusting.resume_valuation, {}),
    (entrusting.withdraw_valuation, {"ground": "performed"}),
    (choosing.agree_agencies, {"agencies": THREE}),
    (choosing.commit_draw, {"agencies": THREE}),
    (choosing.draw_agencies, {}),
    (reports.return_report, {"why": "有误"}),
    (reports.send_report, {"person": "D", "how": "served"}),
    (disputes.forward_objection, {"objection": "O1"}),
    (disputes.explain_objection, {"objection": "O1", "accepted": True}),
    (disputes.conclude_review, {"objection": "O1", "wrong": True}),
    (valuation_fees.settle_fee, {"claim": "K1"}),
]


def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    database: Database, run: Run, stands: Callable[[], Standing]
) -> None:
    for verb, given in HOSTILE:
        with pytest.raises(InputMalformed):
            run(verb, **given)
        assert stands() == Standing(), (verb, given)
    with database.read() as session:
        assert [one.kind for one in entries(session, "property:P1")] == ["property.seized"]


def test_only_an_officer_and_only_on_a_known_thing(database: Database, run: Run, bidder: Actor, now: datetime) -> None:
    for verb, given in EVERY:
        with pytest.raises(AuthForbidden), database.act(actor=bidder, now=now) as act:
            verb(act, property="P1", **given)
        with pytest.raises(NotFound):
            run(verb, **{**given, "property": "P9"})


def test_only_an_administrator_keeps_the_list(
    database: Database, officer: Actor, administrator: Actor, now: datetime
) -> None:
    with pytest.raises(AuthForbidden), database.act(actor=officer, now=now) as act:
        registers.strike_platform(act, platform="京东", ground="other")
    for wrong in (None, "", 5, LONG):
        with pytest.raises(InputMalformed), database.act(actor=administrator, now=now) as act:
            registers.list_platform(act, platform=wrong, data_kinds=3, retention_years=10)  # type: ignore[arg-type]
    for kinds in (None, "3", -1, 3.5, True, 10**9):
        with pytest.raises(InputMalformed), database.act(actor=administrator, now=now) as act:
            registers.list_platform(act, platform="新", data_kinds=kinds, retention_years=10)  # type: ignore[arg-type]
    with database.act(actor=administrator, now=now) as act:
        assert not registers.strike_platform(act, platform="京东", ground="other").listed
    with database.read() as session:
        assert registers.listed(session, now) == ("淘宝", "中国工商银行")
        assert registers.listed(session, now - DAY) == ("京东", "淘宝", "中国工商银行")


@pytest.mark.statute
def test_what_was_entered_can_neither_be_changed_nor_deleted(database: Database, run: Run, now: datetime) -> None:
    run(entrusting.find_facts, **FACTS)
    run(commands.value_by_negotiation, offers=[{"party": "D", "amount_minor": 5}, {"party": "K1", "amount_minor": 5}])
    for table in ("valuation_steps", "valuations"):
        for statement in (f"UPDATE {table} SET article = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):  # noqa: S608 - names of ours
            with pytest.raises(DBAPIError, match="only grows"), database.act(actor=PLATFORM, now=now) as act:
                act.session.execute(text(statement))


def test_the_seed_is_nowhere_to_be_read_before_the_draw(database: Database, run: Run) -> None:
    run(choosing.commit_draw, agencies=THREE)
    with database.read() as session:
        kept = session.execute(text("SELECT details::text FROM valuation_steps")).scalars().all()
        shown = [str(one.public) for one in entries(session, "property:P1")]
    drawn = run(choosing.draw_agencies, words=["词"])
    with database.read() as session:
        draw = queries.standing_of(session, "P1").draw
    assert draw is not None
    assert draw.seed is not None
    assert not any(draw.seed in one for one in (*kept, *shown))
    assert sorted(drawn.agencies) == sorted(THREE)
    assert choosing.draw_holds(draw)


def test_a_second_commitment_takes_the_place_of_the_first(run: Run, stands: Callable[[], Standing]) -> None:
    first = run(choosing.commit_draw, agencies=THREE).commitment
    second = run(choosing.commit_draw, agencies=[*THREE, "丁评估"]).commitment
    assert first != second
    assert run(choosing.draw_agencies).commitment == second
    with pytest.raises(Refusal):
        run(choosing.draw_agencies)
    draw = stands().draw
    assert draw is not None
    assert choosing.draw_holds(draw)


def test_a_thing_without_steps_owes_what_it_always_owed(database: Database, run: Run, now: datetime) -> None:
    run(commands.value_by_appraisal, agency="甲", amount_minor=5, valid_until=now + 90 * DAY, agreed=True)
    with database.read() as session:
        due = {one.what for one in queries.due(session, now)}
        assert due == {"send_report", "start_disposal"}
        assert queries.due(session, now, case="C2") == []


def test_every_reason_has_an_article_and_leads_somewhere() -> None:
    for one in (*reasons.SKIPS, *reasons.DEFER, *reasons.WITHDRAW, *reasons.STRIKE):
        assert one.article.startswith("法释〔2018〕15号 第")
        assert one.zh
        assert one.en
    assert all(reasons.skips_to(mode) for mode in Mode if mode is not Mode.NEGOTIATION)
    assert reasons.skips_to(Mode.NEGOTIATION) == ()
    assert reasons.reason_of(reasons.SKIPS, "自由填写的理由") is None


def test_an_objection_upheld_after_the_release_asks_nobody_any_more(
    database: Database, run: Run, now: datetime, stands: Callable[[], Standing]
) -> None:
    run(commands.value_by_appraisal, agency="甲", amount_minor=5, valid_until=now + 90 * DAY, agreed=True)
    with database.act(actor=PLATFORM, now=now) as act:
        objections.file_objection(act, id="O1", by="D", kind="valuation", against="P1", ground="basics")
    run(release, ground="债务已清偿")
    with database.act(actor=PLATFORM, now=now) as act:
        assert objections.decide_objection(act, objection="O1", upheld=True).status == "upheld"
    found = stands()
    assert found.entrusted is None
    assert found.report is not None
    assert found.report.void
    with database.read() as session:
        assert queries.reference_price(session, "P1") is None
        assert queries.due(session, now) == []
