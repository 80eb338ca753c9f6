"""On which grounds a control ends, when too much is held, and what a sole home leaves its owner; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.kernel.calendar import day_of, end_of_day, within_days
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ControlNumbers, DistributionNumbers

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class ReleaseGround:
    """A ground of the law for ending a control."""

    zh: str
    en: str
    article: str


#: The grounds on which a control is lifted. Another text is still taken and entered as it was written.
RELEASE: Mapping[str, ReleaseGround] = {
    "outsiders_property": ReleaseGround("系案外人的财产", "it belongs to an outsider", "查封规定 第28条第1项"),
    "applicant_withdrew": ReleaseGround(
        "申请执行人撤回申请或者放弃债权", "the applicant withdraws or waives his claim", "查封规定 第28条第2项"
    ),
    "unsold": ReleaseGround(
        "流拍、变卖不成，不同意以物抵债，又无其他执行措施",
        "nobody buys it or takes it in kind, and no other measure remains",
        "查封规定 第28条第3项",
    ),
    "debt_paid": ReleaseGround("债务已经清偿", "the debt is paid", "查封规定 第28条第4项"),
    "secured": ReleaseGround(
        "提供担保且申请执行人同意", "security is given and the applicant agrees", "查封规定 第28条第5项"
    ),
    "excess": ReleaseGround(
        "明显超出债权额和执行费用", "more is held than debt and costs need", "查封规定 第19条；法释〔2021〕20号 第5条"
    ),
    "suit_not_brought": ReleaseGround(
        "案外人异议成立，申请执行人未在期限内起诉",
        "an outsider's objection was upheld and the applicant did not sue in time",
        "法释〔2015〕5号 第314条",
    ),
    "bankruptcy": ReleaseGround(
        "受移送法院裁定受理破产", "the bankruptcy court has accepted the debtor's case", "法释〔2015〕5号 第513条"
    ),
    "other": ReleaseGround(
        "法院认为应当解除的其他情形", "another case in which it must be lifted", "查封规定 第28条第6项"
    ),
}


class NotExcess(Refusal):
    """What would stay held does not cover the debt and the costs."""

    code = "assets.not_excess"
    article = "查封规定 第19条"
    title_zh, title_en = "并未明显超额", "Not more than is needed"
    zh = "解除后其余查控财产价值 ¥{kept_minor:money}，不足以清偿债权及费用 ¥{needed_minor:money}，不属于超额查封。"
    en = "What stays held is worth ¥{kept_minor:money}, less than the ¥{needed_minor:money} needed; nothing is excess."


class SetasideOutOfRange(Refusal):
    """The rent set aside for a sole home is not that of five to eight years."""

    code = "assets.setaside_out_of_range"
    article = "法释〔2015〕10号 第20条"
    title_zh, title_en = "预留租金超出法定范围", "Set-aside out of range"
    zh = "按当地租金标准，应预留 ¥{min_minor:money} 至 ¥{max_minor:money}。"
    en = "By the local rent, between ¥{min_minor:money} and ¥{max_minor:money} is set aside."


@carries_out("control.release_grounds")
def known_ground(text: str) -> ReleaseGround | None:
    """Return the ground of the law a text names, or None for one in the officer's own words."""
    return RELEASE.get(text)


@carries_out("control.scope")
def check_excess(*, kept_minor: int, needed_minor: int) -> None:
    """Let a thing be found excess only when what stays held still covers debt and costs (查封规定第19条).

    :raises NotExcess: when a fen is missing
    """
    if kept_minor < needed_minor:
        raise NotExcess(kept_minor=kept_minor, needed_minor=needed_minor)


@carries_out("control.equity_excess_days", "control.scope")
def release_by(numbers: ControlNumbers, *, category: str, ordered_at: datetime) -> datetime:
    """Return until when an ordered release is carried out: equity within seven days, else the same day.

    法释〔2021〕20号 第5条; 查封规定第19条 asks for it at once.
    """
    if category == "equity":
        return within_days(ordered_at, numbers.equity_excess_days)
    return end_of_day(day_of(ordered_at))


@carries_out("distribution.living_setaside_min_years", "distribution.living_setaside_max_years")
def living_setaside(
    numbers: DistributionNumbers, *, monthly_rent_minor: int | None, asked_minor: int | None
) -> int | None:
    """Return what a sole home leaves its owner: as asked within five to eight years' rent, the least when not asked.

    Where no rent is on record the sum is as it was fixed (法释〔2015〕10号 第20条).

    :raises SetasideOutOfRange: for a sum outside the range
    """
    if monthly_rent_minor is None:
        return asked_minor
    a_year = monthly_rent_minor * _MONTHS_A_YEAR
    least, most = a_year * numbers.living_setaside_min_years, a_year * numbers.living_setaside_max_years
    if asked_minor is None:
        return least
    if not least <= asked_minor <= most:
        raise SetasideOutOfRange(min_minor=least, max_minor=most)
    return asked_minor
