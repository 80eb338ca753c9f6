"""`auction`: every command explains itself, and refuses bad input with exit 2 and what is wrong."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from auction.edges.cli.child import log_to_stderr
from auction.edges.cli.main import COMMANDS, main
from tests.program.running import AUCTION

NOT_JSON = b'[{"title": "\xb7'
HUGE = b'[{"start_price_minor": ' + b"9" * 5000 + b"}]"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of this machine, and a folder of its own to stand in."""
    for name in list(os.environ):
        if name == "DATABASE_URL" or name.startswith("AUCTION_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield
    assert not (tmp_path / "var" / "postgres").exists(), "a database was started for nothing"


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="auction")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_shows_an_example_of_itself(command: str) -> None:
    shown = ask(command, "--help")
    assert shown.exit_code == 0
    assert "Example:\n" in shown.output
    assert f"auction {command}" in shown.output.split("Example:")[1]


def test_the_list_of_commands_says_what_each_does() -> None:
    shown = ask("--help")
    assert shown.exit_code == 0
    for command in COMMANDS:
        line = next(line for line in shown.output.splitlines() if line.split()[:1] == [command])
        assert len(line.split()) > 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sell"], "No such command 'sell'"),
        (["serve", "--port", "0"], "--port"),
        (["serve", "--port", "70000"], "--port"),
        (["serve", "--port", "http"], "--port"),
        (["serve", "--host", "no.such.host.invalid"], "Cannot listen on"),
        (["serve", "--no-listings"], "--demo"),
        (["serve", "extra"], "unexpected extra argument"),
        (["seed-bench", "--lots", "0", "--bidders", "1", "--minutes", "5", "--out", "o"], "--lots"),
        (["seed-bench", "--lots", "1", "--bidders", "-1", "--minutes", "5", "--out", "o"], "--bidders"),
        (["seed-bench", "--lots", "1", "--bidders", "1", "--minutes", "1e3", "--out", "o"], "--minutes"),
        (["seed-bench", "--lots", "1", "--bidders", "1", "--minutes", "5"], "--out"),
        (["seed-bench", "--lots", "1", "--bidders", "1", "--minutes", "5", "--out", "no/such/o"], "Cannot write"),
        (["import-listings", "no-such-file"], "does not exist"),
        (["import-listings", "not.json"], "not JSON"),
        (["import-listings", "huge.json"], "not JSON"),
        (["import-listings", "object.json"], "expected a list of objects"),
        (["import-cases", "no-such-file"], "No such file"),
        (["import-cases", "."], "directory"),
        (["import-cases", "empty"], "the file is empty"),
        (["import-cases", "object.csv"], "unknown columns"),
        (["scenario"], "FILE"),
    ],
)
def test_bad_input_is_refused_with_exit_2_and_the_reason(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "not.json").write_bytes(NOT_JSON)
    (tmp_path / "huge.json").write_bytes(HUGE)
    (tmp_path / "object.json").write_text("{}")
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "object.csv").write_text("a,b\n1,2\n")
    refused = ask(*arguments)
    assert refused.exit_code == 2, refused.output
    assert said in refused.output
    assert "Traceback" not in refused.output


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://root@db/auction", "DATABASE_URL must be an address of PostgreSQL"),
        ("AUCTION_COLOUR", "red", "Unknown settings: AUCTION_COLOUR"),
        ("AUCTION_CLOCK_FILE", "clock", "AUCTION_CLOCK_FILE is for demonstrations only"),
        ("AUCTION_LOG_LEVEL", "LOUD", "AUCTION_LOG_LEVEL must be one of"),
        ("AUCTION_SECRET_KEY", "short", "AUCTION_SECRET_KEY must be set"),
    ],
)
def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    refused = ask("serve", "--port", "18999")
    assert refused.exit_code == 2
    assert said in refused.output


def test_a_database_that_does_not_answer_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/none?host={tmp_path}&connect_timeout=1")
    refused = ask("seed-bench", "--lots", "1", "--bidders", "1", "--minutes", "5", "--out", "o")
    assert refused.exit_code == 1
    assert "The database does not answer" in refused.output


def test_the_process_itself_ends_with_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [*AUCTION, "seed-bench", "--lots", "0"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: " in done.stderr


def test_nothing_that_opens_sockets_is_loaded_before_the_server_becomes_cooperative() -> None:
    loaded = "import sys, auction.edges.cli.web; print([one for one in sys.argv[1:] if one in sys.modules])"
    early = ["ssl", "urllib3", "requests", "httpx", "stripe", "sqlalchemy", "flask", "socketio"]
    told = subprocess.run([sys.executable, "-c", loaded, *early], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("chatty", ["fontTools.subset", "httpx", "alembic"])
def test_the_log_holds_what_we_do_and_not_every_step_of_the_libraries(chatty: str) -> None:
    log_to_stderr(level="INFO")
    assert not logging.getLogger(chatty).isEnabledFor(logging.INFO)
    assert logging.getLogger(chatty).isEnabledFor(logging.WARNING)
