"""A platform of several processes: one database, N web, M jobs, a bus and a proxy, each killed and started at will."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import httpx

from auction.edges.platform import Platform, create_platform
from auction.foundation.database.migrate import migrate
from auction.gateways.clock import FileClock
from auction.resources import migrations_dir
from auction.settings import Settings, read_settings
from tests.program.certificates import lay_certificate
from tests.program.programs import LOOPBACK, DatabaseServer, Proxy, Running, Valkey, healthy
from tests.program.running import AUCTION, free_port, processes_of

Kind = Literal["web", "jobs"]


class Several:
    """The whole: enter it, and it serves; leave it, and nothing of it is left.

    ``database_url`` puts another PostgreSQL under it than one of its own; ``proxy`` puts nginx before the web
    processes, ``tls`` puts TLS before nginx and the bus; ``environment`` adds settings to every process.
    """

    def __init__(
        self,
        *,
        webs: int = 2,
        jobs: int = 1,
        bus: bool = True,
        proxy: bool = False,
        tls: bool = False,
        durable: bool = True,
        database_url: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="ja-several-", dir="/tmp"))
        self.data.chmod(0o711)
        self._webs = webs
        self._jobs = jobs
        self._given_url = database_url
        self._environment = environment or {}
        self._programs: dict[tuple[Kind, int], Running] = {}
        self._tls = self._certified() if tls else None
        self._bus = Valkey(self.data, tls=self._tls) if bus else None
        self._proxy_wanted = proxy
        self._proxy: Proxy | None = None
        # Last: it runs from here on, and nobody would stop it if what follows failed.
        self._database = DatabaseServer(self.data, durable=durable) if database_url is None else None

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _begin(self) -> None:
        migrate(url=self.settings.database_url or "", migrations=migrations_dir())
        if self._bus is not None:
            self._bus.start()
        for number in range(self._webs):
            self._programs["web", number] = self._web(number)
        for number in range(self._jobs):
            self._programs["jobs", number] = self._job(number)
        for program in self._programs.values():
            program.launch()
        for program in self._programs.values():
            program.await_answer()
        if self._proxy_wanted:
            self._proxy = Proxy(self.data, webs=[int(url.rpartition(":")[2]) for url in self.urls], tls=self._tls)
            self._proxy.start()

    def _certified(self) -> Path:
        folder = self.data / "tls"
        folder.mkdir()
        lay_certificate(folder)
        return folder

    @property
    def bus(self) -> Valkey:
        """The Valkey server between the processes."""
        assert self._bus is not None, "asked for without a bus"
        return self._bus

    @property
    def proxy(self) -> Proxy:
        """The nginx before the web processes."""
        assert self._proxy is not None, "asked for without a proxy"
        return self._proxy

    @property
    def database(self) -> DatabaseServer:
        """The database server, where it is one of our own."""
        assert self._database is not None, "the database is another's"
        return self._database

    @property
    def database_url(self) -> str:
        """The address of the database, as an operator writes it to DATABASE_URL."""
        return self.database.url if self._given_url is None else self._given_url

    @property
    def clock(self) -> FileClock:
        """The clock of every process; moving it forward moves all of them."""
        return FileClock(self.data / "clock")

    @property
    def urls(self) -> list[str]:
        """The addresses of the web processes, in order."""
        return [self._programs["web", number].environment["DRILL_URL"] for number in range(self._webs)]

    @property
    def settings(self) -> Settings:
        return read_settings(
            {key: value for key, value in self._settings().items() if key.startswith(("AUCTION_", "DATABASE_"))},
            data=self.data, demo=True,
        )  # fmt: skip

    def start(self, kind: Kind, number: int) -> float:
        """Start a process that was killed or stopped; return how many seconds it took until it answered."""
        return self._programs[kind, number].start()

    def launch(self, kind: Kind, number: int) -> None:
        """Start a process and do not wait for it."""
        self._programs[kind, number].launch()

    def kill(self, kind: Kind, number: int) -> None:
        """Kill a process with SIGKILL."""
        self._programs[kind, number].kill()

    def end(self, kind: Kind, number: int) -> int:
        """Ask a process to end, and return its exit code."""
        return self._programs[kind, number].stop()

    def lives(self, kind: Kind, number: int) -> bool:
        return self._programs[kind, number].lives

    def log(self, name: str) -> str:
        """Return what `web-0`, `jobs-0`, `bus` or `nginx` has written."""
        if name == "bus":
            return self.bus.log
        if name == "nginx":
            return self.proxy.log
        return self._programs["web" if name.startswith("web") else "jobs", int(name.rpartition("-")[2])].log

    def stop(self) -> None:
        """End everything, gently first; nothing of it is left."""
        programs: list[Running] = [*self._programs.values()]
        programs += [one for one in (self._proxy, self._bus) if one is not None]
        for program in programs:
            program.ask()
        for program in programs:
            program.end()
        if self._database is not None:
            self._database.stop()
        for number in processes_of(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)

    def run(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """Run another `auction` command on the same data."""
        return subprocess.run(
            [*AUCTION, *arguments], env=self._settings(), cwd=self.data,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def seed(self, *, lots: int = 1, bidders: int = 2, minutes: int = 60) -> tuple[Path, dict[str, Any]]:
        """Run `auction seed-bench` and return its file and what is in it."""
        out = Path(tempfile.mkstemp(prefix="seeded-", dir=self.data)[1])
        told = ["--lots", str(lots), "--bidders", str(bidders), "--minutes", str(minutes), "--out", str(out)]
        done = self.run("seed-bench", *told, "--data", str(self.data))
        assert done.returncode == 0, done.stderr
        made = json.loads(out.read_text(encoding="utf-8"))
        assert isinstance(made, dict)
        return out, made

    @contextlib.contextmanager
    def platform(self) -> Iterator[Platform]:
        """The platform in the test's own process, on the same data, beside the running ones; without the bus."""
        url = self.settings.database_url
        assert url is not None
        with_clock = read_settings({"AUCTION_CLOCK_FILE": str(self.data / "clock")}, data=self.data, demo=True)
        platform = create_platform(with_clock, url)
        try:
            yield platform
        finally:
            platform.database.dispose()

    def state(self, lot: str, *, url: str | None = None) -> dict[str, Any]:
        """Return the spectator's snapshot of a lot, from the first web process unless another address is named."""
        answer = httpx.get(f"{url or self.urls[0]}/api/v1/lots/{lot}/state", timeout=20)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def move_to(self, instant: datetime) -> None:
        """Move the clock of every process forward to an instant."""
        ahead = instant - self.clock.now()
        if ahead > timedelta(0):
            self.clock.move(by=ahead)

    def _settings(self) -> dict[str, str]:
        foreign = ("AUCTION_", "DATABASE_URL", "PG")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        own = {
            "DATABASE_URL": self.database_url,
            "AUCTION_CLOCK_FILE": str(self.data / "clock"),
            "AUCTION_LOG_LEVEL": "INFO",
        }
        bus = {"AUCTION_BUS_URL": self._bus.url} if self._bus is not None else {}
        return {**kept, **own, **bus, **self._environment}

    def _web(self, number: int) -> Running:
        port = free_port()
        url = f"http://{LOOPBACK}:{port}"
        command = [*AUCTION, "web", "--host", LOOPBACK, "--port", str(port), "--demo", "--data", str(self.data)]
        own = {**self._settings(), "DRILL_URL": url}
        return Running(f"web-{number}", self.data, command, own, lambda: healthy(url))

    def _job(self, number: int) -> Running:
        command = [*AUCTION, "jobs", "--demo", "--data", str(self.data)]
        running = Running(f"jobs-{number}", self.data, command, self._settings(), lambda: False)
        # It has no address to ask; one that has come to its sweeps has threads.
        running.answers = lambda: running.threads > 1
        return running
