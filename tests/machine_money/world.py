"""A platform with three gateways, payers who do as they like, banks that answer late, and processes that die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.orm import Session

from auction.edges.inbox import cashier, payment_events
from auction.edges.jobs.sweep import fall_due
from auction.edges.platform import create_platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor
from auction.gateways.bank import BankGateway
from auction.gateways.choice import Gateways
from auction.gateways.clock import ManualClock
from auction.gateways.port import OrderKind, Receipt
from auction.gateways.sandbox import SandboxGateway
from auction.gateways.stripe_service.account import StripeAccount
from auction.gateways.stripe_service.gateway import StripeGateway
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding import stays
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement import default
from auction.procedure.settlement import queries as settlements
from auction.procedure.treasury import orders
from auction.procedure.treasury import payment_events as kept_events
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.settings import Settings
from tests.machine_money.mortal import Died, Fate, Mortal, MortalTogether
from tests.peers.stripe_events import signed
from tests.peers.stripe_faults import Json, StripeFault
from tests.peers.stripe_peer import StripePeer
from tests.peers.stripe_process import InProcess
from tests.procedure.selling import DEPOSIT_MINOR, INCREMENT_MINOR, ONE_CLAIM, START_MINOR, Sale, person_actor

BEGINS = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
BIDDERS = ("A", "B", "C")
LOTS = ("L1", "L2")
WAYS = ("sandbox", "stripe", "bank")
_FIELD_KEY = Fernet.generate_key().decode("ascii")
_OVER = {"closed", "withdrawn", "revoked"}
_SECRET = "whsec_stand_in"
_STATE = text(
    "SELECT md5(concat("
    "(SELECT max(position) FROM docket_entries), (SELECT max(id) FROM ledger_postings), "
    "(SELECT string_agg(status, ',' ORDER BY id) FROM money_orders), "
    "(SELECT string_agg(status, ',' ORDER BY id) FROM deposits), "
    "(SELECT string_agg(concat(status, balance_minor), ',' ORDER BY lot_id) FROM settlements)))"
)
_OPEN = {"requires_payment_method", "requires_confirmation"}


class World:
    """One database, one clock, three gateways; ``bank`` is what the bank has booked, by order: payment and fen."""

    def __init__(self, *, url: str, at: datetime = BEGINS) -> None:
        self.clock = ManualClock(at)
        self.fate = Fate()
        self.heard: set[str] = set()
        self._seen = ""
        self.bank: dict[str, tuple[str, int]] = {}
        self.peer = StripePeer(now=lambda: self.clock.now().timestamp())
        made = create_platform(_settings(), url, clock=self.clock, scratch=True)
        self.sandbox = SandboxGateway(made.database.engine, clock=self.clock)
        self.stripe = StripeGateway(_account(self.peer), http_client=InProcess(self.peer))
        gateways = (
            MortalTogether(self.sandbox, self.fate),
            MortalTogether(BankGateway(), self.fate),
            Mortal(self.stripe, self.fate),
        )
        chosen = Gateways(by_name={one.name: one for one in gateways}, default="sandbox")
        self.platform = replace(made, gateways=chosen)
        self.sale = Sale(self.platform)

    def begin(self) -> None:
        """Announce two lots, the second an hour after the first, and let the first open."""
        # More is owed than both lots bring, so that the sale of one does not stop the other.
        self.sale.open(claims=[{**ONE_CLAIM[0], "amount_minor": 10 * START_MINOR}])
        self.sale.announce("L1")
        self.until(self.now + timedelta(hours=1))
        self.sale.announce("L2")
        self.sale.until_open("L1")
        for person in BIDDERS:
            for lot in LOTS:
                self.sale.join(person, lot)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.platform.read() as session:
            yield session

    def unmoved(self, session: Session) -> bool:
        """Say whether no order, deposit, settlement, entry or posting has moved since this was asked before."""
        before, self._seen = self._seen, session.execute(_STATE).scalar_one()
        return before == self._seen

    def orders(self) -> list[OrderRecord]:
        with self.read() as session:
            return treasury.orders_of_case(session, case=self.sale.case)

    def waiting(self) -> list[OrderRecord]:
        return [one for one in self.orders() if one.status is OrderStatus.WAITING]

    # What the platform does

    def attempt(self, work: Callable[[], object]) -> str:
        """Do something in a process that may die of it, or see it refused; say which."""
        try:
            work()
        except Died:
            return "died"
        except Refusal as refusal:
            return refusal.code
        return "done"

    def act(self, actor: Actor, work: Callable[[Act], object]) -> str:
        def in_one() -> None:
            with self.platform.act(actor) as act:
                work(act)

        return self.attempt(in_one)

    def until(self, moment: datetime) -> str:
        return self.attempt(lambda: fall_due(self.platform, until=moment))

    def carry_out(self, order: str) -> str:
        return self.attempt(lambda: cashier.carry_out(self.platform, order))

    def give_up(self, order: str) -> str:
        return self.attempt(lambda: cashier.give_up(self.platform, order))

    def die_confirming(self, order: OrderRecord) -> None:
        """Let a process take an order up, carry it to the sandbox, and die before what it confirmed is committed."""

        def work() -> None:
            receipt = self.sandbox.send_many([order.instruction()])[0]
            with self.platform.act() as act:
                if isinstance(receipt, Receipt):
                    orders.confirm_order(act, order=order.id, receipt=receipt)
                raise Died

        self.attempt(work)

    # What people do

    def pay_deposit(self, lot: str, person: str, way: str) -> str | None:
        """Ask for a deposit to be paid a way; return the order that waits for it."""
        with self.read() as session:
            found = bidding.registration_of(session, lot=lot, person=person)
        assert found is not None
        made: list[str | None] = []
        self.act(
            person_actor(person),
            lambda act: made.append(
                pay_deposit(act, lot=lot, registration=found.id, amount_minor=DEPOSIT_MINOR, way=way).order
            ),
        )
        return made[0] if made else None

    def pay_balance(self, lot: str, way: str) -> str:
        with self.read() as session:
            found = settlements.settlement(session, lot)
        if found is None or not found.due_minor:
            return "nothing is due"
        due = found.due_minor
        return self.act(
            person_actor(found.buyer_person),
            lambda act: settlement.pay_balance(act, lot=lot, amount_minor=due, way=way),
        )

    def bid(self, lot: str, person: str) -> str:
        with self.read() as session:
            price = bidding.outcome(session, lot).price_minor
        amount = START_MINOR if price is None else price + INCREMENT_MINOR
        return self.attempt(lambda: self.sale.bid(person, amount, lot))

    def end(self, lot: str, how: str) -> str:
        """Withdraw the lot, revoke its sale, declare its buyer's default, or let it go on after a stay."""
        match how:
            case "resume":
                return self.act(PLATFORM, lambda act: stays.resume(act, lot=lot))
            case "withdraw":
                return self.act(PLATFORM, lambda act: stays.withdraw(act, lot=lot, ground="panel"))
            case "revoke":
                return self.act(PLATFORM, lambda act: stays.revoke(act, lot=lot, ground="31-1"))
            case _:
                return self.act(PLATFORM, lambda act: default.declare_default(act, lot=lot))

    def retry(self, order: str) -> str:
        return self.act(PLATFORM, lambda act: orders.retry_order(act, order=order))

    # What the outside does

    def payable(self) -> list[str]:
        """Return the payments at Stripe that a payer has been shown, and may still make."""
        shown = {one.gateway_reference for one in self.orders() if one.gateway == "stripe"}
        intents = [one["id"] for one in self.peer.book.intents.values() if one["status"] in {*_OPEN, "requires_action"}]
        sessions = [one["id"] for one in self.peer.book.sessions.values() if one["status"] == "open"]
        return [name for name in (*intents, *sessions) if name in shown]

    def payer_pays(self, name: str, *, number: str, agrees: bool) -> str:
        """Let a payer use a card, or answer his bank."""
        book = self.peer.book
        try:
            if name.startswith("cs_"):
                book.pay_session(name, number=number)
            elif book.intent(name)["status"] == "requires_action":
                book.authenticate(name, success=agrees)
            else:
                book.confirm(name, number=number)
        except StripeFault as fault:
            return str(fault.code or fault.kind)
        return "paid"

    def pending_refunds(self) -> list[str]:
        return [one["id"] for one in self.peer.book.refunds.values() if one["status"] == "pending"]

    def mend_stripe(self) -> None:
        """Let what was planned to go wrong at Stripe happen to nobody."""
        self.peer.forget_plans()
        self.peer.book.capture_at_most = None

    def hear(self, event: Json) -> None:
        """Be told of something at Stripe: acknowledged once it is kept, worked later."""
        body, signature = signed(event, secret=_SECRET)
        payment_events.take_in(self.platform, body=body, signature=signature, secret=_SECRET)
        self.heard.add(event["id"])

    def work_events(self) -> str:
        return self.attempt(lambda: payment_events.work(self.platform))

    def unworked_events(self) -> set[str]:
        """Return what was acknowledged and is not worked yet."""
        with self.read() as session:
            kept = [kept_events.event(session, gateway="stripe", name=one) for one in self.heard]
        return {one.id for one in kept if one.worked_at is None}

    def bank_books(self, order: OrderRecord) -> None:
        """Let the bank move an order's money; its file tells us of it afterwards, perhaps twice."""
        self.bank.setdefault(
            order.id, (order.origin or order.gateway_reference or order.id, order.instruction().signed_minor)
        )

    def bank_file(self, ids: Sequence[str] | None = None) -> None:
        """Import what the bank has booked, line by line."""
        with self.read() as session:
            found = [treasury.order(session, one) for one in (self.bank if ids is None else ids)]
        for order in found:
            if order.status is OrderStatus.FAILED:
                # Nobody waits for it any more: the desk for unmatched money sends it back.
                self.bank[order.id] = (self.bank[order.id][0], 0)
                continue
            reference = order.gateway_reference or order.id
            receipt = Receipt(order=order.id, gateway="bank", reference=reference, at=self.now)
            self.act(PLATFORM, partial(orders.confirm_order, order=order.id, receipt=receipt))

    def bank_returns(self, order: OrderRecord) -> str:
        """Let the bank say that an outward order cannot be carried out."""
        return self.act(PLATFORM, lambda act: orders.refuse_order(act, order=order.id, reason="account.closed"))

    def bank_orders(self) -> list[OrderRecord]:
        """Return the orders the bank has, and has not moved yet."""
        there = [one for one in self.waiting() if one.gateway == "bank" and one.kind is not OrderKind.APPLY]
        return [one for one in there if one.id not in self.bank]

    def may_bid(self) -> list[tuple[str, str]]:
        """Return who may bid now, by lot."""
        with self.read() as session:
            running = [lot for lot in LOTS if lots.lot(session, lot).status == "open"]
            made = [(lot, one) for lot in running for one in bidding.registrations(session, lot)]
        return [(lot, one.person) for lot, one in made if one.status == "admitted"]

    def owing(self) -> list[str]:
        """Return the lots whose buyer still has to pay."""
        with self.read() as session:
            found = [settlements.settlement(session, lot) for lot in LOTS]
        return [one.lot for one in found if one is not None and one.due_minor]

    def not_over(self) -> list[str]:
        """Return the lots whose bidding may go on; the platform itself defers what it was not there to close."""
        with self.read() as session:
            return [lot for lot in LOTS if lots.lot(session, lot).status not in _OVER]

    def last_end(self) -> datetime:
        with self.read() as session:
            return max(lots.lot(session, lot).ends_at for lot in LOTS)


def _account(peer: StripePeer) -> StripeAccount:
    return StripeAccount(
        secret_key=peer.secret_key,
        publishable_key=peer.publishable_key,
        webhook_secret=_SECRET,
        address="http://127.0.0.1",
    )


def _settings() -> Settings:
    return Settings(
        database_url=None,
        data_dir=Path(),
        demo=True,
        secret_key="a key of no consequence, long enough to be taken",
        field_key=_FIELD_KEY,
        clock_file=None,
        log_level="WARNING",
    )
