"""What holds after every step, whatever was done before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import GENESIS, Entry, first_fault
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.queries import StatementLine
from auction.foundation.ledger.rules import Account
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.cases.payments import PAYMENT_KIND
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.distribution import outdated
from auction.procedure.distribution import queries as plans
from auction.procedure.distribution.queries import PlanRecord
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.distribution.rules import Part
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.retelling import standing_after
from auction.procedure.publicity.rules import verify
from auction.procedure.settlement import claims as settled_claims
from auction.procedure.settlement import queries as settlements
from auction.procedure.settlement.rules import SettlementStatus
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.rules import OrderStatus
from tests.machine.world import CASES, THINGS, World

_IN_ONE_LOT = {"approved", "announced", "open", "deferred", "suspended"}
_NEVER_OWING = (Account.HELD, Account.REFUNDABLE, Account.FORFEITED, Account.PROCEEDS, Account.ESCROW)
_A_DAY = timedelta(hours=24)


class Holding:
    """The invariants, and how far each docket has been read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._seen: Mapping[str, str] = {}
        self._records: dict[str, CaseRecord] = {}
        self._drafted: set[datetime] = set()

    def check(self) -> None:
        """See that everything holds now; what no table tells differently was seen before."""
        now = self._world.digest()
        if now != self._seen:
            heads = self._world.seen().heads
            with self._world.stage.read() as session:
                moved = self._follow(session, heads)
                for case in CASES:
                    self._case(session, case, moved=moved, money=_changed(now, self._seen, _BOOKS))
        with self._world.stage.read() as session:
            self._deposits_gone(session)
        self._seen = now

    def check_exports(self) -> None:
        """See that every announced lot's export is verified by who knows only the file."""
        with self._world.stage.read() as session:
            for case in CASES:
                for lot in lots.of_case(session, case=case):
                    if lot.announced_at is not None:
                        found = verify(publicity.export(session, lot.id))
                        assert found.status == lot.status
                    assert first_fault(docket.entries(session, f"lot:{lot.id}")) is None

    def _case(self, session: Session, case: str, *, moved: Collection[str], money: bool) -> None:
        if case not in self._records:
            self._records[case] = cases.case(session, case)
        record = self._records[case]
        there = self._world.seen().lots[case]
        lines = ledger.statement(session, case=case)
        if money:
            _money(session, record, lines)
            self._outside(session, case, lines)
            _claims(session, record, lines)
            self._order_of_the_law(session, case)
        for lot in there:
            if f"lot:{lot.id}" in moved:
                entries = self._entries[f"lot:{lot.id}"]
                _lot(session, lot, entries)
                _lots_money(session, lot, lines)
                _retold(session, lot, entries)
        _one_live_lot_a_thing(there)

    def _order_of_the_law(self, session: Session, case: str) -> None:
        """In a plan just drawn up nobody gets anything while a senior misses anything, the debtor last of all."""
        drawn_up = plans.plans(session, case=case)
        if not drawn_up or drawn_up[-1].status is not PlanStatus.DRAFTED or drawn_up[-1].drafted_at in self._drafted:
            return
        self._drafted.add(drawn_up[-1].drafted_at)
        if outdated.why_outdated(session, plan=drawn_up[-1].id) is not None:
            return  # who joined, or fell back, within the same step: it cannot be served as it is
        record, given = cases.case(session, case), Counter(settled_claims.credits_of(session, case=case))
        for line in (line for plan in drawn_up for line in plan.lines if line.part is not Part.DOUBLED_INTEREST):
            given[line.to] += line.amount_minor
        missing = [claim for claim in record.claims if given[claim.id] < claim.amount_minor]
        parts = {line.part for line in drawn_up[-1].lines}
        if given[Part.COSTS.value] < record.costs_minor:
            assert parts <= {Part.COSTS}, f"{case}: the costs are not whole, and yet {parts}"
        if drawn_up[-1].surplus_minor:
            assert missing == [], f"{case}: the debtor gets something before {missing}"
        if parts & {Part.DOUBLED_INTEREST, Part.FINE, Part.CONFISCATION}:
            assert [claim for claim in missing if claim.kind in _BEFORE_INTEREST] == []

    def _follow(self, session: Session, heads: Mapping[str, tuple[int, str]]) -> Collection[str]:
        """Read what is new in every docket, and return those that have moved."""
        moved = [
            chain
            for chain, (seq, _) in heads.items()
            if chain.partition(":")[0] in _SUBJECTS and seq != len(self._entries[chain])
        ]
        for chain in moved:
            known = self._docket(session, chain)
            assert (len(known), known[-1].hash) == heads[chain], f"{chain}: the head is not the last entry"
        return moved

    def _docket(self, session: Session, chain: str) -> list[Entry]:
        """Read what is new of a docket; it goes on where it ended, number by number and hash by hash."""
        known = self._entries[chain]
        for entry in docket.entries(session, chain, after=len(known)):
            assert entry.seq == len(known) + 1, f"{chain}: a gap before {entry.seq}"
            assert entry.prev == (known[-1].hash if known else GENESIS), f"{chain}: not chained at {entry.seq}"
            assert entry.hash == sha256_hex(entry.content())
            assert not known or entry.at >= known[-1].at, f"{chain}: time runs backwards at {entry.seq}"
            known.append(entry)
        return known

    def _outside(self, session: Session, case: str, lines: list[StatementLine]) -> None:
        """What the books say is outside is what the gateway and the court's account hold, unless an order is out."""
        waiting = any(one.status is OrderStatus.WAITING for one in _orders(session, case))
        gateway = self._world.platform.gateways.of(None)
        assert isinstance(gateway, SandboxGateway)
        # What the debtor pays, and what comes over from another case, never passes through the gateway.
        directly = sum(line.minor for line in lines if line.kind in _NOT_BY_GATEWAY and line.account == "outside")
        booked = sum(line.minor for line in lines if line.account == "outside") - directly
        if not waiting:
            assert booked == gateway.balance(case=case), f"{case}: the books and the gateway differ"

    def _deposits_gone(self, session: Session) -> None:
        """Losers' deposits are gone 24 hours after the end; the winner's is with the court (articles 23 and 25)."""
        for chain, entries in self._entries.items():
            ends = [one.at for one in entries if one.kind in _ENDS]
            held = [one.kind for one in entries if one.kind in _COMES_AND_GOES]
            # As many came as went: nothing to look for.
            if ends and held.count("deposit.held") * 2 > len(held) and self._world.now >= ends[-1] + _A_DAY:
                made = deposits.deposits_of_lot(session, lot=chain.removeprefix("lot:"))
                left = [one for one in made if one.status in _STILL_THERE]
                assert left == [], f"{chain}: deposits still there 24 hours after the end"


