from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from auction.edges.cli.case_files import FileUnreadableError, rows_of
from auction.edges.cli.import_cases import import_cases
from auction.edges.platform import Platform
from auction.procedure.cases import queries
from auction.procedure.identity.commands import add_court

COURT = "北京市朝阳区人民法院"
HEADER = "number,court,debtor_name,debtor_kind,claim_creditor,claim_amount_minor,claim_kind,applicant"
LINE = f"（2025）京0105执1号,{COURT},赵某,natural_person,甲银行,100,secured,true"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(autouse=True)
def _court(platform: Platform) -> None:
    with platform.act() as act:
        add_court(act, name=COURT)


@pytest.fixture
def run(platform: Platform, database_url: str, tmp_path: Path) -> Run:
    return Run(platform, database_url, tmp_path)


class Run:
    """Writes a file and imports it as an operator would."""

    def __init__(self, platform: Platform, url: str, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "DATABASE_URL": url,
            "AUCTION_SECRET_KEY": platform.settings.secret_key,
            "AUCTION_FIELD_KEY": platform.settings.field_key,
        }

    def __call__(self, content: str | bytes | Path, *options: str, name: str = "cases.csv") -> Result:
        path = content if isinstance(content, Path) else self.folder / name
        if not isinstance(content, Path):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.of(str(path), *options)

    def of(self, given: str, *options: str) -> Result:
        """Import what an argument names, a file or an address."""
        arguments = [given, "--data", str(self.folder), *options]
        return CliRunner().invoke(import_cases, arguments, env=self.env, catch_exceptions=False)


def listed(platform: Platform) -> dict[str, list[int]]:
    with platform.read() as session:
        found = [queries.case(session, one.id) for one in queries.cases(session)]
    return {case.number: [claim.amount_minor for claim in case.claims] for case in found}


@pytest.mark.parametrize("name", ["cases.csv", "cases.jsonl"])
def test_the_examples_are_imported_and_a_second_time_changes_nothing(platform: Platform, run: Run, name: str) -> None:
    first = run(EXAMPLES / name)
    assert (first.exit_code, "cases opened: 2" in first.output) == (0, True)
    before = listed(platform)
    assert sorted(map(len, before.values())) == [1, 2]
    second = run(EXAMPLES / name)
    assert (second.exit_code, "cases opened: 0, claims added: 0, rows already there: 3" in second.output) == (0, True)
    assert listed(platform) == before


def test_a_dry_run_changes_nothing(platform: Platform, run: Run) -> None:
    result = run(EXAMPLES / "cases.csv", "--dry-run")
    assert (result.exit_code, "cases opened: 2, claims added: 3" in result.output) == (0, True)
    assert listed(platform) == {}


def test_good_rows_are_kept_bad_ones_listed_and_a_corrected_file_adds_what_was_missing(
    platform: Platform, run: Run
) -> None:
    second = LINE.replace("甲银行,100", "乙公司,{}")
    bad = "\n".join([HEADER, LINE, second.format("1e3"), LINE.replace("执1号", "one"), "a,b", "", LINE])
    result = run(bad)
    assert result.exit_code == 1
    for line, said in ((3, "amount_minor"), (4, "number"), (5, "2 fields")):
        assert any(f"cases.csv:{line}: " in told and said in told for told in result.output.splitlines())
    assert listed(platform) == {"（2025）京0105执1号": [100, 100]}
    assert run("\n".join([HEADER, LINE, second.format("7"), LINE])).exit_code == 0
    assert listed(platform) == {"（2025）京0105执1号": [100, 100, 7]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_text_as_spreadsheets_write_it_is_read(platform: Platform, run: Run, encoding: str) -> None:
    assert run(f"{HEADER}\r\n{LINE}\r\n".encode(encoding)).exit_code == 0
    assert listed(platform) == {"（2025）京0105执1号": [100]}


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace(",100,", f",{10**20},"),
        LINE.replace(",100,", ",-100,"),
        LINE.replace(",100,", ",,"),
        LINE.replace(",100,", ",100.00,"),
        LINE.replace("secured", "gift"),
        LINE.replace("true", "perhaps"),
        LINE.replace("natural_person", "ghost"),
        LINE.replace("赵某", "赵\x00某"),
        LINE.replace("赵某", "赵" * 9_000),
        LINE.replace("赵某", "赵" * 200_000),
        LINE.replace(COURT, "某某法院"),
        LINE + ",one more",
        LINE.replace("赵某", '"赵某') + "\n" * 50,
    ],
)
def test_a_hostile_row_is_listed_and_nothing_is_kept_of_it(platform: Platform, run: Run, line: str) -> None:
    result = run(f"{HEADER}\n{line}")
    assert (result.exit_code, "cases.csv:2: " in result.output) == (1, True)
    assert listed(platform) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n ",
        b"\xff\xfe\x00\x01",
        b"[]",
        b"\x00\x01\x02",
        HEADER.encode() + b",court",
        HEADER.encode() + b",colour",
        b"number,court",
        b"\x80\x80,\xff",
    ],
)
def test_a_file_that_cannot_be_read_ends_with_two(platform: Platform, run: Run, content: bytes) -> None:
    result = run(content)
    assert (result.exit_code, "Error: " in result.output) == (2, True)
    assert run(run.folder / "nowhere.csv").exit_code == 2
    assert listed(platform) == {}


