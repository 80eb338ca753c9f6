"""Bids a second on one lot, and how long one bid takes; held against a bare echo and bare commits."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from statistics import fmean
from urllib.parse import parse_qs, urlsplit

from auction.edges.bench.measures import Measure
from auction.edges.bench.place import BenchFailedError, Place
from auction.edges.bench.size import Size
from auction.foundation.database.embedded_host import binaries_for, owner_of

CROWD, FEW = 64, 16
#: One bid as a transaction of its own, written by hand: what a batch is held against.
_ONE_BID = r"""
\set amount random(1, 1000000000)
BEGIN;
SELECT seq, hash, at FROM docket_heads WHERE chain = :chain FOR UPDATE;
SELECT seq FROM docket_entries WHERE chain = :chain AND public ->> 'bid_id' = md5(:amount::text)
  AND kind IN ('bid.accepted', 'bid.refused');
INSERT INTO docket_entries (chain, seq, at, kind, public, prev, hash, by)
  SELECT chain, seq + 1, now(), 'bid.accepted', jsonb_build_object('bid_id', gen_random_uuid()::text, 'code', 'K0000',
    'rank', NULL, 'amount_minor', :amount::bigint, 'received_at', at, 'ends_at', at, 'ms_to_end', :amount::bigint,
    'extended', false), hash, md5(:amount::text) || md5(hash), 'P' FROM docket_heads WHERE chain = :chain;
UPDATE docket_heads SET seq = seq + 1, hash = md5(:amount::text) || md5(hash), at = now() WHERE chain = :chain;
UPDATE biddings SET bids = bids + 1 WHERE lot_id = :lot;
COMMIT;
"""
_TPS = re.compile(r"tps = ([\d.]+) \(without")


def measure(place: Place, size: Size) -> Iterator[Measure]:
    """Measure the rate of 64 bidders and the wait of 16, each beside a bare echo in the same minute.

    The machine's own speed wanders: bids and echoes take turns, and the means of both are held against each other.
    """
    seconds = {"seconds": size.seconds, "warm_up": size.warm_up}
    with place.echo() as echo, place.web() as web:
        echoes, turns = [place.play("echo", echo.port, count=CROWD, **seconds)], []
        for _ in range(size.turns):
            turns.append(place.play("bid", web.port, count=CROWD, lot=0, **seconds))
            echoes.append(place.play("echo", echo.port, count=CROWD, **seconds))
        few_echoed = place.play("echo", echo.port, count=FEW, **seconds)
        few = place.play("bid", web.port, count=FEW, lot=0, **seconds)
    bare, rate = (round(fmean(one["a_second"] for one in plays), 1) for plays in (echoes, turns))
    told = ("a_second", "outcomes", "p50_ms", "p99_ms")
    detail = {"turns": [{name: turn[name] for name in told} for turn in turns]}
    yield Measure(
        name="durable bids a second, one lot, 64 bidders", value=rate, unit="bids/s", yardstick=bare,
        yardstick_name="bare Flask-SocketIO echo, 64 clients", kind="ratio at least", target=0.5, aim=1.0,
        detail=detail | {"echo": [one["a_second"] for one in echoes]},
    )  # fmt: skip
    commits = single_commits(place, size)
    yield Measure(
        name="durable bids a second against single commits", value=rate, unit="bids/s", yardstick=commits,
        yardstick_name="pgbench, the same transaction for each bid", kind="ratio at least", target=1.5,
    )  # fmt: skip
    yield Measure(
        name="bid to receipt, 16 bidders, 99 of 100", value=few["p99_ms"], unit="ms", kind="at most", target=50,
        yardstick=few_echoed["p99_ms"], yardstick_name="bare echo, 16 clients, 99 of 100",
        detail={"a_second": few["a_second"], "p50_ms": few["p50_ms"], "max_ms": few["max_ms"]},
    )  # fmt: skip


def single_commits(place: Place, size: Size) -> float:
    """Return how many single bids a second the database itself commits, at the best of a few numbers of clients."""
    script = place.data / "one_bid.sql"
    script.write_text(_ONE_BID, encoding="utf-8")
    return max(_pgbench(place, str(script), clients=clients, size=size) for clients in (1, 8))


def _pgbench(place: Place, script: str, *, clients: int, size: Size) -> float:
    parts = urlsplit(place.url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    pgbench = binaries_for(owner=owner_of(home=place.data)) / "pgbench"
    command = [
        str(pgbench), "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", "1", "-D", f"lot={place.lots[1]}",
        "-D", f"chain=lot:{place.lots[1]}",
        "-T", str(max(1, round(size.seconds))), "-h", host, "-U", parts.username or "postgres",
        parts.path.lstrip("/"),
    ]  # fmt: skip
    environment = {**os.environ, "PGPORT": parse_qs(parts.query).get("port", ["5432"])[0]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    found = _TPS.search(done.stdout)
    if found is None:
        raise BenchFailedError(f"pgbench: {done.stdout[-300:]} {done.stderr[-600:]}")
    return float(found[1])
