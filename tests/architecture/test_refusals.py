"""Every refusal of the platform has a code, an article, a status and both languages."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest

from auction import capabilities
from auction.edges.problems import status_of_kind
from auction.foundation.kernel.refusal import Refusal


def _all(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in base.__subclasses__():
        yield one
        yield from _all(one)


def _facts(text: str) -> set[str]:
    """Return the facts a sentence uses; a word kept in both languages is one fact."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return {name.removesuffix("_zh").removesuffix("_en") for name in names}


capabilities.load()
REFUSALS = sorted(
    {one for one in _all() if one.__module__.startswith("auction.")}, key=lambda one: (one.__qualname__, one.__module__)
)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_a_refusal_says_why_in_both_languages_under_an_article(refusal: type[Refusal]) -> None:
    assert refusal.code.count(".") == 1
    assert refusal.code == refusal.code.lower()
    assert refusal.article
    assert refusal.title_zh
    assert refusal.title_en
    facts = [_facts(text) for text in (refusal.zh, refusal.en)]
    assert facts[0] == facts[1], "both languages tell the same facts"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_a_refusal_has_a_status_of_a_refusal(refusal: type[Refusal]) -> None:
    assert 400 <= status_of_kind(refusal) < 504
