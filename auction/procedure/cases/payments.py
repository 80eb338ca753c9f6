"""What the parties do about the debt itself: the debtor pays into the case account, and agrees to what needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.foundation.ledger import queries as ledger
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.procedure.cases import queries, rules
from auction.procedure.cases.models import CasePayment, Consent
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks

#: The kind of ledger entry by which the debtor's own money reaches the case account.
PAYMENT_KIND = "case.payment"
#: The kind of ledger entry by which money of a distribution leaves it.
_PAID_OUT_KIND = "distribution.paid"


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment into the case account, and what is still owed after it."""

    id: str
    case: str
    payer: str
    amount_minor: int
    outstanding_minor: int
    at: datetime


@command("record_payment", by={Role.FINANCE})
def record_payment(
    act: Act,
    *,
    case: str,
    by: str,
    amount_minor: int,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> PaymentRecord:
    """Record that the debtor, or somebody for him, paid into the case account (法释〔2004〕16号 第19条).

    The same id with the same content again changes nothing.

    :raises NotFound: no such case
    :raises InputMalformed: an unknown person, an amount that is not positive, an id used for something else
    """
    checks = Checks()
    payment = new_id("payment") if id is None else checks.identifier("id", id)
    payer = checks.identifier("by", by)
    minor = checks.minor("amount_minor", amount_minor)
    checks.refuse()
    queries.case(act.session, case)
    if identity.find_person(act.session, payer) is None:
        raise InputMalformed(errors={"by": "没有该人 / unknown person"})
    lock(act, f"case:{case}")
    row = act.session.get(CasePayment, payment)
    if row is None:
        row = CasePayment(id=payment, case_id=case, payer_person_id=payer, amount_minor=minor, at=act.now)
        act.session.add(row)
        act.session.flush()
        postings = move(case=case, minor=minor, source=Account.OUTSIDE, target=Account.PROCEEDS, lot=None, holder=payer)
        book(act, kind=PAYMENT_KIND, reference=reference_of(payment), postings=postings)
        public = {"payment": payment, "amount_minor": minor}
        append(act, f"case:{case}", "case.payment_recorded", public, seal={"payer": payer})
    elif (row.case_id, row.payer_person_id, row.amount_minor) != (case, payer, minor):
        raise InputMalformed(errors={"id": "编号已被使用 / the id is already used"})
    return PaymentRecord(
        id=row.id,
        case=row.case_id,
        payer=row.payer_person_id,
        amount_minor=row.amount_minor,
        outstanding_minor=outstanding(act.session, case=case),
        at=row.at,
    )


@command("consent", by={Role.BIDDER})
def consent(act: Act, *, case: str, person: str, to: str) -> None:
    """Record what a party agrees to: ``sell_more`` (the debtor's alone) or ``own_sale``; again changes nothing.

    :raises NotFound: no such case
    :raises NotConcerned: somebody who is no party; NotTheDebtor: anybody but the debtor for ``sell_more``
    """
    checks = Checks()
    agreed = checks.one_of("to", to, rules.CONSENTS)
    checks.refuse()
    found = queries.case(act.session, case)
    actor = act.actor
    if actor is not None and not actor.has(Role.PLATFORM) and actor.person != person:
        raise AuthForbidden(act="consent", roles=[ROLE_NAMES[Role.BIDDER][0]])
    if agreed == "sell_more" and person != found.debtor.person:
        raise rules.NotTheDebtor
    if person not in {found.debtor.person, *(claim.creditor_person for claim in found.claims)}:
        raise rules.NotConcerned
    lock(act, f"case:{case}")
    added = act.session.scalar(
        upsert(Consent)
        .values(case_id=case, person_id=person, agreed_to=agreed, at=act.now)
        .on_conflict_do_nothing()
        .returning(Consent.case_id)
    )
    if added is not None:
        append(act, f"case:{case}", "case.consent_given", {"to": agreed}, seal={"person": person})


def consents(session: Session, *, case: str) -> list[tuple[str, str]]:
    """Return who has agreed to what in a case, oldest first: (person, to)."""
    query = select(Consent).where(Consent.case_id == case)
    rows = session.scalars(query.order_by(Consent.at, Consent.agreed_to, Consent.person_id))
    return [(row.person_id, row.agreed_to) for row in rows]


def agreed_to_sell_more(session: Session, *, case: str) -> bool:
    """Say whether the debtor lets more be sold than the debt needs (法释〔2004〕16号 第14条)."""
    debtor = queries.case(session, case).debtor.person
    return (debtor, "sell_more") in consents(session, case=case)


def needed(session: Session, *, case: str) -> int:
    """Return what the case needs in all: its claims and recorded costs."""
    found = queries.case(session, case)
    return found.claimed_minor + found.costs_minor


def received(session: Session, *, case: str) -> int:
    """Return what has reached the case for its creditors: buyers' prices and the debtor's payments, paid out or not."""
    balances = ledger.case_balances(session, case=case)
    paid_out = -sum(
        line.minor
        for line in ledger.statement(session, case=case)
        if line.kind == _PAID_OUT_KIND and line.account == Account.OUTSIDE.value
    )
    return balances[Account.PROCEEDS] + balances[Account.ESCROW] + paid_out


def outstanding(session: Session, *, case: str) -> int:
    """Return what is still missing in the case account for claims and recorded costs (法释〔2004〕16号 第19条)."""
    return max(0, needed(session, case=case) - received(session, case=case))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment on the debt as it was recorded."""

    id: str
    case: str
    amount_minor: int
    at: datetime
    currency: str = "CNY"


def recorded(session: Session) -> list[Recorded]:
    """Return every payment on a debt that was ever recorded."""
    query = select(CasePayment.id, CasePayment.case_id, CasePayment.amount_minor, CasePayment.at)
    return [
        Recorded(id=row.id, case=row.case_id, amount_minor=row.amount_minor, at=row.at)
        for row in session.execute(query)
    ]


def reference_of(payment: str) -> str:
    """Return under which reference the ledger has a payment."""
    return f"case-payment:{payment}"


def paid_in(session: Session, *, case: str) -> int:
    """Return what the debtor, or others for him, have paid into the case account."""
    rows = session.scalars(select(CasePayment.amount_minor).where(CasePayment.case_id == case))
    return sum(rows)
