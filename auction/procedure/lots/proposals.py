"""Reading what an officer proposes for a lot: figures, priority purchasers, disclosure blocks, ways of telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.money import MINOR_MAX
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.cases.rules import missing_rank
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook

DISCLOSURE_LONGEST = 20_000
_DOCUMENT_LONGEST = 4_000


def proposal(
    *, properties: Sequence[str], start: int, deposit: int, increment: int, opens_at: datetime, now: datetime
) -> list[str]:
    """Return the things proposed, after checking that the figures can be figures at all.

    :raises InputMalformed: for no thing, a thing twice, an amount that is no positive whole number, a past opening
    """
    errors: dict[str, str] = {}
    if not properties or len(set(properties)) != len(properties):
        errors["properties"] = "name at least one thing, and each once"
    for field, minor in (("start_price_minor", start), ("deposit_minor", deposit), ("increment_minor", increment)):
        if type(minor) is not int or not 0 < minor <= MINOR_MAX:
            errors[field] = "a positive whole number of fen"
    if opens_at <= now:
        errors["opens_at"] = "lies in the past"
    if errors:
        raise InputMalformed(errors=errors)
    return list(properties)


def priority_entries(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the priority purchasers of a lot as stored.

    :raises InputMalformed: for what cannot be read, or ranks with a gap (article 19: the court confirms the rank)
    """
    entries = [priority_entry(one) for one in given]
    gap = missing_rank(one["rank"] for one in entries)
    if gap is not None:
        raise InputMalformed(
            errors={"priority": f"顺位不连续，缺第{gap}顺位 / ranks have a gap: nobody holds rank {gap}"}
        )
    return entries


def priority_entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a priority purchaser as stored: the nature of the right, and of its proof the digest alone (article 19).

    :raises InputMalformed: without a person, with a rank that is no positive whole number, words that are no text
    """
    checks = Checks()
    entry = checks.known_fields("priority", given, {"person", "rank", "reason", "nature", "document"})
    person = checks.identifier("priority.person", entry.get("person"))
    rank = checks.whole("priority.rank", entry.get("rank", 1), least=1)
    reason = checks.text_or_none("priority.reason", entry.get("reason") or None)
    nature = checks.text_or_none("priority.nature", entry.get("nature") or None)
    document = checks.text_or_none("priority.document", entry.get("document") or None, longest=_DOCUMENT_LONGEST)
    checks.refuse()
    kept: dict[str, Any] = {"person": person, "rank": rank, "reason": reason or ""}
    if nature:
        kept["nature"] = nature
    if document:
        kept["document_sha256"] = sha256_hex(document)
    return kept


def checked_blocks(disclosure: Mapping[str, str]) -> dict[str, str]:
    """Return disclosure blocks as stored.

    :raises InputMalformed: for an unknown block, or text that is empty or endless
    """
    today = rulebook().on(max(rulebook().dated, rulebook().begins))
    known = {one.key for one in (*today.disclosure_blocks, *today.special_blocks, *today.reminders)}
    errors = {key: "unknown block" for key in disclosure if key not in known}
    for key, text in disclosure.items():
        if len(text) > DISCLOSURE_LONGEST or "\x00" in text:
            errors[key] = f"text of at most {DISCLOSURE_LONGEST} characters"
    if errors:
        raise InputMalformed(errors=errors)
    return {key: text.strip() for key, text in disclosure.items()}


def check_how(how: str) -> None:
    """Refuse a way of telling that the law does not know.

    :raises InputMalformed: for anything but served, waived, unreachable
    """
    if how not in {"served", "waived", "unreachable"}:
        raise InputMalformed(errors={"how": "served, waived or unreachable"})
