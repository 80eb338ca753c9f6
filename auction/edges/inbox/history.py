"""History made by the ordinary commands at past instants: sample lots obey every rule and carry a true docket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from auction.edges.inbox.aftermath import settle_sale
from auction.edges.inbox.listings import Listing
from auction.edges.inbox.past import let_pass, move, past
from auction.edges.inbox.sample_people import Bench, People
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.calendar import SHANGHAI, day_of
from auction.foundation.kernel.roles import Actor
from auction.procedure.assets import commands as assets
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding import queries as standing
from auction.procedure.bidding.offers import Offer
from auction.procedure.cases import commands as cases
from auction.procedure.deposits import commands as deposits
from auction.procedure.lots import basis
from auction.procedure.lots import commands as lots
from auction.procedure.lots.rules import deposit_range
from auction.procedure.valuation import commands as valuation
from auction.rulebook import Round, rulebook

R = TypeVar("R")
Wanted = Literal["announced", "open", "closed"]

#: How long before the announcement each act of the court is done.
_OPENED, _SEIZED, _VALUED, _DRAFTED, _APPROVED, _TOLD = (timedelta(days=days) for days in (60, 50, 30, 9, 8, 5))
#: Between the failure of a round and the announcement of the next.
_BETWEEN_ROUNDS = timedelta(days=12)
_BIDS_MAX = 14
#: By then bidding is over, extensions and all.
_AFTER_THE_END = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a listing's life is to be told: what it is now, when its last round opens, who bids."""

    wanted: Wanted
    opens_at: datetime
    bids: int


