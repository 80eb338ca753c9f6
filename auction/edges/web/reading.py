"""Reading what a person typed into a form: amounts, tokens, addresses to go on to; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed

_YUAN = re.compile(r"(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
_WAN = re.compile(r"(\d{1,11})(?:\.(\d{1,6}))?万", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_QUIET = re.compile(r"[\s¥]|元$")
_PATH_MAX = 500
#: The years a person may mean.
YEARS = range(1990, 2100)


def calendar_day(text: str) -> date | None:
    """Return the day a text names, or None when it names none of our times."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def yuan(text: str, *, field: str = "amount") -> int:
    """Read an amount typed in yuan and return it in fen: ``1,200,000.5`` is 120000050, ``120万`` is 120000000.

    Full-width digits and signs count as the plain ones.

    :raises InputMalformed: for anything else, more than two decimals and more than the largest amount
    """
    plain = _QUIET.sub("", unicodedata.normalize("NFKC", text).strip())
    if "," in plain:
        if not _GROUPED.fullmatch(plain):
            raise InputMalformed(errors={field: _WHY_GROUPS})
        plain = plain.replace(",", "")
    if found := _WAN.fullmatch(plain):
        minor = int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0"))
    elif found := _YUAN.fullmatch(plain):
        minor = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    else:
        raise InputMalformed(errors={field: _WHY_NUMBER if plain else _WHY_EMPTY})
    if not 0 < minor <= MINOR_MAX:
        raise InputMalformed(errors={field: _WHY_SIZE})
    return minor


_WHY_EMPTY = "请输入金额 / enter an amount"
_WHY_NUMBER = "金额只能是数字，最多两位小数 / digits only, with at most two decimals"
_WHY_GROUPS = "逗号只能用于每三位分隔 / commas only between groups of three digits"
_WHY_SIZE = "金额须大于零且不超出上限，请检查位数 / more than nothing and not beyond measure; check the digits"


def yuan_or_none(text: str | None, *, field: str) -> int | None:
    """Read an amount that may be left out.

    :raises InputMalformed: when something is there and is no amount
    """
    return yuan(text, field=field) if text and text.strip() else None


def typed(minor: int) -> str:
    """Print fen as a person would type them: ``1200000.50``, without ``.00``."""
    whole, fen = divmod(minor, 100)
    return f"{whole}.{fen:02d}" if fen else str(whole)


def local_path(text: str | None, *, otherwise: str = "/") -> str:
    """Return an address of this site to go on to; anything that could lead elsewhere becomes ``otherwise``."""
    if not text or len(text) > _PATH_MAX or not text.startswith("/") or text.startswith(("//", "/\\")):
        return otherwise
    if "\\" in text or not text.isprintable():
        return otherwise
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else otherwise


def in_language(why: str, *, language: str) -> str:
    """Return one half of a fault written as ``中文 / English``."""
    zh, slash, en = why.partition(" / ")
    return en if slash and language == "en" else zh


def errors_of(refusal: InputMalformed, *, language: str) -> dict[str, str]:
    """Return the faults of a form by field, in the visitor's language, to be shown beside each field."""
    errors = refusal.facts["errors"]
    if not isinstance(errors, dict):
        return {}
    return {field: in_language(str(why), language=language) for field, why in errors.items()}
