"""The shares of those who buy together; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from auction.foundation.kernel.refusal import Refusal
from auction.procedure.inputs import Checks

#: Who buys together, each with the share he gets, in the order named.
Shares = tuple[tuple[str, Fraction], ...]

_SHARE = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})")
_FEWEST, _MOST = 2, 20


class SharesNotWhole(Refusal):
    """The shares of joint bidders are more or less than the whole."""

    code = "registration.shares_not_whole"
    article = "民法典 第298条；法释〔2016〕18号 第18条"
    title_zh, title_en = "份额合计须为全部", "The shares are not the whole"
    zh = "共同竞买人的份额合计为 {sum}，须恰为 1。"
    en = "The shares of the joint bidders sum to {sum}; they must be exactly 1."


class JointNotConfirmed(Refusal):
    """Nobody buys together with others whom the court has not confirmed before bidding began."""

    code = "registration.joint_not_confirmed"
    article = "法释〔2016〕18号 第14条、第18条"
    title_zh, title_en = "共同竞买未经法院确认", "Joint bidding not confirmed"
    zh = "共同竞买的人和份额须在竞价程序开始前经法院确认；请先向法院申请，或者单独报名。"
    en = "Who buys together, and for which shares, the court confirms before bidding begins; apply first or bid alone."


class JointMember(Refusal):
    """One person takes part in a lot once: alone, or in one group."""

    code = "registration.joint_member"
    article = "法释〔2016〕18号 第18条、第31条"
    title_zh, title_en = "不得重复参加", "Once in a lot is all"
    zh = "共同竞买人中有人已另行报名或者属于另一共同竞买；一人只能以一个竞买代码参加。"
    en = "One of the joint bidders takes part already, alone or in another group; one person stands under one code."


def read_shares(given: Sequence[Mapping[str, object]], *, bidder: str) -> Shares:
    """Return who buys together, the bidder among them, in shares that make the whole.

    :raises InputMalformed: fewer than two or too many, somebody twice, the bidder not among them, a share that is no
        fraction such as 1/3
    :raises SharesNotWhole: when they do not sum to exactly 1
    """
    checks = Checks()
    found: list[tuple[str, Fraction]] = []
    for n, one in enumerate(given):
        entry = checks.known_fields(f"jointly[{n}]", one, {"person", "share"})
        person = checks.identifier(f"jointly[{n}].person", entry.get("person"))
        found.append((person, _share(checks, f"jointly[{n}].share", entry.get("share"))))
    persons = [person for person, _ in found]
    if not _FEWEST <= len(found) <= _MOST:
        checks.wrong("jointly", f"应为{_FEWEST}至{_MOST}人 / {_FEWEST} to {_MOST} persons")
    elif len(set(persons)) != len(persons):
        checks.wrong("jointly", "有人重复 / somebody is named twice")
    elif bidder not in persons:
        checks.wrong("jointly", "应含竞买人本人 / the bidder must be among them")
    checks.refuse()
    whole = sum((share for _, share in found), Fraction(0))
    if whole != 1:
        raise SharesNotWhole(sum=str(whole))
    return tuple(found)


def _share(checks: Checks, field: str, value: object) -> Fraction:
    match = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        checks.wrong(field, "应为分数，如1/3 / a fraction such as 1/3")
        return Fraction(1)
    return Fraction(int(match[1]), int(match[2]))
