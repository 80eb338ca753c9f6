"""Delivering the stand-in's events: signed by the SDK's own code; in any order, again and again, or never."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

import stripe

from tests.peers.stripe_faults import Json

#: Takes the body and the signature header; returns the status that was answered.
Send = Callable[[bytes, str], int]


def signed(event: Json, *, secret: str, at: int | None = None) -> tuple[bytes, str]:
    """Return an event's body and its signature header."""
    body = json.dumps(event, ensure_ascii=False)
    return body.encode(), str(stripe.WebhookSignature.generate_signature_header(body, secret, at))


def by_http(address: str) -> Send:
    """Return a way to post to an address on this machine."""

    def send(body: bytes, header: str) -> int:
        request = urllib.request.Request(  # noqa: S310 - an address the test gave
            address, data=body, headers={"Stripe-Signature": header, "Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same address
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
        except urllib.error.URLError:
            return 0

    return send


class Courier:
    """Brings events to the platform: the test says which, in what order, how often."""

    def __init__(self, events: list[Json], *, secret: str, send: Send) -> None:
        self._events = events
        self._secret = secret
        self._send = send
        self.delivered: set[str] = set()
        self.answers: list[int] = []

    def undelivered(self) -> list[Json]:
        return [event for event in list(self._events) if event["id"] not in self.delivered]

    def deliver(self, event: Json, *, at: int | None = None) -> int:
        """Deliver one event, once more if it was delivered before."""
        body, header = signed(event, secret=self._secret, at=at)
        status = self._send(body, header)
        self.answers.append(status)
        if 200 <= status < 300:
            self.delivered.add(event["id"])
        return status

    def deliver_all(self, *, backwards: bool = False, times: int = 1) -> int:
        """Deliver what was not yet received; return how many were received."""
        waiting = self.undelivered()
        for event in reversed(waiting) if backwards else waiting:
            for _ in range(times):
                self.deliver(event)
        return len(waiting) - len(self.undelivered())

    def keep_delivering(self, stop: threading.Event, *, pause: float = 0.05) -> threading.Thread:
        """Deliver in the background, trying again what was not received, until ``stop`` is set."""

        def work() -> None:
            while not stop.wait(pause):
                self.deliver_all()

        thread = threading.Thread(target=work, name="stripe-courier", daemon=True)
        thread.start()
        return thread
