"""Paying a deposit, and what becomes of it when the lot has ended (articles 17, 18, 23, 25)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.docket.many import lock_many
from auction.foundation.docket.reactions import reacts_to
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account
from auction.gateways.port import OrderKind
from auction.procedure.bidding import closing, eligibility
from auction.procedure.bidding import commands as bidding_acts
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.bidding.registering import RegistrationClosed
from auction.procedure.deposits import keeping, lapses, returning, rules
from auction.procedure.deposits.models import Deposit
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.treasury import ways
from auction.procedure.treasury.orders import answers, no_longer_due, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.ways_rules import Purpose
from auction.rulebook.carried import carries_out

PURPOSE = keeping.PURPOSE
_LIVE = {DepositStatus.REQUESTED, DepositStatus.HELD}


@dataclass(frozen=True, slots=True)
class DepositPaid:
    """What paying did: ``admitted`` at once when nothing was due, else ``order`` waits for the outside."""

    registration: str
    code: str
    due_minor: int
    status: str
    order: str | None


@command("pay_deposit", by={Role.BIDDER})
def pay_deposit(act: Act, *, lot: str, registration: str, amount_minor: int, way: str | None = None) -> DepositPaid:
    """Pay exactly the deposit due on one's own registration on a lot; asking twice pays once (articles 17, 18).

    :raises DepositNotYours: for somebody else's registration
    :raises DepositInsufficient: less than is due, with ``due_minor``; nothing is booked
    :raises DepositWrongAmount: more than is due
    :raises WayNotOffered: when the court does not take this amount by this way
    :raises DepositGoingBack: while an earlier payment, which came too late, is on its way back
    :raises RegistrationClosed: at the end of the bidding procedure or after it
    :raises Ineligible: Barred: when the court found meanwhile that the person may not bid
    """
    checks = Checks()
    named = checks.identifier("lot", lot)
    wanted = checks.identifier("registration", registration)
    amount = checks.minor("amount_minor", amount_minor, least=0)
    checks.refuse()
    found = bidding.registration(act.session, wanted)
    if found.lot != named:
        raise NotFound(what="registration", name=wanted)
    _own(act, found)
    lock(act, f"lot:{found.lot}")
    found = bidding.registration(act.session, wanted)
    rules.check_amount(amount_minor=amount, due_minor=found.deposit_due_minor)
    row = _row(act, registration=found.id)
    if found.status == "admitted" or (row is not None and DepositStatus(row.status) in _LIVE):
        return _paid(found, order=None)
    _in_time(act, found)
    record = lots.lot(act.session, found.lot)
    eligibility.refuse_unfit(act.session, lot=record, person=found.person)
    if amount == 0:
        _enter_held(act.as_platform(), lot=found.lot, code=found.code, amount_minor=0)
        bidding_acts.admit(act.as_platform(), registration=found.id)
        return _paid(bidding.registration(act.session, found.id), order=None)
    chosen = ways.chosen(act.session, court=record.court, purpose=Purpose.DEPOSIT, amount_minor=amount, way=way)
    deposit = _requested(act, row, found)
    order = _ask_for(act, deposit, way=chosen)
    return _paid(found, order=order.id)


@carries_out(
    "auction.loser_release",
    "auction.unsold_release",
    "settlement.winner_deposit_transfer",
    seen_in=("deposit.released", "deposit.applied"),
)
@command("settle_deposits", by=())
def settle_deposits_together(act: Act, *, entries: Sequence[Entry]) -> None:
    """Send the losers' deposits of closed lots back and hand the winners' to the court (articles 23 and 25)."""
    chains = [entry.chain for entry in entries]
    lock_many(act, chains)
    found = closing.ended(act.session, [chain.removeprefix("lot:") for chain in chains])
    _close_for_payment(act, lots=found)
    rows = _undecided(act, lots=found)
    winners = {one.winner for one in found.values()}
    by = {lot: one.ends_at + one.numbers.auction.loser_release for lot, one in found.items()}
    returning.call_in(act, [row for row in rows if row.registration_id in winners], by=by)
    returning.send_back(act, [row for row in rows if row.registration_id not in winners], by=by)


@reacts_to("lot.closed", together=settle_deposits_together)
@command("settle_deposits", by=())
def settle_deposits(act: Act, *, entry: Entry) -> None:
    """Send the losers' deposits back and hand the winner's to the court (articles 23 and 25)."""
    settle_deposits_together(act, entries=[entry])


@carries_out("auction.loser_release")
@reacts_to("lot.withdrawn")
@command("return_deposits", by=())
def return_deposits(act: Act, *, entry: Entry) -> None:
    """Send every deposit of a withdrawn lot back (article 23)."""
    _end(act, lot=entry.chain.removeprefix("lot:"), ended=entry)


@reacts_to("lot.revoked")
@command("return_deposits", by=())
def return_deposits_of_revoked(act: Act, *, entry: Entry) -> None:
    """Send every deposit still held on a revoked lot back (articles 23 and 31)."""
    _end(act, lot=entry.chain.removeprefix("lot:"), ended=entry)


def _end(act: Act, *, lot: str, ended: Entry) -> None:
    """Send every deposit of a lot back that ended without a buyer, or whose sale does not stand."""
    lock(act, f"lot:{lot}")
    record = lots.lot(act.session, lot)
    _close_for_payment(act, lots=[lot])
    rows = _undecided(act, lots=[lot])
    if not rows:
        # A lot that was taken back unannounced has no numbers of its own, and nobody can have paid for it.
        return
    returning.send_back(act, rows, by={lot: ended.at + bidding.numbers_of(record).auction.loser_release})


def _undecided(act: Act, *, lots: Collection[str]) -> Sequence[Deposit]:
    query = select(Deposit).where(Deposit.lot_id.in_(lots), Deposit.status == DepositStatus.HELD.value)
    return act.session.scalars(query.where(Deposit.decided_at.is_(None)).order_by(Deposit.id).with_for_update()).all()


def _close_for_payment(act: Act, *, lots: Collection[str]) -> None:
    """Let nobody pay a deposit on ended lots any more; whoever has begun to is told, or gets his money back."""
    asked = select(Deposit.id).where(Deposit.lot_id.in_(lots), Deposit.status == DepositStatus.REQUESTED.value)
    no_longer_due(act, subjects=act.session.scalars(asked).all())


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Let a refused payment be tried again; money that must go back stays decided and is shown as due."""
    if order.kind is OrderKind.HOLD:
        row = act.session.get_one(Deposit, order.subject, with_for_update=True)
        keeping.move(row, DepositStatus.FAILED)
        row.failed_because = order.last_error
        act.session.flush()


