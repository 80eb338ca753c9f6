"""Long polling: what a client posts is read here first, for the library takes the malformed for a fault of its own.

A request that is no list of packets ends its session, as a message that is none ends a WebSocket, and is refused.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from engineio.payload import Payload

from auction.edges.live.packets import GOODBYE, is_posted_packet
from auction.edges.live.websocket import Lines
from auction.edges.problems import PROBLEM_TYPE, dumped, language_of, problem
from auction.foundation.kernel.refusal import InputMalformed

_LOG = logging.getLogger(__name__)
_BETWEEN = "\x1e"
_DIGITS_MAX = 12

Json = dict[str, Any]


class MalformedPostError(ValueError):
    """A request's body is no list of packets; the text says what it is."""


class Polling:
    """Stands before an Engine.IO server's own handling of requests."""

    def __init__(self, engine: Any, *, lines: Lines) -> None:  # noqa: ANN401 - python-engineio has no types
        self._engine = engine
        self._lines = lines
        self._others: Callable[[Json, Callable[..., object]], Any] = engine.handle_request

    def stand(self) -> None:
        """Take the place."""
        self._engine.handle_request = self.handle

    def handle(self, environ: Json, start_response: Callable[..., object]) -> Any:  # noqa: ANN401
        """Handle a request as the library does, once what it posts is known to be packets."""
        session = self._posted_to(environ) if environ["REQUEST_METHOD"] == "POST" else None
        if session is None:
            return self._others(environ, start_response)
        try:
            return self._posted(environ, start_response, session=session)
        except MalformedPostError as fault:
            _LOG.info("a request to poll is refused: %s", fault)
            self._lines.end(session, why=str(fault))
            refusal = InputMalformed(errors={"body": str(fault)})
            start_response("400 Bad Request", [("Content-Type", PROBLEM_TYPE)])
            return [dumped(problem(refusal, language=language_of(environ))).encode()]

    def _posted(self, environ: Json, start_response: Callable[..., object], *, session: str) -> Any:  # noqa: ANN401
        """Let the library take what is posted.

        :raises MalformedPostError: when that is none of what a client says, or was the end of its session
        """
        body = _body(environ, most=self._engine.max_http_buffer_size)
        held = self._engine.sockets.get(session)
        if held is None or held.closed:
            raise MalformedPostError("the session has ended")
        environ["wsgi.input"] = io.BytesIO(body)
        answer: list[Any] = []
        text = self._others(environ, lambda *words: answer.append(words))
        if held.closed and GOODBYE not in body.decode().split(_BETWEEN):
            raise MalformedPostError("malformed packet")
        start_response(*answer[-1])
        return text

    def _posted_to(self, environ: Json) -> str | None:
        """Return the session a request posts to, where that one is there and polls."""
        session = parse_qs(environ.get("QUERY_STRING", "")).get("sid", [""])[0]
        held = self._engine.sockets.get(session)
        return None if held is None or not held.connected or held.upgraded else session


def _body(environ: Json, *, most: int) -> bytes:
    """Return a request's body.

    :raises MalformedPostError: when it is too long, cut off, no text, or holds what no client says
    """
    told = environ.get("CONTENT_LENGTH") or "0"
    if not told.isdecimal() or len(told) > _DIGITS_MAX or int(told) > most:
        raise MalformedPostError("too long")
    try:
        body: bytes = environ["wsgi.input"].read(int(told))
    except OSError as gone:
        raise MalformedPostError("cut off") from gone
    if len(body) < int(told):
        raise MalformedPostError("cut off")
    try:
        packets = body.decode("utf-8").split(_BETWEEN)
    except UnicodeDecodeError as fault:
        raise MalformedPostError("no text") from fault
    if len(packets) > Payload.max_decode_packets or not all(map(is_posted_packet, packets)):
        raise MalformedPostError("malformed message")
    return body
