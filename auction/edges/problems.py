"""Refusals as the outside sees them: THE one table of HTTP statuses, and RFC 9457 problem bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header, parse_cookie

from auction.foundation.kernel.refusal import NotFound, Refusal

PROBLEM_TYPE = "application/problem+json"
LANGUAGES = ("zh", "en")
#: How long a client should wait before it asks again, when nothing better is known.
RETRY_SECONDS = 1


class PlatformUnavailable(Refusal):
    """The platform could not decide just now; nothing is known to be written, so the same request is sent again."""

    code = "platform.unavailable"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "平台暂时无法处理", "The platform cannot answer just now"
    zh = "平台暂时无法处理，请以同一编号重新提交；重复提交不会产生两笔。"
    en = "The platform cannot answer just now. Send the same request under the same id again; it counts once."


class PlatformFault(Refusal):
    """A fault of the program itself; it is logged, and the reader learns no more than that."""

    code = "platform.fault"
    article = "—"
    title_zh, title_en = "平台内部错误", "A fault of the platform"
    zh = "平台发生内部错误，已记录；请稍后以同一编号重试。"
    en = "The platform met a fault and has logged it. Try again later under the same id."


class BiddingTooFast(Refusal):
    """One connection sends more bids than a person or a program needs to."""

    code = "bidding.too_fast"
    article = "法释〔2016〕18号 第20条"
    title_zh, title_en = "出价过于频繁", "Bids come too fast"
    zh = "出价过于频繁，这一笔未被处理；请稍候再出价。"
    en = "Bids come too fast and this one was not looked at; wait a moment and bid again."


class MethodNotOffered(Refusal):
    """The address exists, but not for this method."""

    code = "input.malformed"
    article = "—"
    title_zh, title_en = "方法不适用", "Not this method"
    zh = "此地址不支持 {method}；可用：{allowed}。"
    en = "This address does not take {method}; it takes: {allowed}."

    def __init__(self, *, method: str, allowed: Iterable[str]) -> None:
        self.allowed = sorted(allowed)
        super().__init__(method=method, allowed=self.allowed)


class BodyTooLarge(Refusal):
    """The body is larger than any request needs to be."""

    code = "input.malformed"
    article = "—"
    title_zh, title_en = "内容过大", "Too large"
    zh = "请求内容不得超过 {bytes_max} 字节。"
    en = "The body may have at most {bytes_max} bytes."


class NotJson(Refusal):
    """The body is not declared as JSON."""

    code = "input.malformed"
    article = "—"
    title_zh, title_en = "内容类型不支持", "Not JSON"
    zh = "请以 Content-Type: application/json 提交。"
    en = "Send the body with Content-Type: application/json."


class ScopeMissing(Refusal):
    """The key is known, but does not reach this far."""

    code = "auth.forbidden"
    article = "法释〔2016〕18号 第6、8条"
    title_zh, title_en = "密钥权限不足", "The key lacks a scope"
    zh = "此调用需要具有“{scope}”范围的密钥。"
    en = "This call needs a key with the scope “{scope}”."


#: The same code may come as "unknown thing" or "wrong method"; the class says which.
STATUS_OF_CLASS: Mapping[type[Refusal], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotOffered: HTTPStatus.METHOD_NOT_ALLOWED,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotJson: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}

STATUS_OF_CODE: Mapping[str, HTTPStatus] = {
    "auth.forbidden": HTTPStatus.FORBIDDEN,
    "auth.required": HTTPStatus.UNAUTHORIZED,
    "bank.file_broken": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bank.file_hostile": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bank.file_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "bank.file_unknown": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bank.holder_differs": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bank.second_person_needed": HTTPStatus.FORBIDDEN,
    "bidding.below_start": HTTPStatus.CONFLICT,
    "bidding.not_admitted": HTTPStatus.FORBIDDEN,
    "bidding.off_step": HTTPStatus.CONFLICT,
    "bidding.too_fast": HTTPStatus.TOO_MANY_REQUESTS,
    "deposit.insufficient": HTTPStatus.CONFLICT,
    "identity.password_wrong": HTTPStatus.FORBIDDEN,
    "input.key_reused": HTTPStatus.CONFLICT,
    "input.malformed": HTTPStatus.BAD_REQUEST,
    "objection.not_concerned": HTTPStatus.FORBIDDEN,
    "objection.officer_excluded": HTTPStatus.FORBIDDEN,
    "payment.event_forged": HTTPStatus.BAD_REQUEST,
    "payment.event_unreadable": HTTPStatus.BAD_REQUEST,
    "papers.not_on_panel": HTTPStatus.FORBIDDEN,
    "platform.fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "platform.unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "rate.limited": HTTPStatus.TOO_MANY_REQUESTS,
    "registration.barred": HTTPStatus.FORBIDDEN,
    "registration.ineligible": HTTPStatus.FORBIDDEN,
    "registration.agent_not_confirmed": HTTPStatus.FORBIDDEN,
    "registration.joint_not_confirmed": HTTPStatus.FORBIDDEN,
    "registration.priority_not_confirmed": HTTPStatus.FORBIDDEN,
}

#: Every other refusal says that the procedure stands elsewhere than the request supposes.
STATUS_OTHERWISE = HTTPStatus.CONFLICT


def status_of(refusal: Refusal) -> HTTPStatus:
    """Return the HTTP status of a refusal."""
    return status_of_kind(type(refusal))


def status_of_kind(kind: type[Refusal]) -> HTTPStatus:
    """Return the HTTP status of every refusal of a class."""
    for known, status in STATUS_OF_CLASS.items():
        if issubclass(kind, known):
            return status
    return STATUS_OF_CODE.get(kind.code, STATUS_OTHERWISE)


def problem(refusal: Refusal, *, language: str) -> dict[str, Any]:
    """Return the refusal as an RFC 9457 problem, with code, article and facts beside."""
    return {
        "type": f"/api/v1/docs#{refusal.code}",
        "title": refusal.title(language),
        "status": int(status_of(refusal)),
        "detail": refusal.message(language),
        "code": refusal.code,
        "article": refusal.article,
        "facts": refusal.plain_facts(),
    }


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Return the headers a status asks for beside its body."""
    status = status_of(refusal)
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(refusal, MethodNotOffered):
        return {"Allow": ", ".join(refusal.allowed)}
    return {}


def dumped(value: object) -> str:
    """Write a body as compact JSON, Chinese readable as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def language_of(environ: Mapping[str, Any]) -> str:
    """Return the reader's language: the ``lang`` cookie, else Accept-Language, else Chinese."""
    chosen = parse_cookie(str(environ.get("HTTP_COOKIE", ""))).get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    accepted = parse_accept_header(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")), LanguageAccept)
    return accepted.best_match(LANGUAGES) or LANGUAGES[0]


def wants_json(environ: Mapping[str, Any]) -> bool:
    """Say whether the reader asked for JSON rather than a page."""
    accepted = parse_accept_header(str(environ.get("HTTP_ACCEPT", "")), MIMEAccept)
    return accepted.best_match(["text/html", "application/json", PROBLEM_TYPE]) in {"application/json", PROBLEM_TYPE}
