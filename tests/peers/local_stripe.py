"""localstripe in a process of its own: an outside peer, written by others, for the paths it gets right.

It speaks an older dialect, so ``Older`` tells it the one parameter that has another name there by now. It binds
loopback through its application (its own command listens everywhere) and keeps its state file in a folder of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stripe
from typing_extensions import override

from tests.program.running import free_port

_SERVE = """
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


class Older(stripe.RequestsClient):
    """The SDK's own client, saying one parameter as the peer's older dialect has it."""

    @override
    def request(  # type: ignore[override]  # the SDK declares the answer of its own client as bytes
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        said = post_data.replace("allowed_payment_method_types", "payment_method_types") if post_data else post_data
        return super().request(method, url, headers, said)


@contextmanager
def local_stripe(folder: Path, *, webhook: str, secret: str) -> Iterator[str]:
    """Run the peer and tell it where events go; gives its address. It is ended by its own id."""
    port = free_port()
    own = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", _SERVE, str(port)], env=own, cwd=folder) as child:
        address = f"http://127.0.0.1:{port}"
        try:
            _await(child, address, {"url": webhook, "secret": secret})
            yield address
        finally:
            child.terminate()


def _await(child: subprocess.Popen[bytes], address: str, given: dict[str, str]) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends and child.poll() is None:
        try:
            post(f"{address}/_config/webhooks/ours", given)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("localstripe did not come up")


def post(address: str, given: Mapping[str, str], *, key: str = "sk_test_local") -> bytes:
    """Post a form as the payer's browser would."""
    body = urllib.parse.urlencode(given).encode()
    asked = urllib.request.Request(address, data=body, headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
        told: bytes = answer.read()
        return told
