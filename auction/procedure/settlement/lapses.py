"""A winner's deposit that did not come whole: what is missing is owed with the balance (法释〔2016〕18号 第25条).

The period for the balance stays as announced; finance of the court tells the buyer at once what he still owes and why.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases, of_cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.due import DueAct
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.lapses import LAPSED
from auction.procedure.settlement import keeping, rules
from auction.procedure.settlement.models import Settlement
from auction.procedure.settlement.rules import SettlementStatus
from auction.rulebook.carried import carries_out

RAISED = "balance.raised"
ARTICLE = "法释〔2016〕18号 第25条"


@carries_out("settlement.winner_deposit_transfer")
@reacts_to(LAPSED)
@command("raise_balance", by=())
def raise_balance(act: Act, *, entry: Entry) -> None:
    """Let the buyer owe with the balance what his deposit has not brought."""
    lot = entry.chain.removeprefix("lot:")
    lock(act, f"lot:{lot}")
    row = keeping.found(act, lot)
    if row is None or row.buyer_registration_id is None or row.status != SettlementStatus.AWAITING_BALANCE.value:
        return
    deposit = deposits.deposit_of(act.session, registration=row.buyer_registration_id)
    counted = deposit.counted_minor if deposit else 0
    missing = row.deposit_minor - counted
    if missing <= 0:
        return
    row.deposit_minor = counted
    row.balance_minor = rules.balance(price_minor=row.price_minor, deposit_minor=counted, credit_minor=row.credit_minor)
    append(act, f"lot:{lot}", RAISED, {"missing_minor": missing, "balance_minor": row.balance_minor})
    act.session.flush()
    keeping.mark_whole(act, row)


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the buyers who must be told that their balance has risen; done once the price is whole."""
    awaited = select(Settlement).where(
        Settlement.status == SettlementStatus.AWAITING_BALANCE.value,
        Settlement.buyer_registration_id.in_(deposits.lapsed_registrations()),
        Settlement.confirmed_at <= now,
        of_cases(Settlement.case_id, case),
    )
    return [_due(row) for row in session.scalars(awaited.order_by(Settlement.confirmed_at, Settlement.lot_id))]


def _due(row: Settlement) -> DueAct:
    return DueAct(
        what="tell_of_lapse",
        on=row.lot_id,
        by=row.balance_due_by,
        case=row.case_id,
        article=ARTICLE,
        zh=f"{row.confirmation_number}：保证金未能全部划入，余款已相应增加，请通知买受人补足",
        en=f"{row.confirmation_number}: the deposit did not come whole and the balance has risen; tell the buyer",
    )
