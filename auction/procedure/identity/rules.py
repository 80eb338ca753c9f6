"""Who counts as a known person: numbers, names, logins and passwords, decided without any look outside."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from auction.foundation.kernel.refusal import Refusal

NATURAL_PERSON = "natural_person"
ENTERPRISE = "enterprise"
PERSON_KINDS = (NATURAL_PERSON, ENTERPRISE)
LANGUAGES = ("zh", "en")
COURT_LEVELS = ("supreme", "high", "intermediate", "basic")

#: What a key may be allowed: bidding for its account, and what partners and court systems send in.
SCOPES = frozenset({"bid", "cases", "properties", "valuations", "listings", "webhooks", "supervision"})

PASSWORD_MIN = 10
PASSWORD_MAX = 200
_LOGIN = re.compile(r"[^\s\x00-\x1f]{3,64}")

_PROVINCES = frozenset(
    {
        *("11", "12", "13", "14", "15", "21", "22", "23"),
        *("31", "32", "33", "34", "35", "36", "37"),
        *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65", "71", "81", "82", "83"),
    }
)
_ID_SHAPE = re.compile(r"(\d{2})\d{4}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_SHAPE = re.compile(rf"[{_USCC_LETTERS}]{{2}}\d{{6}}[{_USCC_LETTERS}]{{10}}", re.ASCII)
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_COMPOUND_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文"),
        *("司徒", "司空", "东方", "南宫", "西门", "闻人", "轩辕", "澹台", "淳于", "单于", "太史", "端木"),
    }
)
_COMPANY_WORDS = (
    "公司",
    "银行",
    "合作社",
    "事务所",
    "中心",
    "集团",
    "企业",
    "厂",
    "店",
    "局",
    "委员会",
    "学校",
    "医院",
)
_COMPOUND_LENGTH = 2


class AlreadySignedUp(Refusal):
    """The login or the person already has an account; one person has one."""

    code = "identity.already_signed_up"
    article = "法释〔2016〕18号 第17条"
    title_zh = "已注册"
    title_en = "Already signed up"
    zh = "该登录名或该身份已注册过账户，请直接登录。"
    en = "This login or this person already has an account; sign in instead."


class NumberBelongsToAnother(Refusal):
    """The number is on record under another name."""

    code = "identity.number_mismatch"
    article = "法释〔2016〕18号 第17条"
    title_zh = "身份不符"
    title_en = "Name and number differ"
    zh = "姓名与证件号码不一致，请核对后重新填写。"
    en = "The name and the number do not belong together; check both."


class PasswordWrong(Refusal):
    """The present password was not given correctly."""

    code = "identity.password_wrong"
    article = "个人信息保护法 第51条"
    title_zh = "密码不正确"
    title_en = "Wrong password"
    zh = "当前密码不正确，请重新输入。"
    en = "The present password is not correct; enter it again."


def is_resident_number(text: str, *, today: date) -> bool:
    """Say whether the 18 characters are a resident identity number (GB 11643).

    Province prefix, a day of birth that exists and has come, ISO 7064 MOD 11-2.
    Counties come and go, so the rest of the place is not judged.
    """
    found = _ID_SHAPE.fullmatch(text)
    if not found or found[1] not in _PROVINCES:
        return False
    try:
        born = date(int(found[2]), int(found[3]), int(found[4]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text, strict=False))
    return born.year >= 1880 and born <= today and _ID_CHECKS[total % 11] == text[17]  # noqa: PLR2004 - nobody alive is older


def is_enterprise_number(text: str) -> bool:
    """Say whether the 18 characters are a unified social credit code (GB 32100), check character included."""
    if not _USCC_SHAPE.fullmatch(text):
        return False
    total = sum(weight * _USCC_LETTERS.index(char) for weight, char in zip(_USCC_WEIGHTS, text, strict=False))
    return _USCC_LETTERS[-total % 31] == text[17]


def plain_number(text: str) -> str:
    """Return a number as it is compared: half-width, capital, without blanks or hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def number_fault(number: str, *, kind: str, today: date) -> str | None:
    """Say what is wrong with a person's number, or None when it can be right."""
    if kind == ENTERPRISE:
        return None if is_enterprise_number(number) else "统一社会信用代码有误 / not a unified social credit code"
    return None if is_resident_number(number, today=today) else "身份证号码有误 / not a resident identity number"


def masked(name: str, *, kind: str) -> str:
    """Return the name as strangers may read it: 张三 becomes 张某, an enterprise keeps its name."""
    if kind == ENTERPRISE:
        return name
    if name[:_COMPOUND_LENGTH] in _COMPOUND_SURNAMES and len(name) > _COMPOUND_LENGTH:
        return f"{name[:_COMPOUND_LENGTH]}某"
    return f"{name[:1]}某" if "\u4e00" <= name[:1] <= "\u9fff" else f"{name[:1]}***"


def kind_of_name(name: str) -> str:
    """Guess from a creditor's name whether it is an enterprise or a natural person."""
    return ENTERPRISE if any(word in name for word in _COMPANY_WORDS) else NATURAL_PERSON


def plain_login(text: str) -> str:
    """Return a login as it is compared: half-width, lower case, trimmed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def login_fault(login: str) -> str | None:
    """Say what is wrong with a login, or None."""
    return None if _LOGIN.fullmatch(login) else "登录名应为3至64个字符且不含空格 / 3 to 64 characters without spaces"


def password_fault(password: object) -> str | None:
    """Say what is wrong with a new password, or None; length is what counts."""
    if not isinstance(password, str):
        return "应为文字 / must be text"
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return f"密码应为{PASSWORD_MIN}至{PASSWORD_MAX}个字符 / {PASSWORD_MIN} to {PASSWORD_MAX} characters"
    return None
