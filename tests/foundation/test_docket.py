from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.database.together import together
from auction.foundation.docket import batches, queries
from auction.foundation.docket.commands import append, append_all, lock
from auction.foundation.docket.many import append_to_many
from auction.foundation.docket.reactions import DECLARED
from auction.foundation.docket.rules import UNBEGUN, Entry, Head, Line, chained, first_fault, next_entry
from auction.foundation.kernel.canonical import NotCanonicalError

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


def test_a_line_is_chained_at_its_instant_or_at_the_last_of_the_chain(platform: Platform) -> None:
    now = platform.clock.now()
    lines = [Line("lot.drafted", {"n": 1}), Line("lot.approved", {"n": 2})]
    for last in (None, now - timedelta(days=1), now, now + timedelta(days=1)):
        made = chained(CHAIN, Head(7, "f" * 64, last), lines, now=now)
        assert [one.at for one in made.entries] == [max(now, last or now)] * 2
        assert [one.seq for one in made.entries] == [8, 9]
        assert [one.prev for one in made.entries] == ["f" * 64, made.entries[0].hash]
        assert made.head == Head(9, made.entries[1].hash, max(now, last or now))
        assert [json.loads(one) for one in made.written] == [one.as_json() for one in made.entries]
    assert chained(CHAIN, UNBEGUN, [], now=now).head == UNBEGUN


def test_nothing_to_seal_and_nothing_answered_goes_by_a_batch(platform: Platform) -> None:
    now = platform.clock.now()
    secret = Line("registration.made", {"code": "A1"}, {"person": "张三"})
    with pytest.raises(ValueError, match="nobody seals"):
        chained(CHAIN, UNBEGUN, [secret], now=now)
    sealed = chained(CHAIN, UNBEGUN, [secret], now=now, seal=lambda _seq, _content: "0" * 64)
    answered = chained(CHAIN, UNBEGUN, [Line(next(iter(DECLARED)), {})], now=now)
    for batch in (sealed, answered):
        with pytest.raises(ValueError, match="not an entry of a batch"), platform.act() as act:
            batches.entering(act, CHAIN, batch)


def test_one_by_one_together_or_as_a_batch_a_chain_becomes_the_same(platform: Platform) -> None:
    lines = [Line("bid.accepted", {"bid_id": f"b{number}", "text": "拍卖"}) for number in range(3)]

    def undone(how: Callable[[Act], object]) -> list[Entry]:
        with platform.act() as act:
            how(act)
            found = queries.entries(act.session, CHAIN)
            act.session.rollback()
        return found

    def one_by_one(act: Act) -> None:
        for line in lines:
            append(act, CHAIN, line.kind, line.public)

    def as_a_batch(act: Act) -> None:
        lock(act, CHAIN)
        head, _ = batches.looked(CHAIN, *together(act.session, batches.look(CHAIN, [])))
        made = chained(CHAIN, head, lines, now=act.now)
        together(act.session, batches.entering(act, CHAIN, made))

    def among_many(act: Act) -> None:
        lock(act, CHAIN, "lot:LOTHER")
        append_to_many(act, {"lot:LOTHER": lines[:1], CHAIN: lines})

    alone = undone(one_by_one)
    assert len(alone) == len(lines)
    assert first_fault(alone) is None
    assert undone(lambda act: append_all(act, CHAIN, lines)) == alone
    assert undone(as_a_batch) == alone
    assert undone(among_many) == alone


def test_entered_in_no_chain_or_with_no_lines_nothing_is_written(platform: Platform) -> None:
    with platform.act() as act:
        assert append_to_many(act, {}) == []
        assert append_all(act, CHAIN, []) == []
    assert _chain(platform) == []


@pytest.mark.parametrize(
    ("public", "fault"),
    [
        ({"n": 1.5}, NotCanonicalError),
        ({"n": 2**60}, NotCanonicalError),
        ({"text": "\ud800"}, NotCanonicalError),
        ({"text": "a\0b"}, DataError),
    ],
)
def test_what_cannot_be_entered_leaves_no_part_of_it(
    platform: Platform, public: dict[str, object], fault: type[Exception]
) -> None:
    with pytest.raises(fault), platform.act() as act:
        append_all(act, CHAIN, [Line("registration.made", {}, {"person": "张三"}), Line("lot.drafted", public)])

    assert _chain(platform) == []
    assert _append(platform).seq == 1


def test_an_entry_under_a_bid_that_is_there_is_refused_whole(platform: Platform) -> None:
    _append(platform, "bid.accepted", bid_id="b1")
    with pytest.raises(IntegrityError, match="one_entry_a_bid"), platform.act() as act:
        append_all(act, CHAIN, [Line("lot.extended", {}), Line("bid.refused", {"bid_id": "b1"})])

    assert len(_chain(platform)) == 1


def test_bids_are_found_by_the_clients_ids(platform: Platform) -> None:
    made = {
        name: _append(platform, kind, bid_id=name)
        for name, kind in (("b1", "bid.accepted"), ("b'; --", "bid.refused"), ("拍", "bid.accepted"))
    }
    _append(platform, "lot.extended", bid_id="b4")
    with platform.read() as session:
        assert queries.bids_of_ids(session, CHAIN, [*made, "b4", "b1", "none"]) == made
        assert queries.bids_of_ids(session, CHAIN, []) == {}
        assert queries.bids_of_ids(session, "lot:LOTHER", list(made)) == {}
