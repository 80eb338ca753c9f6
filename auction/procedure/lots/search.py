"""Search in Chinese: single characters and bigrams, made the same way for text and question."""

from __future__ import annotations

import unicodedata
from itertools import pairwise


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
