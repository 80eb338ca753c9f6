"""The road of one lot, walked with the ordinary commands: what tests of later steps start from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auction.edges.jobs.sweep import fall_due
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.gateways.clock import ManualClock
from auction.procedure.assets import commands as assets
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.offers import Offer
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.receipts import Receipt
from auction.procedure.cases import commands as cases
from auction.procedure.cases import queries as case_records
from auction.procedure.deposits import commands as deposits
from auction.procedure.identity import commands as identity
from auction.procedure.lots import commands as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.valuation import commands as valuation
from auction.rulebook import rulebook

YUAN = 100


def complete_disclosure() -> dict[str, str]:
    """Return every block that articles 13 and 14 and the guidance want, with the rulebook's standing words."""
    book = rulebook()
    return {one.key: one.text.zh for one in (*book.disclosure_blocks, *book.special_blocks, *book.reminders)}


@dataclass
class Road:
    """A case with one movable thing valued at 1,000,000 yuan, and what can be done with it."""

    platform: Platform
    kind: str = "movable"
    category: str = "vehicle"
    reference_minor: int = 1_000_000 * YUAN
    court: str = "T1"
    people: dict[str, Actor] = field(default_factory=dict)
    _bids: int = 0

    @property
    def clock(self) -> ManualClock:
        """The clock that only the test moves."""
        clock = self.platform.clock
        assert isinstance(clock, ManualClock)
        return clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def begin(self, *, claims: list[dict[str, object]] | None = None, debtor_kind: str = "natural_person") -> None:
        """Open case C1 of court T1, seize property P1 and fix its reference price."""
        with self.platform.act() as act:
            identity.add_court(act, id=self.court, name="北京市朝阳区人民法院", code="京0105", city="北京市")
        with self.platform.act() as act:
            cases.open_case(
                act,
                id="C1",
                number="（2025）京0105执1234号",
                court=self.court,
                debtor={"id": "D", "name": "赵某某", "kind": debtor_kind},
                claims=claims
                or [
                    {
                        "id": "K1",
                        "creditor": "甲银行股份有限公司",
                        "amount_minor": 2_000_000 * YUAN,
                        "kind": "ordinary",
                        "applicant": True,
                    }
                ],
            )
        self.seize("P1")

    def seize(self, thing: str) -> None:
        """Seize a thing of case C1 and value it by negotiation."""
        with self.platform.act() as act:
            assets.seize(
                act,
                id=thing,
                case="C1",
                kind=self.kind,
                title=f"测试财产 {thing}",
                city="北京市",
                category=self.category,
            )
        with self.platform.act() as act:
            offers = [{"party": party, "amount_minor": self.reference_minor} for party in ("K1", "D")]
            valuation.value_by_negotiation(act, property=thing, offers=offers)

    def draft(self, lot: str = "L1", *, properties: tuple[str, ...] = ("P1",), **terms: object) -> LotRecord:
        """Draft a lot on lawful terms: 700,000 start, 70,000 deposit, 5,000 increment, opening in 20 (40) days."""
        wait = 20 if self.kind == "movable" else 40
        given: dict[str, object] = {
            "start_price_minor": 700_000 * YUAN,
            "deposit_minor": 70_000 * YUAN,
            "increment_minor": 5_000 * YUAN,
            "opens_at": self.now + timedelta(days=wait),
            "disclosure": complete_disclosure(),
            **terms,
        }
        with self.platform.act() as act:
            return lots.draft_lot(act, id=lot, properties=list(properties), **given)  # type: ignore[arg-type]

    def announce(self, lot: str = "L1", **terms: object) -> LotRecord:
        """Draft, approve, notify and announce a lot; everyone to be told has waived the wait."""
        drafted = self.draft(lot, **terms)  # type: ignore[arg-type]
        with self.platform.act() as act:
            lots.approve_lot(act, lot=lot, panel=["甲法官", "乙法官", "丙法官"])
        people = {"D", *(one.person for one in drafted.priority), *self._creditors()}
        for person in sorted(people):
            with self.platform.act() as act:
                lots.notify(act, lot=lot, person=person, how="waived")
        with self.platform.act() as act:
            return lots.announce(act, lot=lot)

    def _creditors(self) -> set[str]:
        with self.platform.read() as session:
            return {claim.creditor_person for claim in case_records.case(session, "C1").claims}

    def person(self, name: str) -> Actor:
        """Return a bidder of that name, with a person on record."""
        if name not in self.people:
            with self.platform.act() as act:
                identity.enrol_person(act, id=name, name=f"竞买人{name}")
            with self.platform.act() as act:
                account = identity.open_account(
                    act,
                    id=f"U{name}",
                    login=f"bidder-{name}".lower(),
                    password=None,
                    name=name,
                    roles=[Role.BIDDER],
                    person=name,
                )
            self.people[name] = Actor(id=account.id, name=name, roles=frozenset({Role.BIDDER}), person=name)
        return self.people[name]

    def register(self, name: str, *, lot: str = "L1", **how: object) -> RegistrationRecord:
        """Register a person on a lot."""
        actor = self.person(name)
        with self.platform.act(actor) as act:
            return bidding.register(act, lot=lot, person=name, **how)  # type: ignore[arg-type]

    def admit(self, name: str, *, lot: str = "L1", **how: object) -> RegistrationRecord:
        """Register a person and pay the deposit through the gateway."""
        made = self.register(name, lot=lot, **how)
        with self.platform.act(self.people[name]) as act:
            deposits.pay_deposit(act, lot=lot, registration=made.id, amount_minor=made.deposit_due_minor)
        fall_due(self.platform, until=self.now)
        return made

    def bid(self, name: str, amount_minor: int, *, lot: str = "L1", bid_id: str | None = None) -> Receipt:
        """Bid at the present instant."""
        self._bids += 1
        offer = Offer(person=name, amount_minor=amount_minor, bid_id=bid_id or f"b{self._bids}", received_at=self.now)
        with self.platform.act(self.person(name)) as act:
            return bidding.bid(act, lot=lot, offer=offer)

    def wait_until(self, instant: datetime) -> None:
        """Let time pass; what falls due meanwhile happens."""
        fall_due(self.platform, until=instant)


def as_platform() -> Actor:
    """Return the platform itself."""
    return PLATFORM
