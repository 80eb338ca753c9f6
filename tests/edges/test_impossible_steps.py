"""Steps that contradict what was done, or themselves, are refused by name; no table holds anything else after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from auction.edges.scenario.databases import Template
from auction.foundation.kernel.calendar import add_years
from auction.procedure.distribution import queries as plans
from auction.procedure.lots import queries as lots
from tests.machine.walk import join, put_up
from tests.machine.world import Tally, World

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
START = 70_000_000


@pytest.fixture
def world(template: Template) -> Iterator[World]:
    """Two cases of one debtor; P1 and P2 in the first, valued at 100,000,000 fen each."""
    with template.copy() as url:
        made = World(url=url, tally=Tally())
        made.begin(debtor_kind="natural_person", applicant_minor=200_000_000, secured=False)
        yield made
        made.close()


def refused(world: World, code: str, verb: str, **given: object) -> None:
    """See a verb refused by that name; ``World`` itself sees that nothing changed."""
    refusal = world.do(verb, **given)
    assert refusal is not None, f"{verb} was done"
    assert refusal.code == code


def at(world: World, instant: datetime | None = None, **span: int) -> str:
    return ((instant or world.now) + timedelta(**span)).isoformat()


def announced(world: World, thing: str = "P1") -> str:
    put_up(world, thing)
    return f"L{_last(world)}"


def _last(world: World) -> int:
    with world.stage.read() as session:
        return max(int(lot.id[1:]) for case in ("C1", "C2") for lot in lots.of_case(session, case=case))


def sold(world: World, thing: str = "P1") -> str:
    """Sell a thing to A for its start price."""
    lot = announced(world, thing)
    with world.stage.read() as session:
        record = lots.lot(session, lot)
    join(world, record, "A")
    world.until(record.opens_at)
    assert world.do("bid", lot=lot, bidder="A", amount_minor=START) is None
    world.until(record.closes_at)
    return lot


def paid(world: World, thing: str = "P1") -> str:
    lot = sold(world, thing)
    assert world.do("pay_balance", lot=lot, amount_minor=START - START // 10) is None
    return lot


def planned(world: World) -> None:
    """Bring the money of P1 to a plan that K2's share is disputed in and sued over."""
    paid(world)
    for verb in ("plan_distribution", "serve_plan"):
        assert world.do(verb, case="C1") is None
    world.until(world.now + 8 * DAY)
    assert world.do("object_to_plan", case="C1", by="D", claim="K2", amount_minor=1_000_000) is None
    assert world.do("oppose", case="C1", by="K2") is None


def test_nothing_is_announced_twice(world: World) -> None:
    lot = announced(world)
    refused(world, "terms.not_approved", "announce", lot=lot)
    refused(world, "terms.not_draft", "approve_lot", lot=lot, panel=["甲", "乙", "丙"])
    refused(world, "input.malformed", "draft_lot", **_terms(world, lot=lot))


def test_a_thing_stands_in_one_auction_at_a_time(world: World) -> None:
    lot = announced(world)
    assert world.do("draft_lot", **_terms(world, lot="L50")) is None
    refused(world, "terms.thing_taken", "approve_lot", lot="L50", panel=["甲", "乙", "丙"])
    assert world.do("withdraw", lot=lot, ground="panel") is None
    assert world.do("approve_lot", lot="L50", panel=["甲", "乙", "丙"]) is None


