"""Equity whose transfer a public authority must approve: announced beforehand, and no ruling before it (第15条)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append
from auction.foundation.kernel.refusal import InputMalformed, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.lots import grounds, queries, rows
from auction.procedure.lots.queries import LotRecord
from auction.rulebook.carried import carries_out

_KIND = "lot.approval_recorded"


class ApprovalMissing(Refusal):
    """The authority that must approve the transfer has not, or has refused."""

    code = "lots.approval_missing"
    article = "法释〔2021〕20号 第15条"
    title_zh, title_en = "尚未取得批准", "Not approved yet"
    zh = "该股权转让须经批准（{approval}），买受人取得批准后方可作出成交裁定。"
    en = "This transfer needs an approval ({approval}); the ruling is made when the buyer has it."


@command("record_approval", by={Role.OFFICER})
def record_approval(act: Act, *, lot: str, granted: bool) -> bool:
    """Record what the authority said to the buyer of a lot; the same again changes nothing.

    :raises InputMalformed: where no approval was announced as needed
    :raises NotSold: before somebody has bought it
    """
    checks = Checks()
    wanted, answer = checks.identifier("lot", lot), checks.truth("granted", granted)
    checks.refuse()
    row = rows.locked(act, wanted)
    record = queries.lot(act.session, wanted)
    if not record.conditions.approval:
        raise InputMalformed(errors={"lot": "公告未载明须经批准 / no approval was announced as needed"})
    if row.status != "closed" or row.outcome != "sold":
        raise grounds.NotSold(status=row.status)
    if approved(act.session, lot=wanted) != answer:
        append(act, f"lot:{wanted}", _KIND, {"approval": record.conditions.approval, "granted": answer})
    return answer


def approved(session: Session, *, lot: str) -> bool | None:
    """Return what the authority said last, or None while it has said nothing."""
    entries = docket.of_kinds(session, f"lot:{lot}", [_KIND])
    return bool(entries[-1].public["granted"]) if entries else None


@carries_out("settlement.equity_approval", seen_in=(_KIND,))
def check_approval(session: Session, *, lot: LotRecord) -> None:
    """Refuse a ruling before the approval that was announced as needed (法释〔2021〕20号 第15条).

    :raises ApprovalMissing: naming what is needed
    """
    needed = lot.conditions.approval
    if needed and not approved(session, lot=lot.id):
        raise ApprovalMissing(approval=needed)
