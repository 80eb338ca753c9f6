"""Thousands of open lots that end at one instant, for drills and measures: two made by the commands, and their copies.

A copy has every row of its original (case, thing, valuation, notices, registrations, deposits held, money booked) and
dockets of its own that are chained anew, so that whatever is done with it afterwards is done in earnest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, Text, false, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from auction import capabilities
from auction.edges.inbox.bench_seed import open_lot, some_bidders
from auction.edges.inbox.past import hurried, past
from auction.edges.inbox.sample_people import Bench
from auction.edges.jobs.sweep import settle, sweeping
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.docket.many import claim_named
from auction.foundation.docket.models import DocketEntry
from auction.foundation.docket.queries import entry_of
from auction.foundation.docket.rules import GENESIS, Entry, next_entry
from auction.foundation.docket.writing import write
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.offers import Offer
from auction.procedure.deposits import commands as deposits
from auction.procedure.lots import queries as lots

_BIDDERS = 2
_AT_ONCE = 250
#: Listing numbers that no other made-up lot has.
_NUMBERS_FROM = 5_000_000
_COPIES_MAX = 100_000
#: Written otherwise (listings by the database itself), or not of one lot at all.
_NOT_COPIED = frozenset(
    {"docket_entries", "docket_heads", "docket_checkpoints", "ledger_entries", "ledger_postings", "listings"}
)

#: A copy's ids are the original's with this and a number behind them.
_BETWEEN = "-"
_NUMBERS = "unnest(CAST(:numbers AS text[])) AS copy (number)"
_RENAMED = (
    "CASE WHEN {name} = ANY(:ids) THEN {name} || :between || copy.number WHEN {name} = :number"
    " THEN replace({name}, CAST(:serial AS text), CAST({serial} AS text)) ELSE {name} END"
)
_SERIAL = "(CAST(CAST(:serial AS text) AS int) * :copies_max + CAST(copy.number AS int))"
#: What the sandbox calls each copied payment.
_REFERENCES = """
UPDATE money_orders SET gateway_reference = 'SB' || lpad(CAST(moved.number AS text), 12, '0')
FROM sandbox_movements AS moved
WHERE moved.order_id = money_orders.id AND money_orders.id IN
    (SELECT known || :between || copy
     FROM unnest(CAST(:ids AS text[])) AS known, unnest(CAST(:numbers AS text[])) AS copy)
"""
_LEDGER_ENTRIES = """
INSERT INTO ledger_entries (at, kind, reference, by)
SELECT at, kind, reference || :between || copy, by FROM ledger_entries, unnest(CAST(:numbers AS text[])) AS copy
WHERE reference = ANY(:ids)
"""
_LEDGER_POSTINGS = """
INSERT INTO ledger_postings (entry_id, account, case_id, lot_id, holder, amount_minor, currency)
SELECT made.id, account, case_id || :between || copy, lot_id || :between || copy, holder || :between || copy,
    amount_minor, currency
FROM ledger_entries AS known JOIN ledger_postings ON entry_id = known.id,
    unnest(CAST(:numbers AS text[])) AS copy, ledger_entries AS made
