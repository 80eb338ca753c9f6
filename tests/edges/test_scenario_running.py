"""Running scenario files: results, refusals, exit codes, databases that leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from auction.edges.scenario.databases import Template
from auction.edges.scenario.reporting import Report
from auction.edges.scenario.running import run, run_file
from auction.edges.scenario.verbs import VERBS
from auction.edges.stories import vocabulary
from auction.foundation.database.embedded import EmbeddedServer

BEGIN = """
title: A story
clock: "2025-03-03T09:00:00+08:00"
steps:
  - do: open_case
    with: {case: C1, number: （2025）京0105执1号, court: 某法院, debtor: {id: D, name: 赵某, kind: natural_person},
           claims: [{id: K1, creditor: 甲银行, amount_minor: 60000000, kind: ordinary, applicant: true}]}
  - {do: seize, with: {property: P1, case: C1, kind: movable, title: 轿车}}
"""
MALFORMED = "title: A story\nclock: never\nsteps: []\n"

Play = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def play(template: Template, tmp_path: Path) -> Play:
    """Play steps after the beginning of every story; return all steps as ``--json`` tells them, with their faults."""

    def steps(text: str) -> list[dict[str, Any]]:
        report = _report(template, tmp_path, BEGIN + text)
        return [step.as_json() | {"faults": step.faults} for step in report.steps]

    return steps


def _report(template: Template, folder: Path, text: str) -> Report:
    file = folder / "story.yaml"
    file.write_text(text, encoding="utf-8")
    return run_file(file, template=template)


def test_a_step_tells_what_it_did_in_the_form_of_the_contract(play: Play) -> None:
    opened = play("")[0]
    assert opened["faults"] == ()
    assert {key: opened[key] for key in ("n", "do", "at", "outcome", "code", "article", "facts")} == {
        "n": 1,
        "do": "open_case",
        "at": "2025-03-03T09:00:00.000000+08:00",
        "outcome": "done",
        "code": None,
        "article": None,
        "facts": None,
    }
    assert opened["result"] == {"case": "C1", "year": 2025, "court_code": "京0105", "type": "执", "serial": 1}


def test_a_refusal_tells_code_article_and_facts(play: Play) -> None:
    step = play("  - {do: record_cost, with: {case: C1, what: x, amount_minor: -1}, refused: input.malformed}\n")[2]
    assert (step["outcome"], step["code"], step["result"]) == ("refused", "input.malformed", None)
    assert list(step["facts"]["errors"]) == ["amount_minor"]


def test_a_step_refused_without_refused_fails(play: Play) -> None:
    assert play("  - {do: show, with: {lot: L9}}\n")[2]["faults"]


def test_a_step_not_refused_with_refused_fails(play: Play) -> None:
    assert play("  - {do: show, with: {case: C1}, refused: input.malformed}\n")[2]["faults"]


def test_a_step_refused_with_another_code_fails(play: Play) -> None:
    assert play("  - {do: show, with: {lot: L9}, refused: bidding.closed}\n")[2]["faults"]


def test_steps_after_a_failure_are_still_played(play: Play) -> None:
    steps = play("  - {do: show, with: {lot: L9}}\n  - {do: show, with: {case: C1}, expect: {case: C1}}\n")
    assert [bool(step["faults"]) for step in steps] == [False, False, True, False]


def test_show_takes_exactly_one_thing(play: Play) -> None:
    steps = play(
        "  - {do: show, with: {}, refused: input.malformed}\n"
        "  - {do: show, with: {case: C1, due: true}, refused: input.malformed}\n"
        "  - {do: show, with: {due: false}, refused: input.malformed}\n"
        "  - {do: show, with: {due: true}, expect: {due: [{on: P1}]}}\n"
        "  - {do: show, with: {due: true}, expect: [{on: P1}]}\n"
        "  - {do: show, with: {money: C1}, expect: {money: {held_minor: 0}}}\n"
        "  - {do: show, with: {money: C1}, expect: {held_minor: 0}}\n"
        "  - {do: show, with: {property: P1}, expect: {status: seized, reference_price_minor: null}}\n"
    )
    assert [step["faults"] for step in steps] == [()] * len(steps)


def test_wait_tells_only_what_happened_while_waiting(play: Play) -> None:
    assert play("  - {do: wait, at: +1d}\n")[2]["result"] == []


def test_a_name_that_is_no_name_is_refused(play: Play) -> None:
    steps = play(
        '  - {do: notify, with: {lot: L1, person: "\\0", how: served}, refused: input.malformed}\n'
        '  - {do: bid, with: {lot: "\\ud800", bidder: A, amount_minor: 1}, refused: input.malformed}\n'
        "  - {do: bid, with: {lot: [L1], bidder: A, amount_minor: 1,\n"
        '                     received_at: "2025-03-03T09:00:00+08:00"}, refused: input.malformed}\n'
        "  - {do: bid, with: {lot: L1, bidder: 𠮷野家🏠, amount_minor: 1}, refused: input.malformed}\n"
    )
    assert [step["faults"] for step in steps] == [()] * len(steps)


def test_every_verb_played_has_its_words_in_both_languages() -> None:
    assert set(VERBS) == set(vocabulary.VERBS)


def test_a_malformed_file_makes_no_database(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(MALFORMED, encoding="utf-8")
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    (report,) = run([file], env=nowhere)
    assert report.exit_code == 2
    assert report.malformed == f"{file}:2: clock must be an instant with an offset, such as 2025-03-01T09:00:00+08:00"


def test_a_file_that_is_not_there_is_malformed(tmp_path: Path) -> None:
    (report,) = run([tmp_path / "nothing.yaml"], env={})
    assert report.exit_code == 2
    assert "cannot be read" in (report.malformed or "")


def test_a_fault_of_ours_costs_one_file_only(template: Template, tmp_path: Path) -> None:
    good = _report(template, tmp_path, BEGIN)
    bad = Report.of_fault("bad.yaml", RuntimeError("broken"))
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert json.loads(bad.as_json())["failures"][0]["why"] == "RuntimeError: broken"


def _databases(server: EmbeddedServer) -> set[str]:
    url = server.url("postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection:
        return {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_files_run_on_a_given_server_in_order_and_leave_nothing(server: EmbeddedServer, tmp_path: Path) -> None:
    files = []
    for n in range(7):
        files.append(tmp_path / f"{n}.yaml")
        files[-1].write_text(MALFORMED if n == 3 else BEGIN.replace("执1号", f"执{n + 1}号"), encoding="utf-8")
    before = _databases(server)
    done = subprocess.run(
        [sys.executable, "-m", "auction.edges.cli.main", "scenario", "--json", *map(str, files)],
        env={**os.environ, "DATABASE_URL": server.url("postgres")},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert [line["ok"] for line in lines] == [n != 3 for n in range(7)]
    assert [line["steps"][0]["result"]["serial"] for line in lines if line["ok"]] == [1, 2, 3, 5, 6, 7]
    assert done.returncode == 2
    assert done.stderr.startswith(f"{files[3]}:2: clock")
    assert _databases(server) == before


def test_the_command_ends_with_1_when_an_expectation_failed(server: EmbeddedServer, tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(BEGIN + "  - {do: show, with: {case: C1}, expect: {costs_minor: 1}}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "auction.edges.cli.main", "scenario", str(file)],
        env={**os.environ, "DATABASE_URL": server.url("postgres")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{file}:9: step 3, show: costs_minor: expected 1, got 0" in done.stdout


def test_a_server_that_does_not_answer_is_told_with_exit_2(tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(BEGIN, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "auction.edges.cli.main", "scenario", str(file)],
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
