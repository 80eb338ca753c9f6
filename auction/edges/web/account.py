"""Signing in and out, opening a bidder's account, password and language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from auction.edges.inbox import demo_accounts
from auction.edges.problems import status_of
from auction.edges.web import throttle, visitor
from auction.edges.web.frame import keep_language
from auction.edges.web.reading import errors_of, local_path
from auction.edges.web.visitor import ANY_ACCOUNT, ANYONE, SignedIn, known_visitor, open_to, platform, t
from auction.foundation.kernel.refusal import InputMalformed, RateLimited, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Actor, Role
from auction.procedure.identity import commands as identity
from auction.procedure.identity import queries

pages = Blueprint("account", __name__)

_LOGIN_MAX = 64
_KEPT = ("login", "name", "id_number", "kind", "phone")


class NotSignedIn(Refusal):
    """The login and the password do not belong together; which of the two is wrong is not told."""

    code = "auth.required"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "登录名或密码不正确", "Login or password is wrong"
    zh = "请检查登录名和密码后重试；还没有账户的，请先注册。"
    en = "Check both and try again; if you have no account yet, open one first."


@pages.get("/login")
@open_to(ANYONE)
def login() -> str | AnyResponse:
    """Show the form to sign in; who is signed in goes on."""
    onward = local_path(request.args.get("next"))
    if visitor.visitor() is not None:
        return redirect(onward)
    return _login_form(onward)


def _login_form(onward: str, *, refusal: Refusal | None = None, login: str = "") -> str:
    return render_template(
        "public/login.html",
        section="login",
        asked={"login": login, "next": onward},
        errors={},
        refusal=refusal,
        demo_accounts=_demo_accounts(),
    )


def _demo_accounts() -> list[tuple[str, str, str]]:
    """Return login, password and role of the invented accounts, on a demo only."""
    if not platform().settings.demo:
        return []
    return [(login, demo_accounts.PASSWORD, t(*ROLE_NAMES[role])) for login, role in demo_accounts.roles_by_login()]


@pages.post("/login")
@open_to(ANYONE)
def sign_in() -> AnyResponse:
    """Sign in and go on to where the visitor wanted to go, which is always a page of this site."""
    onward = local_path(request.form.get("next"))
    name, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        throttle.tries().check(throttle.BY_ADDRESS, "address", request.remote_addr or "")
        throttle.tries().check(throttle.BY_LOGIN, "login", name.strip().casefold()[:_LOGIN_MAX])
        actor = _authenticated(name, password)
    except (RateLimited, NotSignedIn) as refusal:
        page = _login_form(onward, refusal=refusal, login=name[:_LOGIN_MAX])
        return make_response(page, int(status_of(refusal)))
    _begin_session(actor)
    at_home = onward == "/" and not actor.has(Role.BIDDER)
    return redirect("/desk" if at_home else onward)


def _authenticated(login: str, password: str) -> Actor:
    with platform().read() as reading:
        actor = queries.authenticate(reading, login=login, password=password)
    if actor is None:
        raise NotSignedIn
    return actor


def _begin_session(actor: Actor) -> None:
    """Start a session of its own: nothing of the one before, tokens included, is taken over."""
    session.clear()
    session.permanent = True
    with platform().read() as reading:
        language = queries.account(reading, actor.id).language
    login_user(SignedIn(actor, language=language))


@pages.post("/logout")
@open_to(ANYONE)
def sign_out() -> AnyResponse:
    """Sign out; doing it twice does no harm."""
    logout_user()
    session.clear()
    return redirect(url_for("home.index"))


@pages.post("/language")
@open_to(ANYONE)
def language() -> Response:
    """Choose the language and return to the page."""
    wish = request.form.get("lang", "")
    if wish not in visitor.LANGUAGES:
        raise InputMalformed(errors={"lang": "zh / en"})
    response = make_response(redirect(local_path(request.form.get("next"))))
    keep_language(response, wish)
    return response


@pages.get("/signup")
@open_to(ANYONE)
def sign_up_form() -> str | AnyResponse:
    """Show the form that opens a bidder's account."""
    onward = local_path(request.args.get("next"))
    if visitor.visitor() is not None:
        return redirect(onward)
    return _sign_up_form(onward, values={})


def _sign_up_form(onward: str, *, values: Mapping[str, str], refusal: Refusal | None = None) -> str:
    errors = errors_of(refusal, language=visitor.language()) if isinstance(refusal, InputMalformed) else {}
    return render_template(
        "public/signup.html", section="login", asked={**values, "next": onward}, refusal=refusal, errors=errors
    )


@pages.post("/signup")
@open_to(ANYONE)
def sign_up() -> AnyResponse:
    """Open a bidder's account under a true name and number, and sign in."""
    onward = local_path(request.form.get("next"))
    form = request.form
    values = {name: form.get(name, "")[:100] for name in _KEPT}
    try:
        throttle.tries().check(throttle.SIGN_UPS, "sign-up", request.remote_addr or "")
        with platform().act(None) as act:
            opened = identity.sign_up(
                act,
                login=form.get("login", ""),
                password=form.get("password", ""),
                name=form.get("name", ""),
                id_number=form.get("id_number", ""),
                kind=form.get("kind", "natural_person"),
                phone=form.get("phone") or None,
                language=visitor.language(),
            )
    except Refusal as refusal:
        page = _sign_up_form(onward, values=values, refusal=refusal)
        return make_response(page, int(status_of(refusal)))
    _begin_session(Actor(id=opened.id, name=opened.name, roles=opened.roles, person=opened.person))
    flash(t("账户已开立，您已登录。", "Your account is open and you are signed in."))
    return redirect(onward)


def _same_twice(password: str, again: str) -> None:
    if password != again:
        raise InputMalformed(errors={"password_again": "两次输入的密码不一致 / the two passwords differ"})


@pages.get("/account")
@open_to(ANY_ACCOUNT)
def own_account() -> str:
    """Show the visitor's own account."""
    return _account_page()


def _account_page(*, refusal: Refusal | None = None) -> str:
    actor = known_visitor()
    with platform().read() as reading:
        account = queries.account(reading, actor.id)
        person = queries.find_person(reading, actor.person) if actor.person else None
    errors = errors_of(refusal, language=visitor.language()) if isinstance(refusal, InputMalformed) else {}
    return render_template(
        "account.html",
        section="account",
        account=account,
        person=person,
        roles=sorted(account.roles - {Role.PLATFORM}),
        refusal=refusal,
        errors=errors,
    )


@pages.post("/account/password")
@open_to(ANY_ACCOUNT)
def change_password() -> AnyResponse:
    """Set a new password, given the present one."""
    actor = known_visitor()
    form = request.form
    try:
        throttle.tries().check(throttle.BY_LOGIN, "password", actor.id)
        _same_twice(form.get("new", ""), form.get("password_again", ""))
        with platform().act(actor) as act:
            identity.change_password(act, account=actor.id, new=form.get("new", ""), present=form.get("present", ""))
    except Refusal as refusal:
        return make_response(_account_page(refusal=refusal), int(status_of(refusal)))
    _begin_session(actor)
    flash(t("密码已更改。", "The password has been changed."))
    return redirect(url_for("account.own_account"))
