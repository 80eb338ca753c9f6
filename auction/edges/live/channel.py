"""The events of namespace ``/live`` (contract 4.1): watch, unwatch, bid, clock.

Handlers are registered with python-socketio itself: Flask's request context is
built once, to read the session at the connection, and not for every bid.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any, TypedDict

import socketio
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from auction.edges.figures import Figures
from auction.edges.limits import Limits
from auction.edges.live.acknowledging import Acknowledgement, Door
from auction.edges.live.connections import Connection, again_by_session, by_session, by_token
from auction.edges.live.given import after_of, given, payload_of, text_of
from auction.edges.live.pace import Pace
from auction.edges.live.pusher import Pusher
from auction.edges.live.sequencer import Sequencer
from auction.edges.live.snapshots import Snapshots
from auction.edges.platform import Platform
from auction.edges.problems import PlatformUnavailable, dumped, language_of, problem
from auction.edges.receipts import answer_json
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import AuthRequired, InputMalformed, RateLimited, Refusal
from auction.procedure.bidding.queries import State

_LOG = logging.getLogger(__name__)

NAMESPACE = "/live"
#: How many entries a watcher who resumes gets at once; the rest lies in the docket.
ENTRIES_MAX = 200

Json = dict[str, Any]


class _Offered(TypedDict):
    """What the sequencer is given of a bid."""

    lot: str
    person: str
    amount_minor: int
    bid_id: str


class Channel:
    """The handlers of one process and the connections they serve."""

    def __init__(
        self,
        app: Flask,
        platform: Platform,
        *,
        server: socketio.Server,
        sequencer: Sequencer,
        snapshots: Snapshots,
        pusher: Pusher,
        figures: Figures,
        limits: Limits,
        begin: Callable[[], None],
    ) -> None:
        self._app = app
        self._platform = platform
        self._server = server
        self._door = Door(server, namespace=NAMESPACE)
        self._sequencer = sequencer
        self._snapshots = snapshots
        self._pusher = pusher
        self._figures = figures
        self._limits = limits
        self._begin = begin
        self._connections: dict[str, Connection] = {}
        self._others: Callable[..., object] = server._handle_event  # noqa: SLF001

    def register(self) -> None:
        """Take the namespace's events."""
        for event, handler in (
            ("connect", self.connect),
            ("disconnect", self.disconnect),
            ("watch", self._answering(self.watch)),
            ("unwatch", self._answering(self.unwatch)),
            ("bid", self._answering(self.bid)),
            ("clock", self._answering(self.clock)),
            ("*", self.unknown),
        ):
            self._server.on(event, handler, namespace=NAMESPACE)
        # One door before the library begins a thread for each event.
        self._server._handle_event = self._taken  # noqa: SLF001

    def connect(self, sid: str, environ: Json, auth: Any = None) -> None:  # noqa: ANN401 - anything may come
        """Let a connection in; with a token that opens nothing it is refused by name.

        :raises ConnectionRefusedError: with the problem, for python-socketio to answer
        """
        language = language_of(environ)
        try:
            connection = self._known(sid, environ, auth, language=language)
        except Refusal as refusal:
            body = problem(refusal, language=language)
            raise socketio.exceptions.ConnectionRefusedError(body["detail"], body) from refusal
        except SQLAlchemyError as away:
            body = problem(PlatformUnavailable(), language=language)
            raise socketio.exceptions.ConnectionRefusedError(body["detail"], body) from away
        self._connections[sid] = connection
        self._figures.connections.inc()

    def disconnect(self, sid: str, *_: object) -> None:
        """Forget a connection and what it watched."""
        connection = self._connections.pop(sid, None)
        if connection is None:
            return
        self._figures.connections.dec()
        for lot in tuple(connection.lots):
            self._pusher.leave(lot, sid)

    def watch(self, connection: Connection, data: Json) -> Json:
        """Send states of a lot from now on; answer the present one and what is new since ``after``."""
        _check_pace(connection)
        lot, after = text_of(data, "lot"), after_of(data)
        if lot not in connection.lots and len(connection.lots) >= self._limits.watched_lots:
            raise RateLimited
        state = self._snapshots.current(lot)
        self._begin()
        if not self._entered(connection, lot, seq=state.seq):
            return {}  # nobody is there to hear it
        entries, more = self._since(state, after=after)
        # Pushes may have overtaken the reading: the answer is never older than what the room was sent.
        state = self._snapshots.known(lot) or state
        body = state.as_json(server_time=self._platform.clock.now(), watchers=self._pusher.watchers(lot))
        return {"ok": True, "state": body, "entries": [entry.as_json() for entry in entries], "more": more}

    def _entered(self, connection: Connection, lot: str, *, seq: int) -> bool:
        """Let a connection into a lot's room; say whether its line has not ended while the state was read."""
        sid = connection.sid
        connection.lots.add(lot)
        self._pusher.enter(lot, sid, seq=seq)
        with contextlib.suppress(ValueError, KeyError):  # of a line that has ended, the last one or one of several
            self._server.enter_room(sid, lot, namespace=NAMESPACE)
        if sid in self._connections:
            return True
        self._pusher.leave(lot, sid)
        return False

    def unwatch(self, connection: Connection, data: Json) -> Json:
        """Send states of a lot no longer."""
        _check_pace(connection)
        lot = text_of(data, "lot")
        if lot in connection.lots:
            connection.lots.discard(lot)
            self._pusher.leave(lot, connection.sid)
            self._server.leave_room(connection.sid, lot, namespace=NAMESPACE)
        return {"ok": True}

    def bid(self, connection: Connection, data: Json) -> Json:
        """Place a bid and answer after its commit, in the thread that waits for it."""
        offered = self._offered(connection, data)
        connection.waiting += 1
        try:
            told = self._sequencer.submit(**offered)
        finally:
            connection.waiting -= 1
        return answer_json(told, language=connection.language)

    def _taken(self, line: str, namespace: str, number: int | None, data: list[Any]) -> object:
        """Take an event off the wire; a bid stands in its lot's line at once, without a thread of its own."""
        if namespace != NAMESPACE or number is None or data[0] != "bid" or not self._server.async_handlers:
            return self._others(line, namespace, number, data)
        sid = self._server.manager.sid_from_eio_sid(line, NAMESPACE)
        connection = self._connections.get(sid)
        if connection is None:
            return self._others(line, namespace, number, data)
        answer = Acknowledgement(self._door, connection, line=line, number=number)
        refused = self._answering(lambda known, given: self._enter(known, given, answer))(sid, *data[1:])
        if refused:
            answer.say(dumped(refused))
        return None

    def _enter(self, connection: Connection, data: Json, answer: Acknowledgement) -> Json:
        """Let a bid stand in its line; what is returned is nothing, for the answer comes after the commit."""
        self._sequencer.enter(**self._offered(connection, data), answered=answer)
        connection.waiting += 1
        return {}

    def _offered(self, connection: Connection, data: Json) -> _Offered:
        """Return the bid a connection sent, if it may send one now; what amount and id must be, the sequencer says."""
        person = connection.bidder(self._platform)
        lot = text_of(data, "lot")
        connection.take_turn(self._limits)
        return {
            "lot": lot, "person": person, "amount_minor": given(data, "amount_minor"), "bid_id": text_of(data, "bid_id")
        }  # fmt: skip

    def clock(self, connection: Connection, data: Json) -> Json:  # noqa: ARG002 - every event has the same form
        """Answer the server's time, for a client to measure its offset."""
        _check_pace(connection)
        return {"server_time": instant_text(self._platform.clock.now())}

    def unknown(self, event: str, sid: str, *_: object) -> Json:
        """Answer an event nobody knows."""
        connection = self._connections.get(sid)
        refusal: Refusal = InputMalformed(errors={"event": f"unknown: {str(event)[:40]}"})
        if connection is not None and not connection.events.allows():
            refusal = RateLimited()
        return {"ok": False, "problem": problem(refusal, language=connection.language if connection else "zh")}

    def _answering(self, handler: Callable[[Connection, Json], Json]) -> Callable[..., Json]:
        """Return the handler as python-socketio calls it: whatever comes gets an answer, a refusal its problem."""

        def answer(sid: str, *args: object) -> Json:
            connection = self._connections.get(sid)
            if connection is None:
                return {"ok": False, "problem": problem(AuthRequired(), language="zh")}
            try:
                return handler(connection, payload_of(args))
            except Refusal as refusal:
                return {"ok": False, "problem": problem(refusal, language=connection.language)}
            except SQLAlchemyError as away:
                _LOG.warning("no answer from the database: %s", away.__class__.__name__)
                return {"ok": False, "problem": problem(PlatformUnavailable(), language=connection.language)}

        return answer

    def _known(self, sid: str, environ: Json, auth: Any, *, language: str) -> Connection:  # noqa: ANN401
        recheck = by_token(auth=auth)
        if recheck is not None:
            with self._platform.read() as session:
                known = recheck(session)
            if known is None:
                raise AuthRequired
        else:
            known = by_session(self._app, environ=environ)
            recheck = again_by_session(known)
        return Connection(
            sid=sid,
            language=language,
            known=known,
            recheck=recheck,
            allowance=float(self._limits.bids_burst),
            events=Pace(per_second=self._limits.events_per_second, burst=self._limits.events_burst),
        )

    def _since(self, state: State, *, after: int | None) -> tuple[list[Entry], bool]:
        """Return the entries behind a number, and whether there are more than are sent here."""
        first = state.entries[0].seq if state.entries else state.seq + 1
        if after is None:
            return list(state.entries), first > 1
        if after >= first - 1:
            return [entry for entry in state.entries if entry.seq > after], False
        with self._platform.read() as session:
            entries = docket.entries(session, f"lot:{state.lot.id}", after=after, limit=ENTRIES_MAX)
        return entries, bool(entries) and entries[-1].seq < state.seq


def _check_pace(connection: Connection) -> None:
    if not connection.events.allows():
        raise RateLimited
