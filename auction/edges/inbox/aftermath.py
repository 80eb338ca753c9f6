"""What follows a sale in a made history: balance, ruling, hand-over, distribution, as far as the present allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from auction.edges.inbox.past import move
from auction.edges.inbox.sample_people import People
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import commands as cases
from auction.procedure.distribution import commands as distribution
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import queries as settlements

_Step = tuple[timedelta, Actor, Callable[[Act], object]]


def settle_sale(then: Platform, *, lot: str, case: str, people: People, now: datetime) -> None:
    """Pay, rule, serve, hand over, plan, release: each a few days after the one before, none later than now."""
    with then.read() as session:
        sold = settlements.settlement(session, lot)
        result = bidding.outcome(session, lot)
        buyer = bidding.registration(session, result.winner) if result.winner else None
    if sold is None or buyer is None or result.closed_at is None:
        return
    winner = Actor(id=buyer.account or "", name=buyer.code, roles=frozenset({Role.BIDDER}), person=buyer.person)
    moment = result.closed_at
    for pause, actor, act_of in _steps(lot, case=case, people=people, winner=winner, balance_minor=sold.balance_minor):
        moment += pause
        if moment > now:
            return
        move(then, moment)
        with then.act(actor) as act:
            act_of(act)
        settle(then)


def _steps(lot: str, *, case: str, people: People, winner: Actor, balance_minor: int) -> list[_Step]:
    days = timedelta
    officer = people.officer
    return [
        (days(days=3), winner, lambda act: settlement.pay_balance(act, lot=lot, amount_minor=balance_minor)),
        (days(days=2), officer, lambda act: settlement.rule(act, lot=lot)),
        (days(days=2), officer, lambda act: settlement.serve_ruling(act, lot=lot)),
        (days(days=5), officer, lambda act: settlement.hand_over(act, lot=lot)),
        (
            days(hours=2),
            officer,
            lambda act: cases.record_cost(act, case=case, what="询价费、公告费", amount_minor=120_000, lot=lot),
        ),
        (days(hours=2), officer, lambda act: distribution.plan_distribution(act, case=case)),
        (days(days=1), officer, lambda act: distribution.serve_plan(act, case=case)),
        (days(days=20), people.finance, lambda act: distribution.pay_out(act, case=case)),
        (days(hours=3), people.head, lambda act: distribution.release_payout(act, case=case)),
    ]