def _together(act: Act, *, orders: Sequence[OrderRecord]) -> None:
    """Answer several orders: what went back or to the court in a few statements, the others one by one."""
    several = {OrderKind.RELEASE: returning.gone, OrderKind.APPLY: lapses.hand_over}
    for order in orders:
        if order.kind not in several:
            _done(act, order=order)
    subjects = [order.subject for order in orders if order.kind in several]
    query = select(Deposit).where(Deposit.id.in_(subjects)).order_by(Deposit.id).with_for_update()
    rows = {row.id: row for row in act.session.scalars(query.execution_options(populate_existing=True))}
    for kind, answer in several.items():
        answer(act, [(rows[order.subject], order) for order in orders if order.kind is kind])


@answers(PURPOSE, refused=_refused, together=_together)
def _done(act: Act, *, order: OrderRecord) -> None:
    row = act.session.get_one(Deposit, order.subject, with_for_update=True)
    match order.kind:
        case OrderKind.HOLD:
            _hold(act, row, order)
        case OrderKind.RELEASE:
            returning.gone(act, [(row, order)])
        case OrderKind.APPLY:
            lapses.hand_over(act, [(row, order)])
        case OrderKind.CHARGE | OrderKind.PAYOUT:
            msg = f"a deposit has no {order.kind} order"
            raise ValueError(msg)