WHERE known.reference = ANY(:ids) AND made.reference = known.reference || :between || copy
"""


@dataclass(frozen=True, slots=True)
class _Original:
    """A lot made by the commands, every id that belongs to it alone, and the number of its case."""

    lot: str
    ids: tuple[str, ...]
    number: str
    serial: int


def seed_closings(
    platform: Platform, *, lots: int, ends_at: datetime, tell: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Make open lots that end at one instant, every other one with a bid, deposits held on all; return their ids.

    Takes about a minute for five thousand; ``ends_at`` must lie further ahead than that.
    """
    made: list[str] = []
    with hurried(platform) as quick, sweeping(quick):
        originals = _originals(quick, ends_at=ends_at)
        for which, original in enumerate(originals):
            copies = [str(number) for number in range(1, (lots + 1 - which) // len(originals))]
            made += [original.lot, *(_BETWEEN.join((original.lot, number)) for number in copies)]
            for first in range(0, len(copies), _AT_ONCE):
                _copy(quick, original, copies[first : first + _AT_ONCE])
                tell(f"{len(made) - len(copies) + first}/{lots} lots")
    with platform.act() as act:
        act.session.execute(text("ANALYZE"))
    return made[:lots]


def _originals(quick: Platform, *, ends_at: datetime) -> list[_Original]:
    """Make a lot with a bid and a lot without one, both with deposits held."""
    bench = Bench(quick)
    crowd = [actor for actor, _ in some_bidders(quick, _BIDDERS)]
    originals = []
    for number, bids in enumerate((True, False), start=1):
        lot = open_lot(quick, bench, number=_NUMBERS_FROM + number, ends_at=ends_at)
        with past(quick, ends_at - timedelta(hours=12)) as then:
            _admit(then, lot=lot, crowd=crowd, bids=bids)
        with quick.read() as session:
            originals.append(_original(session, lot))
    return originals


def _admit(then: Platform, *, lot: str, crowd: Sequence[Actor], bids: bool) -> None:
    for actor in crowd:
        with then.act(actor) as act:
            made = bidding.register(act, lot=lot, person=actor.person or "")
            deposits.pay_deposit(act, lot=lot, registration=made.id, amount_minor=made.deposit_due_minor)
    settle(then)
    if bids:
        with then.act(crowd[0]) as act:
            start = lots.lot(act.session, lot).start_price_minor
            offer = Offer(person=crowd[0].person or "", amount_minor=start, bid_id="first", received_at=act.now)
            bidding.bid(act, lot=lot, offer=offer)


def _original(session: Session, lot: str) -> _Original:
    record = lots.lot(session, lot)
    ids = {lot, record.case, *record.properties}
    ids |= {f"lot:{lot}", f"case:{record.case}", *(f"property:{thing}" for thing in record.properties)}
    known = 0
    while known < len(ids):
        known = len(ids)
        for table in _tables():
            key = table.columns.get("id", table.columns.get("order_id"))
            if key is not None and isinstance(key.type, Text):
                ids |= set(session.execute(select(key).where(_belongs(table, ids))).scalars())
    serial = session.execute(text("SELECT serial FROM cases WHERE id = :case"), {"case": record.case}).scalar_one()
    return _Original(lot=lot, ids=tuple(sorted(ids)), number=record.case_number, serial=serial)


def _tables() -> Iterator[Table]:
    """Return the tables of which rows may belong to one lot, each after those it points at."""
    return (table for table in capabilities.metadata().sorted_tables if table.name not in _NOT_COPIED)


def _belongs(table: Table, ids: Collection[str]) -> ColumnElement[bool]:
    named = [column.in_(ids) for column in table.columns if isinstance(column.type, Text)]
    return or_(false(), *named)


def _copy(quick: Platform, original: _Original, numbers: Sequence[str]) -> None:
    """Copy a lot under further numbers, in one transaction."""
    given = {
        "ids": list(original.ids),
        "number": original.number,
        "serial": str(original.serial),
        "numbers": list(numbers),
        "between": _BETWEEN,
        "copies_max": _COPIES_MAX,
    }
    with quick.act() as act:
        for table in _tables():
            rows = act.session.execute(select(table).where(_belongs(table, original.ids))).mappings().all()
            if rows:
                act.session.execute(text(_copying(table, rows, original)), given)
        for statement in (_REFERENCES, _LEDGER_ENTRIES, _LEDGER_POSTINGS):
            act.session.execute(text(statement), given)
        _copy_dockets(act, original, numbers)


def _copying(table: Table, rows: Sequence[RowMapping], original: _Original) -> str:
    """Return the statement that copies an original's rows of one table."""
    columns = [one for one in table.columns if one.identity is None]
    told = ", ".join(_copied(one, rows, original) for one in columns)
    own = " OR ".join(f'"{one.name}" = ANY(:ids)' for one in columns if isinstance(one.type, Text))
    names = ", ".join(f'"{one.name}"' for one in columns)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {told}"  # noqa: S608 - names come from the tables themselves
        f" FROM (SELECT * FROM {table.name} WHERE {own}) AS original, {_NUMBERS}"
    )


def _copied(column: Column[Any], rows: Sequence[RowMapping], original: _Original) -> str:
    """Return what stands in a column of a copy: the same, but for the ids, the case's number and its serial."""
    name = f'original."{column.name}"'
    values = [row[column.name] for row in rows]
    if column.table.name == "cases" and column.name == "serial":
        return _SERIAL
    if isinstance(column.type, Text):
        return _RENAMED.format(name=name, serial=_SERIAL)
    if isinstance(column.type, JSONB):
        for one in (one for one in original.ids if any(f'"{one}"' in json.dumps(value) for value in values)):
            known = one.replace(":", r"\:")
            renamed = f"""'"{known}' || :between || copy.number || '"'"""
            name = f"""CAST(replace(CAST({name} AS text), '"{known}"', {renamed}) AS jsonb)"""
    return name


def _copy_dockets(act: Act, original: _Original, numbers: Sequence[str]) -> None:
    chains = [one for one in original.ids if one.partition(":")[0] in {"lot", "case", "property"}]
    query = select(DocketEntry).where(DocketEntry.chain.in_(chains)).order_by(DocketEntry.chain, DocketEntry.seq)
    told = [(entry_of(row), row.by) for row in act.session.scalars(query)]
    claim_named(act, [_renamed(chain, original, number) for chain in chains for number in numbers])
    entries = [one for number in numbers for one in _chained([entry for entry, _ in told], original, number)]
    write(act, entries, by=[by for _ in numbers for _, by in told])


def _chained(entries: Sequence[Entry], original: _Original, number: str) -> Iterator[Entry]:
    """Chain an original's entries anew under a copy's names."""
    prev = GENESIS
    for entry in entries:
        copied = next_entry(
            chain=_renamed(entry.chain, original, number),
            seq=entry.seq,
            prev=prev if entry.seq > 1 else GENESIS,
            at=entry.at,
            kind=entry.kind,
            public={key: _renamed(value, original, number) for key, value in entry.public.items()},
            sealed=entry.sealed,
        )
        yield copied
        prev = copied.hash


def _renamed(value: Any, original: _Original, number: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_renamed(one, original, number) for one in value]
    if isinstance(value, dict):
        return {key: _renamed(one, original, number) for key, one in value.items()}
    if value == original.number:
        return original.number.replace(str(original.serial), str(original.serial * _COPIES_MAX + int(number)))
    return f"{value}{_BETWEEN}{number}" if value in original.ids else value
