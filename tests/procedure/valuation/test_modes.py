from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from auction.foundation.database.engine import Database
from auction.foundation.docket.queries import entries
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.procedure.assets.commands import note_disposal, release, seize
from auction.procedure.assets.rules import NotUnderControl
from auction.procedure.cases.commands import open_case
from auction.procedure.identity.commands import add_court
from auction.procedure.valuation import commands, queries, rules
from auction.procedure.valuation.recording import ValuationResult

DAY = timedelta(days=1)
Value = Callable[..., ValuationResult]


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
def value(database: Database, officer: Actor, now: datetime) -> Value:
    def run(verb: Value, *, after: timedelta = timedelta(0), **given: Any) -> ValuationResult:  # noqa: ANN401 - hostile
        with database.act(actor=officer, now=now + after) as act:
            return verb(act, property="P1", **given)

    return run


OFFERS = [{"party": "D", "amount_minor": 500}, {"party": "K1", "amount_minor": 400}]


@pytest.mark.statute
def test_the_four_modes_follow_each_other_until_one_gives_a_price(
    database: Database, value: Value, now: datetime
) -> None:
    assert value(commands.value_by_negotiation, offers=OFFERS).next == "directed_inquiry"
    assert value(commands.value_by_directed_inquiry, authority="税务局", amount_minor=None).next == "online_inquiry"
    failed = value(commands.value_by_online_inquiry, results=[{"platform": "甲", "amount_minor": None}])
    assert (failed.reference_price_minor, failed.next) == (None, "appraisal")
    with database.read() as session:
        assert queries.reference_price(session, "P1") is None
    until = now + 300 * DAY
    last = value(commands.value_by_appraisal, agency="某评估公司", amount_minor=700, valid_until=until)
    assert (last.reference_price_minor, last.valid_until, last.next) == (700, until, None)
    with database.read() as session:
        price = queries.reference_price(session, "P1")
        assert price is not None
        assert (price.amount_minor, price.method, price.fixed_at) == (700, "appraisal", now)
        assert [one.outcome for one in queries.history(session, "P1")] == ["failed", "failed", "failed", "price"]
        kinds = [entry.kind for entry in entries(session, "property:P1")]
        assert kinds == ["property.seized", *["property.valued"] * 4]


@pytest.mark.statute
def test_a_mode_out_of_its_turn_is_refused_and_leaves_nothing(database: Database, value: Value, now: datetime) -> None:
    appraisal = {"agency": "某评估公司", "amount_minor": 700, "valid_until": now + DAY}
    for verb, given in (
        (commands.value_by_directed_inquiry, {"authority": "税务局", "amount_minor": 1}),
        (commands.value_by_online_inquiry, {"results": [{"platform": "甲", "amount_minor": 1}]}),
        (commands.value_by_appraisal, appraisal),
    ):
        with pytest.raises(rules.OutOfOrder):
            value(verb, **given)
    with database.read() as session:
        assert queries.history(session, "P1") == []
    assert value(commands.value_by_appraisal, **appraisal, agreed=True).reference_price_minor == 700


def test_a_reason_of_the_list_opens_only_what_it_leads_to(value: Value, now: datetime) -> None:
    with pytest.raises(rules.OutOfOrder):
        value(commands.value_by_directed_inquiry, authority="税务局", amount_minor=1, reason="survey_needed")
    report = {"agency": "某评估公司", "amount_minor": 700, "valid_until": now + DAY}
    assert value(commands.value_by_appraisal, **report, reason="survey_needed").reference_price_minor == 700


def test_a_price_that_stands_is_no_failure_of_its_mode(value: Value) -> None:
    same = [{"party": "D", "amount_minor": 500}, {"party": "K1", "amount_minor": 500}]
    assert value(commands.value_by_negotiation, offers=same).reference_price_minor == 500
    with pytest.raises(rules.OutOfOrder):
        value(commands.value_by_directed_inquiry, authority="税务局", amount_minor=400)


