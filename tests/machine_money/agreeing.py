"""What holds about money after every step, and once everything is still."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import first_fault
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.queries import StatementLine
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from tests.machine_money.world import LOTS, World

_OWED = (Account.HELD, Account.REFUNDABLE, Account.FORFEITED, Account.PROCEEDS)
_ENDED_WELL = {DepositStatus.RELEASED, DepositStatus.APPLIED, DepositStatus.LAPSED, DepositStatus.FAILED}
_PAID = {SettlementStatus.PAID, SettlementStatus.RULED, SettlementStatus.DELIVERED}
#: More rounds than the longest chain of one order after the other takes.
_ROUNDS = 60


def check(world: World) -> None:
    """See that the books balance, agree with what they are about, and that each obligation was met once at most."""
    with world.read() as session:
        if world.unmoved(session):
            return
        lines = ledger.statement(session, case=world.sale.case)
        placed = treasury.orders_of_case(session, case=world.sale.case)
        made = [one for lot in LOTS for one in deposits.deposits_of_lot(session, lot=lot)]
        _balanced(lines)
        for deposit in made:
            _deposit(deposit, [one for one in placed if one.subject == deposit.id], lines)
        for lot in LOTS:
            _lot(session, lot, lines, made)


def _balanced(lines: list[StatementLine]) -> None:
    assert sum(line.minor for line in lines) == 0
    sums: dict[tuple[str, str | None, str | None], int] = defaultdict(int)
    for line in lines:
        sums[line.account, line.lot, line.holder] -= line.minor
    for (account, lot, holder), minor in sums.items():
        assert Account(account) not in _OWED or minor >= 0, f"{account} of {lot}, {holder} is {minor}"


def _deposit(deposit: DepositRecord, placed: list[OrderRecord], lines: list[StatementLine]) -> None:
    """Each payment goes one way; another comes only after the one before has gone back (a lot that is resumed)."""
    done = Counter(one.kind for one in placed if one.status is OrderStatus.DONE)
    gone = done[OrderKind.RELEASE] + done[OrderKind.APPLY]
    assert gone <= done[OrderKind.HOLD] <= done[OrderKind.RELEASE] + 1
    asked = Counter(one.kind for one in placed)
    assert asked[OrderKind.RELEASE] + asked[OrderKind.APPLY] <= done[OrderKind.HOLD], f"{deposit.id} goes two ways"
    own = [line for line in lines if line.holder == deposit.registration]
    held = -sum(line.minor for line in own if line.account == Account.HELD.value)
    assert held == (deposit.amount_minor if deposit.status is DepositStatus.HELD else 0)
    back = [line.reference for line in own if line.kind == "deposit.released" and line.account == "outside"]
    assert len(back) == done[OrderKind.RELEASE]
    if deposit.status is DepositStatus.RELEASED:
        assert back
        assert gone == done[OrderKind.HOLD]


def _lot(session: Session, lot: str, lines: list[StatementLine], made: list[DepositRecord]) -> None:
    entries = docket.entries(session, f"lot:{lot}")
    told = Counter((entry.kind, entry.public["code"]) for entry in entries if entry.kind.startswith("deposit."))
    assert all(times <= told["deposit.released", code] + 1 for (_, code), times in told.items()), told
    for found in bidding.registrations(session, lot):
        if found.status == "admitted":
            assert any(one.registration == found.id and one.held_at is not None for one in made)
    settled = settlements.settlement(session, lot)
    if settled is None:
        return
    proceeds = -sum(line.minor for line in lines if line.lot == lot and line.account == Account.PROCEEDS.value)
    if settled.status in _PAID:
        assert proceeds == settled.price_minor, f"{lot} is {settled.status} with {proceeds}"
    if settled.status is SettlementStatus.AWAITING_BALANCE:
        deposit = next(one for one in made if one.registration == settled.buyer_registration)
        lapse_told = any(entry.kind == "balance.raised" for entry in entries) or not deposit.lapsed_minor
        if lapse_told:
            assert settled.price_minor == settled.deposit_minor + settled.balance_minor
            assert settled.due_minor == settled.balance_minor - settled.balance_taken_minor


def come_to_rest(world: World) -> None:
    """Mend everything that is broken outside, let all lots end, and go on until nothing waits any more."""
    world.fate.next.clear()
    world.mend_stripe()
    left: list[OrderRecord] = []
    for _ in range(_ROUNDS):
        world.until(max(world.now + timedelta(hours=2), world.last_end() + timedelta(minutes=1)))
        world.bank_file()
        world.work_events()
        left = [one for one in world.orders() if one.status is OrderStatus.WAITING or _must_be_retried(one)]
        if not left and not world.pending_refunds() and not world.not_over():
            return
        _help(world)
    raise AssertionError(f"never still: {left}")


def _help(world: World) -> None:
    for lot in world.not_over():
        world.end(lot, "resume")
    for refund in world.pending_refunds():
        world.peer.book.settle_refund(refund, "succeeded")
    for order in world.orders():
        if _must_be_retried(order):
            assert world.retry(order.id) == "done"
        # A deposit nobody paid is taken back by the platform; a buyer who does not pay may wait for ever.
        if order.status is OrderStatus.WAITING and order.kind is OrderKind.CHARGE:
            world.give_up(order.id)
    for order in world.bank_orders():
        world.bank_books(order)
    world.bank_file()


def _must_be_retried(order: OrderRecord) -> bool:
    return order.status is OrderStatus.FAILED and not order.kind.inward


def check_at_rest(world: World) -> None:
    """See that the books and the outside agree payment by payment, and that nobody is owed a deposit."""
    check(world)
    ours: dict[tuple[str, str], int] = defaultdict(int)
    for one in world.orders():
        if one.status is OrderStatus.DONE:
            assert one.gateway
            own = one.gateway_reference or one.id
            change = one.done_minor if one.kind.inward else -one.amount_minor
            change = one.done_minor - one.amount_minor if one.kind is OrderKind.APPLY else change
            ours[one.gateway, own if one.kind.inward else one.origin or own] += change
    theirs: dict[tuple[str, str], int] = defaultdict(int)
    for gateway in (world.sandbox, world.stripe):
        for movement in gateway.movements():
            theirs[gateway.name, movement.payment] += movement.signed_minor
    for payment, minor in world.bank.values():
        theirs["bank", payment] += minor
    assert _nonzero(ours) == _nonzero(theirs)
    with world.read() as session:
        for lot in LOTS:
            assert first_fault(docket.entries(session, f"lot:{lot}")) is None
        outside = ledger.owed(session, account=Account.OUTSIDE, case=world.sale.case)
        made = [one for lot in LOTS for one in deposits.deposits_of_lot(session, lot=lot)]
    assert outside == sum(theirs.values())
    assert world.unworked_events() == set()
    assert {one.status for one in made} <= _ENDED_WELL, [one.status for one in made]


def _nonzero(sums: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {key: minor for key, minor in sums.items() if minor}
