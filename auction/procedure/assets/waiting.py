"""Who waits for a thing another case holds, whose turn comes, and when the right to dispose may be asked for; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import add_years, day_of, end_of_day, within_days
from auction.foundation.kernel.refusal import Refusal
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ControlNumbers

#: Why the right to dispose moves: a prior claim waits too long (2016-6), or a preserving court does nothing (2016-22).
PRIORITY, PRESERVATION = "priority", "preservation"


@dataclass(frozen=True, slots=True)
class Place:
    """A case's place in the queue for a thing; ``status`` is waiting, effective, withdrawn or spent."""

    case: str
    place: int
    status: str
    queued_at: datetime
    ended_at: datetime | None = None


class AlreadyHolding(Refusal):
    """A case does not wait for what it holds itself, nor wait twice."""

    code = "assets.already_holding"
    article = "查封规定 第26条"
    title_zh, title_en = "本案已查封或已轮候", "Held or waited for already"
    zh = "本案已查封或已轮候查封该财产，无需再次查封。"
    en = "This case holds the thing or waits for it already; it is not seized again."


class NotWaiting(Refusal):
    """Only a case in the queue for a thing may do this."""

    code = "assets.not_waiting"
    article = "查封规定 第26条；法释〔2016〕6号 第1条"
    title_zh, title_en = "未轮候查封该财产", "Not in the queue"
    zh = "案件 {case} 未轮候查封该财产。"
    en = "Case {case} is not in the queue for the thing."


class SaleUnderWay(Refusal):
    """While a lot of the thing is announced or open, it does not pass to who waits."""

    code = "assets.sale_under_way"
    article = "查封规定 第26、27条"
    title_zh, title_en = "财产正在处置", "A sale is under way"
    zh = "该财产正在拍卖、变卖，有其他法院轮候查封；请先撤回拍品再解除。"
    en = "The thing is in a running sale and other courts wait for it; take the lot back before releasing it."


class TransferTooEarly(Refusal):
    """The first court still has time to begin the disposal."""

    code = "assets.transfer_too_early"
    article = "法释〔2016〕6号 第1条；法释〔2016〕22号 第21条"
    title_zh, title_en = "尚不能要求移送", "Too early to ask"
    zh = "首先查封法院的处置期限至 {until:instant} 届满，此后方可要求移送。"
    en = "The first court may begin the disposal until {until:instant}; the transfer is asked for after that."


class DisposalBegun(Refusal):
    """The first court has announced an auction or begun a sale."""

    code = "assets.disposal_begun"
    article = "法释〔2016〕6号 第1条"
    title_zh, title_en = "首先查封法院已开始处置", "The disposal has begun"
    zh = "首先查封法院已于 {since:instant} 发布拍卖公告或者进入变卖程序，不再移送。"
    en = "The first court announced an auction or began a sale at {since:instant}; the right stays with it."


class NoPriority(Refusal):
    """Only a creditor with a prior right on the thing, or who waits first behind a mere preservation, may ask."""

    code = "assets.no_priority"
    article = "法释〔2016〕6号 第1条；法释〔2016〕22号 第21条"
    title_zh, title_en = "无权要求移送处分权", "No right to ask for it"
    zh = "本案债权人对该财产没有优先受偿权，首先查封亦非长期未处分的保全查封，不能要求移送。"
    en = "No creditor of the case has a prior right on the thing, nor is it held by an idle preservation."


class NothingAsked(Refusal):
    """Nobody has asked for the transfer."""

    code = "assets.nothing_asked"
    article = "法释〔2016〕6号 第2条"
    title_zh, title_en = "没有待答复的移送请求", "No transfer was asked for"
    zh = "没有待答复的商请移送执行函。"
    en = "No letter asking for the transfer waits for an answer."


@carries_out("control.waiting")
def next_in_line(queue: Iterable[Place]) -> Place | None:
    """Return whose seizure takes effect when the first one ends: the earliest that still waits (查封规定第26条)."""
    return min((one for one in queue if one.status == "waiting"), key=lambda one: one.place, default=None)


def share_of_rest(rest: int, *, needs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return what the queue gets of what a sale leaves over, each in full before the next; nothing where it is zero."""
    given: list[tuple[str, int]] = []
    for case, need in needs:
        part = min(rest, max(0, need))
        rest -= part
        if part:
            given.append((case, part))
    return given


def transfer_ground(*, prior_right: bool, preservation: bool, first_in_line: bool) -> str:
    """Return why a waiting case may ask for the right to dispose.

    :param prior_right: whether one of its claims has a prior right on the thing (法释〔2016〕6号 第1条)
    :param preservation: whether the thing is held by a preservation only (法释〔2016〕22号 第21条)
    :raises NoPriority: when neither ground is there
    """
    if prior_right:
        return PRIORITY
    if preservation and first_in_line:
        return PRESERVATION
    raise NoPriority


@carries_out("control.priority_transfer_after_days", "control.undisposed_transfer_after_years")
def check_transfer(
    numbers: ControlNumbers, *, ground: str, seized_at: datetime, disposal_begun_at: datetime | None, now: datetime
) -> None:
    """Let the transfer be asked for once the first court has had its time and done nothing.

    The day of the seizure is not counted; "more than 60 days" begins when the 60th has ended.

    :raises DisposalBegun: TransferTooEarly: in this order
    """
    if disposal_begun_at is not None:
        raise DisposalBegun(since=disposal_begun_at)
    if ground == PRIORITY:
        until = end_of_day(day_of(seized_at) + timedelta(days=numbers.priority_transfer_after_days))
    else:
        until = end_of_day(day_of(add_years(seized_at, numbers.undisposed_transfer_after_years)))
    if now <= until:
        raise TransferTooEarly(until=until)


@carries_out("control.transfer_letter_days")
def letter_by(numbers: ControlNumbers, *, asked_at: datetime) -> datetime:
    """Return until when the first court issues its letter of transfer (法释〔2016〕6号 第2条)."""
    return within_days(asked_at, numbers.transfer_letter_days)
