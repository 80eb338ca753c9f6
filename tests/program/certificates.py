"""TLS for a drill: a certificate for loopback that signs itself, and a door with it before a server that has none."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import threading
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from auction.gateways.clock import SystemClock

CERTIFICATE, KEY = "fullchain.pem", "privkey.pem"


def lay_certificate(folder: Path) -> None:
    """Write ``fullchain.pem`` and ``privkey.pem``, good from yesterday until tomorrow."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "auction.example.org")])
    day, now = timedelta(days=1), SystemClock().now()
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / CERTIFICATE).write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / KEY).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


class TlsDoor:
    """TLS before a server that has none of its own, as an operator's tunnel puts it there; closed by ``close``."""

    def __init__(self, folder: Path, *, behind: int) -> None:
        """Listen on a free port of loopback with the certificate in ``folder``, for the port ``behind``."""
        self._behind = behind
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls", daemon=True)
        self._thread.start()
        # In its own thread from the start: a browser of another test may run a loop in this one.
        listening = asyncio.start_server(self._pass, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(timeout=10)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Let everybody go and listen no more."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(timeout=5)
        self._loop.close()

    def _end(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._behind)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_carry(reader, back), _carry(there, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    except OSError:
        pass  # either end may go at any time; the other is told by the close
    finally:
        writer.close()
