"""Several orders at once: what becomes of ten thousand deposits costs a few statements, not ten thousand.

Each of these acts does what its counterpart in ``orders`` does for one; the caller gives orders of one lot or case, or
of as many as have few each, so that no lock is held for longer than that takes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.many import lock_many
from auction.gateways.port import Receipt, Underway
from auction.procedure.treasury.models import MoneyOrderRow
from auction.procedure.treasury.orders import PURPOSES, chain_of, mark_done, mark_underway
from auction.procedure.treasury.queries import order_record
from auction.procedure.treasury.rules import OrderStatus


@command("confirm_order", by=())
def confirm_orders(act: Act, *, receipts: Mapping[str, Receipt]) -> int:
    """Take note that the outside carried orders out, and do what follows; return how many were not known to be done."""
    rows = [row for row in _locked(act, receipts) if row.status != OrderStatus.DONE.value]
    for row in rows:
        mark_done(row, receipt=receipts[row.id], now=act.now)
    act.session.flush()
    for purpose, group in groupby(sorted(rows, key=lambda row: (row.purpose, row.id)), key=lambda row: row.purpose):
        answer, records = PURPOSES[purpose], [order_record(row) for row in group]
        if answer.together is not None:
            answer.together(act.as_platform(), orders=records)
        else:
            for record in records:
                answer.done(act.as_platform(), order=record)
    return len(rows)


@command("note_underway", by=())
def note_all_underway(act: Act, *, words: Mapping[str, Underway]) -> None:
    """Take note that the outside has taken orders; each is asked again after its rest."""
    for row in _locked(act, words):
        mark_underway(row, word=words[row.id], now=act.now)
    act.session.flush()


def _locked(act: Act, orders: Collection[str]) -> Sequence[MoneyOrderRow]:
    subjects = select(MoneyOrderRow.lot_id, MoneyOrderRow.case_id).where(MoneyOrderRow.id.in_(orders)).distinct()
    # The subjects' locks come first, as in every command, so that two acts never wait for each other.
    lock_many(act, [chain_of(lot=found.lot_id, case=found.case_id) for found in act.session.execute(subjects)])
    return act.session.scalars(
        select(MoneyOrderRow)
        .where(MoneyOrderRow.id.in_(orders))
        .order_by(MoneyOrderRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
