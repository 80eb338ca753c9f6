"""The HTTP API under ``/api/v1``: public reads without a key, writes with a bearer key and its scopes.

Words: a *call* is one declared address and method; a *scope* is how far a key
reaches; an *answer* may be cached by its tag.

Articles: 法释〔2016〕18号 第13、20、24条 (everything but who bids is public).

Invariants: every call is declared with inputs, scope and refusals, and the OpenAPI
document is made of these declarations; whatever is wrong with a request is a problem
body with a code; a POST repeated under its Idempotency-Key has the effect of one.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, RequestEntityTooLarge

from auction.edges.api import availability, bids, corrections, costs, due, law, log, lots
from auction.edges.api.endpoint import ENDPOINTS, endpoint, refused, serve
from auction.edges.api.health import health
from auction.edges.api.openapi import reference
from auction.edges.api.payments import payments
from auction.edges.api.reading import BODY_MAX_BYTES
from auction.edges.platform import Platform
from auction.edges.problems import BodyTooLarge, MethodNotOffered, PlatformFault, PlatformUnavailable
from auction.foundation.kernel.refusal import InputMalformed, NotFound, Refusal

__all__ = [
    "ENDPOINTS", "availability", "bids", "blueprint", "corrections", "costs", "due", "endpoint", "law", "log", "lots",
]  # fmt: skip

PREFIX = "/api/v1"
_PART = re.compile(r"{(\w+)}")


def blueprint(platform: Platform) -> Blueprint:
    """Return every address of the API, and those of operators at the root."""
    whole = Blueprint("api", __name__)
    calls = Blueprint("calls", __name__, url_prefix=PREFIX)
    for declared in ENDPOINTS.values():
        rule = _PART.sub(r"<\1>", declared.path)
        calls.add_url_rule(
            rule, endpoint=declared.name, view_func=serve(platform, declared), methods=[declared.method]
        )  # fmt: skip
    calls.register_blueprint(reference())
    calls.before_request(_limit_body)
    calls.after_request(_tell_limits)
    whole.register_error_handler(Refusal, refused)
    whole.register_error_handler(OperationalError, _away)
    whole.register_error_handler(DBAPIError, _away)
    whole.register_error_handler(PoolTimeout, _away)
    whole.register_error_handler(HTTPException, _http)
    whole.register_error_handler(InternalServerError, lambda _: refused(PlatformFault()))
    whole.before_app_request(_nowhere)
    whole.register_blueprint(calls)
    whole.register_blueprint(health(platform))
    whole.register_blueprint(payments(platform))
    return whole


def _limit_body() -> None:
    request.max_content_length = BODY_MAX_BYTES


def _tell_limits(response: Response) -> Response:
    response.headers.update(g.get("limit_headers", {}))
    return response


def _away(_: Exception) -> Response:
    return refused(PlatformUnavailable())


def _http(fault: HTTPException) -> Response:
    """Answer what Flask itself refuses."""
    if isinstance(fault, MethodNotAllowed):
        return refused(MethodNotOffered(method=request.method, allowed=fault.valid_methods or ()))
    if isinstance(fault, RequestEntityTooLarge):
        return refused(BodyTooLarge(bytes_max=BODY_MAX_BYTES))
    if fault.code == HTTPStatus.NOT_FOUND:
        return refused(NotFound(what="address", name=request.path[:80]))
    return refused(InputMalformed(errors={"request": fault.name}))


def _nowhere() -> Response | None:
    """Answer an address below the API that is none, before the pages' own 404 would."""
    if not request.path.startswith("/api/") or request.routing_exception is None:
        return None
    if isinstance(request.routing_exception, MethodNotAllowed):
        return _http(request.routing_exception)
    return refused(NotFound(what="address", name=request.path[:80]))
