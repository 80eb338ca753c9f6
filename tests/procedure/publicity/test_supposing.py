"""The dispute simulator: the bids that were made, decided once more under a supposition."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from auction.edges.cli.main import main
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.canonical import canonical
from auction.procedure.publicity.queries import export
from auction.procedure.publicity.rules import DocketWrongError
from auction.procedure.publicity.supposing import Supposition, UnknownCodeError, suppose
from tests.procedure.selling import INCREMENT_MINOR, START_MINOR, Sale

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "docket.json"


@pytest.fixture
def sale(platform: Platform) -> Sale:
    """A leads, B bids in the last minute and moves the end, A answers in the extension and wins."""
    story = Sale(platform)
    story.open()
    story.announce()
    for person in "ABC":
        story.admit(person)
    story.until_open()
    story.bid("A", START_MINOR)
    with platform.read() as session:
        ends_at = export(session, "L1")["terms"]["closes_at"]
    story.until(datetime.fromisoformat(ends_at) - timedelta(minutes=1))
    story.bid("B", START_MINOR + INCREMENT_MINOR)
    story.after(minutes=3)
    story.bid("A", START_MINOR + 2 * INCREMENT_MINOR)
    story.until_closed()
    settle(platform)
    return story


def document_of(sale: Sale) -> dict[str, Any]:
    with sale.platform.read() as session:
        found: dict[str, Any] = json.loads(canonical(export(session, "L1")))
    return found


def codes(document: dict[str, Any]) -> list[str]:
    """The bidding codes in the order of their bids."""
    return [entry["public"]["code"] for entry in document["entries"] if entry["kind"] == "bid.accepted"]


def test_without_a_supposition_nothing_changes(sale: Sale) -> None:
    found = suppose(document_of(sale), Supposition())
    assert (found.recorded, found.fates, found.changed) == (found.supposed, (), False)
    assert (found.recorded.price_minor, found.recorded.extensions) == (START_MINOR + 2 * INCREMENT_MINOR, 2)


def test_without_the_runner_up_the_winner_pays_his_first_bid(sale: Sale) -> None:
    document = document_of(sale)
    winner, runner_up, _ = codes(document)
    found = suppose(document, Supposition(without=frozenset({runner_up})))
    assert (found.supposed.code, found.supposed.price_minor) == (winner, START_MINOR)
    assert found.supposed.balance_minor == START_MINOR - found.supposed.deposit_minor
    assert [fate.supposed for fate in found.fates] == ["absent", "bidding.closed"]
    assert found.changed


def test_without_everybody_the_lot_fails(sale: Sale) -> None:
    document = document_of(sale)
    found = suppose(document, Supposition(without=frozenset(codes(document))))
    assert (found.supposed.outcome, found.supposed.price_minor, found.supposed.balance_minor) == ("unsold", None, None)


def test_had_nothing_arrived_in_the_last_minutes_the_first_bid_had_won(sale: Sale) -> None:
    document = document_of(sale)
    ends_at = datetime.fromisoformat(document["terms"]["closes_at"])
    away = (ends_at - timedelta(minutes=2), ends_at + timedelta(minutes=20))
    found = suppose(document, Supposition(outages=(away,)))
    assert (found.supposed.price_minor, found.supposed.extensions) == (START_MINOR, 0)
    assert [fate.supposed for fate in found.fates] == ["absent", "absent"]


def test_an_outage_ends_before_its_last_instant(sale: Sale) -> None:
    document = document_of(sale)
    first = next(entry for entry in document["entries"] if entry["kind"] == "bid.accepted")
    at = datetime.fromisoformat(first["public"]["received_at"])
    before = suppose(document, Supposition(outages=((at - timedelta(minutes=1), at),)))
    assert before.fates == ()
    upon = suppose(document, Supposition(outages=((at, at + timedelta(microseconds=1)),)))
    assert upon.fates[0].supposed == "absent"


@pytest.mark.parametrize(("minutes", "price_steps"), [(0, 1), (2, 1), (5, 2), (30, 2)])
def test_another_extension_ends_it_earlier_or_later(sale: Sale, minutes: int, price_steps: int) -> None:
    found = suppose(document_of(sale), Supposition(extension=timedelta(minutes=minutes)))
    assert found.supposed.price_minor == START_MINOR + price_steps * INCREMENT_MINOR


def test_a_code_the_docket_does_not_know_is_named(sale: Sale) -> None:
    with pytest.raises(UnknownCodeError, match="ZZZZZ"):
        suppose(document_of(sale), Supposition(without=frozenset({"ZZZZZ"})))


def test_a_lot_that_runs_still_has_no_outcome_to_compare(platform: Platform) -> None:
    story = Sale(platform)
    story.open()
    story.announce()
    with pytest.raises(DocketWrongError, match="not closed"):
        suppose(document_of(story), Supposition())


def test_a_changed_export_is_not_replayed(sale: Sale) -> None:
    document = document_of(sale)
    document["entries"][3]["public"]["code"] = "ANOTHER"
    with pytest.raises(DocketWrongError):
        suppose(document, Supposition())


_DOCUMENT = json.loads(EXAMPLE.read_bytes())
_OPEN = datetime.fromisoformat(_DOCUMENT["terms"]["opens_at"])


@pytest.mark.property
@given(
    st.sets(st.sampled_from(sorted(set(codes(_DOCUMENT))))),
    st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 90_000)), max_size=3),
    st.none() | st.integers(0, 1440),
)
def test_whatever_is_supposed_fewer_bids_never_raise_the_price(
    without: set[str], away: list[tuple[int, int]], minutes: int | None
) -> None:
    outages = tuple(
        (_OPEN + timedelta(seconds=begin), _OPEN + timedelta(seconds=begin + length)) for begin, length in away
    )
    extension = None if minutes is None else timedelta(minutes=minutes)
    found = suppose(_DOCUMENT, Supposition(frozenset(without), outages, extension))
    assert (found.supposed.price_minor or 0) <= (found.recorded.price_minor or 0)
    assert found.supposed.code not in without
    assert (found.supposed.price_minor is None) == (found.supposed.outcome == "unsold")


def ask(*arguments: str) -> tuple[int, str]:
    told = CliRunner().invoke(main, ["replay", *arguments])
    return told.exit_code, told.output


def test_the_command_says_what_changes_in_words_and_as_json() -> None:
    winner = codes(_DOCUMENT)[-1]
    assert ask(str(EXAMPLE))[0] == 0
    assert "The outcome stays." in ask(str(EXAMPLE))[1]
    code, said = ask(str(EXAMPLE), "--without", winner, "--json")
    assert code == 0
    assert json.loads(said)["changed"] is True


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--without", "NOBODY"], 2),
        (["--outage", "yesterday", "today"], 2),
        (["--outage", "2026-03-02T09:55:00", "2026-03-02T09:57:00"], 2),
        (["--outage", "2026-03-02T09:57:00+08:00", "2026-03-02T09:55:00+08:00"], 2),
        (["--extension", "-1"], 2),
        (["--extension", "many"], 2),
        (["--extension", "99999999"], 2),
    ],
)
def test_a_malformed_supposition_is_named(arguments: list[str], code: int) -> None:
    assert ask(str(EXAMPLE), *arguments)[0] == code


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"lot":"L1"}', b"9" * 5000])
def test_what_is_no_export_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content)
    assert ask(str(file))[0] == 1
    assert ask(str(tmp_path / "missing.json"))[0] == 2
