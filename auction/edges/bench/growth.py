"""What a bid costs when the docket has grown to ten million entries, held against a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from auction.edges.bench.bidding import CROWD
from auction.edges.bench.measures import Measure
from auction.edges.bench.place import Place
from auction.edges.bench.size import Size

#: Entries of other lots, of the size that bids have. Their hashes chain nothing: nobody reads them here.
_FILL = text("""
INSERT INTO docket_entries (chain, seq, at, kind, public, prev, hash, by)
SELECT 'lot:FILL-' || n / 1000, n % 1000 + 1, now(), 'bid.accepted',
    jsonb_build_object('bid_id', md5(n::text), 'code', 'K' || n % 1000, 'rank', NULL, 'amount_minor', n * 100,
        'received_at', now()::text, 'ends_at', now()::text, 'ms_to_end', n, 'extended', false),
    md5(n::text) || md5(n::text), md5(n::text) || md5((n + 1)::text), 'P'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
""")
_AT_ONCE = 500_000


def measure(place: Place, size: Size) -> Iterator[Measure]:
    """Measure the same bids twice, on a docket of few entries and on the same docket grown large."""
    with place.web() as web:
        fill(place, first=0, rows=size.rows_few)
        few = _cost(place, size, port=web.port)
        fill(place, first=size.rows_few, rows=size.rows_many)
        many = _cost(place, size, port=web.port)
    yield Measure(
        name=f"cost of a bid at {size.rows_many:,} docket rows", value=many, unit="µs", kind="ratio at most",
        target=1.2, yardstick=few, yardstick_name=f"the same at {size.rows_few:,} rows",
    )  # fmt: skip


def fill(place: Place, *, first: int, rows: int) -> None:
    """Fill the docket with entries numbered from ``first`` up to ``rows``, and let the database settle."""
    for begin in range(first, rows, _AT_ONCE):
        with place.platform.act() as act:
            # The guards that keep a docket whole would look each entry's forerunner up, for entries that have none.
            act.session.execute(text("SET LOCAL session_replication_role = replica"))
            act.session.execute(_FILL, {"first": begin, "last": min(begin + _AT_ONCE, rows) - 1})
    with place.platform.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE docket_entries"))
        connection.execute(text("CHECKPOINT"))


def _cost(place: Place, size: Size, *, port: int) -> float:
    """Return the microseconds a bid takes of the whole, at the best of some turns."""
    turns = [
        place.play("bid", port, count=CROWD, lot=0, seconds=size.seconds, warm_up=size.warm_up)
        for _ in range(size.turns)
    ]
    return round(1_000_000 / max(float(turn["a_second"]) for turn in turns), 1)
