"""What a page says when it cannot do what was asked: why, the article, and what to do instead."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from auction.edges import problems
from auction.edges.web.reading import local_path
from auction.foundation.kernel.refusal import Refusal

_LOG = logging.getLogger(__name__)


class FormOutdated(Refusal):
    """The form's token does not belong to this session: it was open too long, or came from elsewhere."""

    code = "input.form_outdated"
    article = "—"
    title_zh, title_en = "页面已过期", "The page is out of date"
    zh = "此页面的登录状态已改变，为防止冒用，本次提交未被处理。请返回上一页刷新后重新提交。"
    en = "The sign-in behind this page has changed, so nothing was done. Go back, reload the page and send it again."


def attach(app: Flask) -> None:
    """Answer refusals, unknown addresses and our own faults with a page (or JSON, where a script asked)."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, lambda _: refused(FormOutdated()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _own_fault)


def refused(refusal: Refusal) -> Response:
    """Return the page of a refusal that no form is there to show beside."""
    if _for_script():
        return _problem(refusal)
    return _page(int(problems.status_of(refusal)), refusal=refusal)


def _http(fault: HTTPException) -> Response:
    if fault.response is not None or fault.code is None or fault.code < HTTPStatus.BAD_REQUEST:
        return make_response(fault.get_response(request.environ))
    if _for_script():
        return _problem_of_http(fault)
    response = _page(fault.code, refusal=None)
    allowed = getattr(fault, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _own_fault(fault: Exception) -> Response:
    """Log the fault under a number the visitor can quote; he learns no more than that."""
    reference = secrets.token_hex(4)
    _LOG.error("fault %s at %s", reference, request.path, exc_info=fault)
    if _for_script():
        return _problem(problems.PlatformFault())
    return _page(500, refusal=None, reference=reference)


def _page(status: int, *, refusal: Refusal | None, reference: str | None = None) -> Response:
    page = render_template("error.html", status=status, refusal=refusal, reference=reference, back=_back())
    response = make_response(page, status)
    if refusal is not None and status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        response.headers["Retry-After"] = str(problems.RETRY_SECONDS)
    return response


def _back() -> str | None:
    """Return where the visitor came from, when it is a page of ours."""
    came_from = request.referrer or ""
    if not came_from.startswith(request.host_url):
        return None
    return local_path("/" + came_from.removeprefix(request.host_url), otherwise="") or None


def _for_script() -> bool:
    return request.path.startswith("/api/") or problems.wants_json(request.environ)


def _problem(refusal: Refusal) -> Response:
    language = problems.language_of(request.environ)
    response = jsonify(problems.problem(refusal, language=language))
    response.status_code = int(problems.status_of(refusal))
    response.content_type = problems.PROBLEM_TYPE
    response.headers.update(problems.headers_of(refusal))
    return response


def _problem_of_http(fault: HTTPException) -> Response:
    response = jsonify(
        {
            "type": "about:blank",
            "title": fault.name,
            "status": fault.code,
            "detail": fault.description,
            "code": "input.malformed",
            "article": "—",
            "facts": {},
        }
    )
    response.status_code = fault.code or HTTPStatus.INTERNAL_SERVER_ERROR
    response.content_type = problems.PROBLEM_TYPE
    return response