def _hold(act: Act, row: Deposit, order: OrderRecord) -> None:
    """Book the deposit and admit its payer; money that came too late admits nobody and goes back."""
    keeping.move(row, DepositStatus.HELD)
    row.held_at = act.now
    postings = keeping.postings(row, minor=row.amount_minor, source=Account.OUTSIDE, target=Account.HELD)
    book(act, kind="deposit.held", reference=order.id, postings=postings)
    _enter_held(act, lot=row.lot_id, code=row.code, amount_minor=row.amount_minor)
    act.session.flush()
    found = bidding.registration(act.session, row.registration_id)
    try:
        _in_time(act, found)
        with act.session.begin_nested():
            bidding_acts.admit(act, registration=found.id)
    except Refusal as refusal:
        # Whatever the law has against the bidder by now, the court may not keep the money.
        row.failed_because = refusal.code
        numbers = bidding.numbers_of(lots.lot(act.session, row.lot_id))
        returning.send_back(act, [row], by={row.lot_id: act.now + numbers.auction.loser_release})


def _enter_held(act: Act, *, lot: str, code: str, amount_minor: int) -> None:
    """Enter that the deposit due is there; the amount stays sealed.

    An amount below the announced one, or no such entry at all, would tell everyone before the close which code
    belongs to an applicant whose claim counts for the deposit (articles 17 and 18).
    """
    append(act, f"lot:{lot}", "deposit.held", {"code": code}, seal={"amount_minor": amount_minor})


def _own(act: Act, found: RegistrationRecord) -> None:
    """Refuse paying on somebody else's registration; the platform may, for scenarios and demo history."""
    actor = act.actor
    if actor is None or actor.has(Role.PLATFORM) or actor.person == found.person:
        return
    raise rules.DepositNotYours


def _in_time(act: Act, found: RegistrationRecord) -> None:
    record = lots.lot(act.session, found.lot)
    if not rules.in_time(status=record.status, ends_at=record.ends_at, now=act.now):
        raise RegistrationClosed(status=record.status)


def _row(act: Act, *, registration: str) -> Deposit | None:
    query = select(Deposit).where(Deposit.registration_id == registration).with_for_update()
    return act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _requested(act: Act, row: Deposit | None, found: RegistrationRecord) -> Deposit:
    """Return the deposit as asked for: a new row, or the old one after a payment that was refused or went back."""
    if row is None:
        row = Deposit(
            id=new_id("deposit"),
            registration_id=found.id,
            lot_id=found.lot,
            case_id=found.case,
            person_id=found.person,
            code=found.code,
            amount_minor=found.deposit_due_minor,
            status=DepositStatus.REQUESTED.value,
            requested_at=act.now,
        )
        act.session.add(row)
    else:
        if DepositStatus(row.status) is DepositStatus.REFUNDABLE:
            raise rules.DepositGoingBack
        keeping.begin_anew(row, amount_minor=found.deposit_due_minor, at=act.now)
    act.session.flush()
    return row


def _ask_for(act: Act, row: Deposit, *, way: str | None) -> OrderRecord:
    record = lots.lot(act.session, row.lot_id)
    return request_order(
        act.as_platform(),
        kind=OrderKind.HOLD,
        purpose=PURPOSE,
        subject=row.id,
        case=row.case_id,
        lot=row.lot_id,
        party=row.person_id,
        amount_minor=row.amount_minor,
        way=way,
        held_until=record.ends_at + bidding.numbers_of(record).auction.loser_release,
    )


def _paid(found: RegistrationRecord, *, order: str | None) -> DepositPaid:
    return DepositPaid(
        registration=found.id, code=found.code, due_minor=found.deposit_due_minor, status=found.status, order=order
    )
