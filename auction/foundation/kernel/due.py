"""A due act: what the law wants done, by when, and why. Derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DueAct:
    """One act that is due: ``what`` is the command's verb, ``on`` its subject, ``by`` the last instant."""

    what: str
    on: str
    by: datetime
    case: str
    article: str
    zh: str
    en: str

    def overdue(self, now: datetime) -> bool:
        """Say whether the last instant has passed."""
        return now > self.by
