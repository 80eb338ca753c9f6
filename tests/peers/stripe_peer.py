"""A stand-in of Stripe for tests, on loopback: the API, the script, the pages a payer sees, signed events.

Written by us from Stripe's public documents; what it does *not* do like Stripe is judged by nobody, so
``docs/payments.md`` says which path was judged by which peer. Three ways to use it:

- in a process of its own: ``python -m tests.peers.stripe_peer --port N --webhook URL --secret S`` (events are
  delivered by themselves), told what to do by ``POST /_control``;
- in the test's process over HTTP: ``StripePeer(...)`` served by ``tests.peers.stripe_process.serving``;
- with no network at all: ``tests.peers.stripe_process.InProcess`` is an HTTP client for the SDK.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from typing_extensions import override
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.peers import stripe_pages
from tests.peers.stripe_book import StripeBook
from tests.peers.stripe_events import Courier, by_http
from tests.peers.stripe_faults import Json, StripeFault
from tests.peers.stripe_forms import listed, nested
from tests.peers.stripe_payments import true_time

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_KNOBS = ("refund_outcome", "capture_at_most", "transfer_fault")
_IDEMPOTENCY = "idempotency_error"
_INTENT = re.compile(r"^/v1/payment_intents/([^/]+)(?:/(confirm|capture|cancel))?$")
_SESSION = re.compile(r"^/v1/checkout/sessions/([^/]+)(?:/(expire))?$")
_ONE = re.compile(r"^/v1/(refunds|transfers|disputes|charges)/([^/]+)$")


@dataclass(frozen=True, slots=True)
class Answer:
    """A call's answer; ``replayed`` when it is the one kept under the call's idempotency key."""

    status: int
    body: str
    replayed: bool = False

    def headers(self) -> dict[str, str]:
        return {"Idempotent-Replayed": "true"} if self.replayed else {}


class Cut(Exception):
    """The connection is gone: the caller hears nothing."""


class StripePeer:
    """The API over a book; ``keys`` are the answers kept under idempotency keys."""

    def __init__(self, *, now: Callable[[], float] = true_time) -> None:
        self.book = StripeBook(now=now)
        self.secret_key = "sk_test_stand_in"
        self.publishable_key = "pk_test_stand_in"
        self.keys: dict[str, tuple[str, Answer]] = {}
        self.calls: list[str] = []
        self._plans: list[str] = []

    def plan(self, *what: str) -> None:
        """Say what becomes of the next API calls: ``cut_before``, ``cut_after``, ``429``, ``500``, ``ok``."""
        self._plans.extend(what)

    def forget_plans(self) -> None:
        """Let nothing more of what was planned happen."""
        self._plans.clear()

    def call(self, method: str, path: str, query: str, body: str, *, key: str | None, auth: str) -> Answer:
        """Answer one API call.

        :raises Cut: when the connection was planned to break, before or after the call was carried out
        """
        with self.book.lock:
            self.calls.append(f"{method} {path}")
            plan = self._plans.pop(0) if self._plans else "ok"
            if plan == "cut_before":
                raise Cut
            if plan.isdigit():
                fault = StripeFault(int(plan), code="rate_limit" if plan == "429" else None, message="Try again.")
                fault.kind = "api_error"
                return Answer(fault.status, json.dumps(fault.body()))
            answer = self._once(method, path, query, body, key=key, auth=auth)
            if plan == "cut_after":
                raise Cut
            return answer

    def _once(self, method: str, path: str, query: str, body: str, *, key: str | None, auth: str) -> Answer:
        form = nested(parse_qsl(body if method == "POST" else query, keep_blank_values=True))
        try:
            self._check_key(auth, form, path)
            if method != "POST" or key is None:
                return Answer(200, json.dumps(self._route(method, path, form)))
            kept = self.keys.get(key)
            if kept is not None:
                if kept[0] != f"{path}?{body}":
                    message = "Keys for idempotent requests can only be used with the same parameters."
                    raise StripeFault(400, code=None, message=message, kind=_IDEMPOTENCY)
                return replace(kept[1], replayed=True)
            answer = self._carried_out(path, form)
            self.keys[key] = (f"{path}?{body}", answer)
        except StripeFault as fault:
            return Answer(fault.status, json.dumps(fault.body()))
        return answer

    def _carried_out(self, path: str, form: Json) -> Answer:
        """Carry a call out; a refusal is kept under its key like a success, unless the call was not understood."""
        try:
            return Answer(200, json.dumps(self._route("POST", path, form)))
        except StripeFault as fault:
            if (fault.code or "").startswith("parameter_"):
                raise
            return Answer(fault.status, json.dumps(fault.body()))

    def _check_key(self, auth: str, form: Json, path: str) -> None:
        if auth == f"Bearer {self.secret_key}":
            return
        found = _INTENT.match(path)
        if found and form.get("key") == self.publishable_key:
            intent = self.book.intent(found[1])
            if form.get("client_secret") == intent["client_secret"]:
                return
        raise StripeFault(401, code=None, message="Invalid API Key provided")

    def _route(self, method: str, path: str, form: Json) -> Json:
        if method == "GET":
            return self._read(path, form)
        book = self.book
        plain: dict[str, Callable[[Json], Json]] = {
            "/v1/payment_intents": book.create_intent,
            "/v1/refunds": book.refund,
            "/v1/transfers": book.transfer,
            "/v1/checkout/sessions": book.create_session,
        }
        if path in plain:
            return plain[path](form)
        if (found := _INTENT.match(path)) and found[2]:
            return self._act(found[1], found[2], form)
        if (found := _SESSION.match(path)) and found[2]:
            return book.expire_session(found[1])
        if (found := _ONE.match(path)) and found[1] == "refunds":
            return book.update_refund(found[2], form)
        raise _unknown(method, path)

    def _act(self, name: str, verb: str, form: Json) -> Json:
        if verb == "capture":
            return self.book.capture(name, form)
        if verb == "cancel":
            return self.book.cancel(name)
        given = form.get("payment_method_data", {})
        number = given.get("card", {}).get("number", "")
        back = form.get("return_url")
        return self.book.confirm(name, method=given.get("type", "card"), number=number, back=back)

    def _read(self, path: str, form: Json) -> Json:
        book = self.book
        if found := _INTENT.match(path):
            return self._expanded(book.intent(found[1]), form)
        if found := _SESSION.match(path):
            return self._session(book.one("checkout.session", found[1]), form)
        if found := _ONE.match(path):
            return book.one(found[1].rstrip("s"), found[2])
        shelves: dict[str, Iterable[Json]] = {
            "/v1/payment_intents": book.intents.values(),
            "/v1/refunds": book.refunds.values(),
            "/v1/transfers": book.transfers.values(),
            "/v1/disputes": book.disputes.values(),
            "/v1/events": book.events,
        }
        if path not in shelves:
            raise _unknown("GET", path)
        book.lapse()
        return listed(path, list(shelves[path]), form)

    def _expanded(self, intent: Json, form: Json) -> Json:
        if "latest_charge" in form.get("expand", []) and intent["latest_charge"]:
            return {**intent, "latest_charge": self.book.charges[intent["latest_charge"]]}
        return intent

    def _session(self, session: Json, form: Json) -> Json:
        if "payment_intent.latest_charge" in form.get("expand", []) and session["payment_intent"]:
            intent = self._expanded(self.book.intent(session["payment_intent"]), {"expand": ["latest_charge"]})
            return {**session, "payment_intent": intent}
        return session

    # The parts a browser sees

    def page(self, request: Request) -> Response | None:
        """Answer what is not the API: the script, its fields, the bank, Checkout."""
        if request.path in {"/v3", "/v3/", "/v3/stripe.js"}:
            return Response(stripe_pages.SCRIPT, mimetype="text/javascript")
        if request.path == "/v3/fields":
            intent = self.book.intent(request.args["secret"].split("_secret_")[0])
            return Response(stripe_pages.fields(intent), mimetype="text/html")
        kind, _, name = request.path.strip("/").partition("/")
        if kind == "authenticate":
            return self._authenticate(request, name)
        if kind == "pay":
            return self._checkout(request, name)
        return None

    def _authenticate(self, request: Request, name: str) -> Response:
        method = request.args.get("method", "card")
        if request.method != "POST":
            return Response(stripe_pages.bank(self.book.intent(name), method=method), mimetype="text/html")
        success = request.form.get("answer") == "yes"
        intent = self.book.authenticate(name, method=method, success=success)
        word = "succeeded" if success else "failed"
        secret = intent["client_secret"]
        mark = "&" if "?" in (intent["return_url"] or "") else "?"
        query = f"{mark}payment_intent={name}&payment_intent_client_secret={secret}&redirect_status={word}"
        return Response(status=303, headers={"Location": f"{intent['return_url']}{query}"})

    def _checkout(self, request: Request, name: str) -> Response:
        session = self.book.one("checkout.session", name)
        if request.method != "POST":
            return Response(stripe_pages.checkout(session), mimetype="text/html")
        number = request.form.get("number", "").replace(" ", "")
        try:
            self.book.pay_session(name, method=request.form.get("method", "card"), number=number)
        except StripeFault as fault:
            return Response(stripe_pages.checkout(session, error=fault.message), mimetype="text/html")
        back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", name)
        return Response(status=303, headers={"Location": back})

    def control(self, given: Json) -> Json:
        """Do what a test asks of a stand-in in another process; return its book's numbers."""
        self.plan(*given.pop("plan", []))
        self.book.advance(given.pop("advance", 0))
        self.book.accounts |= set(given.pop("accounts", []))
        for name, value in given.items():
            if name in _KNOBS:
                setattr(self.book, name, value)
            elif name == "refund_outside":
                self.book.refund(value)
            else:
                getattr(self.book, name)(**value)
        return {
            "intents": list(self.book.intents.values()),
            "refunds": list(self.book.refunds.values()),
            "sessions": list(self.book.sessions.values()),
            "transfers": list(self.book.transfers.values()),
            "nets": {name: self.book.net(name) for name in self.book.intents},
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        answer = self._answer(request)
        return answer(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.path == "/_control":
            return Response(json.dumps(self.control(request.get_json())), mimetype="application/json")
        if not request.path.startswith("/v1/"):
            return self.page(request) or Response(status=404)
        try:
            told = self.call(
                request.method,
                request.path,
                request.query_string.decode(),
                request.get_data(as_text=True),
                key=request.headers.get("Idempotency-Key"),
                auth=request.headers.get("Authorization", ""),
            )
        except Cut:
            request.environ["werkzeug.socket"].close()
            raise ConnectionAbortedError from None
        address = request.host_url.rstrip("/")
        text = re.sub(r'"url": "(/pay/[^"]+)"', rf'"url": "{address}\1"', told.body)
        return Response(text, told.status, headers=told.headers(), mimetype="application/json")


def _unknown(method: str, path: str) -> StripeFault:
    return StripeFault(404, code=None, message=f"Unrecognized request URL ({method}: {path}).")


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    @override
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the process is ended."""
    words = argparse.ArgumentParser(description="A stand-in of Stripe for tests")
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--webhook", required=True)
    words.add_argument("--secret", required=True)
    given = words.parse_args()
    peer = StripePeer()
    courier = Courier(peer.book.events, secret=given.secret, send=by_http(given.webhook))
    courier.keep_delivering(threading.Event())
    make_server("127.0.0.1", given.port, peer, threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    main()
