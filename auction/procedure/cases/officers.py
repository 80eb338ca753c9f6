"""Which officer carries a case: the one who opened it, until the head of the bureau gives it to another."""

from __future__ import annotations

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.cases import queries
from auction.procedure.cases.models import Case
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks


@command("assign_officer", by={Role.HEAD})
def assign_officer(act: Act, *, case: str, officer: str) -> queries.CaseRecord:
    """Give a case to an officer of its court; what is due on it is his from then on.

    :raises NotFound: no such case, or no such account
    :raises AuthForbidden: the head of another court's bureau
    :raises InputMalformed: the account is not an active officer of the case's court
    """
    checks = Checks()
    case_id, account_id = checks.identifier("case", case), checks.identifier("officer", officer)
    checks.refuse()
    lock(act, f"case:{case_id}")
    row = act.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what="case", name=case_id)
    if act.actor is not None and act.actor.court not in {None, row.court_id}:
        raise AuthForbidden(act="assign_officer", roles=[ROLE_NAMES[Role.HEAD][0]])
    account = identity.account(act.session, account_id)
    if not (account.active and Role.OFFICER in account.roles and account.court == row.court_id):
        raise InputMalformed(errors={"officer": "应为本院在职执行员 / must be an active officer of this court"})
    if row.officer_id != account.id:
        before, row.officer_id = row.officer_id, account.id
        act.session.flush()
        append(act, f"case:{case_id}", "case.officer_assigned", {"officer": account.id, "before": before})
    return queries.case(act.session, case_id)
