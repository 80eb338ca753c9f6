"""A sale that is paid by bank: the court's account, its finance and head, and a bank that tells what moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auction.edges.inbox.bank_import import import_file
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.rules import Account
from auction.gateways.bank import creditor_reference
from auction.gateways.port import OrderKind
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.commands import pay_deposit
from auction.procedure.treasury import bank_lines, ways
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.bank_lines import ImportRecord, LineRecord
from auction.procedure.treasury.bank_rules import clearing
from auction.procedure.treasury.queries import OrderRecord
from tests.peers.bank import ACCOUNT, Told, camt, yuan
from tests.procedure.selling import DEPOSIT_MINOR, Sale, person_actor

FINANCE = Actor(id="U-finance", name="财务", roles=frozenset({Role.FINANCE}), court="T1")
SECOND = Actor(id="U-second", name="财务二", roles=frozenset({Role.FINANCE}), court="T1")
OFFICER = Actor(id="U-officer", name="执行员", roles=frozenset({Role.OFFICER}), court="T1")
HEAD = Actor(id="U-head", name="局长", roles=frozenset({Role.HEAD}), court="T1")
ELSEWHERE = Actor(id="U-other", name="外院财务", roles=frozenset({Role.FINANCE}), court="T2")


@dataclass
class Banking:
    """A sale and the bank beside it."""

    sale: Sale

    @property
    def platform(self) -> Platform:
        return self.sale.platform

    def open(self) -> None:
        self.sale.open()
        self.sale.announce()
        with self.platform.act(PLATFORM) as act:
            ways.set_court_account(
                act,
                court="T1",
                holder="北京市朝阳区人民法院",
                number=ACCOUNT,
                bank="某某银行",
                bank_code="102100099996",
            )
            for purpose in ("deposit", "balance", "payout"):
                ways.set_ways(act, court="T1", purpose=purpose, ways=[{"gateway": "bank"}])

    def asked(self, person: str) -> OrderRecord:
        """Let a person register and ask to pay his deposit by bank; return the order that waits for it."""
        found = self.sale.join(person)
        with self.platform.act(person_actor(person)) as act:
            pay_deposit(act, lot="L1", registration=found.id, amount_minor=DEPOSIT_MINOR, way="bank")
        settle(self.platform)
        return self.order(found)

    def order(self, found: RegistrationRecord, kind: OrderKind = OrderKind.HOLD) -> OrderRecord:
        with self.platform.read() as session:
            deposit = deposits.deposit_of(session, registration=found.id)
            assert deposit is not None
            return [one for one in treasury.orders_of(session, subject=deposit.id) if one.kind is kind][-1]

    def payment(self, order: OrderRecord, **changes: Any) -> Told:  # noqa: ANN401 - a field of any type
        """Return the transfer that pays an order, or one like it."""
        said: dict[str, Any] = {
            "yuan": yuan(order.amount_minor),
            "reference": f"B-{order.id}",
            "name": f"买家{order.party}",
            "creditor_reference": creditor_reference(order.id),
        }
        return Told(**(said | changes))

    def told(self, *lines: Told, actor: Actor = FINANCE, kind: str = "054") -> ImportRecord:
        return import_file(self.platform, camt(*lines, kind=kind), court="T1", actor=actor)

    def desk(self) -> list[LineRecord]:
        with self.platform.read() as session:
            return bank_lines.unmatched(session, court="T1")

    def line(self, line: str) -> LineRecord:
        with self.platform.read() as session:
            return bank_lines.line(session, line)

    def status(self, order: OrderRecord) -> str:
        with self.platform.read() as session:
            return str(treasury.order(session, order.id).status)

    def unclaimed(self) -> int:
        with self.platform.read() as session:
            return ledger.owed(session, account=Account.UNCLAIMED)

    def in_clearing(self) -> int:
        with self.platform.read() as session:
            return ledger.owed(session, account=Account.OUTSIDE, case=clearing("T1"))

    def in_case(self) -> int:
        with self.platform.read() as session:
            return ledger.owed(session, account=Account.OUTSIDE, case="C1")