_ENDS = {"lot.closed", "lot.withdrawn", "lot.revoked"}
_COMES_AND_GOES = {"deposit.held", "deposit.released", "deposit.applied"}
_BOOKS = ("ledger_postings", "money_orders", "deposits", "plans", "settlements")
_BEFORE_INTEREST = {"medical", "construction", "secured", "tax", "restitution", "ordinary"}
_SUBJECTS = {"lot", "case", "property"}
_NOT_BY_GATEWAY = {PAYMENT_KIND, "forfeit.applied"}
_STILL_THERE = {DepositStatus.HELD, DepositStatus.REFUNDABLE}


def _changed(now: Mapping[str, str], before: Mapping[str, str], names: Collection[str]) -> bool:
    return any(now[name] != before.get(name) for name in names)


def _orders(session: Session, case: str) -> list[treasury.OrderRecord]:
    return treasury.orders_of_case(session, case=case)


def _money(session: Session, case: CaseRecord, lines: list[StatementLine]) -> None:
    assert sum(line.minor for line in lines) == 0, f"{case.id}: the ledger does not sum to zero"
    balances: dict[tuple[str, str | None], int] = defaultdict(int)
    for line in lines:
        balances[line.account, line.lot] -= line.minor
    for (account, lot), minor in balances.items():
        assert Account(account) not in _NEVER_OWING or minor >= 0, f"{case.id}: {account} of {lot} is {minor}"
    found = deposits.money(session, case=case.id)
    for name in ("held", "refundable", "forfeited", "proceeds", "paid_out", "escrow"):
        assert getattr(found, f"{name}_minor") >= 0, f"{case.id}: {name} is negative"


def _claims(session: Session, case: CaseRecord, lines: list[StatementLine]) -> None:
    """Nobody gets more than he is owed, a junior nothing before a senior, and a plan gives out exactly the whole."""
    credited = settled_claims.credits_of(session, case=case.id)
    drawn_up = plans.plans(session, case=case.id)
    paid: dict[str, int] = defaultdict(int)
    for plan in drawn_up:
        _plan(plan)
        if plan.status is PlanStatus.PAID:
            for line in plan.lines:
                paid[line.to] += line.amount_minor if line.part is not Part.DOUBLED_INTEREST else 0
    for claim in case.claims:
        given = paid[claim.id] + credited.get(claim.id, 0)
        assert given <= claim.amount_minor, f"{claim.id} is owed {claim.amount_minor} and was given {given}"
    out = sum(line.minor for line in lines if line.kind == deposits.PAID_KIND and line.account == "outside")
    released = sum(
        plan.total_minor - plan.escrow_minor
        for plan in drawn_up
        if plan.status in {PlanStatus.RELEASED, PlanStatus.PAID}
    )
    assert -out <= released, f"{case.id}: more was paid out than plans have released"
    if all(plan.status is not PlanStatus.RELEASED for plan in drawn_up):
        assert -out == released


