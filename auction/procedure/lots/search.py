"""Search in Chinese: single characters and bigrams, made the same way for text and question."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

#: What stands between the names of a shelf; no name of a filter has it.
BETWEEN = "\x1f"


def grams(text: str) -> list[str]:
    """Return the searchable grams of a text: every pair of neighbours, or the character that stands alone.

    Width, case and spacing do not matter: ``Ａ１`` finds ``a1``.
    """
    found: set[str] = set()
    for word in unicodedata.normalize("NFKC", text).casefold().replace("\x00", " ").split():
        letters = [letter for letter in word if letter.isalnum()]
        if len(letters) == 1:
            found.add(letters[0])
        found.update(first + second for first, second in pairwise(letters))
    return sorted(found)


def grams_of_lot(*texts: str) -> list[str]:
    """Return the grams a lot is found by; single characters too, so that one character finds it."""
    found: set[str] = set()
    for text in texts:
        found.update(grams(text))
        found.update(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
    return sorted(found)


def tokens(*, q: str = "", court: str = "", city: str = "") -> list[str]:
    """Return what a listing must have to meet a question, a court by its id or name, and a city.

    A gram is of letters alone, so no question can ask for the others.
    """
    named = [f"{name}:{value}".replace("\x00", "") for name, value in (("court", court), ("city", city)) if value]
    return grams(q) + named


def pattern(names: Sequence[str]) -> str:
    """Return the pattern of the shelves that have these names in this order, where an empty one means any."""
    return BETWEEN.join(_literally(name) if name else "%" for name in names)


def _literally(name: str) -> str:
    for special in ("\\", "%", "_"):
        name = name.replace(special, f"\\{special}")
    return name.replace("\x00", "")
