"""A call of the API: declared with its inputs, scope and refusals, and served the same way whatever it does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Response, request

from auction.edges.api import keys
from auction.edges.api.reading import Field, read_body, read_query, strict_json
from auction.edges.live import live
from auction.edges.live.connections import Known
from auction.edges.platform import Platform
from auction.edges.problems import PROBLEM_TYPE, dumped, headers_of, language_of, problem, status_of
from auction.foundation.database import idempotency
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthRequired, InputMalformed, Refusal
from auction.foundation.kernel.roles import Actor

_JSON = "application/json"
_KEY_MAX = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers; ``tag`` makes it cacheable, ``seconds`` says for how long."""

    body: Any
    status: int = HTTPStatus.OK
    tag: str | None = None
    seconds: int | None = None

    @property
    def kind(self) -> str:
        """The media type: a refusal is a problem."""
        return PROBLEM_TYPE if self.status >= HTTPStatus.BAD_REQUEST else _JSON


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a view sees it: who asks, what was given, checked."""

    platform: Platform
    known: Known | None
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    language: str
    key: str | None
    digest: str

    @property
    def actor(self) -> Actor:
        """Who asks.

        :raises AuthRequired: when no key was sent
        """
        if self.known is None:
            raise AuthRequired
        return self.known[0]

    def once(self, run: Callable[[Act], Answer]) -> Answer:
        """Run a command in a transaction of its own; under an idempotency key its answer is kept with it.

        :raises KeyReused: when the key stands for another request
        """
        with self.platform.act(self.actor) as act:
            if self.key is None:
                return run(act)
            before = idempotency.claim(act, owner=self.actor.id, key=self.key, request=self.digest)
            if before is not None:
                return kept_answer(before)
            answer = run(act)
            idempotency.record(act, owner=self.actor.id, key=self.key, answered=answered(answer))
            return answer


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A call as declared; the OpenAPI document is made of these."""

    method: str
    path: str
    name: str
    zh: str
    en: str
    view: Callable[..., Answer]
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] = ()
    scope: str | None = None
    errors: tuple[type[Refusal], ...] = ()
    answers: str = "Object"
    statuses: tuple[int, ...] = field(default=(200,))


ENDPOINTS: dict[str, Endpoint] = {}


def endpoint(
    method: str,
    path: str,
    *,
    zh: str,
    en: str,
    query: tuple[Field, ...] = (),
    body: tuple[Field, ...] = (),
    scope: str | None = None,
    errors: tuple[type[Refusal], ...] = (),
    answers: str = "Object",
    statuses: tuple[int, ...] = (200,),
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Declare a view as a call of the API; ``path`` is below ``/api/v1`` and names its parts as ``{lot}``.

    A call with a ``scope`` needs a key that has it; without one, anybody may read.
    """

    def declare(view: Callable[..., Answer]) -> Callable[..., Answer]:
        name = view.__name__
        ENDPOINTS[name] = Endpoint(
            method, path, name, zh, en, view, query, body, scope, errors, answers, statuses
        )  # fmt: skip
        return view

    return declare


def serve(platform: Platform, declared: Endpoint) -> Callable[..., Response]:
    """Return the Flask view of a call."""

    def answer(**parts: str) -> Response:
        language = language_of(request.environ)
        known = keys.known(platform)
        keys.count(platform, known, writes=declared.method != "GET")
        if declared.scope is not None:
            keys.require(known, scope=declared.scope)
        call = _call(platform, declared, known=known, language=language)
        response = respond(declared.view(call, **parts))
        live().figures.requests.labels(declared.name, response.status_code).inc()
        return response

    answer.__name__ = declared.name
    answer.__doc__ = declared.en
    return answer


def respond(answer: Answer) -> Response:
    """Return the answer as a response; an unchanged one is answered with 304 and no body."""
    text = answer.body if isinstance(answer.body, str) else dumped(answer.body)
    response = Response(text, status=int(answer.status), content_type=answer.kind)
    if request.method in {"GET", "HEAD"}:
        tag = answer.tag or hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
        response.set_etag(tag)
        seconds = answer.seconds
        response.headers["Cache-Control"] = "no-cache" if seconds is None else f"public, max-age={seconds}"
        response.headers["Vary"] = "Accept-Language, Cookie, Authorization"
        response.make_conditional(request)
    return response


def refused(refusal: Refusal, *, language: str | None = None) -> Response:
    """Return a refusal as a problem."""
    body = problem(refusal, language=language or language_of(request.environ))
    response = Response(dumped(body), status=int(status_of(refusal)), content_type=PROBLEM_TYPE)
    response.headers.update(headers_of(refusal))
    response.headers["Cache-Control"] = "no-store"
    return response


def answered(answer: Answer) -> idempotency.Answered:
    """Return an answer as it is kept under a key."""
    return idempotency.Answered(status=int(answer.status), body=dumped(answer.body))


def kept_answer(before: idempotency.Answered) -> Answer:
    """Return a kept answer, word for word."""
    return Answer(before.body, status=before.status)


def _call(platform: Platform, declared: Endpoint, *, known: Known | None, language: str) -> Call:
    query = read_query(declared.query, request.args.to_dict(flat=False))
    raw = request.get_data(cache=True) if declared.method != "GET" else b""
    body: Mapping[str, Any] = {}
    if declared.method != "GET":
        body = read_body(declared.body, strict_json(raw, content_type=request.content_type or ""))
    return Call(
        platform=platform,
        known=known,
        query=query,
        body=body,
        language=language,
        key=_key() if declared.method != "GET" else None,
        digest=idempotency.digest(declared.method, request.path, raw),
    )


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= _KEY_MAX or not (key.isascii() and key.isprintable()):
        raise InputMalformed(errors={"Idempotency-Key": f"1 to {_KEY_MAX} printable ASCII characters"})
    return key