def test_no_ruling_before_the_price_no_hand_over_before_service_and_each_once(world: World) -> None:
    lot = announced(world)
    for verb in ("rule", "serve_ruling", "hand_over", "declare_default", "apply_forfeit", "order_top_up"):
        refused(world, "input.malformed", verb, lot=lot)
    lot = paid(world, "P2")
    refused(world, "settlement.not_due", "serve_ruling", lot=lot)
    refused(world, "settlement.not_due", "hand_over", lot=lot)
    refused(world, "settlement.wrong_amount", "pay_balance", lot=lot, amount_minor=START - START // 10)
    for verb in ("rule", "serve_ruling", "hand_over"):
        assert world.do(verb, lot=lot) is None
        refused(world, "settlement.not_due", verb, lot=lot)
    refused(world, "settlement.not_due", "declare_default", lot=lot)


def test_the_price_is_short_by_a_fen_and_there_is_no_ruling(world: World) -> None:
    lot = sold(world)
    due = START - START // 10
    for amount in (due - 1, due + 1, 1, 0):
        refused(world, "settlement.wrong_amount", "pay_balance", lot=lot, amount_minor=amount)
    for hostile in (-1, 1.5, True, "63000000", None, 10**19):
        refused(world, "input.malformed", "pay_balance", lot=lot, amount_minor=hostile)
    refused(world, "settlement.not_due", "rule", lot=lot)


def test_the_disputed_part_is_not_paid_out(world: World) -> None:
    planned(world)
    with world.stage.read() as session:
        plan = plans.plan(session, case="C1")
    assert plan is not None
    assert plan.objection_until is not None
    refused(world, "distribution.plan_open", "pay_out", case="C1")
    world.until(plan.objection_until + SECOND)
    refused(world, "distribution.disputed", "pay_out", case="C1")
    assert world.do("sue", case="C1", by="D") is None
    refused(world, "distribution.disputed", "pay_out", case="C1", claim="K2")
    assert world.do("pay_out", case="C1") is None
    assert world.do("release_payout", case="C1") is None
    refused(world, "distribution.disputed", "pay_out", case="C1")
    refused(world, "distribution.nothing_there", "plan_distribution", case="C1")


def test_a_plan_is_made_of_money_that_is_there(world: World) -> None:
    refused(world, "distribution.nothing_there", "plan_distribution", case="C1")
    sold(world)
    refused(world, "distribution.nothing_there", "plan_distribution", case="C1")
    refused(world, "distribution.nothing_there", "plan_distribution", case="C2")
    for verb in ("serve_plan", "pay_out", "release_payout"):
        refused(world, "input.malformed", verb, case="C1")


def test_a_lapsed_control_is_not_renewed(world: World) -> None:
    world.until(add_years(world.now, 2))
    refused(world, "assets.control_lapsed", "renew_control", property="P1")


def test_what_was_released_is_neither_renewed_nor_valued_nor_released_again(world: World) -> None:
    assert world.do("release", property="P2", ground="申请执行人撤回") is None
    refused(world, "assets.not_under_control", "renew_control", property="P2")
    refused(world, "assets.not_under_control", "release", property="P2", ground="申请执行人撤回")


@pytest.mark.parametrize("amount", [-1, 0, 1.5, True, "1", None, 10**19, [], float("nan")])
def test_a_cost_is_a_positive_whole_number_of_fen(world: World, amount: object) -> None:
    refused(world, "input.malformed", "record_cost", case="C1", what="评估费", amount_minor=amount)
    refused(world, "input.malformed", "record_payment", case="C1", by="D", amount_minor=amount)


def test_a_period_does_not_end_before_it_begins(world: World) -> None:
    refused(world, "input.malformed", "renew_control", property="P1", until=at(world, days=-1))
    refused(world, "input.malformed", "renew_control", property="P1", until=at(world))
    given = {"case": "C1", "kind": "movable", "title": "轿车"}
    for until in (at(world, days=-1), at(world)):
        refused(world, "input.malformed", "seize", property="P9", until=until, **given)
    appraisal = {"property": "P1", "agency": "评估公司", "amount_minor": START, "agreed": True}
    for valid in (at(world, days=-1), at(world)):
        refused(world, "input.malformed", "value_by_appraisal", valid_until=valid, **appraisal)


def test_an_auction_does_not_close_before_it_opens_nor_open_in_the_past(world: World) -> None:
    opens = world.now + 20 * DAY
    for closes in (opens - SECOND, opens, opens + DAY - SECOND):
        refused(world, "terms.bidding_too_short", "draft_lot", **_terms(world, closes_at=closes.isoformat()))
    refused(world, "input.malformed", "draft_lot", **_terms(world, opens_at=at(world)))
    refused(world, "input.malformed", "draft_lot", **_terms(world, opens_at=at(world, days=-1)))


def test_a_round_follows_the_one_before(world: World) -> None:
    lot = announced(world)
    refused(world, "input.malformed", "draft_lot", **_terms(world, after=lot))
    refused(world, "input.malformed", "draft_lot", **_terms(world, sale=True))
    refused(world, "input.malformed", "draft_lot", **_terms(world, after="L99"))
    with world.stage.read() as session:
        closes = lots.lot(session, lot).closes_at
    world.until(closes)
    refused(world, "input.malformed", "draft_lot", **_terms(world, after=lot, sale=True))
    refused(world, "input.malformed", "draft_lot", **_terms(world, after=lot, properties=["P2"]))
    assert world.do("draft_lot", **_terms(world, lot="L60", after=lot)) is None


def _terms(world: World, **more: object) -> dict[str, object]:
    return {
        "lot": "L40",
        "properties": ["P1"],
        "start_price_minor": START,
        "deposit_minor": START // 10,
        "increment_minor": 500_000,
        "opens_at": at(world, days=20),
        "disclosure": "complete",
        **more,
    }
