"""One PostgreSQL cluster on disk and its server process: made, started, recognised, stopped."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from auction.foundation.database.embedded_host import (
    SOCKET_NAME,
    EmbeddedUnavailable,
    Owner,
    clean_environment,
)

_WAIT_SECONDS = 60
_ORPHANS_SECONDS = 10
_PID_LINE, _SOCKET_LINE = 0, 4  # of postmaster.pid
_ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
    # A failed statement may carry a person's data; the log names the error, never the row.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
_SCRATCH = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The folder `home` holds `data` (PostgreSQL's own), `run` (the socket) and `log`."""

    home: Path
    sockets: Path
    bindir: Path
    owner: Owner

    def start(self, *, durable: bool) -> None:
        """Start the server and wait until it answers; make the cluster first where there is none."""
        if (self.home / "data").exists():
            self._refuse_other_version()
            if _pid_file(self.home):
                _forget_stale_locks(self.home, self.sockets)
        else:
            self._initialise(durable=durable)
        settings = _ALWAYS | (_DURABLE if durable else _SCRATCH) | {"unix_socket_directories": str(self.sockets)}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        self._control("start", "-l", str(self.home / "log"), "-o", options)

    def runs(self) -> bool:
        """Tell whether the server's process lives, whether it answers or not."""
        pid = _pid(self.home)
        return pid is not None and _runs_in(pid, self.home)

    def stop(self) -> None:
        """Stop the server if it still runs, with everything committed on disk."""
        if self.runs():
            self._control("stop", "-m", "fast")
        if self.sockets.parent != self.home:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def ensure(self, *, database: str) -> None:
        """Create the database if it is missing."""
        with _connect(self.sockets) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def _initialise(self, *, durable: bool) -> None:
        # Made beside and renamed, so that a start killed half-way leaves nothing that looks like a database.
        draft = self.home / "new"
        shutil.rmtree(draft, ignore_errors=True)
        where = ["-D", str(draft), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run("initdb", *where, *([] if durable else ["--no-sync"]))
        draft.rename(self.home / "data")

    def _refuse_other_version(self) -> None:
        made_by = (self.home / "data" / "PG_VERSION").read_text(encoding="ascii").strip()
        installed = self._run("postgres", "--version").split()[-1]
        if made_by != installed.split(".")[0]:
            raise EmbeddedUnavailable(
                f"The database in {self.home} was made by PostgreSQL {made_by}, the installed one is {installed}. "
                "Dump it with the old version and load it into a new folder, or install the old version again."
            )

    def _control(self, verb: str, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.home / "data"), "-w", "-t", str(_WAIT_SECONDS), *arguments, verb)

    def _run(self, program: str, *arguments: str) -> str:
        # Output goes to a file: the server inherits it, and a pipe would keep us waiting for the server's end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.bindir / program), *arguments],
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **self.owner.run_as(),
            )
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        if done.returncode == 0:
            return said
        raise EmbeddedUnavailable(
            f"PostgreSQL's {program} failed in {self.home}:\n{said}\n{_log_tail(self.home)}\n"
            "Choose another folder with --data, or set DATABASE_URL to a PostgreSQL 15 or later."
        )


def running_sockets(*, home: Path) -> Path | None:
    """Return the socket folder of a live server on these data, waiting while it still recovers."""
    pid, lines = _pid(home), _pid_file(home)
    if pid is None or len(lines) <= _SOCKET_LINE:
        return None
    sockets = Path(lines[_SOCKET_LINE])
    deadline = time.monotonic() + _WAIT_SECONDS
    while _runs_in(pid, home):
        try:
            _connect(sockets).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise EmbeddedUnavailable(
                    f"A server left running in {home} (process {pid}) does not answer: {error}"
                ) from error
            time.sleep(0.1)
        else:
            return sockets
    return None


def end_at_once(*, home: Path) -> None:
    """End a server whose data nobody needs any more, and wait until it is gone."""
    pid = _pid(home)
    deadline = time.monotonic() + _WAIT_SECONDS
    if pid is not None and _runs_in(pid, home):
        os.kill(pid, signal.SIGQUIT)
        while _runs_in(pid, home) and time.monotonic() < deadline:
            time.sleep(0.05)


def _connect(sockets: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(sockets), port=5432, user="postgres", dbname="postgres", connect_timeout=5, autocommit=True
    )


def _pid_file(home: Path) -> list[str]:
    try:
        return (home / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _pid(home: Path) -> int | None:
    lines = _pid_file(home)
    return int(lines[_PID_LINE]) if lines and lines[_PID_LINE].isdigit() else None


def _runs_in(pid: int, home: Path) -> bool:
    """Tell whether that process is alive and works in these data; without /proc, being alive must do."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == home / "data"
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def _forget_stale_locks(home: Path, sockets: Path) -> None:
    """Remove lock files whose number now belongs to another program, which PostgreSQL itself would not dare.

    Backends that outlived a killed server must end first: they notice within moments. While one of them works in the
    data nothing is removed, and PostgreSQL itself then refuses to start beside it.
    """
    deadline = time.monotonic() + _ORPHANS_SECONDS
    while (busy := _anybody_in(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not busy:
        (home / "data" / "postmaster.pid").unlink(missing_ok=True)
        (sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _anybody_in(home: Path) -> bool:
    """Tell whether any process works in these data; without /proc nobody can tell, so: yes."""
    numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*") if path.name.isdigit()]
    return not numbers or any(_runs_in(number, home) for number in numbers)


def _log_tail(home: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join((home / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
    return ""
