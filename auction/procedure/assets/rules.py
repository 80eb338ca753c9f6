"""How long a control may last, and when it must be renewed."""

from __future__ import annotations

from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import add_years, day_of, end_of_day
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ControlNumbers

KINDS = ("movable", "immovable", "other_right")
CATEGORIES = ("home", "shop", "land", "vehicle", "vessel", "equity", "food", "machinery", "other")

STATUSES = ("seized", "disposing", "disposed", "released")
#: The life of a property under this court's control; nothing else may follow.
TRANSITIONS: dict[str, frozenset[str]] = {
    "seized": frozenset({"disposing", "disposed", "released"}),
    "disposing": frozenset({"seized", "disposed", "released"}),
    "disposed": frozenset(),
    "released": frozenset(),
}


@carries_out("control.lapse", "control.seize_before_disposal")
class ControlLapsed(Refusal):
    """The seizure has expired, or would expire before the close."""

    code = "assets.control_lapsed"
    article = "民诉解释 第485条；查封规定 第27条"
    title_zh = "查控期限已届满或不足"
    title_en = "Control has lapsed or ends too soon"
    zh = "查封、扣押、冻结期限至 {until:instant} 止，届满即失效；请先依法续行或重新查封。"
    en = "Control of the property ends at {until:instant} and lapses then; renew it in time or seize anew."


@carries_out("control.property_max_years")
class ControlTooLong(Refusal):
    """A control was asked for longer than the law allows."""

    code = "assets.control_too_long"
    article = "民诉解释 第485条"
    title_zh = "超过最长期限"
    title_en = "Longer than the law allows"
    zh = "查控期限最长至 {latest:instant}，请缩短。"
    en = "Control may last until {latest:instant} at the longest; choose an earlier end."


@carries_out("control.seize_before_disposal")
class NotUnderControl(Refusal):
    """The property was released or disposed of; this court does not hold it any more."""

    code = "assets.not_under_control"
    article = "查封规定 第27、28条"
    title_zh = "财产已不在查控之中"
    title_en = "No longer under control"
    zh = "该财产状态为“{status}”，已不在本院查控之中。"
    en = "The property is “{status}”, no longer under this court's control."


class NecessaryHome(Refusal):
    """The debtor's only home is not disposed of before his living is seen to."""

    code = "assets.necessary_home"
    article = "法释〔2004〕15号 第4条；法释〔2015〕10号 第20条"
    title_zh = "生活必需住房尚未保留租金"
    title_en = "A necessary home without its set-aside"
    zh = "“{title}”是被执行人及其所扶养家属唯一的生活必需住房；须先确定五至八年租金的保留金额，方可处置。"
    en = "“{title}” is the debtor's only home; rent of five to eight years must be set aside before it is sold."


@carries_out("control.necessary_home")
def check_home(*, title: str, sole_home: bool, setaside_minor: int | None) -> None:
    """Let a sole home be disposed of only with the legal set-aside (查封规定第4条).

    :raises NecessaryHome: without it
    """
    if sole_home and not setaside_minor:
        raise NecessaryHome(title=title)


@carries_out("control.property_max_years")
def control_until(
    numbers: ControlNumbers, *, kind: str, start: datetime, now: datetime, asked: datetime | None
) -> datetime:
    """Return until when a control from ``start`` holds: as asked, or as long as the law allows (民诉解释第485条).

    The last day counts as a whole day, so an end later on that day is not too long.

    :raises ControlTooLong: when asked for longer
    :raises InputMalformed: when asked for an end that has passed
    """
    longest = add_years(start, numbers.max_years(kind))
    if asked is None:
        return longest
    if asked <= max(start, now):
        raise InputMalformed(errors={"until": "应晚于起算时刻 / must lie after the start"})
    latest = end_of_day(day_of(longest))
    if asked > latest:
        raise ControlTooLong(latest=latest)
    return asked


@carries_out("control.lapse")
def check_live(*, until: datetime, now: datetime) -> None:
    """Refuse a control that has lapsed: its end does not belong to it (查封规定第27条).

    :raises ControlLapsed: at or after its end
    """
    if now >= until:
        raise ControlLapsed(until=until)


def check_step(*, status: str, to: str) -> None:
    """Refuse a step the life of a property does not have.

    :raises NotUnderControl: naming where it stands
    """
    if to not in TRANSITIONS[status]:
        raise NotUnderControl(status=status)


@carries_out("control.first_alarm_days", "control.second_alarm_days", "control.last_alarm_days")
def alarm_days(numbers: ControlNumbers) -> tuple[int, int, int]:
    """Return how many days before its end a control is alarmed, the most urgent first."""
    return numbers.last_alarm_days, numbers.second_alarm_days, numbers.first_alarm_days


def reminder(numbers: ControlNumbers, *, until: datetime, now: datetime) -> int | None:
    """Return the tightest alarm reached, in days before the end; None when it is far off."""
    return next((days for days in alarm_days(numbers) if until - now <= timedelta(days=days)), None)
