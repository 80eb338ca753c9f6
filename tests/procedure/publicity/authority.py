"""A small time-stamping authority of OpenSSL's, on loopback, that can be told to misbehave."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from typing_extensions import override

_SETTINGS = """
[tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


_WRONG = {
    "away": (503, b""),
    "garbage": (200, b"\x30\x03\x02\x01\x00 nonsense"),
    "nothing": (200, b""),
    "on and on": (200, b"\x30" * 1_000_000),
}


@dataclass
class Authority:
    """Where it listens, whose root its certificate descends from, and how it answers."""

    folder: Path
    url: str = ""
    behaves: str = "well"
    asked: list[bytes] = field(default_factory=list)
    given: list[bytes] = field(default_factory=list)

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> tuple[int, bytes]:
        self.asked.append(query)
        if self.behaves == "well":
            return 200, self._stamped(query)
        if self.behaves == "with a byte changed":
            good = bytearray(self._stamped(query))
            good[-20] ^= 1
            return 200, bytes(good)
        return _WRONG[self.behaves] if self.behaves in _WRONG else (200, self.given[0])

    def _stamped(self, query: bytes) -> bytes:
        asked, answered = self.folder / "query", self.folder / "answer"
        asked.write_bytes(query)
        command: list[str | Path] = ["openssl", "ts", "-reply", "-config", self.folder / "tsa.cnf", "-section", "tsa"]
        subprocess.run([*command, "-queryfile", asked, "-out", answered], check=True, capture_output=True)
        self.given.append(answered.read_bytes())
        return self.given[-1]


@contextmanager
def an_authority(folder: Path) -> Iterator[Authority]:
    """Run an authority with a root and a certificate of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    _certify(folder)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_SETTINGS.format(folder=folder))
    found = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = found.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def _certify(folder: Path) -> None:
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{what} {folder.name}")]) for what in ("Root", "Clock")
    )
    since = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - OpenSSL looks at the real day
    made = x509.CertificateBuilder().not_valid_before(since).not_valid_after(since + timedelta(days=10))
    made = made.issuer_name(root_name)
    root = (
        made.subject_name(root_name)
        .public_key(root_key.public_key())
        .serial_number(1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    tsa = (
        made.subject_name(name)
        .public_key(key.public_key())
        .serial_number(2)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(tsa.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
