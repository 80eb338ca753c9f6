"""Where is measured: a platform on data of its own, its processes real ones, nothing of it left afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from auction.edges.cli.opening import open_database
from auction.edges.inbox.bench_seed import seed
from auction.edges.platform import Platform, create_platform
from auction.settings import read_settings

_PATIENCE_SECONDS = 60.0
_PLAY_SECONDS = 600.0
_OPEN_MINUTES, _ELSEWHERE = 1200, 2
_FOLDER = "/tmp"  # noqa: S108 - the database's own account must reach it, and $TMPDIR may lie in somebody's home
_MAIN = (sys.executable, "-m", "auction.edges.cli.main")


class BenchFailedError(RuntimeError):
    """A part of the measurement did not run; the text says which, and what it said."""


@dataclass
class Place:
    """A data folder with a database, and the processes started in it."""

    data: Path
    platform: Platform
    url: str
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def made(self) -> Path:
        """The file of what ``seed`` made."""
        return self.data / "made.json"

    def seed(self, *, lots: int, bidders: int) -> dict[str, Any]:
        """Make open lots and bidders, as ``auction seed-bench`` does, and keep their ids and tokens for the players.

        All bidders are admitted to the first lot, two of them to the others.
        """
        made = seed(
            self.platform, lots=lots, bidders=bidders, minutes=_OPEN_MINUTES, elsewhere=_ELSEWHERE, tell=lambda _: None
        )
        self.made.write_text(json.dumps(made), encoding="utf-8")
        return made

    @property
    def lots(self) -> list[str]:
        """The lots that ``seed`` made."""
        return [one["id"] for one in json.loads(self.made.read_text(encoding="utf-8"))["lots"]]

    @staticmethod
    def json(value: object) -> str:
        """Return a value as JSON text, for a statement that takes it apart."""
        return json.dumps(value, ensure_ascii=False)

    @contextlib.contextmanager
    def web(self) -> Iterator[Running]:
        """Run one ``auction web`` process."""
        port = free_port()
        with self._process("web", [*_MAIN, "web", "--port", str(port), *self._shared], port=port) as running:
            yield running

    @contextlib.contextmanager
    def jobs(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run one ``auction jobs`` process."""
        with self._process("jobs", [*_MAIN, "jobs", *self._shared], port=None) as running:
            yield running.process

    @contextlib.contextmanager
    def echo(self) -> Iterator[Running]:
        """Run the yardstick of the live channel."""
        port = free_port()
        command = [sys.executable, "-m", "auction.edges.bench.echo", str(port)]
        with self._process("echo", command, port=port) as running:
            yield running

    def play(self, what: str, port: int, **options: object) -> dict[str, Any]:
        """Let players play in a process of their own and return what they measured."""
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        command = [sys.executable, "-m", "auction.edges.bench.players", what, "--port", str(port), *words]
        if what != "echo":
            command += ["--made", str(self.made)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PLAY_SECONDS, check=False)  # noqa: S603
        if done.returncode:
            raise BenchFailedError(f"the players of {what}: {done.stderr[-800:]}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    @property
    def _shared(self) -> list[str]:
        return ["--data", str(self.data), "--demo"]

    @contextlib.contextmanager
    def _process(self, name: str, command: Sequence[str], *, port: int | None) -> Iterator[Running]:
        log = self.data / f"{name}.log"
        environment = {**os.environ, "AUCTION_LOG_LEVEL": "WARNING"}
        with log.open("wb") as said:
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)  # noqa: S603
        try:
            if port is not None:
                _wait(process, port=port, name=name, log=log)
            yield Running(process, port or 0)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves a port of loopback."""

    process: subprocess.Popen[bytes]
    port: int


@contextlib.contextmanager
def a_place() -> Iterator[Place]:
    """Yield a fresh place in the system's temporary folder."""
    data = Path(tempfile.mkdtemp(prefix="ja-bench-", dir=_FOLDER))
    data.chmod(0o711)
    try:
        settings = read_settings({}, data=data, demo=True)
        with open_database(settings) as url:
            platform = create_platform(settings, url)
            try:
                yield Place(data, platform, url)
            finally:
                platform.database.dispose()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def free_port() -> int:
    """Return a port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], *, port: int, name: str, log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
            return
        time.sleep(0.1)
    raise BenchFailedError(f"{name} did not start: {log.read_text(encoding='utf-8')[-800:]}")
