"""Asking the creditors whether they take a failed lot in kind, and their "no" (法明传〔2017〕455号 第2条)."""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.settlement import in_kind, keeping, rules
from auction.procedure.settlement.models import InKindApplication
from auction.procedure.settlement.rules import SettlementStatus

ASKED, DECLINED = "in_kind.asked", "in_kind.declined"


@command("ask_in_kind", by={Role.OFFICER})
def ask_in_kind(act: Act, *, lot: str, claims: Sequence[str] | None = None) -> tuple[str, ...]:
    """Record that creditors were asked whether they take a failed lot in kind; asked again changes nothing.

    :param claims: whose; every claim of the case when left out
    :raises InputMalformed: for a lot that has not failed, or whose next round was announced; a claim of another case
    :raises SettlementNotDue: when a creditor has taken it
    """
    checks = Checks()
    wanted = checks.identifier("lot", lot)
    named = None if claims is None else checks.names("claims", claims)
    checks.refuse()
    lock(act, f"lot:{wanted}")
    record = lots.lot(act.session, wanted)
    keeping.court_only(act, lot=wanted)
    in_kind.refuse_not_failed(act.session, record)
    _refuse_taken(act, wanted)
    known = [claim.id for claim in cases.case(act.session, record.case).claims]
    strangers = sorted(set(named or ()) - set(known))
    if strangers or named == []:
        raise InputMalformed(errors={"claims": f"须为本案债权 / claims of the lot's case: {'、'.join(strangers)}"})
    before = {
        claim for entry in docket.of_kinds(act.session, f"lot:{wanted}", [ASKED]) for claim in entry.public["claims"]
    }
    asked = [claim for claim in known if (named is None or claim in named) and claim not in before]
    if asked:
        append(act, f"lot:{wanted}", ASKED, {"claims": asked, "price_minor": record.start_price_minor})
    return tuple(asked)


@command("decline_in_kind", by={Role.BIDDER, Role.OFFICER})
def decline_in_kind(act: Act, *, lot: str, claim: str) -> None:
    """Record that a creditor does not take a failed lot in kind; said again changes nothing.

    :raises NotTheCreditor: for somebody else's claim
    :raises SettlementNotDue: when he has asked for it
    """
    record, _, asked = in_kind.answering(act, lot=lot, claim=claim)
    wanted, named = record.id, asked.id
    in_kind.refuse_not_failed(act.session, record)
    if act.session.get(InKindApplication, (wanted, named)) is not None:
        row = keeping.found(act, wanted)
        status = SettlementStatus(row.status) if row else SettlementStatus.AWAITING_BALANCE
        raise rules.not_due(
            status, zh="该债权人已申请承受", en="this creditor has asked for it", kind=rules.TakingNotDue
        )
    said = docket.of_kinds(act.session, f"lot:{wanted}", [DECLINED])
    if not any(entry.public["claim"] == named for entry in said):
        append(act, f"lot:{wanted}", DECLINED, {"claim": named})


def _refuse_taken(act: Act, lot: str) -> None:
    row = keeping.found(act, lot)
    if row is not None and row.status != SettlementStatus.DEFAULTED.value:
        raise rules.not_due(
            SettlementStatus(row.status), zh="已由债权人承受", en="a creditor has taken it", kind=rules.TakingNotDue
        )
