"""The panel's decision that a buying applicant's own claim counts for the balance."""

from __future__ import annotations

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import claims, credit, keeping, rules
from auction.procedure.settlement.queries import SettlementRecord, settlement_record
from auction.procedure.settlement.rules import SettlementStatus


@command("decide_set_off", by={Role.PANEL})
def decide_set_off(act: Act, *, lot: str, claim: str) -> SettlementRecord:
    """Count the buying applicant's claim toward the balance, as far as it would be paid from the price.

    :raises SettlementNotDue: when no balance is awaited, one is being paid, or a claim is set off already
    :raises InputMalformed: for a claim that is not the buyer's own as an applicant in this case
    """
    checks = Checks()
    wanted, named = checks.identifier("lot", lot), checks.identifier("claim", claim)
    checks.refuse()
    row = keeping.locked(act, wanted)
    keeping.court_only(act, lot=wanted)
    status = SettlementStatus(row.status)
    rules.check_awaited(status, paying=keeping.paying(act, row))
    if row.credit_claim_id is not None:
        raise rules.not_due(status, zh="已决定抵销", en="a claim is set off already")
    record = lots.lot(act.session, wanted)
    case = cases.case(act.session, record.case)
    asked = next((one for one in case.claims if one.id == named), None)
    if asked is None or not asked.applicant or asked.creditor_person != row.buyer_person_id:
        raise InputMalformed(errors={"claim": f"须为买受人本人的申请执行债权 / not the buying applicant's: {named}"})
    found = claims.creditors(act.session, lot=record, case=case)
    counted = credit.buyer_credit(
        found,
        buyer=claims.one_of(found, named),
        price_minor=row.price_minor,
        costs_minor=case.costs_minor,
        balance_minor=row.balance_minor,
    )
    row.credit_minor, row.credit_claim_id = counted, named
    row.balance_minor = rules.balance(
        price_minor=row.price_minor, deposit_minor=row.deposit_minor, credit_minor=counted
    )
    public = {"claim": named, "counted_minor": counted, "due_minor": row.balance_minor}
    append(act, f"lot:{wanted}", "set_off.decided", public)
    keeping.mark_whole(act, row)
    return settlement_record(row)
