"""The buying applicant asks that his own claim counts for the balance; the panel decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import claims, credit, keeping, rules
from auction.procedure.settlement.models import Settlement
from auction.procedure.settlement.queries import SettlementRecord, settlement_record
from auction.procedure.settlement.rules import SettlementStatus

ASKED = "set_off.asked"


@dataclass(frozen=True, slots=True)
class SetOff:
    """A claim of the buyer's own that may count: what of it would, and what he would then still pay."""

    claim: str
    left_minor: int
    counted_minor: int
    due_minor: int
    asked_at: datetime | None


@command("ask_set_off", by={Role.BIDDER})
def ask_set_off(act: Act, *, lot: str, claim: str) -> None:
    """Ask the panel to count one's own claim toward the balance; asked again changes nothing.

    :raises NotTheBuyer: for somebody else's purchase
    :raises SettlementNotDue: when no balance is awaited, or a claim is set off already
    :raises InputMalformed: for a claim that is not the buyer's own as an applicant in this case
    """
    row, named = _awaited(act, lot=lot, claim=claim)
    keeping.buyer_only(act, row)
    _own(act.session, row, claim=named)
    if _asked_at(act.session, row.lot_id, claim=named) is None:
        append(act, f"lot:{row.lot_id}", ASKED, {"claim": named})


@command("decide_set_off", by={Role.PANEL})
def decide_set_off(act: Act, *, lot: str, claim: str) -> SettlementRecord:
    """Count the buying applicant's claim toward the balance, as far as it would be paid from the price.

    :raises SettlementNotDue: when no balance is awaited, one is being paid, or a claim is set off already
    :raises InputMalformed: for a claim that is not the buyer's own as an applicant in this case
    """
    row, named = _awaited(act, lot=lot, claim=claim)
    keeping.court_only(act, lot=row.lot_id)
    _own(act.session, row, claim=named)
    counted = _measured(act.session, row, claim=named).counted_minor
    row.credit_minor, row.credit_claim_id = counted, named
    row.balance_minor = rules.balance(
        price_minor=row.price_minor, deposit_minor=row.deposit_minor, credit_minor=counted
    )
    public = {"claim": named, "counted_minor": counted, "due_minor": row.balance_minor}
    append(act, f"lot:{row.lot_id}", "set_off.decided", public)
    keeping.mark_whole(act, row)
    return settlement_record(row)


def possible(session: Session, *, lot: str) -> list[SetOff]:
    """Return the buyer's own claims that may still count for the balance, with what would become of it."""
    row = session.get(Settlement, lot)
    if row is None or row.status != SettlementStatus.AWAITING_BALANCE.value or row.way != "auction":
        return []
    if row.credit_claim_id is not None:
        return []
    case = cases.case(session, row.case_id)
    own = [one.id for one in case.claims if one.applicant and one.creditor_person == row.buyer_person_id]
    return [_measured(session, row, claim=claim) for claim in own]


def _awaited(act: Act, *, lot: str, claim: str) -> tuple[Settlement, str]:
    checks = Checks()
    wanted, named = checks.identifier("lot", lot), checks.identifier("claim", claim)
    checks.refuse()
    # The case too: a plan, or another lot, must not give the same claim the same money meanwhile.
    lock(act, f"case:{lots.lot(act.session, wanted).case}", f"lot:{wanted}")
    row = keeping.locked(act, wanted)
    status = SettlementStatus(row.status)
    rules.check_awaited(status, paying=keeping.paying(act, row))
    if row.credit_claim_id is not None:
        raise rules.not_due(status, zh="已决定抵销", en="a claim is set off already")
    return row, named


def _own(session: Session, row: Settlement, *, claim: str) -> None:
    asked = next((one for one in cases.case(session, row.case_id).claims if one.id == claim), None)
    if asked is None or not asked.applicant or asked.creditor_person != row.buyer_person_id:
        raise InputMalformed(errors={"claim": f"须为买受人本人的申请执行债权 / not the buying applicant's: {claim}"})


def _measured(session: Session, row: Settlement, *, claim: str) -> SetOff:
    case = cases.case(session, row.case_id)
    lot = lots.lot(session, row.lot_id)
    found = claims.creditors(session, lot=lot, case=case)
    own = claims.one_of(found, claim)
    counted = credit.buyer_credit(
        found,
        buyer=own,
        price_minor=row.price_minor,
        costs_minor=case.costs_minor + claims.setaside(session, lot=lot),
        balance_minor=row.balance_minor,
    )
    due = rules.balance(price_minor=row.price_minor, deposit_minor=row.deposit_minor, credit_minor=counted)
    return SetOff(
        claim=claim,
        left_minor=own.left_minor,
        counted_minor=counted,
        due_minor=due,
        asked_at=_asked_at(session, row.lot_id, claim=claim),
    )


def _asked_at(session: Session, lot: str, *, claim: str) -> datetime | None:
    said = docket.of_kinds(session, f"lot:{lot}", [ASKED])
    return next((entry.at for entry in said if entry.public["claim"] == claim), None)
