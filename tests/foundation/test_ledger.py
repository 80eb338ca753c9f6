from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from auction.edges.platform import Platform
from auction.foundation.ledger import queries
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, Posting, UnbalancedEntryError, balanced, move


def _move(platform: Platform, reference: str, minor: int = 500) -> bool:
    postings = move(case="C1", minor=minor, source=Account.OUTSIDE, target=Account.HELD, lot="L1", holder="R1")
    with platform.act() as act:
        return book(act, kind="deposit.held", reference=reference, postings=postings)


def test_money_moves_from_account_to_account(platform: Platform) -> None:
    assert _move(platform, "D1")
    with platform.read() as session:
        assert queries.owed(session, account=Account.HELD, case="C1") == 500
        assert queries.owed(session, account=Account.OUTSIDE, case="C1") == 500
        assert queries.owed(session, account=Account.HELD, lot="L1", holder="R1") == 500
        assert [line.minor for line in queries.statement(session, case="C1")] == [500, -500]


def test_a_reference_is_booked_once(platform: Platform) -> None:
    assert _move(platform, "D1")
    assert not _move(platform, "D1")
    with platform.read() as session:
        assert queries.case_balances(session, case="C1")[Account.HELD] == 500


@pytest.mark.property
@given(st.lists(st.integers(min_value=-(10**12), max_value=10**12), min_size=1, max_size=6))
def test_only_what_sums_to_zero_is_an_entry(amounts: list[int]) -> None:
    postings = [Posting(account=Account.HELD, case="C", minor=minor) for minor in amounts]
    if sum(amounts):
        with pytest.raises(UnbalancedEntryError):
            balanced(postings)
    else:
        assert sum(posting.minor for posting in balanced(postings)) == 0


def test_the_database_refuses_an_unbalanced_entry(platform: Platform) -> None:
    entry = "INSERT INTO ledger_entries (at, kind, reference, by) VALUES (now(), 'x', 'x', 'x') RETURNING id"
    lone = f"WITH made AS ({entry}) SELECT id FROM made"  # noqa: S608 - both are written here
    posting = "INSERT INTO ledger_postings (entry_id, account, case_id, amount_minor) VALUES (:id, 'held', 'C', 1)"

    def book_one_side() -> None:
        with platform.act() as act:
            made = act.session.execute(text(lone)).scalar_one()
            act.session.execute(text(posting), {"id": made})

    with pytest.raises(IntegrityError, match="does not sum to zero"):
        book_one_side()


def test_the_database_refuses_a_posting_on_an_old_entry(platform: Platform) -> None:
    _move(platform, "D1")
    with pytest.raises(IntegrityError, match="is closed"), platform.act() as act:
        act.session.execute(
            text(
                "INSERT INTO ledger_postings (entry_id, account, case_id, amount_minor) "
                "SELECT id, 'held', 'C', a FROM ledger_entries, unnest(ARRAY[1, -1]) AS a"
            )
        )


@pytest.mark.parametrize("table", ["ledger_entries", "ledger_postings"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = DEFAULT", "DELETE FROM {}"])
def test_the_ledger_only_grows(platform: Platform, table: str, verb: str) -> None:
    _move(platform, "D1")
    with pytest.raises(IntegrityError, match="only grows"), platform.act() as act:
        act.session.execute(text(verb.format(table)))
