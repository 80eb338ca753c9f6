"""The numbers of the law as typed attributes, one group for each part of the road.

A field's last word is its unit (``_days``, ``_pct``, ``_minor``); a field without one
is a ``timedelta`` or a plain count. Every field must be given by the rulebook file,
under the key ``group.field``, and is cited under that key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from auction.rulebook.model import ByKind, FeeBracket


@dataclass(frozen=True, slots=True)
class AuctionNumbers:
    """Terms, announcement, notices, deposit, bidding, second auction and sale."""

    start_price_min_pct: int
    bidders_min: int
    first_notice_days: ByKind
    second_notice_days: ByKind
    sale_notice_days: ByKind
    notify_before_announcement_days: int
    deemed_notified_days: int
    shareholder_notice_days: int
    deposit_min_pct: int
    deposit_max_pct: int
    bidding_min: timedelta
    extension_window: timedelta
    extension_length: timedelta
    resumed_bidding_min: timedelta
    outage_tolerance: timedelta
    outage_window: timedelta
    loser_release: timedelta
    unsold_release: timedelta
    second_round_within_days: int
    second_round_cut_max_pct: int
    rounds_max: int
    resume_within_days: int
    retention_years: int
    no_surplus_reply_days: int
    sale_ask_in_kind_days: int
    sale_announce_within_days: int
    sale_period_days: int
    sale_prepay_pct: int
    sale_contest: timedelta
    sale_extension: timedelta
    sale_rounds_max: int

    def notice_days(self, kind: str, round_: str) -> int:
        """Return the least days between announcement and opening.

        :param kind: ``movable``, ``immovable`` or ``other_right``
        :param round_: ``first``, ``second`` or ``sale``
        :raises ValueError: for any other word
        """
        match round_:
            case "first":
                return self.first_notice_days.of(kind)
            case "second":
                return self.second_notice_days.of(kind)
            case "sale":
                return self.sale_notice_days.of(kind)
            case _:
                msg = f"not a round: {round_}"
                raise ValueError(msg)

    def notice_key(self, round_: str) -> str:
        """Return the key under which ``notice_days`` of that round is cited."""
        return f"auction.{round_}_notice_days"


@dataclass(frozen=True, slots=True)
class ValuationNumbers:
    """The reference price: inquiry, appraisal, objections against it, validity."""

    start_within_days: int
    platform_data_kinds_min: int
    platform_retention_years: int
    delist_late_count: int
    delist_ban_years: int
    network_report_days: int
    network_extension_days: int
    network_reissue_days: int
    network_correction_days: int
    agencies_to_pick: int
    appraisal_report_days: int
    appraisal_extension_apply_days: int
    appraisal_extensions_max: int
    appraisal_extension_max_days: int
    appraisal_return_days: int
    appraisal_reissue_days: int
    appraisal_correction_days: int
    send_report_days: int
    deemed_received_days: int
    objection_days: int
    forward_objection_days: int
    explain_days: int
    validity_max_years: int
    grace_months: int
    start_disposal_within_days: int
    reissue_fee_pct: int


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """Holding property: seizure, freezing, renewal, the right to dispose."""

    property_max_years: ByKind
    first_alarm_days: int
    second_alarm_days: int
    last_alarm_days: int
    equity_excess_days: int
    preservation_renewal_days: int
    priority_transfer_after_days: int
    transfer_letter_days: int
    undisposed_transfer_after_years: int

    def max_years(self, kind: str) -> int:
        """Return the longest period of one seizure or freezing.

        :param kind: ``movable``, ``immovable`` or ``other_right``
        :raises ValueError: for any other word
        """
        return self.property_max_years.of(kind)


@dataclass(frozen=True, slots=True)
class SettlementNumbers:
    """From the hammer to the keys."""

    winner_deposit_transfer: timedelta
    balance_default_days: int
    ruling_service_days: int
    handover_days: int


@dataclass(frozen=True, slots=True)
class DistributionNumbers:
    """The proceeds: fees, order, plan, payment."""

    plan_objection_days: int
    counter_objection_days: int
    plan_lawsuit_days: int
    payout_days: int
    payout_after_obstacle_days: int
    claim_unidentified_days: int
    bankruptcy_reply_days: int
    living_setaside_min_years: int
    living_setaside_max_years: int
    construction_priority_max_months: int
    double_interest_per_million_a_day: int
    enforcement_fee_flat_up_to_minor: int
    enforcement_fee_flat_minor: int
    enforcement_fee_brackets: tuple[FeeBracket, ...]


@dataclass(frozen=True, slots=True)
class ObjectionNumbers:
    """Objections to acts, by outsiders, and what stops meanwhile."""

    file_case_days: int
    notify_after_filing_days: int
    supplement_days: int
    act_review_days: int
    reconsideration_apply_days: int
    reconsideration_send_up_days: int
    reconsideration_review_days: int
    reconsideration_extension_days: int
    outsider_review_days: int
    outsider_suit_days: int
    no_disposal_after_rejection_days: int
    release_without_suit_days: int
    stay_by_security_max_years: int
    superior_stay_max_months: int
    force_majeure_days: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers in force on one day; enough to replay a lot without the rulebook's words."""

    auction: AuctionNumbers
    valuation: ValuationNumbers
    control: ControlNumbers
    settlement: SettlementNumbers
    distribution: DistributionNumbers
    objections: ObjectionNumbers
