"""The one place that joins settings, database, gateways and edges."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from auction.edges import web
from auction.edges.platform import Platform, create_platform
from auction.resources import static_dir, templates_dir

__all__ = ["Platform", "create_app", "create_platform"]

#: The largest request body any edge reads; imports go by the command line.
_BODY_MAX_BYTES = 1_000_000


def create_app(platform: Platform) -> Flask:
    """Return the Flask application: pages, API and the live channel."""
    from auction.edges import api, live  # noqa: PLC0415 - both import Flask-SocketIO, which jobs never needs

    app = Flask("auction", static_folder=str(static_dir()), template_folder=str(templates_dir()))
    app.config.update(
        SECRET_KEY=platform.settings.secret_key,
        MAX_CONTENT_LENGTH=_BODY_MAX_BYTES,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=not platform.settings.demo,
    )
    web.attach(app, platform)
    app.register_blueprint(api.blueprint(platform))
    live.attach(app, platform)
    if hops := platform.settings.proxies:
        # Outermost, so that everything below sees who asked. Without proxies of the operator's own nobody is believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
