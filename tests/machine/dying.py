"""A process dies between two transactions of what follows from an act; the next sweep does the rest."""

from __future__ import annotations

from auction.foundation.docket import reactions
from auction.gateways.port import send
from auction.procedure.bidding import closing
from auction.procedure.bidding import queries as registrations
from auction.procedure.deposits import commands as deposits
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import orders
from tests.machine.world import Died, World

#: Where it dies: before a reaction is committed, or with an order claimed, or with an order carried out.
PLACES = ("in_a_reaction", "with_an_order_claimed", "with_an_order_carried_out")


def die(world: World, where: str) -> None:
    """Give something to follow up, take it up, die there, and come back to sweep again."""
    _close_something(world) if where == "in_a_reaction" else _pay_something(world)
    with world.cut_off():
        _half_done(world, where)
    world.until(world.now)


def _half_done(world: World, where: str) -> None:
    if where == "in_a_reaction":
        with world.platform.act() as act:
            reactions.run_one(act)
            raise Died
    with world.platform.act() as act:
        claimed = orders.claim_orders(act, limit=1)
    for order in claimed if where == "with_an_order_carried_out" else ():
        send(world.platform.gateways.of(None), order.instruction())
    raise Died


def _close_something(world: World) -> None:
    """Close the open lot that ends first, when nothing falls due before, and leave what follows from it."""
    ends = sorted(
        (lot.ends_at if lot.status == "open" else lot.opens_at, lot.status, lot.id)
        for there in world.seen().lots.values()
        for lot in there
        if lot.status in {"open", "announced"}
    )
    if ends and ends[0][1] == "open":
        at, _, lot = ends[0]
        world.stage.wait_in_queue(until=max(at, world.now))
        with world.platform.act() as act:
            closing.close_when_due(act, lot=lot)
        world.forget()


def _pay_something(world: World) -> None:
    """Ask for a balance or a deposit, and leave the order."""
    for settled in world.seen().settled.values():
        if settled.status is SettlementStatus.AWAITING_BALANCE and settled.due_minor:
            with world.platform.act() as act:
                settlement.pay_balance(act, lot=settled.lot, amount_minor=settled.due_minor)
            return
    open_ones = [lot for there in world.seen().lots.values() for lot in there if lot.status in {"announced", "open"}]
    for lot in open_ones:
        with world.stage.read() as session:
            waiting = [one for one in registrations.registrations(session, lot.id) if one.status == "registered"]
        for made in waiting:
            with world.platform.act() as act:
                deposits.pay_deposit(act, lot=lot.id, registration=made.id, amount_minor=made.deposit_due_minor)
            return
