"""What every page has: session, form tokens, languages, words and figures in templates, headers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, get_flashed_messages, request, url_for
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from auction.edges.platform import Platform
from auction.edges.web import printing, visitor
from auction.edges.web.reading import errors_of
from auction.foundation.kernel.money import grouped, in_capitals
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal
from auction.gateways.stripe_service.account import Origins, StripeAccount, origins
from auction.procedure.papers import words
from auction.resources import assets

_SESSION_LENGTH = timedelta(hours=12)
_YEAR_SECONDS = 31_536_000
#: Everything under it is named by its content.
_HASHED = "/static/dist/"
_API = ("/api/", "/healthz", "/readyz", "/metrics", "/payments/stripe/events")
#: The only pages that show the payment service's fields, and so let its origins in.
_PAYING = "/my/payments/"


def attach(app: Flask, platform: Platform) -> None:
    """Install the frame; pages are registered afterwards."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=_SESSION_LENGTH,
        WTF_CSRF_TIME_LIMIT=None,  # a lot's page stays open for hours; the token lives as long as the session
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, so that the API, which takes no cookies, is left out
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
    )
    visitor.attach(app, platform)
    Babel(app, locale_selector=lambda: "en" if visitor.language() == "en" else "zh_Hans_CN")
    tokens = CSRFProtect(app)

    @app.before_request
    def refuse_nul() -> None:
        if "\x00" in request.path:
            raise NotFound(what="page", name="—")

    @app.before_request
    def check_token() -> None:
        if request.routing_exception is None and not request.path.startswith(_API):
            tokens.protect()

    app.after_request(_keep_language)
    app.after_request(_headers(secure=not platform.settings.demo, stripe=platform.settings.stripe))
    _give_words(app)


def _give_words(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(t=visitor.t, asset=asset)
    app.jinja_env.filters.update(
        money=grouped, capitals=in_capitals, instant=_instant, ago=_ago, left=_left, said=_said, paper_day=_paper_day
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {
        "lang": visitor.language(),
        "now": visitor.now(),
        "current_user": visitor.visitor(),
        "flashed": get_flashed_messages(),
        "demo": visitor.platform().settings.demo,
    }


def asset(name: str) -> str:
    """Return the address of a built front-end file, named by its content."""
    return url_for("static", filename=assets()[name])


def _said(refusal: Refusal) -> str:
    """Say a refusal; what could not be read in a form is said without the names of our fields."""
    if isinstance(refusal, InputMalformed):
        return visitor.t("；", "; ").join(errors_of(refusal, language=visitor.language()).values())
    return refusal.message(visitor.language())


def _instant(moment: datetime | str) -> str:
    return printing.instant(moment, language=visitor.language())


def _paper_day(moment: datetime, language: str) -> str:
    return words.day(moment).en if language == "en" else words.day_in_numerals(moment)


def _ago(moment: datetime) -> str:
    return printing.ago(moment, now=visitor.now(), language=visitor.language())


def _left(moment: datetime) -> str:
    words = printing.span(max(moment - visitor.now(), timedelta(0)), language=visitor.language())
    return words or visitor.t("不到 1 分钟", "under a minute")


def _keep_language(response: Response) -> Response:
    wish = request.args.get("lang")
    if wish in visitor.LANGUAGES:
        keep_language(response, wish)
    return response


def keep_language(response: Response, language: str) -> None:
    """Let the browser remember the language for a year."""
    response.set_cookie(visitor.LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True)


def _policy(line: str, service: Origins) -> str:
    """Return the content security policy: ourselves, and on a payment's page the origins of its service."""
    parts = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *service.scripts],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", f"ws://{line}", f"wss://{line}", *service.connections],
        "frame-src": [*service.frames],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
    return "; ".join(" ".join([name, *whom]) for name, whom in parts.items() if whom)


def _headers(*, secure: bool, stripe: StripeAccount | None) -> Any:  # noqa: ANN401 - Flask's own type for such a function is not public
    def add(response: Response) -> Response:
        line = request.host.replace("\\", "").replace(";", "").replace(" ", "")
        service = origins(stripe) if stripe is not None and request.path.startswith(_PAYING) else Origins()
        response.headers.setdefault("Content-Security-Policy", _policy(line, service))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_SECONDS}")
        if request.path.startswith(_HASHED) and response.status_code in {200, 304}:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
        elif request.endpoint != "static" and not request.path.startswith(_API):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return add