def _plan(plan: PlanRecord) -> None:
    assert sum(line.amount_minor for line in plan.lines) + plan.surplus_minor == plan.total_minor
    assert sum(draw.minor for draw in plan.surplus) == plan.surplus_minor
    assert [line.rank for line in plan.lines] == sorted(line.rank for line in plan.lines)
    for line in plan.lines:
        assert line.amount_minor > 0
        assert sum(draw.minor for draw in line.draws) == line.amount_minor
    if plan.status in {PlanStatus.FINAL, PlanStatus.RELEASED, PlanStatus.PAID}:
        assert plan.objection_until is not None
        assert plan.proposed_at is not None
        assert plan.proposed_at > plan.objection_until
    if plan.released_at is not None:
        assert plan.released_by != plan.proposed_by


def _lot(session: Session, lot: LotRecord, entries: list[Entry]) -> None:
    bids = [one.public for one in entries if one.kind == "bid.accepted"]
    outcome = bidding.outcome(session, lot.id)
    if lot.outcome is not None:
        assert (lot.outcome == "sold") == bool(bids), f"{lot.id} is {lot.outcome} with {len(bids)} bids"
    if bids:
        assert (outcome.price_minor, outcome.winner_code) == (bids[-1]["amount_minor"], bids[-1]["code"])
        assert bids[0]["amount_minor"] >= lot.start_price_minor
    for before, after in pairwise(bids):
        step = after["amount_minor"] - before["amount_minor"]
        better = after["rank"] is not None and (before["rank"] is None or after["rank"] < before["rank"])
        assert (step > 0 and step % lot.increment_minor == 0) or (step == 0 and better)
        assert before["code"] != after["code"]
    if lot.closed_at is not None:
        extended = [one.public["ends_at"] for one in entries if one.kind == "lot.extended"]
        ended = [one.public["ends_at"] for one in entries if one.kind == "lot.closed"]
        assert len(ended) == 1
        assert all(end <= ended[0] for end in extended)


def _retold(session: Session, lot: LotRecord, entries: list[Entry]) -> None:
    """Who reads only what the docket publishes knows how the lot stands."""
    told = standing_after(entries)
    settled = settlements.settlement(session, lot.id)
    outcome = bidding.outcome(session, lot.id)
    assert (told.status, told.outcome, told.price_minor, told.code) == (
        lot.status, lot.outcome, outcome.price_minor, outcome.winner_code,
    )  # fmt: skip
    assert (told.bids, told.extensions) == (outcome.bids, outcome.extensions)
    if lot.announced_at is not None:
        assert told.ends_at == lot.ends_at == outcome.ends_at
    assert told.settlement == (settled.status.value if settled else None)


def _lots_money(session: Session, lot: LotRecord, lines: list[StatementLine]) -> None:
    """The books of a lot agree with its deposits, and its price is counted once."""
    here = [line for line in lines if line.lot == lot.id]
    made = deposits.deposits_of_lot(session, lot=lot.id)
    assert len({one.registration for one in made}) == len(made)
    held = -sum(line.minor for line in here if line.account == Account.HELD.value)
    assert held == sum(one.amount_minor for one in made if one.status is DepositStatus.HELD)
    settled = settlements.settlement(session, lot.id)
    if settled is None:
        return
    came = -sum(
        line.minor for line in here if line.kind in {"deposit.applied", "balance.paid"} and line.account == "proceeds"
    )
    assert came + settled.credit_minor <= max(settled.price_minor, came)
    assert came <= max(settled.price_minor, *(one.amount_minor for one in made), 0)
    if settled.status in {SettlementStatus.PAID, SettlementStatus.RULED, SettlementStatus.DELIVERED}:
        assert came + settled.credit_minor >= settled.price_minor, f"{lot.id} is {settled.status} and not whole"


def _one_live_lot_a_thing(there: list[LotRecord]) -> None:
    for thing in THINGS:
        live = [lot.id for lot in there if thing in lot.properties and lot.status in _IN_ONE_LOT]
        assert len(live) <= 1, f"{thing} stands in {live}"
