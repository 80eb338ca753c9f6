"""Payees' accounts at Stripe, to which a share is transferred; who has none is paid by bank (法发〔2017〕6号)."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.treasury import payees
from auction.procedure.treasury.connected_models import ConnectedAccountRow

_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,60}", re.ASCII)


def connected_account(session: Session, person: str | None) -> str | None:
    """Return the account a person is paid to at Stripe, the newest on record, or None."""
    query = select(ConnectedAccountRow.account).where(ConnectedAccountRow.person_id == person)
    return session.scalars(query.order_by(ConnectedAccountRow.id.desc()).limit(1)).one_or_none()


@command("enter_connected_account", by={Role.FINANCE, Role.HEAD})
def enter_connected_account(act: Act, *, case: str, person: str, account: str) -> str:
    """Put on record the account at Stripe to which a payee of a case is paid; entered in the case's docket.

    :raises InputMalformed: a field cannot be read, or the account is no connected account's number
    :raises AuthForbidden: for another court's case, or one who is paid nothing in the court's cases
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    named = checks.identifier("person", person)
    given = checks.text("account", account, longest=80)
    if "account" not in checks.errors and not _ACCOUNT.fullmatch(given):
        checks.wrong("account", "应为 acct_ 开头的收款账户编号 / the number of a connected account, acct_…")
    checks.refuse()
    record = cases.case(act.session, wanted)
    _may(act, court=record.court, person=named)
    lock(act, f"case:{wanted}")
    if connected_account(act.session, named) != given:
        act.session.add(ConnectedAccountRow(person_id=named, account=given, entered_at=act.now, entered_by=act.by))
        act.session.flush()
        append(
            act,
            f"case:{wanted}",
            "payment.connected_account_entered",
            {"by": act.by},
            seal={"person": named, "account": given},
        )
    return given


def _may(act: Act, *, court: str, person: str) -> None:
    actor = act.actor
    own = actor is None or actor.has(Role.PLATFORM) or actor.court == court
    if not own or not payees.pays(act.session, court=court, person=person):
        raise AuthForbidden(act="enter_connected_account", roles=[ROLE_NAMES[Role.FINANCE][0]])