GIVEN = {
    "number": "（2025）京0105执1号",
    "court": COURT,
    "debtor": {"name": "赵某", "kind": "natural_person"},
    "claims": [{"creditor": "甲银行", "amount_minor": 100}],
}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"number": NaN}',
        '{"number": 1, "number": 2}',
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"number": ' + "9" * 5_000 + "}",
        json.dumps(GIVEN | {"claims": []}),
        json.dumps(GIVEN | {"claims": ["K1"]}),
        json.dumps(GIVEN | {"claims": [{"creditor": "甲银行", "amount_minor": 100.0}]}),
        json.dumps(GIVEN | {"claims": [{"creditor": "甲银行", "amount_minor": True}]}),
        json.dumps(GIVEN | {"claims": [{"creditor": ["甲银行"], "amount_minor": {}}]}),
        json.dumps(GIVEN | {"claims": [{"creditor": "\ud800", "amount_minor": 1}]}),
        json.dumps(GIVEN | {"debtor": "赵某"}),
        json.dumps(GIVEN | {"debtor": {"name": 7, "kind": []}}),
        json.dumps(GIVEN | {"court": {"name": COURT}}),
        json.dumps(GIVEN | {"number": ["（2025）京0105执1号"]}),
        json.dumps(GIVEN | {"colour": "red"}),
    ],
)
def test_a_hostile_json_line_is_listed_and_the_others_are_kept(platform: Platform, run: Run, line: str) -> None:
    good = json.dumps(GIVEN | {"number": "（2025）京0105执2号"}, ensure_ascii=False)
    result = run(f"{line}\n{good}\n", name="cases.jsonl")
    assert (result.exit_code, "cases.jsonl:1: " in result.output) == (1, True)
    assert listed(platform) == {"（2025）京0105执2号": [100]}


def test_a_row_that_contradicts_its_case_is_listed(platform: Platform, run: Run) -> None:
    result = run("\n".join([HEADER, LINE, LINE.replace("赵某", "钱某")]))
    assert (result.exit_code, "cases.csv:3: debtor_name" in result.output) == (1, True)
    assert listed(platform) == {"（2025）京0105执1号": [100]}


def test_unknown_courts_are_added_only_when_asked(platform: Platform, run: Run) -> None:
    line = LINE.replace(COURT, "上海市浦东新区人民法院").replace("京0105", "沪0115")
    assert run(f"{HEADER}\n{line}").exit_code == 1
    assert run(f"{HEADER}\n{line}", "--add-courts").exit_code == 0
    assert listed(platform) == {"（2025）沪0115执1号": [100]}


@pytest.mark.property
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"{HEADER}\n{text}".encode())))
def test_any_bytes_give_rows_or_a_named_fault(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "cases"
    path.write_bytes(content)
    with contextlib.suppress(FileUnreadableError):
        assert all(row.line > 0 for row in rows_of(path))


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry that answers with the example, with nothing, or with a redirection."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/cases": 200, "/moved": 302}
            self.send_response(known.get(self.path, 503))
            self.end_headers()
            if self.path == "/cases":
                self.wfile.write((EXAMPLES / "cases.csv").read_bytes())

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_registry_is_read_as_a_file_is(run: Run, registry: str) -> None:
    from_file = run(EXAMPLES / "cases.csv", "--add-courts")
    again = run.of(f"{registry}/cases", "--add-courts")
    assert from_file.exit_code == again.exit_code
    assert "cases opened: 0, claims added: 0" in again.output


@pytest.mark.parametrize("path", ["/moved", "/nothing"])
def test_a_registry_that_does_not_answer_with_records_is_told(run: Run, registry: str, path: str) -> None:
    refused = run.of(f"{registry}{path}")
    assert refused.exit_code == 2
    assert "the registry answered" in refused.output


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/cases", "http://[::bad/cases", "https://"])
def test_an_address_that_leads_nowhere_is_told(run: Run, address: str) -> None:
    refused = run.of(address)
    assert refused.exit_code == 2
    assert "the registry does not answer" in refused.output
