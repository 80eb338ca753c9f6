"""How a story is said to people: its verbs, who does them, its fields, and the names of refusals, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from auction.edges.stories.reading import Step
from auction.edges.stories.vocabulary import FIELDS, VALUES, VERBS
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.rulebook import Words

#: Fields that name something of the story's own.
_AS_GIVEN = frozenset({"title", "name", "id", "lot", "case", "property", "bidder", "person", "creditor", "debtor"})
_WHO: Mapping[str, tuple[str, str]] = {
    "anybody": ("任何人", "anybody"),
    "nobody": ("未登录者", "nobody signed in"),
    "buyer": ("买受人", "the buyer"),
    "bidder": ("竞买人", "the bidder"),
    "by": ("当事人", "a party"),
    "claim": ("债权人", "a creditor"),
    "person": ("当事人", "a party"),
    **{role.value: names for role, names in ROLE_NAMES.items()},
}


def verb_words(do: str) -> Words:
    """Return a verb in both languages; one without words stands for itself."""
    zh, en, _ = VERBS.get(do, (do, do.replace("_", " "), ""))
    return Words(zh=zh, en=en)


def field_words(name: str) -> Words:
    """Return a field's name in both languages; one without words stands for itself."""
    zh, en = FIELDS.get(name, (name, name.removesuffix("_minor").replace("_", " ")))
    return Words(zh=zh, en=en)


def value_words(name: str, said: str) -> Words:
    """Return what a field says in both languages; a name or title that somebody gave stands as it is."""
    zh, en = VALUES.get(said, (said, said)) if name not in _AS_GIVEN else (said, said)
    return Words(zh=zh, en=en)


def who(step: Step) -> Words:
    """Return who does a step: whom the step names, else the one who may."""
    named = step.acts_as or _doer(step)
    person = step.given.get(named)
    if step.acts_as is None and isinstance(person, str):
        return Words(zh=person, en=person)
    zh, en = _WHO.get(named, (named, named))
    return Words(zh=zh, en=en)


def _doer(step: Step) -> str:
    """Return the office or the field that says who does a step; a fault of the platform is the administrator's."""
    if step.do == "defer" and step.given.get("ground") == "platform_fault":
        return Role.ADMINISTRATOR.value
    return VERBS.get(step.do, ("", "", Role.OFFICER.value))[2]


@lru_cache
def refusal_named(code: str) -> type[Refusal] | None:
    """Return the refusal of a code, of the modules imported so far; None for a code nobody has."""
    for general in (InputMalformed, AuthForbidden):
        if general.code == code:
            return general
    return next((one for one in _refusals(Refusal) if one.code == code), None)


def _refusals(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in base.__subclasses__():
        yield one
        yield from _refusals(one)
