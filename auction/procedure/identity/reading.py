"""Reading what identity's commands are given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auction.foundation.kernel.roles import Role
from auction.procedure.identity import rules
from auction.procedure.inputs import Checks


def read_roles(checks: Checks, roles: Iterable[Role | str]) -> frozenset[Role]:
    """Read the roles of an account: at least one, and never the platform's own."""
    names = checks.names("roles", roles)
    allowed = {role.value for role in Role} - {Role.PLATFORM.value}
    held = frozenset(Role(name) for name in names if checks.one_of("roles", str(name), allowed))
    if not held:
        checks.wrong("roles", "至少一个角色 / at least one role")
    return held


def read_number(checks: Checks, id_number: str | None, *, kind: str, today: date) -> str | None:
    """Read a person's number in the form it is compared, or None when left out."""
    if id_number is None:
        return None
    number = rules.plain_number(checks.text("id_number", id_number, longest=30))
    if (fault := rules.number_fault(number, kind=kind, today=today)) is not None:
        checks.wrong("id_number", fault)
    return number
