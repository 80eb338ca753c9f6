"""PostgreSQL started by the program itself, from the binaries of a Python package.

What holds: one server for each data folder, whoever asks; it listens on a unix socket only, in a folder open to its
owner alone; everything acknowledged is on disk, but for scratch servers. Each user holds a lease (a shared file lock
that the kernel drops with the process), and the last one out stops the server. So a killed program leaves its server
running, the next start adopts it, and a command that ran beside never pulls it away.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from auction.foundation.database.embedded_cluster import Cluster, end_at_once, running_sockets
from auction.foundation.database.embedded_host import (
    EmbeddedUnavailable,
    binaries_for,
    home_for,
    owner_of,
    sockets_for,
)

__all__ = ["EmbeddedServer", "EmbeddedUnavailable", "scratch", "start"]

_DATABASE = "auction"
_SCRATCH_FOLDER = Path("/tmp")  # noqa: S108 -- $TMPDIR may lie in a home the server's account cannot enter
_SCRATCH_PREFIX = "ja-scratch-"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedServer:
    """A running server that we hold a lease on."""

    data: Path
    cluster: Cluster
    adopted: bool
    lease: int

    def url(self, database: str = _DATABASE) -> str:
        """Return the address of one of its databases, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.cluster.sockets))}&port=5432"

    def revive(self, *, durable: bool = True) -> bool:
        """Start the server again at the same address if it died under its users; say whether that was needed.

        :raises EmbeddedUnavailable: where it does not start
        """
        if self.cluster.runs():
            return False
        with _one_at_a_time(self.data):
            if self.cluster.runs():
                return False  # another user was quicker
            self.cluster.start(durable=durable)
        return True

    def stop(self) -> None:
        """Give the lease back; the last one out stops the server, with everything committed on disk."""
        with _one_at_a_time(self.data):
            last = _only_user(self.lease)
            os.close(self.lease)
            if last:
                self.cluster.stop()


def start(data: Path, *, durable: bool = True) -> EmbeddedServer:
    """Return the data folder's server with a lease on it: the running one if it answers, else started now.

    :raises EmbeddedUnavailable: where it cannot run, with the reason and what to do
    """
    data = data.resolve()
    try:
        data.mkdir(mode=0o755, parents=True, exist_ok=True)
        with _one_at_a_time(data):
            return _started(data, durable=durable)
    except OSError as error:
        raise EmbeddedUnavailable(f"The database folder under {data} cannot be used: {error}") from error


@contextlib.contextmanager
def scratch() -> Iterator[EmbeddedServer]:
    """Yield an empty server that keeps nothing: for tests and scenarios, gone afterwards."""
    _sweep_scratch()
    base = Path(tempfile.mkdtemp(prefix=_SCRATCH_PREFIX, dir=_SCRATCH_FOLDER))
    base.chmod(0o711)
    server = start(base, durable=False)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)


def _started(data: Path, *, durable: bool) -> EmbeddedServer:
    home = home_for(data=data)
    owner = owner_of(home=home)
    _refuse_foreign(home)
    owner.own(folder=home)
    running = running_sockets(home=home)
    cluster = Cluster(
        home=home,
        sockets=running or sockets_for(home=home, owner=owner),
        bindir=binaries_for(owner=owner),
        owner=owner,
    )
    lease = _lease(data)
    try:
        if running is None:
            cluster.start(durable=durable)
        cluster.ensure(database=_DATABASE)
    except BaseException:
        os.close(lease)
        raise
    return EmbeddedServer(data=data, cluster=cluster, adopted=running is not None, lease=lease)


def _refuse_foreign(home: Path) -> None:
    if os.geteuid() != 0 and home.exists() and home.stat().st_uid != os.geteuid():
        raise EmbeddedUnavailable(
            f"The database in {home} belongs to another account (uid {home.stat().st_uid}). "
            "Run as that account or as root, or choose another folder with --data."
        )


def _sweep_scratch() -> None:
    """Stop and remove scratch servers of our account whose program was killed: nobody holds a lease on them."""
    for base in _SCRATCH_FOLDER.glob(f"{_SCRATCH_PREFIX}*"):
        # A folder without leases is just being made; one of another account is none of our business.
        with contextlib.suppress(FileNotFoundError):  # its own program may remove it meanwhile
            if base.stat().st_uid != os.geteuid() or not (base / "postgres.users").exists():
                continue
            with _one_at_a_time(base):
                lease = _lease(base)
                if _only_user(lease):
                    end_at_once(home=base / "postgres")
                    shutil.rmtree(base, ignore_errors=True)
                os.close(lease)


@contextlib.contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    """Let one start or stop of this folder's server happen at a time, across processes."""
    with (data / "postgres.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lease(data: Path) -> int:
    descriptor = os.open(data / "postgres.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _only_user(lease: int) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
