"""A case with lots up to the hammer, made by the ordinary commands, for tests of what comes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from auction.edges.jobs.sweep import fall_due, settle
from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.gateways.clock import ManualClock
from auction.procedure.assets.commands import seize
from auction.procedure.bidding import closing
from auction.procedure.bidding import commands as bidding
from auction.procedure.bidding.offers import Offer
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.cases.commands import open_case
from auction.procedure.deposits.commands import DepositPaid, pay_deposit
from auction.procedure.deposits.queries import CaseMoney, money
from auction.procedure.identity.commands import add_court, enrol_person
from auction.procedure.identity.queries import find_person
from auction.procedure.lots import basis
from auction.procedure.lots import commands as lots
from auction.procedure.lots import queries as lot_queries
from auction.procedure.valuation.commands import value_by_appraisal
from auction.rulebook import rulebook

START_MINOR = 70_000_000
DEPOSIT_MINOR = 7_000_000
INCREMENT_MINOR = 500_000
ONE_CLAIM = ({"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True},)


def person_actor(person: str) -> Actor:
    """Return a bidder's account."""
    return Actor(id=f"U-{person}", name=person, roles=frozenset({Role.BIDDER}), person=person)


@dataclass
class Sale:
    """One case of a running platform, with verbs that tests can tell a story by."""

    platform: Platform
    case: str = "C1"
    numbers: count[int] = field(default_factory=lambda: count(1))

    def open(
        self,
        *,
        claims: Sequence[Mapping[str, Any]] = ONE_CLAIM,
        debtor_kind: str = "natural_person",
        serial: int = 1234,
    ) -> None:
        with self.platform.act(PLATFORM) as act:
            add_court(act, name="北京市朝阳区人民法院", id="T1")
        with self.platform.act(PLATFORM) as act:
            debtor = {"id": f"D-{self.case}", "name": "赵某" if debtor_kind == "natural_person" else "某某有限公司"}
            open_case(
                act,
                id=self.case,
                number=f"（2025）京0105执{serial}号",
                court="T1",
                debtor=debtor | {"kind": debtor_kind},
                claims=claims,
            )

    def announce(self, lot: str = "L1", *, balance_days: int = 10, living_setaside_minor: int | None = None) -> None:
        """Seize a movable, value it, and announce it as a lot that opens in 16 days."""
        thing = lot.replace("L", "P")
        now = self.platform.clock.now()
        with self.platform.act(PLATFORM) as act:
            seize(
                act,
                case=self.case,
                kind="movable",
                title=f"车辆 {thing}",
                city="北京",
                id=thing,
                living_setaside_minor=living_setaside_minor,
            )
        with self.platform.act(PLATFORM) as act:
            value_by_appraisal(
                act,
                property=thing,
                agency="评估公司",
                amount_minor=100_000_000,
                valid_until=now + timedelta(days=300),
                agreed=True,
            )
        with self.platform.act(PLATFORM) as act:
            lots.draft_lot(
                act,
                id=lot,
                properties=[thing],
                start_price_minor=START_MINOR,
                deposit_minor=DEPOSIT_MINOR,
                increment_minor=INCREMENT_MINOR,
                opens_at=now + timedelta(days=16),
                balance_days=balance_days,
                disclosure=_everything(now),
            )
        with self.platform.act(PLATFORM) as act:
            lots.approve_lot(act, lot=lot, panel=["甲", "乙", "丙"])
            for person in basis.to_be_told(act.session, lot=lot_queries.lot(act.session, lot)):
                lots.notify(act, lot=lot, person=person, how="waived")
            lots.announce(act, lot=lot)

    def join(self, person: str, lot: str = "L1", *, claim: str | None = None) -> RegistrationRecord:
        """Enrol a person once and register it on a lot."""
        with self.platform.act(PLATFORM) as act:
            if claim is None and not _known(act, person):
                enrol_person(act, name=f"买家{person}", id=person)
        with self.platform.act(person_actor(person)) as act:
            return bidding.register(act, lot=lot, person=person, creditor_claim=claim)

    def deposit(self, found: RegistrationRecord, amount_minor: int = DEPOSIT_MINOR) -> DepositPaid:
        with self.platform.act(person_actor(found.person)) as act:
            return pay_deposit(act, lot=found.lot, registration=found.id, amount_minor=amount_minor)

    def admit(self, person: str, lot: str = "L1") -> RegistrationRecord:
        found = self.join(person, lot)
        self.deposit(found)
        settle(self.platform)
        return found

    def bid(self, person: str, amount_minor: int, lot: str = "L1") -> None:
        now = self.platform.clock.now()
        offer = Offer(person=person, amount_minor=amount_minor, bid_id=f"b{next(self.numbers)}", received_at=now)
        with self.platform.act(person_actor(person)) as act:
            bidding.bid(act, lot=lot, offer=offer)

    def until_open(self, lot: str = "L1") -> None:
        with self.platform.read() as session:
            opens_at = lot_queries.lot(session, lot).opens_at
        self.until(opens_at)

    def until_closed(self, lot: str = "L1") -> datetime:
        """Let the lot close, and return when it did."""
        with self.platform.read() as session:
            ends_at = lot_queries.lot(session, lot).ends_at
        self.until(ends_at)
        return ends_at

    def close_only(self, lot: str = "L1") -> None:
        """Close the lot without anything that follows from it."""
        with self.platform.read() as session:
            ends_at = lot_queries.lot(session, lot).ends_at
        clock = self.platform.clock
        assert isinstance(clock, ManualClock)
        clock.set(ends_at)
        with self.platform.act(PLATFORM) as act:
            closing.close_lot(act, lot=lot)

    def until(self, moment: datetime) -> None:
        fall_due(self.platform, until=moment)
        settle(self.platform)

    def after(self, **span: float) -> datetime:
        moment = self.platform.clock.now() + timedelta(**span)
        self.until(moment)
        return moment

    def sold(self, lot: str = "L1", *, price_minor: int = START_MINOR, losers: Sequence[str] = ("B",)) -> datetime:
        """Let A win the lot at a price, and return when it closed."""
        for person in ("A", *losers):
            self.admit(person, lot)
        self.until_open(lot)
        self.bid("A", price_minor, lot)
        return self.until_closed(lot)

    def money(self) -> CaseMoney:
        with self.platform.read() as session:
            return money(session, case=self.case)


def _known(act: Act, person: str) -> bool:
    return find_person(act.session, person) is not None


def _everything(now: datetime) -> dict[str, str]:
    rules = rulebook().on(now.date())
    return dict.fromkeys(
        (one.key for one in (*rules.disclosure_blocks, *rules.special_blocks, *rules.reminders)), "已如实公开"
    )
