"""Who asks: the account behind the session, the language, the instant; read once a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from auction.edges.platform import Platform
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired
from auction.foundation.kernel.roles import ROLE_NAMES, Actor, Role
from auction.procedure.identity import queries as identity

P = ParamSpec("P")
R = TypeVar("R")

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "lang"
_PLATFORM = "auction.platform"

#: Doors without a lock, and those that any account opens.
ANYONE: frozenset[Role] = frozenset()
ANY_ACCOUNT: frozenset[Role] = frozenset(Role) - {Role.PLATFORM}
BIDDERS: frozenset[Role] = frozenset({Role.BIDDER})


#: Every page by the name of its view, with the roles it is open to; the architecture tests read it.
DOORS: dict[str, frozenset[Role]] = {}


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """An account as the session knows it."""

    def __init__(self, actor: Actor, *, language: str) -> None:
        self.actor = actor
        self.language = language

    def get_id(self) -> str:
        """Return what the signed cookie carries."""
        return self.actor.id


def attach(app: Flask, platform: Platform) -> None:
    """Let the application know its visitors by a signed session cookie."""
    app.extensions[_PLATFORM] = platform
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)


def platform() -> Platform:
    """Return the platform of the running application."""
    return cast("Platform", current_app.extensions[_PLATFORM])


def _load(account: str) -> SignedIn | None:
    """Read the account afresh on each request, so that a closed one opens nothing any more."""
    with platform().read() as session:
        actor = identity.actor(session, account=account)
        if actor is None:
            return None
        return SignedIn(actor, language=identity.account(session, account).language)


def visitor() -> Actor | None:
    """Return who is signed in, or None."""
    return current_user.actor if current_user.is_authenticated else None


def known_visitor() -> Actor:
    """Return who is signed in.

    :raises AuthRequired: when nobody is
    """
    actor = visitor()
    if actor is None:
        raise AuthRequired
    return actor


def own_person() -> str:
    """Return the person the visitor's account acts for.

    :raises AuthForbidden: for an account without a person, such as staff have
    """
    actor = known_visitor()
    if actor.person is None:
        raise AuthForbidden(act="register", roles=[ROLE_NAMES[Role.BIDDER][0]])
    return actor.person


def now() -> datetime:
    """Return the one instant of this request."""
    if "now" not in g:
        g.now = platform().clock.now()
    return cast("datetime", g.now)


def language() -> str:
    """Return ``zh`` or ``en``: asked for in the address, kept in the cookie, the account's, the browser's."""
    if "language" not in g:
        g.language = _chosen_language()
    return cast("str", g.language)


def _chosen_language() -> str:
    for wish in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    if current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], default="zh")[:2]


def t(zh: str, en: str) -> str:
    """Return the words in the visitor's language."""
    return en if language() == "en" else zh


def open_to(roles: frozenset[Role]) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Declare who may open a page; ``ANYONE`` needs no account. ``DOORS`` lists them for the tests.

    A visitor who is not signed in is sent to sign in and comes back; a form of his is refused with 401.

    :raises AuthRequired: (when called) nobody is signed in
    :raises AuthForbidden: (when called) the account holds none of the roles
    """

    def declare(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            if roles:
                actor = visitor()
                if actor is None and request.method in {"GET", "HEAD"}:
                    return redirect(url_for("account.login", next=request.full_path.rstrip("?")))
                _let_in(actor, roles)
            return view(*args, **kwargs)

        DOORS[f"{view.__module__}.{view.__name__}"] = roles
        return guarded

    return declare


def _let_in(actor: Actor | None, roles: frozenset[Role]) -> None:
    if actor is None:
        raise AuthRequired
    if not actor.roles & roles:
        raise AuthForbidden(act=t("此页面", "this page"), roles=[ROLE_NAMES[role][0] for role in sorted(roles)])
