"""The desk for unmatched money: what it is for is found within three days, or it goes back to who paid it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.database.narrowing import Cases
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of, within_days
from auction.foundation.kernel.due import DueAct
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.bank import NAME
from auction.gateways.port import OrderKind
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.treasury import bank_lines, bank_rules, payees, queries
from auction.procedure.treasury.bank_desk import decided, locked_state, noted, refuse_other_court
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.bank_models import BankLineState
from auction.procedure.treasury.bank_refusals import LineDoesNotFit, NoAccountToPay, NotOnTheDesk, SecondLookNeeded
from auction.procedure.treasury.bank_rules import LineStatus, Why
from auction.procedure.treasury.matching import court_of, receipt_of
from auction.procedure.treasury.orders import answers, chain_of, confirm_order, request_order
from auction.procedure.treasury.queries import OrderRecord
from auction.procedure.treasury.rules import OrderStatus
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

#: What an order that gives unclaimed money back is for.
PURPOSE = "unclaimed"
_DESK = (Role.OFFICER, Role.FINANCE, Role.HEAD)


@command("claim_money", by=_DESK)
def assign_to_order(act: Act, *, line: str, order: str) -> LineRecord:
    """Say which order a line on the desk carried out; where the names differ another person has to say so too.

    :raises NotOnTheDesk: for a line that is decided
    :raises LineDoesNotFit: another amount or direction, or an order that does not wait for the bank
    :raises SecondLookNeeded: the same person twice
    """
    state, found = _on_desk(act, line)
    wanted = queries.order(act.session, order)
    lock(act, chain_of(lot=wanted.lot, case=wanted.case))
    act.session.expire_all()
    wanted = queries.order(act.session, order)
    refuse_other_court(act, court_of(act, wanted.case))
    fits = (found.amount_minor, found.currency, found.credit) == (
        wanted.amount_minor, wanted.currency, wanted.kind.inward,
    )  # fmt: skip
    waits = wanted.status is OrderStatus.WAITING and wanted.gateway == NAME and (found.credit or wanted.kind.outward)
    if not (fits and waits):
        raise LineDoesNotFit(line_minor=found.amount_minor, wanted_minor=wanted.amount_minor)
    if not _named(act, found, wanted.party) and not _agreed(act, state, found, subject=wanted.id):
        return bank_lines.line(act.session, line)
    _unbook(act, found)
    confirm_order(act.as_platform(), order=wanted.id, receipt=receipt_of(wanted, found))
    _enter(act, wanted.case, found)
    return decided(act, locked_state(act, line), LineStatus.MATCHED, order=wanted.id, case=wanted.case)


@command("claim_money", by=_DESK)
def assign_to_case(act: Act, *, line: str, case: str, payer: str) -> LineRecord:
    """Say that money on the desk was paid into a case's account, for the debtor or by a creditor.

    :raises NotOnTheDesk: for a line that is decided
    :raises LineDoesNotFit: for money that went out
    :raises SecondLookNeeded: the same person twice, where the payer's name is another
    :raises InputMalformed: when the payer is no party of the case
    """
    state, found = _on_desk(act, line)
    record = cases.case(act.session, case)
    refuse_other_court(act, record.court)
    if payer not in {record.debtor.person, *(claim.creditor_person for claim in record.claims)}:
        raise InputMalformed(errors={"payer": "不是本案当事人 / no party of this case"})
    if not found.credit:
        raise LineDoesNotFit(line_minor=found.amount_minor, wanted_minor=found.amount_minor)
    lock(act, f"case:{case}")
    if not _named(act, found, payer) and not _agreed(act, state, found, subject=f"{case}:{payer}"):
        return bank_lines.line(act.session, line)
    _unbook(act, found)
    payments.record_payment(act.as_platform(), case=case, by=payer, amount_minor=found.amount_minor, id=found.id)
    _enter(act, case, found)
    return decided(act, locked_state(act, line), LineStatus.PAID_TO_CASE, case=case)


@command("claim_money", by={Role.FINANCE, Role.HEAD})
def cancel_out(act: Act, *, line: str, other: str) -> LineRecord:
    """Say that two lines on the desk undo each other: what the bank took in error and gave back.

    :raises NotOnTheDesk: for a line that is decided
    :raises LineDoesNotFit: unless one came in, the other went out, and both are the same amount
    """
    first, second = sorted((line, other))
    _, one = _on_desk(act, first)
    _, two = _on_desk(act, second)
    if one.signed_minor != -two.signed_minor or one.currency != two.currency or one.court != two.court:
        raise LineDoesNotFit(line_minor=one.amount_minor, wanted_minor=two.amount_minor)
    _unbook(act, one if one.credit else two)
    decided(act, locked_state(act, second), LineStatus.CANCELLED_OUT, other_line=first)
    decided(act, locked_state(act, first), LineStatus.CANCELLED_OUT, other_line=second)
    return bank_lines.line(act.session, line)


@command("give_back", by={Role.FINANCE, Role.HEAD})
def give_back(act: Act, *, line: str) -> LineRecord:
    """Order money on the desk back to the account it came from; what came back of a payment goes to its payee again.

    It leaves in a payment file, which two persons release.

    :raises NotOnTheDesk: for a line that is decided
    :raises LineDoesNotFit: for money that is not here
    :raises NoAccountToPay: when neither the line nor the payee names an account
    """
    state, found = _on_desk(act, line)
    if found.status is not LineStatus.UNCLAIMED or found.case is None:
        raise LineDoesNotFit(line_minor=found.amount_minor, wanted_minor=found.amount_minor)
    before = queries.find_order(act.session, found.order) if found.order else None
    party = before.party if before is not None and found.why is Why.RETURNED else None
    to_payee = payees.payee_account(act.session, party or payees.of_court(found.court))
    known = to_payee if found.why is Why.RETURNED else payees.account_of(found)
    if known is None:
        raise NoAccountToPay(who=found.other_name or "—")
    order = request_order(
        act.as_platform(),
        kind=OrderKind.RELEASE,
        purpose=PURPOSE,
        subject=found.id,
        case=found.case,
        lot=None,
        party=party,
        amount_minor=found.amount_minor,
        way=NAME,
        origin=found.id,
    )
    return decided(
        act, state, LineStatus.GOING_BACK, why=found.why, case=found.case, order=order.id, reason="give_back"
    )


def _refused(act: Act, *, order: OrderRecord) -> None:
    """Do nothing but keep the order's own word: it is shown as due, and finance sends it again."""