class History:
    """One listing's life, from the opening of its case to the present."""

    def __init__(self, platform: Platform, *, people: People, bench: Bench, listing: Listing, now: datetime) -> None:
        self._platform = platform
        self._people = people
        self._bench = bench
        self._listing = listing
        self._now = now
        self._case = ""

    def make(self, plan: Plan) -> str:
        """Walk the road as planned and return the last round's lot."""
        rounds = (*self._listing.earlier_starts, (self._listing.round, self._listing.start_minor))
        openings = self._openings([round_ for round_, _ in rounds], plan.opens_at)
        first_announced = self._announced_at(rounds[0][0], openings[0])
        with past(self._platform, first_announced - _OPENED) as then:
            thing = self._open_case(then, first_announced)
            after: str | None = None
            for number, (round_, start) in enumerate(rounds):
                last = number == len(rounds) - 1
                after = self._announce(
                    then, thing=thing, round_=round_, start=start, opens=openings[number], after=after
                )
                if not last:
                    let_pass(then, lot=after, until=openings[number] + self._length(round_))
            if after is None:
                raise AssertionError
            self._live(then, lot=after, plan=plan)
            if plan.wanted == "closed":
                ended = openings[-1] + self._length(self._listing.round) + _AFTER_THE_END
                let_pass(then, lot=after, until=min(self._now, ended))
                settle_sale(then, lot=after, case=self._case, people=self._people, now=self._now)
            let_pass(then, lot=after, until=self._now)
        return after

    def _openings(self, rounds: Sequence[Round], last: datetime) -> list[datetime]:
        """Return when each round opens, so that each announcement follows the failure before it."""
        openings = [last]
        for later, earlier in zip(reversed(rounds), list(reversed(rounds))[1:], strict=False):
            failed = self._announced_at(later, openings[0]) - _BETWEEN_ROUNDS
            openings.insert(0, failed - self._length(earlier))
        return openings

    def _length(self, round_: Round) -> timedelta:
        return timedelta(days=60) if round_ == "sale" else timedelta(hours=24)

    def _announced_at(self, round_: Round, opens: datetime) -> datetime:
        """Return ten in the morning of the last day that leaves the whole announcement period."""
        days = rulebook().on(day_of(opens)).auction.notice_days(self._listing.kind, round_)
        morning = (
            (opens - timedelta(days=days)).astimezone(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
        )
        return morning - timedelta(days=1)

    def _open_case(self, then: Platform, announced: datetime) -> str:
        people, listing = self._people, self._listing
        amount = max(listing.reference_minor * 13 // 10 // 100 * 100, 1_000_000)
        secured = listing.kind == "immovable" and listing.row % 2 == 0
        case = self._do(
            then,
            people.officer,
            lambda act: cases.open_case(
                act,
                number=self._bench.next_number(act, court=people.court, code=listing.court_code, year=announced.year),
                court=people.court,
                debtor=self._bench.debtor(listing.row),
                claims=self._bench.claims(listing.row, amount_minor=amount),
            ),
        )
        self._case = case.id
        move(then, announced - _SEIZED)
        thing = self._do(
            then,
            people.officer,
            lambda act: assets.seize(
                act,
                case=case.id,
                kind=listing.kind,
                title=listing.title,
                category=listing.category,
                city=listing.city,
                facts={**listing.facts, "listing": listing.row, "mortgaged": secured},
            ),
        )
        move(then, announced - _VALUED)
        self._value(then, thing=thing.id, creditor=case.claims[0].id, debtor=case.debtor.person)
        return thing.id

    def _value(self, then: Platform, *, thing: str, creditor: str, debtor: str) -> None:
        """Negotiation fails, no official price exists, four platforms deliver: the mean is the reference price."""
        price, officer = self._listing.reference_minor, self._people.officer
        offers = [{"party": creditor, "amount_minor": price}, {"party": debtor, "amount_minor": price * 12 // 10}]
        self._do(then, officer, lambda act: valuation.value_by_negotiation(act, property=thing, offers=offers))
        self._do(
            then,
            officer,
            lambda act: valuation.value_by_directed_inquiry(
                act, property=thing, authority="不动产交易管理机构", amount_minor=None
            ),
        )
        off = price // 50
        results = [
            {"platform": name, "amount_minor": price + change}
            for name, change in (
                ("甲询价平台", off),
                ("乙询价平台", -off),
                ("丙询价平台", off // 2),
                ("丁询价平台", -(off // 2)),
            )
        ]
        self._do(then, officer, lambda act: valuation.value_by_online_inquiry(act, property=thing, results=results))

    def _announce(
        self, then: Platform, *, thing: str, round_: Round, start: int, opens: datetime, after: str | None
    ) -> str:
        people, listing = self._people, self._listing
        announced = self._announced_at(round_, opens)
        move(then, max(then.clock.now(), announced - _DRAFTED))
        low, high = deposit_range(rulebook().on(day_of(opens)), start_price_minor=start)
        drafted = self._do(
            then,
            people.officer,
            lambda act: lots.draft_lot(
                act,
                properties=[thing],
                start_price_minor=start,
                deposit_minor=min(max(listing.deposit_minor, low), high),
                increment_minor=listing.increment_minor,
                opens_at=opens,
                disclosure=self._bench.disclosure(listing),
                title=listing.title,
                after=after,
                sale=round_ == "sale",
                sample=listing.sample,
            ),
        )
        move(then, max(then.clock.now(), announced - _APPROVED))
        names = [member.name for member in people.panel]
        self._do(then, people.panel[0], lambda act: lots.approve_lot(act, lot=drafted.id, panel=names))
        move(then, announced - _TOLD)
        with then.read() as session:
            told = basis.to_be_told(session, lot=drafted)
        for person in told:
            with then.act(people.officer) as act:
                lots.notify(act, lot=drafted.id, person=person, how="served")
        move(then, announced)
        self._do(then, people.officer, lambda act: lots.announce(act, lot=drafted.id))
        return drafted.id

    def _live(self, then: Platform, *, lot: str, plan: Plan) -> None:
        """Admit bidders and let them bid, as far as the plan and the present allow."""
        crowd = self._bench.crowd(self._listing.row, count=min(4, max(2, plan.bids))) if plan.bids else ()
        if plan.bids or plan.wanted == "announced":
            move(then, min(self._now, plan.opens_at - timedelta(hours=20)))
        for bidder in crowd:
            self._admit(then, lot=lot, bidder=bidder)
        if plan.wanted == "announced" or not crowd:
            return
        let_pass(then, lot=lot, until=plan.opens_at)
        for number in range(min(plan.bids, _BIDS_MAX)):
            self._bid(then, lot=lot, bidder=crowd[number % len(crowd)], number=number, of=plan.bids)

    def _admit(self, then: Platform, *, lot: str, bidder: Actor) -> None:
        person = bidder.person or ""
        made = self._do(then, bidder, lambda act: bidding.register(act, lot=lot, person=person))
        self._do(
            then,
            bidder,
            lambda act: deposits.pay_deposit(act, lot=lot, registration=made.id, amount_minor=made.deposit_due_minor),
        )
        settle(then)

    def _bid(self, then: Platform, *, lot: str, bidder: Actor, number: int, of: int) -> None:
        with then.read() as session:
            state = standing.state(session, lot)
        left = state.ends_at - then.clock.now()
        last = number == min(of, _BIDS_MAX) - 1
        moment = state.ends_at - timedelta(minutes=2, seconds=11) if last else then.clock.now() + left / 9
        if moment >= self._now:
            return
        move(then, moment)
        offer = Offer(
            person=bidder.person or "",
            amount_minor=state.least_acceptable_minor + (number % 3) * state.lot.increment_minor,
            bid_id=f"sample-{number}",
            received_at=moment,
        )
        self._do(then, bidder, lambda act: bidding.bid(act, lot=lot, offer=offer))

    def _do(self, then: Platform, actor: Actor, what: Callable[[Act], R]) -> R:
        with then.act(actor) as act:
            return what(act)
