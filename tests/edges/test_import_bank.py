"""`auction import-bank`: a file of the bank from the command line, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from auction.edges.cli.import_bank import import_bank
from auction.edges.platform import Platform
from auction.gateways.bank_files import reading
from auction.procedure.identity.commands import add_court
from auction.procedure.treasury import bank_lines, ways
from tests.peers.bank import ACCOUNT, Told, camt


class Run:
    """Writes a file and imports it as an operator would."""

    def __init__(self, platform: Platform, url: str, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "DATABASE_URL": url,
            "AUCTION_SECRET_KEY": platform.settings.secret_key,
            "AUCTION_FIELD_KEY": platform.settings.field_key,
        }

    def __call__(self, content: bytes) -> Result:
        path = self.folder / "statement.xml"
        path.write_bytes(content)
        arguments = [str(path), "--data", str(self.folder)]
        return CliRunner().invoke(import_bank, arguments, env=self.env, catch_exceptions=False)


@pytest.fixture
def run(platform: Platform, database_url: str, tmp_path: Path) -> Run:
    with platform.act() as act:
        add_court(act, name="北京市朝阳区人民法院", id="T1")
        ways.set_court_account(act, court="T1", holder="某某法院", number=ACCOUNT, bank="某某银行")
    return Run(platform, database_url, tmp_path)


def test_a_file_is_imported_and_told_in_one_line(run: Run, platform: Platform) -> None:
    ended = run(camt(Told(yuan="7.00")))

    assert ended.exit_code == 0
    assert "lines 1, matched 0, on the desk 1" in ended.output
    with platform.read() as session:
        assert [one.amount_minor for one in bank_lines.unmatched(session, court="T1")] == [700]
    assert run(camt(Told(yuan="7.00"), kind="053")).output.count("known already 1") == 1


def test_lines_that_were_not_taken_are_named_and_end_it_with_one(run: Run) -> None:
    ended = run(camt(Told(yuan="7.00"), Told(yuan="-1.00", reference="B2")))

    assert ended.exit_code == 1
    assert "statement.xml:2:" in ended.output


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank.file_broken"),
        (camt(Told(yuan="7.00"))[:400], "bank.file_broken"),
        (camt(Told(yuan="7.00"), before="<!DOCTYPE a>"), "bank.file_hostile"),
        (b"<a/>", "bank.file_unknown"),
        (camt(Told(yuan="7.00"), account="123456789"), "bank.no_court_account"),
    ],
)
def test_a_file_that_cannot_be_read_ends_it_with_two(run: Run, platform: Platform, content: bytes, code: str) -> None:
    ended = run(content)

    assert ended.exit_code == 2
    assert code in ended.output
    with platform.read() as session:
        assert bank_lines.imports(session, court="T1") == []


def test_a_file_beyond_the_limit_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.content_of, "__kwdefaults__", {"most": 1_000})

    ended = run(b" " * 2_000)

    assert (ended.exit_code, "bank.file_too_large" in ended.output) == (2, True)
