from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from auction.edges.cli.verify import verify as command
from auction.edges.platform import Platform
from auction.foundation.docket.rules import GENESIS
from auction.foundation.kernel.canonical import canonical, sha256_hex
from auction.procedure.bidding import queries as bidding
from auction.procedure.publicity import queries
from auction.procedure.publicity.rules import DocketWrongError, verify
from tests.road import YUAN, Road

START, STEP = 700_000 * YUAN, 5_000 * YUAN
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "docket.json"


@pytest.fixture
def document(platform: Platform) -> dict[str, Any]:
    """Return the export of a lot with accepted and refused bids, an extension and a close."""
    road = Road(platform)
    road.begin()
    lot = road.announce()
    road.admit("A")
    road.admit("B")
    road.wait_until(lot.opens_at)
    road.bid("A", START)
    road.bid("B", START)
    with platform.read() as session:
        ends = bidding.outcome(session, "L1").ends_at
    road.wait_until(ends - timedelta(seconds=30))
    road.bid("B", START + STEP)
    road.wait_until(ends + timedelta(minutes=5))
    with platform.read() as session:
        return queries.export(session, "L1")


def rehashed(document: dict[str, Any]) -> dict[str, Any]:
    """Chain a changed export anew, as a forger with the whole file would."""
    prev = GENESIS
    for seq, entry in enumerate(document["entries"], start=1):
        entry["seq"], entry["prev"] = seq, prev
        content = {key: value for key, value in entry.items() if key != "hash"}
        prev = entry["hash"] = sha256_hex(content)
    document["checkpoints"][-1] |= {"seq": len(document["entries"]), "hash": prev}
    return document


def of_kind(document: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in document["entries"] if entry["kind"] == kind)
    return found


def test_a_true_export_holds(document: dict[str, Any]) -> None:
    found = verify(document)
    assert (found.bids, found.refused, found.status, found.price_minor) == (2, 1, "closed", START + STEP)


def test_every_changed_entry_is_found_at_its_number(document: dict[str, Any]) -> None:
    for index, entry in enumerate(document["entries"]):
        forged = copy.deepcopy(document)
        forged["entries"][index]["public"]["forged"] = True
        with pytest.raises(DocketWrongError) as wrong:
            verify(forged)
        assert wrong.value.seq == entry["seq"]


def test_a_missing_entry_is_found(document: dict[str, Any]) -> None:
    for index in range(len(document["entries"]) - 1):
        forged = copy.deepcopy(document)
        del forged["entries"][index]
        with pytest.raises(DocketWrongError):
            verify(forged)


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("bid.accepted", {"amount_minor": START + 1}, "refused: bidding.off_step"),
        ("bid.accepted", {"amount_minor": START - STEP}, "refused: bidding.below_start"),
        ("bid.accepted", {"code": "ZZZZZ"}, "refused: bidding.not_admitted"),
        ("bid.accepted", {"ends_at": "2030-01-01T00:00:00+08:00"}, "the end after this bid is another"),
        ("bid.refused", {"refusal": "bidding.own_lead"}, "not bidding.too_low"),
        ("bid.refused", {"amount_minor": START + STEP}, "refused that is acceptable"),
        ("lot.extended", {"ends_at": "2030-01-01T00:00:00+08:00"}, "extended to another end"),
        ("lot.closed", {"price_minor": START}, "not what the bids give"),
        ("lot.closed", {"outcome": "unsold"}, "not what the bids give"),
        ("lot.closed", {"ends_at": "2030-01-01T00:00:00+08:00"}, "end is another"),
        ("bid.accepted", {"received_at": None}, "cannot be read"),
        ("registration.admitted", {"code": 5}, "not_admitted"),
    ],
)
def test_a_forger_who_chains_anew_is_caught_by_the_rules(
    document: dict[str, Any], kind: str, change: dict[str, Any], why: str
) -> None:
    of_kind(document, kind)["public"].update(change)
    with pytest.raises(DocketWrongError, match=why):
        verify(rehashed(document))


def test_other_terms_or_rules_than_announced_are_found(document: dict[str, Any]) -> None:
    for name in ("terms", "rulebook"):
        forged = copy.deepcopy(document)
        forged[name]["version"] = "another"
        with pytest.raises(DocketWrongError, match="not the announced ones"):
            verify(forged)


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"lot": "L1"},
        {"lot": "L1", "entries": []},
        {"lot": "L1", "entries": [1]},
        {"lot": "L1", "entries": [{"lot": "L2"}]},
        {"lot": "L1", "entries": {"a": 1}},
    ],
)
def test_what_is_no_export_is_said_to_be_none(hostile: dict[str, Any]) -> None:
    with pytest.raises(DocketWrongError):
        verify(hostile)


def test_the_command_says_so_and_exits_1(document: dict[str, Any], tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "docket.json"
    file.write_bytes(canonical(document))
    assert runner.invoke(command, [str(file)]).exit_code == 0
    file.write_text(json.dumps(document), encoding="utf-8")
    spaced = runner.invoke(command, [str(file)])
    assert spaced.exit_code == 1
    assert "canonical" in spaced.output
    for content in (b"", b"[]", b"{", b"\xff", b'{"a":1.5}'):
        file.write_bytes(content)
        assert runner.invoke(command, [str(file)]).exit_code == 1
    assert runner.invoke(command, [str(tmp_path / "none.json")]).exit_code == 2
    assert runner.invoke(command, [str(file), "--key", "x"]).exit_code == 2


def test_the_example_in_the_documentation_holds() -> None:
    content = EXAMPLE.read_bytes()
    document = json.loads(content)
    assert canonical(document) == content
    assert verify(document).status == "closed"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no docket", "not JSON"), (b'"\xff"', "not UTF-8"), (b"[" * 200_000, "nested too deeply"), (b"", "not JSON")],
)
def test_a_file_that_is_no_export_is_told_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    (file := tmp_path / "x.json").write_bytes(content)
    result = CliRunner().invoke(command, [str(file)])
    assert result.exit_code == 1
    assert said in result.output
