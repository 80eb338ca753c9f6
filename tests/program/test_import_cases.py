"""`auction import-cases` beside a running program: what is there already stays as it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from auction.edges.cli.case_files import COLUMNS
from auction.edges.platform import Platform
from tests.program.running import Place, tell

pytestmark = pytest.mark.xdist_group("program")
CASES, CLAIMS = 100, 140
#: What the jobs process writes by itself: dockets and their proofs, papers, the day's comparison of the books.
BY_TIME = ("docket_", "log_", "paper", "proof_", "reconciliation_", "signing_keys")


@pytest.mark.slow
def test_importing_a_hundred_cases_twice_changes_nothing_the_second_time(serving: Place, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    _write(file)
    first = serving.run("import-cases", str(file), "--add-courts", "--demo")
    assert first.returncode == 0, first.stderr
    assert f"cases opened: {CASES}, claims added: {CLAIMS}, rows already there: 0, bad rows: 0" in first.stdout
    with serving.platform() as platform:
        counts, heads = _counts(platform), _heads(platform)
        second = serving.run("import-cases", str(file), "--add-courts", "--demo")
        assert second.returncode == 0, second.stderr
        assert f"cases opened: 0, claims added: 0, rows already there: {CLAIMS}, bad rows: 0" in second.stdout
        assert _counts(platform) == counts
        assert _heads(platform) == heads
    assert serving.get("/readyz")[0] == 200
    tell(f"{CLAIMS} rows twice: {sum(counts.values())} rows in {len(counts)} tables and {len(heads)} dockets unchanged")


def _write(file: Path) -> None:
    """Write a hundred cases, every fifth with three claims, debtors and creditors that come again."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        for number in range(CASES):
            case = {
                "number": f"（2024）苏0583执{2000 + number}号",
                "court": "昆山市人民法院",
                "debtor_name": f"债务人{number % 70}",
                "debtor_kind": "natural_person",
            }
            for claim in range(3 if number % 5 == 0 else 1):
                writer.writerow(
                    case
                    | {
                        "claim_creditor": f"债权人{(number + claim) % 30}有限公司",
                        "claim_amount_minor": 1_000_000 + number * 100 + claim,
                        "applicant": "是" if claim == 0 else "否",
                    }
                )


def _counts(platform: Platform) -> dict[str, int]:
    """Return how many rows each table has, but for those which time alone lets grow."""
    with platform.read() as session:
        tables = [one for one in inspect(session.connection()).get_table_names() if not one.startswith(BY_TIME)]
        return {table: session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in tables}  # noqa: S608 - names from the catalogue


def _heads(platform: Platform) -> list[tuple[object, ...]]:
    """Return the heads of all dockets but those of lots, which may open and close meanwhile."""
    query = text("SELECT chain, seq, hash FROM docket_heads WHERE chain NOT LIKE 'lot:%' ORDER BY chain")
    with platform.read() as session:
        return [tuple(row) for row in session.execute(query)]
