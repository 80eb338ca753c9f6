"""Three ways to reach the stand-in: without a network, over HTTP from this process, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stripe
from typing_extensions import override
from werkzeug.serving import make_server

from tests.peers.stripe_faults import Json
from tests.peers.stripe_peer import Cut, Quiet, StripePeer

_ROOT = Path(__file__).resolve().parents[2]


class InProcess(stripe.HTTPClient):
    """An HTTP client for the SDK that asks a stand-in in the same process; a cut connection is one to the SDK too."""

    name = "in-process"

    def __init__(self, peer: StripePeer) -> None:
        super().__init__()
        self.peer = peer

    @override
    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        given, place = headers or {}, urlsplit(url)
        try:
            told = self.peer.call(
                method.upper(),
                place.path,
                place.query,
                post_data or "",
                key=given.get("Idempotency-Key"),
                auth=given.get("Authorization", ""),
            )
        except Cut:
            raise stripe.APIConnectionError("the connection was cut") from None  # type: ignore[no-untyped-call]
        return told.body, told.status, {"Request-Id": f"req_{len(self.peer.calls)}", **told.headers()}

    @override
    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def serving(peer: StripePeer) -> Iterator[str]:
    """Serve a stand-in of this process on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, peer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True)
class PeerProcess:
    """A stand-in in a process of its own."""

    address: str
    secret_key: str
    publishable_key: str

    def control(self, **what: object) -> Json:
        """Ask it to do something, or only for its numbers."""
        body = json.dumps(what).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.address}/_control", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            told: Json = json.load(answer)
            return told


@contextmanager
def process(*, port: int, webhook: str, secret: str) -> Iterator[PeerProcess]:
    """Run the stand-in in a process of its own, delivering its events to ``webhook``; ended by its own id."""
    words = ["--port", str(port), "--webhook", webhook, "--secret", secret]
    with subprocess.Popen([sys.executable, "-m", "tests.peers.stripe_peer", *words], cwd=_ROOT) as child:
        try:
            running = PeerProcess(f"http://127.0.0.1:{port}", "sk_test_stand_in", "pk_test_stand_in")
            _await(running, child)
            yield running
        finally:
            child.terminate()


def _await(running: PeerProcess, child: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and child.poll() is None:
        try:
            running.control()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the stand-in did not come up")
