"""Any verb with anything: what exists, what does not, what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from auction.edges.scenario.verbs import VERBS
from auction.procedure.objections import queries as objections
from tests.machine.world import BIDDERS, CASES, PARTIES, THINGS, World

T = TypeVar("T")
#: Draws from a strategy.
Draw = Callable[[Any], Any]
_PLACES = 2**16
_ANYWHERE = st.integers(0, _PLACES - 1)
#: Small numbers are drawn more often than large ones; times the golden ratio they lie all over the place.
_GOLDEN = 40_503
#: What no field may be.
HOSTILE: tuple[object, ...] = (
    *("", "  ", "L9", "nobody", "名" * 90, "a\x00b", "\u202eL1", "'; DROP TABLE lots; --"),
    *(0, -1, True, 1.5, 10**18, 10**30, None, [], ["L1"], {}, {"id": "L1"}, float("nan")),
)
_AMOUNTS = (1, 99, 100, 500_000, 7_000_000, 63_000_000, 70_000_000, 70_500_000, 100_000_000, 2**53)
_GROUNDS = {
    "defer": ("platform_fault", "panel"),
    "suspend": ("outsider_objection", "act_objection", "retrial", "settlement_talks", "debtor_own_sale", "panel"),
    "withdraw": ("debtor_paid", "settlement", "applicant_withdrew", "outsider_upheld", "panel", "collusion"),
    "revoke": ("31-1", "31-3", "31-6"),
    "release": ("案外人异议成立", "applicant_withdrew", "excess", "unsold"),
    "defer_valuation": ("panel", "objection", "settlement"),
    "withdraw_valuation": ("panel", "settlement"),
    "strike_platform": ("refused", "late"),
}
#: What each verb is given; a name with ``?`` is left out half of the time.
VERBS_GIVEN: dict[str, tuple[str, ...]] = {
    "record_cost": ("case", "what", "amount_minor", "lot?"),
    "renew_control": ("property", "until?"),
    "release": ("property", "ground"),
    "value_by_negotiation": ("property", "offers"),
    "value_by_appraisal": ("property", "agency", "amount_minor", "valid_until", "agreed"),
    "insist": ("property", "claim"),
    "consent": ("case", "person", "to"),
    "record_payment": ("case", "by", "amount_minor"),
    "draft_lot": ("lot", "properties", "start_price_minor", "deposit_minor", "increment_minor", "opens_at",
                  "closes_at?", "disclosure", "after?", "sale?"),
    "approve_lot": ("lot", "panel"),
    "notify": ("lot", "person", "how"),
    "announce": ("lot",),
    "declare_ineligible": ("person", "lot", "why"),
    "confirm_agent": ("lot", "bidder", "agent"),
    "register": ("lot", "bidder", "as_priority?", "agent?", "creditor_claim?"),
    "pay_deposit": ("lot", "bidder", "amount_minor"),
    "bid": ("lot", "bidder", "amount_minor", "received_at?", "bid_id?"),
    "defer": ("lot", "ground"),
    "suspend": ("lot", "ground"),
    "resume": ("lot",),
    "withdraw": ("lot", "ground"),
    "revoke": ("lot", "ground"),
    "file_objection": ("objection", "by", "kind", "against"),
    "decide_objection": ("objection", "upheld"),
    "take_in_kind": ("lot", "claim"),
    "pay_balance": ("lot", "amount_minor"),
    "decide_set_off": ("lot", "claim"),
    "declare_default": ("lot",),
    "apply_forfeit": ("lot",),
    "order_top_up": ("lot",),
    "rule": ("lot",),
    "serve_ruling": ("lot",),
    "hand_over": ("lot",),
    "plan_distribution": ("case", "enforcement_fee?", "interest_until?"),
    "serve_plan": ("case",),
    "object_to_plan": ("case", "by", "claim", "amount_minor?"),
    "oppose": ("case", "by", "claim?"),
    "sue": ("case", "by", "claim?"),
    "pay_out": ("case",),
    "release_payout": ("case",),
}  # fmt: skip
#: The verbs that the road needs only when something special has happened.
SPECIAL: dict[str, tuple[str, ...]] = {
    "value_by_directed_inquiry": ("property", "authority", "amount_minor?", "agreed?", "reason?"),
    "value_by_online_inquiry": ("property", "sent_at?", "results", "agreed?", "reason?"),
    "entrust_appraisal": ("property", "purpose?", "agreed?", "reason?"),
    "send_inquiry": ("property", "purpose?", "agreed?", "reason?"),
    "agree_agencies": ("property", "agencies"),
    "commit_draw": ("property", "agencies"),
    "draw_agencies": ("property", "words?"),
    "check_draw": ("property", "seed?"),
    "extend_appraisal": ("property", "days?"),
    "replace_agency": ("property",),
    "return_report": ("property", "why", "wrong"),
    "send_report": ("property", "person", "how"),
    "find_facts": ("property",),
    "defer_valuation": ("property", "ground"),
    "resume_valuation": ("property",),
    "withdraw_valuation": ("property", "ground"),
    "settle_fee": ("property", "lot?", "claim", "fee_minor?", "actual_cost_minor?", "rate_ppm?"),
    "list_platform": ("platform", "data_kinds?", "retention_years?"),
    "strike_platform": ("platform", "ground"),
    "forward_objection": ("property", "objection"),
    "explain_objection": ("property", "objection", "accepted"),
    "order_review": ("property", "objection", "until"),
    "conclude_review": ("property", "objection", "wrong"),
    "ask_papers": ("objection", "what"),
    "supplement_objection": ("objection", "by", "papers"),
    "accept_objection": ("objection",),
    "notify_objection": ("objection",),
    "reconsider": ("objection", "by", "reasons?"),
    "send_up_objection": ("objection",),
    "extend_reconsideration": ("objection",),
    "decide_reconsideration": ("objection", "granted"),
    "sue_over_thing": ("objection", "by"),
    "accept_security": ("objection", "by", "amount_minor"),
    "enter_judgment": ("objection", "for_outsider"),
    "order_stay": ("lot", "ordered", "until?"),
    "warn_no_surplus": ("property",),
    "record_approval": ("lot", "granted"),
    "correct_announcement": ("lot", "block", "text", "why?"),
    "read_corrections": ("lot", "bidder"),
    "confirm_joint": ("lot", "bidder", "jointly"),
    "undertake": ("lot", "person"),
    "ask_in_kind": ("lot", "claims?"),
    "decline_in_kind": ("lot", "claim"),
    "ask_set_off": ("lot", "claim"),
    "pay_top_up": ("lot", "amount_minor"),
    "settle_suit": ("case", "claim", "amount_minor"),
    "join_distribution": ("case", "claims"),
    "refer_bankruptcy": ("case", "by"),
    "answer_bankruptcy": ("case", "accepted"),
    "order_release": ("property", "kept_worth_minor"),
    "ask_transfer": ("property", "case"),
    "transfer_disposal": ("property",),
}
#: What only looks, or is done before there is anything to do something with.
NOT_WILD = frozenset({"open_case", "seize", "show", "wait"})
_COMMANDS_OF_THEIR_OWN = frozenset({"pay_out", "release_payout"})
_ROLES = ("officer", "panel", "finance", "head", "supervisor", "administrator", "bidder", *BIDDERS, *PARTIES)


def pick(draw: Draw, pool: Sequence[T]) -> T:
    """Return one of a pool.

    What is drawn never depends on how large the pool is: codes and tickets are random, so two runs of the same choices
    may find different pools.
    """
    place: int = draw(_ANYWHERE) * _GOLDEN % _PLACES * len(pool) // _PLACES
    return pool[place]


def act(draw: Draw, world: World) -> tuple[str, dict[str, object], str | None]:
    """Return a verb, what it is given, and who does it where that is not who may."""
    # The special verbs are many and mostly refused, so they come once in three.
    special = sorted({*SPECIAL, *VERBS} - {*VERBS_GIVEN, *NOT_WILD})
    verb = pick(draw, special if pick(draw, range(3)) == 0 else sorted(VERBS_GIVEN))
    pools = _pools(world)
    pools["ground"] = _GROUNDS.get(verb, ())
    hostile = [one for one in HOSTILE if isinstance(one, str)] if verb in _COMMANDS_OF_THEIR_OWN else list(HOSTILE)
    given: dict[str, object] = {}
    for field in VERBS_GIVEN.get(verb) or SPECIAL.get(verb) or _missing_from_nothing(world, verb):
        name = field.removesuffix("?")
        if name == field or pick(draw, (True, False)):
            # Mostly what is plausible; once in a while what cannot be.
            likely = pools.get(name, ()) if pick(draw, range(16)) else ()
            given[name] = pick(draw, likely or hostile)
    return verb, given, pick(draw, (*(None,) * 10, *_ROLES)) if pick(draw, range(4)) == 0 else None


def _missing_from_nothing(world: World, verb: str) -> tuple[str, ...]:
    """Return what a verb that nobody has listed here asks for, by giving it nothing."""
    refusal = world.do(verb)
    errors = refusal.facts.get("errors", {}) if refusal is not None else {}
    return tuple(errors) if isinstance(errors, dict) else ()


def _pools(world: World) -> dict[str, tuple[object, ...]]:
    seen = world.seen()
    with world.stage.read() as session:
        filed = tuple(one.id for case in CASES for one in objections.of_case(session, case=case))
    there = [lot for case in CASES for lot in seen.lots[case]]
    due = tuple(one.due_minor for one in seen.settled.values())
    names = tuple(lot.id for lot in there) or ("L1",)
    prices = tuple(lot.start_price_minor for lot in there) + tuple(lot.deposit_minor for lot in there)
    instants = tuple(
        (world.now + timedelta(**span)).isoformat()
        for span in ({"days": -1}, {"seconds": 0}, {"minutes": 5}, {"days": 8}, {"days": 17}, {"days": 400})
    )
    persons = (*BIDDERS, *PARTIES)
    amounts = (*_AMOUNTS, *due, *prices)
    return {
        "lot": names, "after": names, "properties": tuple([one] for one in THINGS), "property": THINGS, "case": CASES,
        "claim": ("K1", "K2", "K3"), "creditor_claim": ("K1", "K3"), "person": persons, "by": persons,
        "bidder": persons, "agent": persons, "amount_minor": amounts, "start_price_minor": amounts,
        "deposit_minor": amounts, "increment_minor": (1, 500_000), "opens_at": instants, "closes_at": instants,
        "until": instants, "valid_until": instants, "received_at": instants, "interest_until": ("2025-09-30",),
        "sale": (True, False), "agreed": (True, False), "upheld": (True, False), "as_priority": (True, False),
        "enforcement_fee": (True, False), "disclosure": ("complete", {"omit": ["taxes"]}),
        "panel": (["甲", "乙", "丙"], ["甲"], ["甲", "甲", "乙"]), "how": ("served", "waived", "unreachable"),
        "to": ("sell_more", "own_sale"), "what": ("评估费", "看样费"), "why": ("近亲属",), "agency": ("评估公司",),
        "kind": ("act", "outsider", "valuation", "plan"), "against": (*names, *THINGS, *CASES),
        "objection": (*filed, f"O{next(world.numbers)}"), "bid_id": ("b-1", "b-2"),
        "authority": ("税务局",), "reason": ("法律规定",), "sent_at": instants, "purpose": ("处置",), "days": (15, 30),
        "results": ([{"platform": one, "amount_minor": 100_000_000} for one in ("甲平台", "乙平台", "丙平台")],),
        "agencies": (["甲评估", "乙评估", "丙评估"], ["甲评估"], [], "甲评估"), "words": ("开奖", ["a", "b"], None),
        "seed": ("a" * 64,), "wrong": (["面积有误"], True, False), "fee_minor": amounts, "actual_cost_minor": amounts,
        "rate_ppm": (1, 1_000, 10**6), "platform": ("甲平台",), "data_kinds": (0, 2, 3), "retention_years": (1, 10),
        "accepted": (True, False), "papers": ("产权证",), "reasons": ("不服",), "granted": (True, False),
        "for_outsider": (True, False), "ordered": ("security", "superior"), "block": ("taxes", "defects"),
        "text": ("补充说明", "占有不明"), "jointly": ([{"person": one, "share": "1/2"} for one in ("A", "B")],),
        "claims": (["K1"], [{"id": "K9", "creditor": "丁", "amount_minor": 1, "kind": "ordinary", "title": "判决"}]),
        "kept_worth_minor": amounts,
        "offers": ([{"party": "D", "amount_minor": 100_000_000}, {"party": "K1", "amount_minor": 100_000_000}],),
    }  # fmt: skip
