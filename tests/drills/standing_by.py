"""Two PostgreSQL servers on loopback, one following the other synchronously, for the drill that kills the first."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from auction.foundation.database.embedded_host import Owner, binaries_for, clean_environment, owner_of
from tests.program.running import free_port, wait_until

LOOPBACK = "127.0.0.1"
_SETTINGS = (
    f"listen_addresses={LOOPBACK}", "max_connections=200", "wal_level=replica", "hot_standby=on",
    "shared_buffers=128MB", "fsync=on", "synchronous_commit=on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Server:
    """One server: its folder and its port."""

    home: Path
    port: int
    bindir: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def said(self) -> str:
        """What it has written."""
        log = self.home / "log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs under the account of the data."""
        # Output goes to a file: a server started so inherits it, and a pipe would keep us waiting for its end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.bindir / program), *arguments],
                cwd="/", env=clean_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                **self.owner.run_as(),
            )  # fmt: skip
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace") + self.said

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {one}" for one in (*_SETTINGS, f"port={self.port}"))
        sockets = f"-c unix_socket_directories={self.home}"
        self.run(
            "pg_ctl", "-D", str(self.data), "-w", "-l", str(self.home / "log"), "-o", f"{options} {sockets}", "start"
        )

    def kill(self) -> None:
        """Kill its postmaster; its children follow when they notice."""
        os.kill(self._postmaster(), signal.SIGKILL)

    def promote(self) -> None:
        """Make a standby the primary, and wait until it is."""
        self.run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def say(self, statement: str, database: str = "postgres") -> str:
        """Run one statement and return its one value as text."""
        with psycopg.connect(
            host=LOOPBACK, port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=5
        ) as connection:
            done = connection.execute(statement.encode())
            row = done.fetchone() if done.description else None
        return str(row[0]) if row else ""

    def stop(self) -> None:
        """Stop it where it still runs."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self._postmaster(), signal.SIGQUIT)
            wait_until(lambda: not (self.data / "postmaster.pid").exists(), what="the server to end", seconds=20)

    def _postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and the standby it waits for at every commit."""

    primary: Server
    standby: Server

    @property
    def url(self) -> str:
        """The address of whichever of them takes writes."""
        hosts = f"{LOOPBACK}:{self.primary.port},{LOOPBACK}:{self.standby.port}"
        return f"postgresql://postgres@{hosts}/auction?target_session_attrs=read-write&connect_timeout=5"

    def begin(self) -> None:
        """Make both, and wait until the standby follows synchronously."""
        first, second = self.primary, self.standby
        first.run("initdb", "-D", str(first.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        first.start()
        first.say("CREATE DATABASE auction")
        source = ["-h", LOOPBACK, "-p", str(first.port), "-U", "postgres"]
        second.run("pg_basebackup", "-D", str(second.data), *source, "-R", "-X", "stream", "-c", "fast")
        second.start()
        first.say("ALTER SYSTEM SET synchronous_standby_names = '*'")
        first.say("SELECT pg_reload_conf()")
        wait_until(
            lambda: first.say("SELECT sync_state FROM pg_stat_replication") == "sync",
            what=f"the standby to follow; it said {second.said}",
        )


@contextlib.contextmanager
def a_pair() -> Iterator[Pair]:
    """Give two fresh servers; nothing of them is left."""
    base = Path(tempfile.mkdtemp(prefix="ja-pair-", dir="/tmp"))
    base.chmod(0o711)
    servers = []
    for name in ("a", "b"):
        home = base / name
        owner = owner_of(home=home)
        owner.own(folder=home)
        servers.append(Server(home, free_port(), binaries_for(owner=owner), owner))
    pair = Pair(*servers)
    try:
        pair.begin()
        yield pair
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(base, ignore_errors=True)
