"""What is called when a lot's docket has grown."""

from __future__ import annotations

from typing import Protocol


class Told(Protocol):
    """Hears that something about a lot was committed; it must return at once."""

    def __call__(self, lot: str, /) -> None:
        """Take note."""


def nobody_told(lot: str, /) -> None:
    """Take no note: nobody watches in this process."""
