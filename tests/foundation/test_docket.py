from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from auction.edges.platform import Platform
from auction.foundation.docket import queries
from auction.foundation.docket.commands import append
from auction.foundation.docket.rules import Entry, first_fault, next_entry

CHAIN = "lot:LTEST"


def _append(platform: Platform, kind: str = "lot.drafted", **public: object) -> Entry:
    with platform.act() as act:
        return append(act, CHAIN, kind, public)


def _chain(platform: Platform) -> list[Entry]:
    with platform.read() as session:
        return queries.entries(session, CHAIN)


def test_entries_are_numbered_and_chained(platform: Platform) -> None:
    for number in range(5):
        _append(platform, n=number)
    chain = _chain(platform)
    assert [entry.seq for entry in chain] == [1, 2, 3, 4, 5]
    assert first_fault(chain) is None
    assert chain[0].prev == "0" * 64


def test_the_hash_covers_the_entry_as_exported(platform: Platform) -> None:
    entry = _append(platform, text="拍卖", amount_minor=1)
    exported = entry.as_json()
    assert exported["lot"] == "LTEST"
    assert set(exported) == {"lot", "seq", "at", "kind", "public", "sealed", "prev", "hash"}


@pytest.mark.parametrize("statement", ["UPDATE docket_entries SET kind = 'x'", "DELETE FROM docket_entries"])
def test_the_database_refuses_to_change_an_entry(platform: Platform, statement: str) -> None:
    _append(platform)
    with pytest.raises(IntegrityError, match="only grows"), platform.act() as act:
        act.session.execute(text(statement))


@pytest.mark.parametrize("table", ["docket_entries", "ledger_entries", "ledger_postings", "docket_seals"])
def test_the_database_refuses_to_empty_a_growing_table(platform: Platform, table: str) -> None:
    with pytest.raises(IntegrityError, match="only grows"), platform.act() as act:
        act.session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_the_database_refuses_a_gap_and_a_false_predecessor(platform: Platform) -> None:
    _append(platform)
    insert = (
        "INSERT INTO docket_entries (chain, seq, at, kind, public, prev, hash, by) "
        "VALUES ('lot:LTEST', :seq, now(), 'x', '{}', repeat('f', 64), 'h', 'me')"
    )
    for seq in (2, 3):
        with pytest.raises(IntegrityError, match="does not follow"), platform.act() as act:
            act.session.execute(text(insert), {"seq": seq})


def test_an_entry_is_gone_when_its_command_fails(platform: Platform) -> None:
    class CommandFailedError(Exception):
        pass

    def fail_after_appending() -> None:
        with platform.act() as act:
            append(act, CHAIN, "lot.drafted", {})
            raise CommandFailedError

    with pytest.raises(CommandFailedError):
        fail_after_appending()
    assert _chain(platform) == []
    assert _append(platform).seq == 1


def test_writers_at_once_leave_no_gap(platform: Platform) -> None:
    threads = [Thread(target=lambda: [_append(platform) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain = _chain(platform)
    assert len(chain) == 60
    assert first_fault(chain) is None


def test_a_changed_byte_is_found(platform: Platform) -> None:
    for number in range(3):
        _append(platform, n=number)
    chain = _chain(platform)
    forged = next_entry(chain=CHAIN, seq=2, prev=chain[0].hash, at=chain[1].at, kind=chain[1].kind, public={"n": 9})
    assert first_fault([chain[0], forged, chain[2]]) == (3, "prev is not the hash of the entry before")
    assert first_fault([chain[0], chain[2]]) == (2, "expected number 2, found 3")


def test_a_docket_never_runs_backwards(platform: Platform) -> None:
    first = _append(platform)
    with platform.database.act(actor=None, now=platform.clock.now() - timedelta(days=1)) as act:
        later = append(act, CHAIN, "lot.drafted", {})
    assert later.at >= first.at


def test_a_sealed_content_is_a_commitment_only(platform: Platform) -> None:
    with platform.act() as act:
        entry = append(act, CHAIN, "registration.made", {"code": "A1"}, seal={"person": "张三"})
        stored = act.session.execute(text("SELECT content FROM docket_seals")).scalar_one()
    assert entry.sealed is not None
    assert "张三" not in stored
    assert "张三" not in str(entry.as_json())


def test_the_feed_of_all_lots_loses_nothing(platform: Platform) -> None:
    for lot in ("lot:A", "lot:B", "case:C"):
        with platform.act() as act:
            append(act, lot, "lot.announced", {})
    with platform.read() as session:
        items = queries.feed(session, after=(0, 0), limit=10)
        rest = queries.feed(session, after=(items[0].txid, items[0].position), limit=10)
    assert [item.entry.chain for item in items] == ["lot:A", "lot:B"]
    assert [item.entry.chain for item in rest] == ["lot:B"]
