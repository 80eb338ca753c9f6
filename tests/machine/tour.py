"""One road past everything there is: each command done at least once, in an order the law has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from auction.procedure.distribution import queries as plans
from auction.procedure.objections import queries as objections
from tests.machine.walk import join, pay_out, put_up
from tests.machine.world import World

START = 70_000_000
_SECOND = timedelta(seconds=1)


def tour(world: World) -> Iterator[None]:
    """Walk the road; each stop is a place to see that everything holds."""
    world.begin(debtor_kind="natural_person", applicant_minor=200_000_000, secured=False)
    yield from _before_the_lot(world)
    yield from _stopped_and_resumed(world)
    yield from _defaulted(world)
    yield from _resold(world)
    yield from _distributed(world)
    yield from _set_off_and_revoked(world)
    yield from _failed(world)


def _done(world: World, verb: str, **given: object) -> None:
    refusal = world.do(verb, **given)
    assert refusal is None, f"{verb} {given}: {refusal}"


def _put_up(world: World, thing: str) -> str:
    before = set(world.seen().lots_by_id)
    put_up(world, thing)
    (lot,) = set(world.seen().lots_by_id) - before
    assert world.seen().lots_by_id[lot].status == "announced"
    return lot


def _join(world: World, lot: str, name: str, **how: object) -> None:
    join(world, world.seen().lots_by_id[lot], name, **how)


def _to_the_opening(world: World, lot: str) -> None:
    world.until(world.seen().lots_by_id[lot].opens_at)


def _to_the_end(world: World, lot: str) -> None:
    world.until(world.seen().lots_by_id[lot].ends_at)


def _before_the_lot(world: World) -> Iterator[None]:
    offers = [{"party": party, "amount_minor": 100_000_000} for party in ("D", "K1")]
    _done(world, "value_by_negotiation", property="P2", offers=offers)
    _done(world, "renew_control", property="P2")
    _done(world, "insist", property="P1", claim="K1")
    _done(world, "consent", case="C1", person="D", to="own_sale")
    _done(world, "record_payment", case="C1", by="D", amount_minor=1)
    yield


def _stopped_and_resumed(world: World) -> Iterator[None]:
    lot = _put_up(world, "P1")
    _done(world, "confirm_agent", lot=lot, bidder="C", agent="B")
    for name in ("A", "B", "C"):
        _join(world, lot, name)
    _done(world, "declare_ineligible", person="B", lot=lot, why="近亲属")
    _done(world, "suspend", lot=lot, ground="settlement_talks")
    _done(world, "resume", lot=lot)
    yield
    _done(world, "file_objection", objection="O1", by="B", kind="outsider", against="P1")
    _done(world, "decide_objection", objection="O1", upheld=False)
    yield
    with world.stage.read() as session:
        until = objections.objection(session, "O1").suit_until
    assert until is not None
    world.until(until + _SECOND)
    _done(world, "resume", lot=lot)
    _to_the_opening(world, lot)
    _done(world, "bid", lot=lot, bidder="A", amount_minor=START)
    _done(world, "defer", lot=lot, ground="panel")
    yield
    _done(world, "resume", lot=lot)
    _done(world, "bid", lot=lot, bidder="C", amount_minor=START)
    _done(world, "bid", lot=lot, bidder="A", amount_minor=START + 10_000_000)
    _done(world, "record_cost", case="C1", what="看样费", amount_minor=500_000, lot=lot)
    _to_the_end(world, lot)
    yield


def _defaulted(world: World) -> Iterator[None]:
    (settled,) = world.seen().settled.values()
    world.until(settled.balance_due_by + _SECOND)
    _done(world, "declare_default", lot=settled.lot)
    yield


def _resold(world: World) -> Iterator[None]:
    lot = _put_up(world, "P1")
    _join(world, lot, "B")
    _to_the_opening(world, lot)
    _done(world, "bid", lot=lot, bidder="B", amount_minor=START)
    _to_the_end(world, lot)
    yield
    (broken,) = set(world.seen().settled) - {lot}
    _done(world, "apply_forfeit", lot=broken)
    _done(world, "order_top_up", lot=broken)
    yield
    _done(world, "pay_balance", lot=lot, amount_minor=START - START // 10)
    for verb in ("rule", "serve_ruling", "hand_over"):
        _done(world, verb, lot=lot)
        yield


def _distributed(world: World) -> Iterator[None]:
    _done(world, "plan_distribution", case="C1")
    _done(world, "serve_plan", case="C1")
    _done(world, "object_to_plan", case="C1", by="D", claim="K2", amount_minor=1_000_000)
    _done(world, "oppose", case="C1", by="K2")
    _done(world, "sue", case="C1", by="D")
    yield
    pay_out(world, "C1")
    _done(world, "release_payout", case="C1")
    yield
    with world.stage.read() as session:
        found = plans.plan(session, case="C1")
    assert found is not None
    assert (found.status.value, found.escrow_minor) == ("paid", 1_000_000)


def _set_off_and_revoked(world: World) -> Iterator[None]:
    lot = _put_up(world, "P2")
    _join(world, lot, "K1", creditor_claim="K1")
    _to_the_opening(world, lot)
    _done(world, "bid", lot=lot, bidder="K1", amount_minor=START)
    _to_the_end(world, lot)
    _done(world, "decide_set_off", lot=lot, claim="K1")
    yield
    _done(world, "revoke", lot=lot, ground="31-1")
    world.until(world.now)
    yield
    again = _put_up(world, "P2")
    _done(world, "withdraw", lot=again, ground="panel")
    _done(world, "release", property="P2", ground="申请执行人撤回")
    yield


def _failed(world: World) -> Iterator[None]:
    lot = _put_up(world, "P3")
    _to_the_opening(world, lot)
    _to_the_end(world, lot)
    _done(world, "take_in_kind", lot=lot, claim="K3")
    yield
