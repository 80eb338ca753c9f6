"""Who may act. One enumeration, one actor, for every edge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The offices of the road (contract: roles)."""

    BIDDER = "bidder"
    OFFICER = "officer"
    PANEL = "panel"
    FINANCE = "finance"
    HEAD = "head"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"
    PLATFORM = "platform"


ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.BIDDER: ("竞买人", "bidder"),
    Role.OFFICER: ("执行员", "enforcement officer"),
    Role.PANEL: ("合议庭", "panel"),
    Role.FINANCE: ("财务", "finance"),
    Role.HEAD: ("执行局长", "head of bureau"),
    Role.SUPERVISOR: ("监督员", "supervisor"),
    Role.ADMINISTRATOR: ("平台管理员", "administrator"),
    Role.PARTNER: ("合作平台", "partner"),
    Role.PLATFORM: ("平台", "platform"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with its roles, the person behind it and the court it serves."""

    id: str
    name: str
    roles: frozenset[Role]
    person: str | None = None
    court: str | None = None

    def has(self, role: Role) -> bool:
        """Say whether the actor holds the role."""
        return role in self.roles


#: The platform itself: what the passing of time does.
PLATFORM = Actor(id="platform", name="平台", roles=frozenset({Role.PLATFORM}))
