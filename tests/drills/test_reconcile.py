"""A hundred thousand done orders compared with the gateway: how long it takes."""

from __future__ import annotations

import sys
import time

import pytest
from sqlalchemy import text

from auction.edges.inbox.reconciling import reconcile
from auction.edges.platform import Platform

ORDERS = 100_000
SECONDS = 20.0

#: Every deposit is held and given back: two orders, two movements under one payment, two entries.
_ORDERS = """
    INSERT INTO money_orders (id, kind, purpose, subject_id, case_id, lot_id, amount_minor, currency, status, attempts,
                              next_attempt_at, gateway, gateway_reference, origin_reference, created_at, done_at)
    SELECT 'G' || n, CASE WHEN n % 2 = 0 THEN 'hold' ELSE 'release' END, 'deposit', 'D' || n / 2, 'C' || n % 500, 'L1',
           1000 + n / 2, 'CNY', 'done', 1, :at, 'sandbox', 'SB' || lpad(n::text, 12, '0'),
           CASE WHEN n % 2 = 1 THEN 'SB' || lpad((n - 1)::text, 12, '0') END, :at, :at
    FROM generate_series(2, :last) AS n
"""
_MOVEMENTS = """
    INSERT INTO sandbox_movements (order_id, kind, amount_minor, signed_minor, currency, case_id, origin, at, number)
    OVERRIDING SYSTEM VALUE
    SELECT id, kind, amount_minor, CASE kind WHEN 'hold' THEN amount_minor ELSE -amount_minor END, currency, case_id,
           origin_reference, :at, right(gateway_reference, 12)::bigint
    FROM money_orders
"""
_ENTRIES = """
    INSERT INTO ledger_entries (at, kind, reference, by)
    SELECT :at, 'deposit.' || kind, id, 'platform' FROM money_orders ORDER BY id
"""
_POSTINGS = """
    INSERT INTO ledger_postings (entry_id, account, case_id, lot_id, amount_minor)
    SELECT e.id, side.account, o.case_id, o.lot_id,
           side.sign * CASE o.kind WHEN 'hold' THEN 1 ELSE -1 END * o.amount_minor
    FROM ledger_entries e JOIN money_orders o ON o.id = e.reference,
         (VALUES ('outside', 1), ('held', -1)) AS side (account, sign)
"""


def _fill(platform: Platform, last: int) -> None:
    at = {"at": "2025-01-01T00:00:00+00:00"}
    with platform.act() as act:
        act.session.execute(text(_ORDERS), at | {"last": last})
        for statement in (_MOVEMENTS, _ENTRIES):
            act.session.execute(text(statement), at)
        # One transaction of this size would queue as many checks; they are the ledger's own drill.
        act.session.execute(text("SET LOCAL session_replication_role = replica"))
        act.session.execute(text(_POSTINGS))


@pytest.mark.slow
def test_a_hundred_thousand_orders_are_compared_in_time(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    _fill(platform, ORDERS + 1)
    begun, worked = time.monotonic(), time.process_time()
    report = reconcile(platform)
    took, worked = time.monotonic() - begun, time.process_time() - worked
    assert report.agrees, report.differences[:3]
    assert report.orders == report.movements == ORDERS
    with platform.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM sandbox_movements WHERE order_id = 'G50001'"))
    (one,) = reconcile(platform).differences
    assert one.order == "G50001"
    with capsys.disabled():
        sys.stdout.write(f"\n{ORDERS} orders reconciled in {took:.1f} s, {worked:.1f} s of them at work\n")
    assert took < SECONDS
