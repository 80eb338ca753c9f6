"""The four modes, as pure decisions: who gave a price in time, which mode may come next, how long a price stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from auction.foundation.kernel.calendar import add_months, add_years, day_of, end_of_day, within_days
from auction.foundation.kernel.money import mean_half_up
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import Numbers, ValuationNumbers


class Mode(StrEnum):
    """The modes in the order of the law (法释〔2018〕15号第2条)."""

    NEGOTIATION = "negotiation"
    DIRECTED_INQUIRY = "directed_inquiry"
    ONLINE_INQUIRY = "online_inquiry"
    APPRAISAL = "appraisal"


#: Where each mode stands in 法释〔2018〕15号.
ARTICLES: Mapping[Mode, str] = {
    Mode.NEGOTIATION: "法释〔2018〕15号 第4条",
    Mode.DIRECTED_INQUIRY: "法释〔2018〕15号 第6条",
    Mode.ONLINE_INQUIRY: "法释〔2018〕15号 第13条",
    Mode.APPRAISAL: "法释〔2018〕15号 第26条",
}
#: The mode the law names when one has failed (第5、7、14条).
NEXT: Mapping[Mode, Mode] = {
    Mode.NEGOTIATION: Mode.DIRECTED_INQUIRY,
    Mode.DIRECTED_INQUIRY: Mode.ONLINE_INQUIRY,
    Mode.ONLINE_INQUIRY: Mode.APPRAISAL,
}
_MODE_ZH = {
    Mode.NEGOTIATION: "当事人议价",
    Mode.DIRECTED_INQUIRY: "定向询价",
    Mode.ONLINE_INQUIRY: "网络询价",
    Mode.APPRAISAL: "委托评估",
}


@carries_out("valuation.four_modes")
class OutOfOrder(Refusal):
    """A mode was taken before the earlier one failed, without agreement or a legal reason."""

    code = "valuation.out_of_order"
    article = "法释〔2018〕15号 第5、7、14条"
    title_zh = "参考价确定方式顺序不当"
    title_en = "Modes of valuation out of order"
    zh = "应先经{first_zh}；未能确定参考价的，或双方当事人一致同意、依法应当适用本方式的，方可采用{mode_zh}。"
    en = "First comes {first}; {mode} follows when that failed, both parties agree, or the law requires it."

    def __init__(self, *, mode: Mode, first: Mode) -> None:
        super().__init__(mode=mode.value, first=first.value, mode_zh=_MODE_ZH[mode], first_zh=_MODE_ZH[first])


@carries_out("valuation.validity_max_years")
class ValidityTooLong(Refusal):
    """A price was to stand for more than a year."""

    code = "valuation.validity_too_long"
    article = "法释〔2018〕15号 第27条"
    title_zh = "有效期超过一年"
    title_en = "Valid for more than a year"
    zh = "参考价有效期最长一年，不得晚于 {latest:instant}。"
    en = "A reference price stands for a year at most, here until {latest:instant}."


class PriceLike(Protocol):
    """What the validity of a price is judged by."""

    @property
    def valid_until(self) -> datetime:
        """The last instant at which it stands without grace."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one party says the property is worth."""

    party: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one platform delivered; without an instant it was delivered in time."""

    platform: str
    amount_minor: int | None
    delivered_at: datetime | None = None
    extension_requested: bool = False


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The outcome of an online inquiry: a price, a failure, or pending until the longer deadline."""

    amount_minor: int | None
    pending_until: datetime | None
    counted: tuple[str, ...]


@carries_out("valuation.four_modes", "valuation.directed_inquiry", "valuation.appraisal_mandatory")
def check_order(
    mode: Mode, *, failed: Collection[Mode], taken: Collection[Mode], agreed: bool, reason: str | None
) -> None:
    """Refuse a mode that is not its turn (第5、7、14条).

    A mode follows the one before it that failed, even where that one was itself rightly taken out of turn. A mode
    already taken may be taken again, as when its price has expired and is issued anew.

    :param failed: modes whose newest attempt failed
    :param taken: modes that were rightly taken before
    :raises OutOfOrder: naming the mode that comes first
    """
    if agreed or reason or mode in taken:
        return
    first = None
    for earlier in reversed(tuple(Mode)[: tuple(Mode).index(mode)]):
        if earlier in failed:
            break
        first = earlier
    if first is not None:
        raise OutOfOrder(mode=mode, first=first)


