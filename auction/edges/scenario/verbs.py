"""The register of verbs: what a step's ``do`` may be, and which words of the law's road are still to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage

#: Plays a verb on the stage; reads what it needs of ``with``, and ends reading with ``given.done()``.
Play = Callable[[Stage, Given], object]
#: Says from ``with`` when an act arrived, where that may be before the step's instant, which is the third.
Arrival = Callable[[Stage, Given, datetime], datetime | None]

#: Every verb a scenario may ever name.
WORDS = frozenset(
    {
        *("open_case", "seize", "renew_control", "release", "value_by_negotiation", "value_by_directed_inquiry"),
        *("value_by_online_inquiry", "value_by_appraisal", "draft_lot", "insist", "consent", "approve_lot", "notify"),
        *("announce", "declare_ineligible", "confirm_agent", "register", "pay_deposit", "bid", "defer", "suspend"),
        *("resume", "withdraw", "revoke", "file_objection", "decide_objection", "take_in_kind", "record_cost"),
        *("ask_in_kind", "decline_in_kind", "ask_set_off", "pay_top_up"),
        *("record_payment", "pay_balance", "decide_set_off", "declare_default", "apply_forfeit", "order_top_up"),
        *("rule", "serve_ruling", "hand_over", "plan_distribution", "serve_plan", "object_to_plan", "oppose", "sue"),
        *("pay_out", "show", "wait"),
        *("find_facts", "send_inquiry", "agree_agencies", "commit_draw", "draw_agencies", "check_draw"),
        *("entrust_appraisal", "extend_appraisal", "replace_agency", "return_report", "send_report"),
        *("defer_valuation", "resume_valuation", "withdraw_valuation", "forward_objection", "explain_objection"),
        *("order_review", "conclude_review", "list_platform", "strike_platform", "settle_fee"),
        *("correct_announcement", "read_corrections", "confirm_joint", "undertake", "warn_no_surplus"),
        *("record_approval",),
        *("order_release", "ask_transfer", "transfer_disposal", "join_distribution", "settle_suit"),
        *("refer_bankruptcy", "answer_bankruptcy"),
        *("accept_objection", "notify_objection", "ask_papers", "supplement_objection", "reconsider"),
        *("send_up_objection", "extend_reconsideration", "decide_reconsideration", "sue_over_thing"),
        *("accept_security", "enter_judgment", "order_stay", "excuse_delay"),
    }
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that can be played."""

    play: Play
    arrival: Arrival | None = None


VERBS: dict[str, Verb] = {}


def verb(name: str, *, arrival: Arrival | None = None) -> Callable[[Play], Play]:
    """Declare how a verb is played."""

    def declare(play: Play) -> Play:
        VERBS[name] = Verb(play=play, arrival=arrival)
        return play

    return declare
