"""What the panel may decide about a lot that is public: stop it, let it go on, take it back, revoke its sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auction.edges.explaining import GROUNDS
from auction.edges.web.grounds import called
from auction.procedure.lots import grounds
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Rules

#: A verb of the panel: its name on the button, and the grounds it knows.
_VERBS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "suspend": ("中止", "Suspend", grounds.SUSPEND),
    "defer": ("暂缓", "Defer", grounds.DEFER),
    "withdraw": ("撤回", "Withdraw", grounds.WITHDRAW),
    "revoke": ("撤销成交", "Revoke the sale", grounds.REVOKE),
    "resume": ("恢复", "Resume", ()),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A verb with the grounds it may be decided on, each with its words."""

    verb: str
    zh: str
    en: str
    grounds: tuple[tuple[str, str, str], ...]


def choices(lot: LotRecord) -> list[Choice]:
    """Return what may be decided about a lot where it stands."""
    match lot.status:
        case "announced" | "open":
            verbs = ["suspend", "defer", "withdraw"]
        case "deferred" | "suspended":
            verbs = ["resume", "withdraw"]
        case _:
            verbs = []
    return [_choice(verb) for verb in verbs]


def revocation(lot: LotRecord) -> Choice | None:
    """Return on which grounds the sale of a lot may be revoked, or None where there is none that stands."""
    return _choice("revoke") if lot.status == "closed" and lot.outcome == "sold" else None


def explained(ground: str, *, rules: Rules) -> tuple[str, str]:
    """Return what the article says of a ground of revocation, in both languages."""
    text = rules.provision(GROUNDS[ground]).text
    return text.zh, text.en


def _choice(verb: str) -> Choice:
    zh, en, known = _VERBS[verb]
    return Choice(verb=verb, zh=zh, en=en, grounds=tuple((ground, *called(ground)) for ground in known))
