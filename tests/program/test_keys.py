"""`auction keys`: a key is made, endorsed by the one before, backed up and put back; bad input is named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from auction.edges.cli.main import main
from auction.foundation.docket.signing import Signer, new_seed
from auction.settings import signing_key_file


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    for name in ("AUCTION_SIGNING_KEY", "AUCTION_NEW_SIGNING_KEY", "AUCTION_BACKUP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("AUCTION_SECRET_KEY", "a secret of these tests, longer than thirty-two")
    monkeypatch.setenv("AUCTION_FIELD_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments], prog_name="auction")


def test_a_key_made_is_a_key(tmp_path: Path) -> None:
    made = ask("make")
    seed = made.stdout.strip()
    assert made.exit_code == 0
    assert Signer(seed).public.text in made.stderr


def test_a_rotated_key_is_endorsed_by_the_one_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old, new = new_seed(), new_seed()
    monkeypatch.setenv("AUCTION_SIGNING_KEY", old)
    assert ask("rotate", "--data", str(tmp_path)).exit_code == 2
    monkeypatch.setenv("AUCTION_NEW_SIGNING_KEY", new)
    told = ask("rotate", "--data", str(tmp_path))
    assert told.exit_code == 0, told.output
    assert f"endorsed by {Signer(old).id}" in told.output
    monkeypatch.setenv("AUCTION_SIGNING_KEY", new)
    listed = ask("list", "--data", str(tmp_path)).stdout.splitlines()
    assert [line.split()[0] for line in listed] == [Signer(old).id, Signer(new).id]
    assert listed[1].endswith("signs now")
    assert old not in told.output + str(listed)


def test_a_copy_is_opened_by_its_password_alone_and_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seed, copy = new_seed(), tmp_path / "copy.pem"
    monkeypatch.setenv("AUCTION_SIGNING_KEY", seed)
    words = ["--password", "correct horse"]
    assert ask("backup", "--data", str(tmp_path), "--out", str(copy), *words).exit_code == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert seed.encode() not in copy.read_bytes()
    assert ask("backup", "--data", str(tmp_path), "--out", str(copy), *words).exit_code == 2
    wrong = ask("restore", str(copy), "--data", str(tmp_path), "--password", "wrong")
    assert (wrong.exit_code, "password" in wrong.output) == (2, True)
    assert ask("restore", str(copy), "--data", str(tmp_path), *words).exit_code == 0
    kept = signing_key_file(tmp_path)
    assert kept.read_text(encoding="ascii") == seed
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_key_that_lay_there_is_kept_beside_the_one_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second, copy = new_seed(), new_seed(), tmp_path / "copy.pem"
    kept = signing_key_file(tmp_path)
    kept.parent.mkdir(parents=True)
    kept.write_text(first, encoding="ascii")
    monkeypatch.setenv("AUCTION_SIGNING_KEY", second)
    ask("backup", "--data", str(tmp_path), "--out", str(copy), "--password", "x")
    assert ask("restore", str(copy), "--data", str(tmp_path), "--password", "x").exit_code == 0
    assert kept.read_text(encoding="ascii") == second
    assert kept.with_name(f"signing-{Signer(first).id}").read_text(encoding="ascii") == first


@pytest.mark.parametrize("key", ["", "short", "é", "A" * 43, "A" * 44 + "\n", "MDEy"])
def test_what_is_no_key_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str) -> None:
    monkeypatch.setenv("AUCTION_SIGNING_KEY", new_seed())
    told = ask("rotate", "--data", str(tmp_path), "--new", key)
    assert (told.exit_code, "new key" in told.output or "NEW_SIGNING_KEY" in told.output) == (2, True)


def test_a_platform_without_a_key_has_none_to_back_up(tmp_path: Path) -> None:
    told = ask("backup", "--data", str(tmp_path), "--out", str(tmp_path / "copy.pem"), "--password", "x")
    assert told.exit_code == 2
    assert ask("rotate", "--data", str(tmp_path)).exit_code == 2


def test_what_is_no_copy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "copy.pem").write_bytes(b"\x00not a key")
    assert ask("restore", str(tmp_path / "copy.pem"), "--data", str(tmp_path), "--password", "x").exit_code == 2
