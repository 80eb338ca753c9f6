"""Accounts of staff, supervisors and programs, with their keys."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from auction.edges import problems
from auction.edges.web import visitor
from auction.edges.web.admin.courts import ADMINISTRATORS
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthForbidden, NotFound, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.identity import commands, queries
from auction.procedure.identity.rules import SCOPES

pages = Blueprint("accounts", __name__, url_prefix="/admin/accounts")

_PAGE = 100
#: Bidders open their own accounts, partners are registered with theirs.
_ROLES = (Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR)


@pages.get("")
@open_to(ADMINISTRATORS)
def index() -> str:
    """List accounts in the order of their logins."""
    return _index()


def _index(*, refusal: Refusal | None = None) -> str:
    after = request.args.get("after", "")
    with platform().read() as session:
        found = queries.accounts(session, limit=_PAGE + 1, after=after)
        courts = {court.id: court.name for court in queries.courts(session)}
    more = found[_PAGE - 1].login if len(found) > _PAGE else None
    return desk.page(
        "admin/accounts.html", rail="accounts", accounts=found[:_PAGE], courts=courts, more=more, refusal=refusal,
        offered=_ROLES,
    )  # fmt: skip


@pages.post("")
@open_to(ADMINISTRATORS)
def open_account() -> ResponseReturnValue:
    """Open an account."""

    def do(act: Act) -> queries.AccountRecord:
        form = fields.form()
        login, name = form.text("login", longest=64), form.text("name", longest=100)
        password = form.given.get("password") or None
        form.refuse()
        return commands.open_account(
            act, login=login, password=password, name=name, roles=form.given.getlist("roles"),
            court=form.text_or_none("court", longest=80),
        )  # fmt: skip

    return desk.perform(
        do,
        to=lambda account: f"/admin/accounts/{account.id}",
        said=t("账户已开设", "The account is open"),
        otherwise=lambda refusal: _index(refusal=refusal),
    )


@pages.get("/<account>")
@open_to(ADMINISTRATORS)
def show(account: str) -> str:
    """Show an account with its keys."""
    return _show(account)


def _show(account: str, *, refusal: Refusal | None = None, token: str | None = None) -> str:
    with platform().read() as session:
        found = queries.account(session, account)
        keys = queries.keys(session, account)
        court = queries.court(session, found.court) if found.court else None
    return desk.page(
        "admin/account.html", rail="accounts", account=found, keys=keys, court=court, token=token,
        scopes=sorted(SCOPES), refusal=refusal,
    )  # fmt: skip


@pages.post("/<account>/close")
@open_to(ADMINISTRATORS)
def close(account: str) -> ResponseReturnValue:
    """Close an account: it and its keys open nothing any more."""
    return desk.perform(
        lambda act: commands.close_account(act, account=account),
        to=lambda _: f"/admin/accounts/{account}",
        said=t("账户已关闭", "The account is closed"),
        otherwise=lambda refusal: _show(account, refusal=refusal),
    )


@pages.post("/<account>/password")
@open_to(ADMINISTRATORS)
def password(account: str) -> ResponseReturnValue:
    """Set a new password for somebody else's account."""
    return desk.perform(
        lambda act: commands.change_password(
            act, account=account, new=request.form.get("new", ""), present=request.form.get("present")
        ),
        to=lambda _: f"/admin/accounts/{account}",
        said=t("密码已更换", "The password is changed"),
        otherwise=lambda refusal: _show(account, refusal=refusal),
    )


@pages.post("/<account>/keys")
@open_to(ADMINISTRATORS)
def issue_key(account: str) -> ResponseReturnValue:
    """Issue a key; its token is told in this answer and never again."""
    form = fields.form()
    try:
        with platform().act(visitor.known_visitor()) as act:
            label = form.text("label", longest=100)
            form.refuse()
            token, _ = commands.issue_key(act, account=account, scopes=form.given.getlist("scopes"), label=label)
    except (AuthForbidden, NotFound):
        raise
    except Refusal as refusal:
        return make_response(_show(account, refusal=refusal), int(problems.status_of(refusal)))
    return told_once(_show(account, token=token))


@pages.post("/<account>/keys/<key>/revoke")
@open_to(ADMINISTRATORS)
def revoke_key(account: str, key: str) -> ResponseReturnValue:
    """Revoke a key for good."""
    return desk.perform(
        lambda act: commands.revoke_key(act, key=key),
        to=lambda _: f"/admin/accounts/{account}",
        said=t("密钥已作废", "The key is revoked"),
        otherwise=lambda refusal: _show(account, refusal=refusal),
    )


def told_once(page: str) -> Response:
    """Return a page that carries a secret: nothing may keep it."""
    response = make_response(page, 201)
    response.headers["Cache-Control"] = "no-store"
    return response