@answers(PURPOSE, refused=_refused)
def _gone_back(act: Act, *, order: OrderRecord) -> None:
    """Book that unclaimed money has left the court's account."""
    state = locked_state(act, order.subject)
    found = bank_lines.line(act.session, order.subject)
    postings = move(
        case=order.case, minor=order.amount_minor, source=Account.UNCLAIMED, target=Account.OUTSIDE, lot=None,
        holder=found.id,
    )  # fmt: skip
    book(act, kind="bank.gone_back", reference=order.id, postings=postings)
    decided(act, state, LineStatus.GONE_BACK, why=found.why, case=order.case, order=order.id)


@carries_out("distribution.claim_unidentified_days")
def claim_by(line: LineRecord) -> datetime:
    """Return until when it has to be found what money on the desk is for."""
    days = rulebook().on(day_of(line.imported_at)).distribution.claim_unidentified_days
    return within_days(line.imported_at, days)


def due(session: Session, now: datetime, *, case: Cases = None) -> list[DueAct]:
    """Return the lines on the desk: all of them, or those booked in the accounts of cases."""
    del now
    return [_due(one) for one in bank_lines.unmatched(session, case=case)]


def due_at(session: Session, *, court: str) -> list[DueAct]:
    """Return the lines on a court's desk as due acts."""
    return [_due(one) for one in bank_lines.unmatched(session, court=court)]


def _due(line: LineRecord) -> DueAct:
    return DueAct(
        what="claim_money",
        on=line.id,
        by=claim_by(line),
        case=line.case or bank_rules.clearing(line.court),
        article="法发〔2017〕6号 第4条",
        zh="银行流水待认领：查明款项用途，或退回付款人",
        en="A bank line nobody has claimed: find what it is for, or send it back to its payer",
    )


def _on_desk(act: Act, line: str) -> tuple[BankLineState, LineRecord]:
    state = locked_state(act, line)
    found = bank_lines.line(act.session, line)
    refuse_other_court(act, found.court)
    if found.status not in bank_rules.ON_THE_DESK:
        raise NotOnTheDesk(status=found.status.value)
    return state, found


def _named(act: Act, line: LineRecord, person: str | None) -> bool:
    """Say whether the bank names the person we expect; money that went out went where our order said."""
    known = identity.find_person(act.session, person) if person else None
    return not line.credit or (known is not None and bank_rules.same_name(line.other_name, known.name))


def _agreed(act: Act, state: BankLineState, line: LineRecord, *, subject: str) -> bool:
    """Say whether another person has proposed the same; else keep this as the proposal.

    :raises SecondLookNeeded: for who proposed it
    """
    if state.proposed_order_id == subject:
        if state.proposed_by == act.by:
            raise SecondLookNeeded
        return True
    state.proposed_order_id, state.proposed_by = subject, act.by
    noted(act, line.id, "proposed", subject=subject)
    act.session.flush()
    return False


def _unbook(act: Act, line: LineRecord) -> None:
    """Take what was unclaimed out of its account: the order or the payment it is for books it anew."""
    if line.status is not LineStatus.UNCLAIMED or line.case is None:
        return
    postings = move(
        case=line.case, minor=line.amount_minor, source=Account.UNCLAIMED, target=Account.OUTSIDE, lot=None,
        holder=line.id,
    )  # fmt: skip
    book(act, kind="bank.claimed", reference=f"{line.id}:claimed", postings=postings)


def _enter(act: Act, case: str, line: LineRecord) -> None:
    """Enter in the case's docket that money was assigned by hand."""
    if bank_rules.court_of_clearing(case) is None:
        append(act, f"case:{case}", "bank.assigned", {"line": line.id, "amount_minor": line.amount_minor})
