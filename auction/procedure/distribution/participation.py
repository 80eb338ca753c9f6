"""Other creditors join the distribution until the debtor's property is given out (法释〔2015〕5号 第506、507条)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.assets.rows import HELD
from auction.procedure.cases import commands as case_commands
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord, ClaimRecord
from auction.procedure.cases.rules import PRIOR_KINDS, JoinedTooLate
from auction.procedure.distribution import basis, escrow, plans, queries, refusals
from auction.procedure.distribution.refusals import PlanStatus
from auction.procedure.inputs import Checks


@command("join_distribution", by={Role.OFFICER})
def join_distribution(act: Act, *, case: str, claims: Sequence[Mapping[str, Any]]) -> CaseRecord:
    """Let other creditors take part; a plan that was served without them is drawn up anew.

    An ordinary creditor names his ``title``, the judgment he enforces; who has a prior right needs none.

    :raises NoParticipation: an ordinary claim against an enterprise without a place in the order of seizures
    :raises NoTitle: an ordinary claim without a title
    :raises JoinedTooLate: when nothing is left to give out
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    checks.refuse()
    lock(act, f"case:{wanted}")
    found = cases.case(act.session, wanted)
    plans.court_only(act, found)
    _refuse_late(act, case=wanted)
    record = case_commands.join_claims(act.as_platform(), case=wanted, claims=claims)
    joined = record.claims[len(found.claims) :]
    if found.debtor.kind == "enterprise":
        refusals.check_participation([one.id for one in joined if _shares(one)])
    row = plans.open_plan(act, case=wanted)
    if row is not None and row.basis == "order" and row.status in {PlanStatus.SERVED.value, PlanStatus.FINAL.value}:
        escrow.begin_anew(act, row)
        plans.move(row, PlanStatus.DRAFTED)
        plans.entered(act, row, kind="plan.reopened", public={"joined": [one.id for one in joined]})
    return record


def _shares(claim: ClaimRecord) -> bool:
    return claim.kind not in PRIOR_KINDS and claim.seizure_order is None


def _refuse_late(act: Act, *, case: str) -> None:
    """Refuse once everything of the debtor that the case could reach has been given out."""
    newest = queries.plan(act.session, case=case)
    if newest is None or newest.status not in {PlanStatus.RELEASED, PlanStatus.PAID}:
        return
    things = [thing for thing in assets.properties(act.session, case) if thing.status in HELD]
    money = basis.pools(act.session, case=case) if newest.status is PlanStatus.PAID else []
    if not things and not money:
        raise JoinedTooLate(since=newest.released_at or newest.drafted_at)