@pytest.mark.statute
def test_platforms_granted_more_time_keep_the_inquiry_open(database: Database, value: Value, now: datetime) -> None:
    asked = [{"platform": "甲", "amount_minor": None, "extension_requested": True}]
    waiting = value(commands.value_by_online_inquiry, after=4 * DAY, sent_at=now, results=asked, agreed=True)
    assert (waiting.reference_price_minor, waiting.next) == (None, "online_inquiry")
    done = [asked[0] | {"amount_minor": 900, "delivered_at": now + 5 * DAY}]
    found = value(commands.value_by_online_inquiry, after=5 * DAY, sent_at=now, results=done)
    assert found.reference_price_minor == 900
    with database.read() as session:
        assert [one.outcome for one in queries.history(session, "P1")] == ["pending", "price"]


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [
        (commands.value_by_negotiation, {"offers": []}),
        (commands.value_by_negotiation, {"offers": "D"}),
        (commands.value_by_negotiation, {"offers": [{"party": "E", "amount_minor": 1}]}),
        (commands.value_by_negotiation, {"offers": [*OFFERS, OFFERS[0]]}),
        (commands.value_by_negotiation, {"offers": [{"party": "D", "amount_minor": 10**20}]}),
        (commands.value_by_negotiation, {"offers": [{"party": "D"}]}),
        (commands.value_by_directed_inquiry, {"authority": "", "amount_minor": 1}),
        (commands.value_by_directed_inquiry, {"authority": "税务局", "amount_minor": 0}),
        (commands.value_by_directed_inquiry, {"authority": "税务局", "amount_minor": 1, "agreed": "yes"}),
        (commands.value_by_online_inquiry, {"results": []}),
        (commands.value_by_online_inquiry, {"results": [{"platform": "甲", "amount_minor": 1.5}]}),
        (commands.value_by_online_inquiry, {"results": [{"platform": "甲", "amount_minor": 1}] * 2}),
        (commands.value_by_online_inquiry, {"results": [{"platform": "甲", "amount_minor": 1, "delivered_at": "x"}]}),
        (commands.value_by_appraisal, {"agency": "某", "amount_minor": None, "valid_until": None}),
        (commands.value_by_appraisal, {"agency": "某", "amount_minor": True, "valid_until": None}),
    ],
)
def test_what_cannot_be_read_is_refused(database: Database, value: Value, verb: Value, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputMalformed):
        value(verb, **{"agreed": True} | wrong if verb is not commands.value_by_negotiation else wrong)
    with database.read() as session:
        assert queries.history(session, "P1") == []


def test_instants_to_come_are_refused(value: Value, now: datetime) -> None:
    appraisal = {"agency": "某", "amount_minor": 1, "valid_until": now + 9 * DAY, "agreed": True}
    with pytest.raises(InputMalformed):
        value(commands.value_by_appraisal, **appraisal, delivered_at=now + DAY)
    with pytest.raises(InputMalformed):
        value(commands.value_by_online_inquiry, sent_at=now + DAY, results=[{"platform": "甲", "amount_minor": 1}])
    with pytest.raises(rules.ValidityTooLong):
        value(commands.value_by_appraisal, **appraisal | {"valid_until": now + 367 * DAY})


def test_only_what_is_held_is_valued_and_only_by_an_officer(
    database: Database, officer: Actor, bidder: Actor, now: datetime
) -> None:
    with pytest.raises(AuthForbidden), database.act(actor=bidder, now=now) as act:
        commands.value_by_negotiation(act, property="P1", offers=OFFERS)
    with pytest.raises(NotFound), database.act(actor=officer, now=now) as act:
        commands.value_by_negotiation(act, property="P9", offers=OFFERS)
    with database.act(actor=officer, now=now) as act:
        release(act, property="P1", ground="债务已清偿")
    with pytest.raises(NotUnderControl), database.act(actor=officer, now=now) as act:
        commands.value_by_negotiation(act, property="P1", offers=OFFERS)


@pytest.mark.statute
def test_valuation_is_due_thirty_days_after_the_seizure_and_disposal_ten_after_the_price(
    database: Database, value: Value, now: datetime
) -> None:
    with database.read() as session:
        (first,) = queries.due(session, now)
    # 2 April 2025 is a Wednesday and worked.
    assert (first.what, first.by) == ("start_valuation", datetime.fromisoformat("2025-04-02T23:59:59.999999+08:00"))
    value(commands.value_by_negotiation, offers=[OFFERS[0], {"party": "K1", "amount_minor": 500}])
    with database.read() as session:
        (second,) = queries.due(session, now, case="C1")
        assert queries.due(session, now, case="C2") == []
    assert (second.what, second.by) == ("start_disposal", datetime.fromisoformat("2025-03-13T23:59:59.999999+08:00"))
    assert second.overdue(now + 11 * DAY)
    with database.act(actor=PLATFORM, now=now) as act:
        note_disposal(act, property="P1", to="disposing")
    with database.read() as session:
        assert queries.due(session, now) == []