@carries_out("valuation.negotiation")
def negotiated(offers: Sequence[Offer], *, debtor: str, creditors: Collection[str]) -> int | None:
    """Return the price both sides named, or None when a side is missing or they differ (第4条)."""
    parties = {offer.party for offer in offers}
    amounts = {offer.amount_minor for offer in offers}
    both = debtor in parties and not parties.isdisjoint(creditors)
    return amounts.pop() if both and len(amounts) == 1 else None


@carries_out("valuation.online_inquiry", "valuation.network_report_days", "valuation.network_extension_days")
def inquired(
    results: Sequence[Result],
    *,
    sent_at: datetime,
    now: datetime,
    numbers: ValuationNumbers,
    by: datetime | None = None,
    extendable: bool = True,
) -> Inquiry:
    """Return what the platforms' results amount to (第11、13条).

    The price is the arithmetic mean of the results delivered in time, half a fen up.
    Three days are given; they become longer only when every platform was late and had
    asked; when some delivered in time, the others get no more time and do not count.

    :param by: the end of the first period where it is on record, as after a deferral
    :param extendable: whether more time may be had at all: not for a new report or a correction
    """
    deadline = by or within_days(sent_at, numbers.network_report_days)
    in_time = _delivered(results, by=deadline)
    if in_time or not extendable or not all(one.extension_requested for one in results):
        return _mean_of(in_time)
    longer = within_days(deadline, numbers.network_extension_days)
    in_time = _delivered(results, by=longer)
    if not in_time and now <= longer:
        return Inquiry(amount_minor=None, pending_until=longer, counted=())
    return _mean_of(in_time)


@carries_out("valuation.validity_max_years")
def valid_until(numbers: ValuationNumbers, *, fixed_at: datetime, asked: datetime | None) -> datetime:
    """Return until when a price stands: as set by who gave it, a year at the most (第27条).

    :raises ValidityTooLong: when set for longer; the last day counts whole
    :raises InputMalformed: when it would end before it begins
    """
    longest = add_years(fixed_at, numbers.validity_max_years)
    if asked is None:
        return longest
    if asked <= fixed_at:
        raise InputMalformed(errors={"valid_until": "应晚于定价时刻 / must lie after the price was fixed"})
    latest = end_of_day(day_of(longest))
    if asked > latest:
        raise ValidityTooLong(latest=latest)
    return asked


@carries_out("valuation.grace_months")
def usable_at(price: PriceLike, *, now: datetime, first_announced_at: datetime | None, numbers: Numbers) -> bool:
    """Say whether property may be put up on this price now (第27条).

    When the first auction was announced within its validity, later steps may follow for
    six months after it has ended.
    """
    if now <= price.valid_until:
        return True
    if first_announced_at is None or first_announced_at > price.valid_until:
        return False
    return now <= add_months(price.valid_until, numbers.valuation.grace_months)


def _delivered(results: Sequence[Result], *, by: datetime) -> list[tuple[str, int]]:
    return [
        (one.platform, one.amount_minor)
        for one in results
        if one.amount_minor is not None and (one.delivered_at is None or one.delivered_at <= by)
    ]


@carries_out("valuation.mean_of_results")
def _mean_of(delivered: Sequence[tuple[str, int]]) -> Inquiry:
    """Return the mean of what was delivered in time, half a fen up, and whose results it is; none of nothing."""
    if not delivered:
        return Inquiry(amount_minor=None, pending_until=None, counted=())
    counted = tuple(platform for platform, _ in delivered)
    return Inquiry(mean_half_up([minor for _, minor in delivered]), pending_until=None, counted=counted)
