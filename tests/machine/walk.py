"""What may lawfully come next, so that the deep states of the road are reached often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.bidding import queries as bidding
from auction.procedure.distribution import queries as plans
from auction.procedure.distribution.disputed import Stand
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.lots.queries import LotRecord
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.settlement.rules import SettlementStatus
from tests.machine.world import BIDDERS, CASES, World

#: A step and what it is called in a failing run.
Step = tuple[str, Callable[[], object]]
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_LATE = timedelta(minutes=2)
_AFTER = {"first": (12, False), "second": (12, True)}
_CLAIMS = {"C1": ("K1", "K2"), "C2": ("K3",)}
_LIVE = {"draft", "approved", "announced", "open", "deferred", "suspended"}


def next_steps(world: World) -> list[Step]:
    """Return every step that the road has ready, in an order that depends on the state alone."""
    seen = world.seen()
    found: list[Step] = []
    with world.stage.read() as session:
        for case in CASES:
            for thing in seen.things[case]:
                found.extend(_with_the_thing(world, thing))
            for lot in seen.lots[case]:
                found.extend(_with_the_lot(world, session, lot))
            found.extend(_with_objections(world, session, case))
            found.extend(_with_the_money(world, session, case))
    return found


def _with_the_thing(world: World, thing: PropertyRecord) -> Iterator[Step]:
    if thing.status != "seized" or thing.holds:
        return
    before = [lot for lot in world.seen().lots[thing.case] if thing.id in lot.properties]
    if any(lot.status in _LIVE or _being_settled(world, lot) for lot in before):
        return
    failed = [lot for lot in before if lot.outcome == "unsold" and lot.round in _AFTER]
    followed = {lot.after for lot in before if lot.status != "withdrawn" and lot.defaulted_at is None}
    after = next((lot for lot in reversed(failed) if lot.id not in followed), None)
    yield f"put up {thing.id} {after.id if after else ''}", lambda: put_up(world, thing.id, after=after)


def _being_settled(world: World, lot: LotRecord) -> bool:
    there = world.seen().settled.get(lot.id)
    return there is not None and there.status not in {SettlementStatus.DEFAULTED, SettlementStatus.REVOKED}


def put_up(world: World, thing: str, *, after: LotRecord | None = None) -> None:
    """Draft, approve, tell everybody and announce; whoever is refused on the way leaves it there."""
    lot = f"L{next(world.numbers)}"
    days, sale = _AFTER[after.round] if after else (16, False)
    start = 70_000_000 if after is None else (after.start_price_minor * 4 + 4) // 5
    if sale and after is not None:
        start = after.start_price_minor
    terms: dict[str, object] = {"after": after.id, "sale": sale} if after else {}
    refused = world.do(
        "draft_lot", lot=lot, properties=[thing], start_price_minor=start, deposit_minor=start // 10,
        increment_minor=500_000, opens_at=(world.now + timedelta(days=days)).isoformat(), disclosure="complete",
        priority=[{"person": "C", "rank": 1, "reason": "承租人"}], balance_days=3, **terms,
    )  # fmt: skip
    if refused or world.do("approve_lot", lot=lot, panel=["甲", "乙", "丙"]):
        return
    for person in ("D", "K3", "C") if thing == "P3" else ("D", "K1", "K2", "C"):
        world.must("notify", lot=lot, person=person, how="waived")
    world.do("announce", lot=lot)


def _with_the_lot(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    match lot.status:
        case "draft" | "approved":
            yield f"announce {lot.id}", lambda: _announce(world, lot)
        case "announced":
            yield from _joining(world, session, lot)
            yield f"to the opening of {lot.id}", lambda: world.until(lot.opens_at)
        case "open":
            offers = list(_bidding(world, session, lot))
            yield from offers
            if not offers or lot_has_bids(session, lot):
                yield from _joining(world, session, lot)
                yield f"to the end of {lot.id}", lambda: world.until(lot.ends_at)
        case "deferred" | "suspended":
            yield f"resume {lot.id}", lambda: world.do("resume", lot=lot.id)
        case "closed":
            yield from _after_the_close(world, session, lot)
        case _:
            return


def _announce(world: World, lot: LotRecord) -> None:
    if lot.status == "draft":
        world.do("approve_lot", lot=lot.id, panel=["甲", "乙", "丙"])
    world.do("announce", lot=lot.id)


def lot_has_bids(session: Session, lot: LotRecord) -> bool:
    """Say whether a lot will be sold."""
    return bidding.outcome(session, lot.id).price_minor is not None


def _joining(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    there = {one.person for one in bidding.registrations(session, lot.id)}
    for name in BIDDERS:
        if world.stage.person(name) not in there:
            yield f"{name} joins {lot.id}", partial(join, world, lot, name)
    own = "K1" if lot.case == "C1" else "K3"
    if world.stage.person(own) not in there:
        yield f"{own} joins {lot.id}", lambda: join(world, lot, own, creditor_claim=own)


def join(world: World, lot: LotRecord, name: str, **how: object) -> None:
    """Register a person, with his confirmed rank where he has one, and pay what is due."""
    priority = {"as_priority": True} if any(one.person == world.stage.person(name) for one in lot.priority) else {}
    if world.do("register", lot=lot.id, bidder=name, **priority, **how):
        return
    with world.stage.read() as session:
        made = bidding.registration_of(session, lot=lot.id, person=world.stage.person(name))
    assert made is not None
    world.do("pay_deposit", lot=lot.id, bidder=name, amount_minor=made.deposit_due_minor)


def _bidding(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    standing = bidding.standing(session, lot)
    for one in bidding.registrations(session, lot.id):
        if one.status == "admitted" and one.id != standing.leader:
            name, least = world.stage.name_of(one.person) or one.person, standing.least_acceptable_minor
            yield f"{name} bids on {lot.id}", partial(world.do, "bid", lot=lot.id, bidder=name, amount_minor=least)
            if lot.ends_at - world.now > _LATE:
                yield f"{name} bids late on {lot.id}", partial(_late_bid, world, lot, name=name, least=least)


def _late_bid(world: World, lot: LotRecord, *, name: str, least: int) -> None:
    world.until(lot.ends_at - _LATE)
    world.do("bid", lot=lot.id, bidder=name, amount_minor=least)


def _after_the_close(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    if lot.outcome == "sold" or lot.id in world.seen().settled:
        yield from _after_the_sale(world, session, lot)
        return
    if any(one.after == lot.id for one in world.seen().lots[lot.case]):
        return
    for claim in _CLAIMS[lot.case]:
        yield f"{claim} takes {lot.id}", partial(world.do, "take_in_kind", lot=lot.id, claim=claim)


def _after_the_sale(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    settled = world.seen().settled.get(lot.id)
    if settled is None:
        yield "a day passes", lambda: world.until(world.now + _DAY)
        return
    match settled.status:
        case SettlementStatus.AWAITING_BALANCE:
            yield from _awaiting(world, lot, settled)
        case SettlementStatus.PAID:
            yield f"rule on {lot.id}", lambda: world.do("rule", lot=lot.id)
        case SettlementStatus.RULED if settled.ruling_served_at is None:
            yield f"serve {lot.id}", lambda: world.do("serve_ruling", lot=lot.id)
        case SettlementStatus.RULED:
            yield f"hand over {lot.id}", lambda: world.do("hand_over", lot=lot.id)
        case SettlementStatus.DEFAULTED:
            yield from _after_the_default(world, session, lot)
        case _:
            return


def _awaiting(world: World, lot: LotRecord, settled: SettlementRecord) -> Iterator[Step]:
    due = settled.due_minor
    if world.now <= settled.balance_due_by:
        yield f"pay {lot.id}", lambda: world.do("pay_balance", lot=lot.id, amount_minor=due)
        late = settled.balance_due_by + _SECOND
        yield f"until {lot.id} is overdue", lambda: world.until(late)
    else:
        yield f"{lot.id} has defaulted", lambda: world.do("declare_default", lot=lot.id)
    own = {world.stage.person(name): name for name in ("K1", "K3")}.get(settled.buyer_person)
    if own is not None and settled.credit_claim is None and settled.way == "auction":
        yield f"set {lot.id} off", lambda: world.do("decide_set_off", lot=lot.id, claim=own)


def _after_the_default(world: World, session: Session, lot: LotRecord) -> Iterator[Step]:
    forfeit = settlements.forfeit(session, lot.id)
    if forfeit is None or forfeit.forfeited_minor == 0:
        return
    seen = world.seen()
    resold = [one for there in seen.lots.values() for one in there if set(one.properties) & set(lot.properties)]
    if forfeit.applied_at is None and any(
        one.drafted_at > lot.drafted_at and _being_settled(world, one) for one in resold
    ):
        yield f"apply {lot.id}", lambda: world.do("apply_forfeit", lot=lot.id)
    if forfeit.top_up_minor is None and forfeit.uncovered_minor:
        yield f"top up {lot.id}", lambda: world.do("order_top_up", lot=lot.id)


def _with_the_money(world: World, session: Session, case: str) -> Iterator[Step]:
    there = plans.plan(session, case=case)
    if there is None or there.status is PlanStatus.PAID:
        paid = settlements.paid(session, by=world.now, case=case)
        if len(paid) > sum(one.status is PlanStatus.PAID for one in plans.plans(session, case=case)):
            yield f"plan {case}", lambda: world.do("plan_distribution", case=case)
        return
    match there.status:
        case PlanStatus.DRAFTED:
            yield f"serve the plan of {case}", lambda: world.do("serve_plan", case=case)
        case PlanStatus.SERVED:
            yield from _disputing(world, session, case)
            yield f"pay out {case}", lambda: pay_out(world, case)
        case PlanStatus.FINAL:
            yield f"release {case}", lambda: world.do("release_payout", case=case)
        case _:
            return


def _disputing(world: World, session: Session, case: str) -> Iterator[Step]:
    there = plans.plan(session, case=case)
    claims = {"C1": ("K1", "K2"), "C2": ("K3", "D")}[case]
    if there is None or there.objection_until is None or world.now > there.objection_until:
        return
    raised = plans.objections(session, plan=there.id)
    for one in raised:
        who = world.stage.name_of(one.objector) or one.objector
        if one.objection.stand(world.now) is Stand.RAISED:
            yield (
                f"oppose {who}",
                lambda w=who: world.do(  # type: ignore[misc]
                    "oppose", case=case, by=claims[0] if w != claims[0] else claims[1]
                ),
            )
        if one.objection.stand(world.now) is Stand.OPPOSED:
            yield f"{who} sues", partial(world.do, "sue", case=case, by=who)
    if not raised:
        share = next((line.to for line in there.lines if line.to in claims), None)
        by = next((name for name in ("D", *claims) if name != share), "D")
        if share is not None:
            yield f"{by} objects", lambda: world.do("object_to_plan", case=case, by=by, claim=share)


def pay_out(world: World, case: str) -> None:
    with world.stage.read() as session:
        there = plans.plan(session, case=case)
        if there is None or there.objection_until is None:
            return
        raised = [one.objection for one in plans.objections(session, plan=there.id)]
        ends = [there.objection_until, *(one.suit_until or one.opposition_until for one in raised)]
    world.until(max(ends) + _SECOND)
    world.do("pay_out", case=case)


def _with_objections(world: World, session: Session, case: str) -> Iterator[Step]:
    for one in objections.of_case(session, case=case):
        if one.status == "pending":
            yield (
                f"reject {one.id}",
                partial(world.do, "decide_objection", objection=one.id, upheld=False),
            )
        elif one.suit_until is not None and world.now <= one.suit_until:
            until = one.suit_until + _SECOND
            yield f"until nobody sues over {one.id}", partial(world.until, until)
