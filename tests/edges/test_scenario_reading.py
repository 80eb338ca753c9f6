"""What a scenario file may say, and where it is wrong."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.scenario.playing import check_verbs
from auction.edges.stories.nodes import FileMalformed
from auction.edges.stories.reading import Scenario, scenario

HEAD = 'title: A story\nclock: "2025-03-01T09:00:00+08:00"\n'
STEP = "steps:\n  - do: wait\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fault_of(text: str | bytes) -> tuple[int, str]:
    with pytest.raises(FileMalformed) as malformed:
        check_verbs(scenario(text if isinstance(text, bytes) else text.encode()))
    return malformed.value.line, malformed.value.reason


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("just text\n", 1, "object"),
        ("- a list\n", 1, "object"),
        ("title: [open\n", 2, "not YAML"),
        (HEAD + "steps:\n  - do: wait\n   at: +1d\n", 5, "not YAML"),
        (HEAD + "steps:\n\t- do: wait\n", 4, "not YAML"),
        (HEAD + STEP + "---\n" + HEAD + STEP, 5, "not YAML"),
        (HEAD + "steps:\n  - *nowhere\n", 4, "not YAML"),
        ("title: 1\nclock: x\nsteps: []\n", 1, "title"),
        ("title: A story\n" + STEP, 1, "clock is missing"),
        ("clock: now\n" + STEP, 1, "clock"),
        ('\nclock: "2025-03-01T09:00:00"\n' + STEP, 2, "clock"),
        ('clock: "2025-02-30T09:00:00+08:00"\n' + STEP, 1, "clock"),
        ('clock: "1999-03-01T09:00:00+08:00"\n' + STEP, 1, "rulebook begins"),
        (HEAD, 1, "steps are missing"),
        (HEAD + "steps:\n", 3, "steps"),
        (HEAD + "steps: []\n", 3, "steps"),
        (HEAD + "steps: {do: wait}\n", 3, "steps"),
        (HEAD + "steps:\n  - wait\n", 4, "a step"),
        (HEAD + "steps:\n  - with: {lot: L1}\n", 4, "no do"),
        (HEAD + "steps:\n  - do: [wait]\n", 4, "do must be text"),
        (HEAD + "steps:\n  - do: wait\n    withh: {}\n", 5, "unknown key 'withh'"),
        (HEAD + "author: me\n" + STEP, 3, "unknown key 'author'"),
        (HEAD + "steps:\n  - do: wait\n    do: wait\n", 5, "stands twice"),
        (HEAD + "steps:\n  - do: show\n    with: {lot: L1,\n      lot: L2}\n", 6, "stands twice"),
        (HEAD + "steps:\n  - do: show\n    with: [L1]\n", 5, "with must be an object"),
        (HEAD + "steps:\n  - do: show\n    with: {? [a] : 1}\n", 5, "plain text"),
        (HEAD + "steps:\n  - do: wait\n    at: tomorrow\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: 1d\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: -1d\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: +1w\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: +1.5d\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: +999999999999d\n", 5, "at must be"),
        (HEAD + "steps:\n  - do: wait\n    at: 2025-03-02T09:00:00\n", 5, "at must be"),
        (HEAD + 'steps:\n  - do: wait\n    at: "2025-03-01T08:59:59+08:00"\n', 5, "before the step before"),
        (HEAD + 'steps:\n  - do: wait\n    at: +1d\n  - do: wait\n    at: "2025-03-01T10:00:00+08:00"\n', 7, "before"),
        (HEAD + "steps:\n  - do: wait\n    refused: [a]\n", 5, "refused must be text"),
        (HEAD + "steps:\n  - do: wait\n    as: {}\n", 5, "as must be text"),
        (HEAD + "steps:\n  - do: wait\n  - do: fly_to_the_moon\n", 5, "unknown do"),
        (HEAD + "steps:\n  - do: show\n    with: {lot: !!python/object:os.system x}\n", 5, "tag"),
        (HEAD + "steps:\n  - do: show\n    with: {lot: !!binary aGk=}\n", 5, "tag"),
        (HEAD + "steps: &all\n  - do: show\n    with: {lot: *all}\n", 4, "nested too deeply"),
        (HEAD + "steps:\n  - do: show\n    with: " + "[" * 60 + "]" * 60 + "\n", 5, "nested too deeply"),
        (HEAD + "steps:\n  - do: show\n    with: {lot: " + "[" * 60 + "]" * 60 + "}\n", 5, "nested too deeply"),
    ],
)
def test_a_malformed_file_is_told_with_line_and_reason(text: str, line: int, word: str) -> None:
    found, reason = fault_of(text)
    assert word in reason
    assert found == line


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    assert fault_of(HEAD.encode() + b"steps:\n  - do: \xff\n") == (4, "not UTF-8 text")
    assert fault_of(HEAD.encode() + b"steps:\n  - do: \x07\n")[0] == 4


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    body = "".join(f"      {line}\n" for line in lines)
    assert "too large" in fault_of(HEAD + "steps:\n  - do: show\n    with:\n" + body)[1]


def test_depth_that_would_break_the_parser_is_refused() -> None:
    assert "nested too deeply" in fault_of("[" * 20_000)[1]


def test_an_unknown_verb_that_is_expected_to_be_refused_is_played() -> None:
    check_verbs(scenario((HEAD + "steps:\n  - do: fly\n    refused: input.malformed\n").encode()))


def test_offsets_run_from_the_step_before_and_instants_stand_alone() -> None:
    steps = scenario(
        (
            HEAD
            + "steps:\n  - do: wait\n  - do: wait\n    at: +1d\n  - do: wait\n    at: +2h\n  - do: wait\n    at: +3m\n"
            + "  - do: wait\n    at: +4s\n  - do: wait\n    at: +5ms\n  - do: wait\n    at: 2025-03-03T00:00:00Z\n"
        ).encode()
    ).steps
    assert [step.at for step in steps] == [
        at("2025-03-01T09:00:00+08:00"),
        at("2025-03-02T09:00:00+08:00"),
        at("2025-03-02T11:00:00+08:00"),
        at("2025-03-02T11:03:00+08:00"),
        at("2025-03-02T11:03:04+08:00"),
        at("2025-03-02T11:03:04.005+08:00"),
        at("2025-03-03T08:00:00+08:00"),
    ]
    assert [step.line for step in steps] == [4, 5, 7, 9, 11, 13, 15]


def test_values_are_what_they_look_like() -> None:
    given_values = "{on: L1, no: 010, n: 1:30, y: yes, day: 2025-01-31, nothing: ~, big: 9_000, x: 0x10, f: 1.5}"
    (step,) = scenario((HEAD + f"steps:\n  - do: show\n    with: {given_values}\n").encode()).steps
    assert step.given == {
        "on": "L1",
        "no": "010",
        "n": "1:30",
        "y": True,
        "day": "2025-01-31",
        "nothing": None,
        "big": 9000,
        "x": "0x10",
        "f": 1.5,
    }


def test_anchors_and_merges_spare_repetition() -> None:
    text = (
        HEAD + "steps:\n  - do: bid\n    with: &first {lot: L1, bidder: A}\n"
        "  - do: bid\n    with: {<<: *first, bidder: B}\n"
    )
    assert scenario(text.encode()).steps[1].given == {"lot": "L1", "bidder": "B"}


def test_an_expectation_of_nothing_is_one() -> None:
    first, second = scenario((HEAD + "steps:\n  - do: wait\n    expect: null\n  - do: wait\n").encode()).steps
    assert (first.expects, first.expected) == (True, None)
    assert not second.expects


def read_or_fault(content: bytes) -> Scenario | FileMalformed:
    try:
        return scenario(content)
    except FileMalformed as malformed:
        return malformed


@pytest.mark.property
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_line(content: bytes) -> None:
    found = read_or_fault(content)
    assert isinstance(found, Scenario) or (found.line >= 1 and found.reason)


@pytest.mark.property
@given(st.text(alphabet=st.sampled_from(list("-:{}[]&*!|>'\"%@`#,? \n\tabdo0123+<~.=")), max_size=200))
def test_any_yaml_like_text_is_read_or_refused_with_a_line(text: str) -> None:
    found = read_or_fault((HEAD + "steps:\n" + text).encode())
    assert isinstance(found, Scenario) or (found.line >= 1 and found.reason)


def test_a_story_says_what_it_is_about_and_is_titled_in_both_languages() -> None:
    told = scenario(
        b"# Article 10: the floor.\n#  Rounded up.\ntitle: The floor\ntitle_zh: floor\n"
        b'rules: [auction.start_price_min_pct]\nclock: "2025-03-01T09:00:00+08:00"\nsteps: [{do: wait}]\n# the end\n'
    )
    assert told.about == "Article 10: the floor. Rounded up."
    assert (told.title, told.title_zh, told.rules) == ("The floor", "floor", ("auction.start_price_min_pct",))


@pytest.mark.parametrize("rules", ["auction.start_price_min_pct", "[1]", "[auction.nothing]", "{a: b}", "[[]]"])
def test_rules_nobody_knows_make_a_file_malformed(rules: str) -> None:
    with pytest.raises(FileMalformed) as told:
        scenario(f'title: x\nrules: {rules}\nclock: "2025-03-01T09:00:00+08:00"\nsteps: [{{do: wait}}]\n'.encode())
    assert told.value.line == 2
