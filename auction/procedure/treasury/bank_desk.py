"""The state of a bank line under its lock, and what every act on it shares."""

from __future__ import annotations

from sqlalchemy import select

from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthForbidden, NotFound
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.treasury import bank_lines
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.bank_models import BankLineAct, BankLineState
from auction.procedure.treasury.bank_rules import LineStatus, Why


def locked_state(act: Act, line: str) -> BankLineState:
    """Lock a line and return where it stands.

    :raises NotFound: when there is no such line
    """
    row = act.session.scalars(
        select(BankLineState)
        .where(BankLineState.line_id == line)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound(what="line", name=line)
    return row


def decided(
    act: Act,
    state: BankLineState,
    status: LineStatus,
    *,
    why: Why | None = None,
    case: str | None = None,
    order: str | None = None,
    other_line: str | None = None,
    reason: str | None = None,
) -> LineRecord:
    """Take a line to its next state, write down who did it, and return it."""
    line = state.line_id
    row = locked_state(act, line)
    row.status, row.reason, row.case_id, row.order_id = status.value, why.value if why else None, case, order
    row.other_line_id, row.since = other_line, act.now
    row.proposed_by = row.proposed_order_id = None
    noted(act, line, status.value, reason=reason or (why.value if why else None), subject=other_line or order or case)
    act.session.flush()
    return bank_lines.line(act.session, line)


def noted(act: Act, line: str, what: str, *, reason: str | None = None, subject: str | None = None) -> None:
    """Write down an act on a line; the record only grows."""
    act.session.add(
        BankLineAct(
            line_id=line,
            at=act.now,
            by=act.by,
            act=what,
            reason=reason[:200] if reason else None,
            subject=subject,
        )
    )


def refuse_other_court(act: Act, court: str) -> None:
    """Let nobody but the court's own staff, and the platform, touch its money.

    :raises AuthForbidden: for the staff of another court
    """
    actor = act.actor
    if actor is not None and not actor.has(Role.PLATFORM) and actor.court != court:
        raise AuthForbidden(act="bank", roles=[ROLE_NAMES[Role.FINANCE][0]])
