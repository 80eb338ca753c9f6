"""The signing desk: a process of its own that signs, so that the one that takes bids goes on meanwhile.

The key goes over an inherited socket and nowhere else. The desk keeps nothing and
ends with the line to it. Who asks never depends on it: while it is not there, or
does not answer, the asker signs himself, and later a new desk is set up.
"""

from __future__ import annotations

import base64
import logging
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auction.foundation.docket.signing import KEY_BYTES, Signer

_LOG = logging.getLogger(__name__)

#: Fewer than this are signed sooner than they are handed over.
FEWEST = 20
SIGNATURE_BYTES = 64
_READY = b"\x01"
#: How long a desk may take to be set up, and to sign a batch; and how soon after one a new one is set up.
_SETTING_UP_SECONDS = 20.0
_SIGNING_SECONDS = 2.0
_ANEW_SECONDS = 5.0
_NUMBER = struct.Struct(">I")


class SigningDesk:
    """Signs as its signer does, many at once beside everything else; safe for several threads."""

    def __init__(self, signer: Signer) -> None:
        """Begin without a process; the first batch worth it sets one up."""
        self.id = signer.id
        self._signer = signer
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._next_at = 0.0
        self._closed = False

    @property
    def manned(self) -> bool:
        """Whether a process stands ready to sign."""
        return self._line is not None

    @property
    def pid(self) -> int | None:
        """The number of the process, where there is one."""
        return self._process.pid if self._process is not None else None

    def sign_forms(self, forms: Sequence[bytes]) -> list[str]:
        """Return the signature over each content in canonical form, base64, in order."""
        if len(forms) < FEWEST:
            return self._signer.sign_forms(forms)
        with self._turn:
            line = self._line
            if line is None:
                self._set_up()
            else:
                try:
                    return _signed_over(line, forms)
                except OSError as gone:
                    _LOG.warning("the signing desk does not answer, signing here: %s", gone.__class__.__name__)
                    self._clear_away()
        return self._signer.sign_forms(forms)

    def close(self) -> None:
        """End the process, if there is one; whoever asks afterwards is signed for here."""
        with self._turn:
            self._closed = True
            self._clear_away()

    def _set_up(self) -> None:
        """Begin a process, unless one is being set up or has ended just now; it is used once it is ready."""
        if self._closed or self._process is not None or time.monotonic() < self._next_at:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "auction.foundation.docket.desk"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )
        threading.Thread(target=self._hand_over, args=(ours,), name="signing desk", daemon=True).start()

    def _hand_over(self, line: socket.socket) -> None:
        line.settimeout(_SETTING_UP_SECONDS)
        try:
            line.sendall(self._signer.secret())
            ready = line.recv(len(_READY)) == _READY
        except OSError:
            ready = False
        with self._turn:
            if ready and not self._closed:
                line.settimeout(_SIGNING_SECONDS)
                self._line = line
                return
            line.close()
            self._clear_away()

    def _clear_away(self) -> None:
        self._next_at = time.monotonic() + _ANEW_SECONDS
        line, self._line = self._line, None
        process, self._process = self._process, None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()


def _signed_over(line: socket.socket, forms: Sequence[bytes]) -> list[str]:
    sizes = [_NUMBER.pack(len(form)) for form in forms]
    line.sendall(b"".join([_NUMBER.pack(len(forms)), *sizes, *forms]))
    raw = _exactly(line, SIGNATURE_BYTES * len(forms))
    return [
        base64.b64encode(raw[at : at + SIGNATURE_BYTES]).decode("ascii") for at in range(0, len(raw), SIGNATURE_BYTES)
    ]


def _exactly(line: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = line.recv(size)
        if not part:
            raise ConnectionResetError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def serve(handed: socket.socket) -> None:
    """Take a key, then sign batch after batch, until the line ends."""
    with handed.makefile("rb") as asked, handed.makefile("wb") as told:
        key = Ed25519PrivateKey.from_private_bytes(asked.read(KEY_BYTES))
        told.write(_READY)
        told.flush()
        while head := asked.read(_NUMBER.size):
            (count,) = _NUMBER.unpack(head)
            sizes = struct.unpack(f">{count}I", asked.read(_NUMBER.size * count))
            told.write(b"".join([key.sign(asked.read(size)) for size in sizes]))
            told.flush()


def main() -> None:
    """Serve the line that was handed down as the standard input; an interrupt is for who asks, and ends the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=0) as handed:
        serve(handed)


if __name__ == "__main__":
    main()
