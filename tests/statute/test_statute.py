"""Each file beside this one is an article of law told as a story; each is a test, together they tell every rule."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from auction.edges.scenario.databases import Template
from auction.edges.scenario.running import run_file
from auction.edges.stories.reading import Scenario, Step, read
from auction.rulebook import Provision, rulebook

STORIES = sorted(Path(__file__).parent.glob("*.yaml"))

#: Every verb the outer contract names.
VERBS = (
    *("open_case", "seize", "renew_control", "release", "value_by_negotiation", "value_by_directed_inquiry"),
    *("value_by_online_inquiry", "value_by_appraisal", "draft_lot", "insist", "consent", "approve_lot"),
    *("notify", "announce", "declare_ineligible", "confirm_agent", "register", "pay_deposit", "bid", "defer"),
    *("suspend", "resume", "withdraw", "revoke", "file_objection", "decide_objection", "take_in_kind"),
    *("record_cost", "record_payment", "pay_balance", "decide_set_off", "declare_default", "apply_forfeit"),
    *("order_top_up", "rule", "serve_ruling", "hand_over", "plan_distribution", "serve_plan"),
    *("object_to_plan", "oppose", "sue", "pay_out", "show", "wait"),
)

#: Every refusal the outer contract names, but the two that only an edge gives, which alone counts how fast somebody
#: asks: `bidding.too_fast` and `rate.limited` (tests/edges/test_api_operation.py, tests/edges/test_live.py).
REFUSALS = (
    *("terms.start_below_floor", "terms.deposit_out_of_range", "terms.bidding_too_short"),
    *("terms.not_approved", "terms.must_sell_together", "terms.no_surplus", "valuation.missing"),
    *("valuation.expired", "valuation.out_of_order", "announcement.too_short", "announcement.incomplete"),
    *("announcement.person_not_notified", "assets.control_lapsed", "objection.blocks_disposal"),
    *("lots.proceeds_suffice", "registration.ineligible", "registration.barred", "registration.closed"),
    *("registration.agent_not_confirmed", "registration.priority_not_confirmed", "deposit.insufficient"),
    *("bidding.not_open", "bidding.closed", "bidding.not_admitted", "bidding.below_start", "bidding.too_low"),
    *("bidding.off_step", "bidding.own_lead", "bidding.id_reused", "settlement.not_due", "settlement.overdue"),
    *("settlement.wrong_amount", "settlement.buyer_not_qualified", "assets.necessary_home"),
    *("distribution.plan_open", "distribution.disputed", "input.malformed", "auth.required", "auth.forbidden"),
)

#: Numbers that no step can break: what lies on the other side of each is an outcome, told by what its stories expect.
ONE_SIDED = {
    "auction.bidders_min": "one bidder buys, with none the lot is unsold: neither is a refusal",
    "auction.retention_years": "nothing is ever taken out of a docket, so nothing ends after ten years",
    "auction.loser_release": "given back by the platform at once; late only if the bank is (tests/procedure/deposits)",
    "auction.unsold_release": "as with a losing bidder's deposit",
    "auction.rounds_max": "a third auction is nothing the road knows: it is refused as malformed",
    "auction.sale_rounds_max": "as a third auction",
    "settlement.winner_deposit_transfer": "as giving back: late only if the bank is (tests/procedure/deposits)",
    "valuation.network_extension_days": "what comes after it does not count: the price is another, nobody refused",
    "distribution.double_interest_per_million_a_day": "a rate, not a bound",
    "distribution.enforcement_fee_flat_up_to_minor": "beyond it the fee is another amount",
    "distribution.enforcement_fee_flat_minor": "an amount, not a bound",
    "distribution.enforcement_fee_brackets": "beyond each step the fee is another amount",
    "distribution.construction_priority_max_months": "a builder who comes later has lost his rank, not his claim",
}
#: What any step may be refused with, whatever its numbers.
OF_ANY_STEP = {"input.malformed", "auth.required", "auth.forbidden"}


@pytest.mark.statute
@pytest.mark.parametrize("story", STORIES, ids=[path.stem for path in STORIES])
def test_the_law_holds(story: Path, template: Template) -> None:
    report = run_file(story, template=template)
    assert report.malformed is None
    assert list(report.lines())[1:] == []


def test_every_story_says_what_the_article_asks_and_in_both_languages() -> None:
    for path in STORIES:
        story = _read(path)
        assert story.about, path.name
        assert story.title, path.name
        assert story.title_zh, path.name


def test_every_story_but_those_of_bad_input_names_the_rules_it_tells() -> None:
    assert [path.stem for path in STORIES if not path.stem.startswith("input-") and not _read(path).rules] == []


@pytest.mark.statute
@pytest.mark.parametrize("rule", [one for one in rulebook().provisions if one.until is None], ids=lambda one: one.key)
def test_every_rule_is_told_by_a_story(rule: Provision) -> None:
    assert _telling(rule.key), f"no story tells {rule.key} ({rule.article.zh}: {rule.title.zh})"


@pytest.mark.statute
@pytest.mark.parametrize(
    "rule", [one for one in rulebook().provisions if one.until is None and one.unit], ids=lambda one: one.key
)
def test_a_number_is_told_on_both_sides(rule: Provision) -> None:
    steps = [step for story in _telling(rule.key) for step in story.steps]

    assert any(step.refused is None for step in steps), f"nothing is done under {rule.key} ({rule.article.zh})"
    if rule.key not in ONE_SIDED:
        assert any(_on_the_other_side(step) for step in steps), f"nothing is refused or falls due under {rule.key}"


def test_what_is_one_sided_is_a_rule() -> None:
    assert ONE_SIDED.keys() <= {one.key for one in rulebook().provisions}


@pytest.mark.statute
@pytest.mark.parametrize("instrument", ["online_auction", "reference_price"])
def test_every_article_of_the_two_provisions_in_the_rulebook_is_told(instrument: str) -> None:
    articles = Counter[int]()
    for rule in rulebook().provisions:
        if rule.article.instrument.key == instrument and rule.article.first is not None:
            articles[rule.article.first] += len(_telling(rule.key))

    assert [article for article, stories in sorted(articles.items()) if not stories] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_contract_is_played(verb: str) -> None:
    assert any(step.do == verb and step.refused is None for step in _steps()), verb


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_of_the_contract_is_given(code: str) -> None:
    assert any(step.refused == code for step in _steps()), code


def _on_the_other_side(step: Step) -> bool:
    """Say whether a step shows what lies beyond a number: a refusal for it, or a period that became due or overdue."""
    falls_due = step.do == "show" and "due" in step.given and step.expects
    return falls_due or (step.refused is not None and step.refused not in OF_ANY_STEP)


@cache
def _read(path: Path) -> Scenario:
    return read(path)


def _telling(key: str) -> list[Scenario]:
    return [story for story in map(_read, STORIES) if key in story.rules]


def _steps() -> list[Step]:
    return [step for path in STORIES for step in _read(path).steps]
