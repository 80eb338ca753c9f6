"""One command, one transaction: the act a person (or the passing of time) performs.

Every public function of a ``commands.py`` is decorated with ``command``; it is
the one place where roles are checked, whatever edge asked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired
from auction.foundation.kernel.roles import PLATFORM, ROLE_NAMES, Actor, Role

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Act:
    """What a command runs in: the open transaction, the instant read once at the edge, who asks."""

    session: Session
    now: datetime
    actor: Actor | None

    def as_platform(self) -> Act:
        """Return the same act done by the platform itself, for reactions inside a person's command."""
        return replace(self, actor=PLATFORM)

    @property
    def by(self) -> str:
        """The id of who acts, for the docket."""
        return self.actor.id if self.actor else "nobody"


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command as the register knows it: its verb and who may use it."""

    verb: str
    module: str
    by: frozenset[Role]


#: Every command of the platform; ``/rules`` and the architecture tests read it.
REGISTER: dict[str, CommandEntry] = {}


def command(
    verb: str,
    *,
    by: Iterable[Role],
    anyone: bool = False,
) -> Callable[[Callable[Concatenate[Act, P], R]], Callable[Concatenate[Act, P], R]]:
    """Declare a command: its verb and the roles that may use it. The platform always may.

    ``anyone`` is for the few acts that need no account, such as opening one.

    :raises AuthRequired: (when called) nobody is signed in
    :raises AuthForbidden: (when called) the actor holds none of the roles
    """
    allowed = frozenset(by)

    def declare(function: Callable[Concatenate[Act, P], R]) -> Callable[Concatenate[Act, P], R]:
        REGISTER[f"{function.__module__}.{function.__name__}"] = CommandEntry(verb, function.__module__, allowed)

        @functools.wraps(function)
        def guarded(act: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not anyone:
                authorise(act.actor, verb=verb, allowed=allowed)
            return function(act, *args, **kwargs)

        return guarded

    return declare


def authorise(actor: Actor | None, *, verb: str, allowed: frozenset[Role]) -> None:
    """Refuse an actor who may not use the verb.

    :raises AuthRequired: nobody is signed in
    :raises AuthForbidden: the actor holds none of the roles
    """
    if actor is None:
        raise AuthRequired
    if actor.has(Role.PLATFORM) or actor.roles & allowed:
        return
    names = [ROLE_NAMES[role][0] for role in sorted(allowed)] or [ROLE_NAMES[Role.PLATFORM][0]]
    raise AuthForbidden(act=verb, roles=names)
