"""The running program: `auction serve` as a process of its own on data of its own, ended without a trace."""

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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from auction.edges.cli.opening import open_database
from auction.edges.platform import Platform, create_platform
from auction.gateways.clock import FileClock
from auction.settings import read_settings

AUCTION = (sys.executable, "-m", "auction.edges.cli.main")
#: Long enough for a machine that has other work; a healthy start takes a tenth of it.
PATIENCE_SECONDS = 90.0


class NeverCameError(AssertionError):
    """What was waited for did not happen."""


def tell(figures: str) -> None:
    """Write figures where pytest shows them (`-s`, or the report of a failure)."""
    sys.stdout.write(f"\n{figures}\n")


def wait_until(
    holds: Callable[[], bool], *, what: str, seconds: float = PATIENCE_SECONDS, pause: float = 0.05
) -> float:
    """Wait until something holds and return how long it took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise NeverCameError(what)
        time.sleep(pause)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def processes_of(data: Path) -> dict[int, str]:
    """Return every living process that names these data or works in them."""
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if line and (str(data) in line or str((entry / "cwd").readlink()).startswith(str(data))):
                found[int(entry.name)] = line
    found.pop(os.getpid(), None)
    return found


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "stat").read_text().rpartition(")")[2].split()[1] == str(parent):
                found.append(int(entry.name))
    return found


@dataclass
class Place:
    """A data folder, a clock and a port; the program may be started and ended in it any number of times."""

    data: Path
    port: int
    starts: int = 0
    _serving: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock_file(self) -> Path:
        return self.data / "clock"

    @property
    def clock(self) -> FileClock:
        return FileClock(self.clock_file)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return {**kept, "AUCTION_CLOCK_FILE": str(self.clock_file), "AUCTION_LOG_LEVEL": "WARNING"}

    @property
    def said(self) -> str:
        """What the last start wrote, both streams."""
        path = self.data / f"said-{self.starts}"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def launch(self, *extra: str, program: Sequence[str] = AUCTION, cwd: Path | None = None) -> subprocess.Popen[bytes]:
        """Start `auction serve --demo` and return at once."""
        self.starts += 1
        command = [
            *program,
            "serve",
            "--demo",
            "--no-listings",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
            *extra,
        ]
        with (self.data / f"said-{self.starts}").open("wb") as said:
            process = subprocess.Popen(
                command, env=self.environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        self._serving.append(process)
        return process

    def start(self, *extra: str, program: Sequence[str] = AUCTION, cwd: Path | None = None) -> float:
        """Start the program, wait until it serves and return how many seconds that took."""
        began = time.monotonic()
        process = self.launch(*extra, program=program, cwd=cwd)

        def served() -> bool:
            assert process.poll() is None, self.said
            return "Serving on" in self.said

        try:
            wait_until(served, what=f"serving; it said: {self.said}")
        except NeverCameError as never:
            raise NeverCameError(f"serving; it said: {self.said}") from never
        return time.monotonic() - began

    def stop(self) -> int:
        """End the program politely and return its exit code; nothing of it may be left."""
        process = self._serving.pop()
        process.terminate()
        code = process.wait(PATIENCE_SECONDS)
        wait_until(lambda: not processes_of(self.data), what=f"left behind: {processes_of(self.data)}", seconds=10)
        return code

    def kill(self, *, children: bool = True, database: bool = False) -> None:
        """Take the program from the table at once: the supervisor, its children and the database's own as asked."""
        process = self._serving.pop()
        # The supervisor first, so that it starts nothing again.
        victims = [process.pid, *(children_of(process.pid) if children else ())]
        if database:
            victims.append(self.postmaster())
        for number in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()

    def postmaster(self) -> int:
        return int((self.data / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])

    def run(self, *arguments: str, timeout: float = PATIENCE_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run another `auction` command on the same data."""
        return subprocess.run(
            [*AUCTION, *arguments, "--data", str(self.data)],
            env=self.environment, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    @contextlib.contextmanager
    def platform(self) -> Iterator[Platform]:
        """The platform in the test's own process, on the same data, beside the running program."""
        env = {"AUCTION_CLOCK_FILE": str(self.clock_file)}
        settings = read_settings(env, data=self.data, demo=True)
        with open_database(settings) as url:
            platform = create_platform(settings, url)
            try:
                yield platform
            finally:
                platform.database.dispose()

    def seed(self, *, lots: int = 1, bidders: int, minutes: int) -> tuple[Path, dict[str, Any]]:
        """Run `auction seed-bench` and return its file and what is in it."""
        out = self.data / "bench.json"
        done = self.run(
            "seed-bench", "--lots", str(lots), "--bidders", str(bidders), "--minutes", str(minutes), "--out", str(out)
        )
        assert done.returncode == 0, done.stderr
        made = json.loads(out.read_text(encoding="utf-8"))
        assert isinstance(made, dict)
        return out, made

    def get(self, path: str) -> tuple[int, bytes]:
        """Read an address of the program."""
        answer = httpx.get(f"{self.url}{path}", timeout=20)
        return answer.status_code, answer.content

    def state(self, lot: str) -> dict[str, Any]:
        """Return the spectator's snapshot of a lot."""
        status, body = self.get(f"/api/v1/lots/{lot}/state")
        assert status == 200, body
        found = json.loads(body)
        assert isinstance(found, dict)
        return found

    def move_to(self, instant: datetime) -> None:
        """Move the program's clock forward to an instant."""
        ahead = instant - self.clock.now()
        if ahead > timedelta(0):
            self.clock.move(by=ahead)

    def clear(self) -> None:
        """End whatever a failed test left of this place, and remove it."""
        for process in self._serving:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        for number in processes_of(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)


@contextlib.contextmanager
def a_place() -> Iterator[Place]:
    """Give a fresh place with a short path that the database's account can enter; nothing of it is left."""
    data = Path(tempfile.mkdtemp(prefix="ja-run-", dir="/tmp"))
    data.chmod(0o711)
    place = Place(data=data, port=free_port())
    try:
        yield place
    finally:
        place.clear()
