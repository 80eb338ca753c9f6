"""What all desk pages share: whose court, who may, and a form's way to its command and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges import problems
from auction.edges.web import visitor
from auction.edges.web.court import fields
from auction.edges.web.visitor import platform
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement.rules import NotThisCourt

R = TypeVar("R")

#: Who works at a court's desk.
COURT: frozenset[Role] = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD})


def refuse_unprintable() -> None:
    """Refuse what no keyboard sends and no database keeps, before any page reads it.

    :raises InputMalformed: naming the field
    """
    given = [*(request.view_args or {}).items(), *request.args.items(multi=True), *request.form.items(multi=True)]
    for name, value in given:
        if "\x00" in f"{name}{value}":
            raise InputMalformed(errors={name.replace("\x00", ""): "含有不可见字符 / contains control characters"})


def own_court() -> str:
    """Return the court of who asks.

    :raises NotThisCourt: for an account that serves no court
    """
    court = visitor.known_visitor().court
    if court is None:
        raise NotThisCourt
    return court


def check_court(court: str) -> None:
    """Refuse what belongs to another court.

    :raises NotThisCourt: naming nothing of the other court's
    """
    if court != own_court():
        raise NotThisCourt


def case_of(session: Session, case: str) -> CaseRecord:
    """Return a case of one's own court.

    :raises NotFound: no such case
    :raises NotThisCourt: another court's
    """
    found = cases.case(session, case)
    check_court(found.court)
    return found


def property_of(session: Session, thing: str) -> tuple[PropertyRecord, CaseRecord]:
    """Return a property of one's own court with its case.

    :raises NotFound: no such property
    :raises NotThisCourt: another court's
    """
    found = assets.property_record(session, thing, now=visitor.now())
    return found, case_of(session, found.case)


def lot_of(session: Session, lot: str) -> LotRecord:
    """Return a lot of one's own court, whatever its state.

    :raises NotFound: no such lot
    :raises NotThisCourt: another court's
    """
    found = lots.lot(session, lot)
    check_court(found.court)
    return found


def may(role: Role) -> bool:
    """Say whether who asks holds the role: pages leave out what he may not do; the command refuses anyway."""
    actor = visitor.visitor()
    return actor is not None and actor.has(role)


def page(template: str, *, refusal: Refusal | None = None, **context: Any) -> str:  # noqa: ANN401 - templates take any value
    """Render a desk page; with a refusal, what was typed stays and each fault stands beside its field."""
    errors: Mapping[str, str] = fields.faults(refusal) if isinstance(refusal, InputMalformed) else {}
    asked = request.form if request.method == "POST" else request.args
    return render_template(
        template, section="desk", refusal=refusal, errors=errors, asked=asked, may=may, Role=Role, **context
    )


def perform(
    do: Callable[[Act], R], *, to: Callable[[R], str], said: str, otherwise: Callable[[Refusal], str]
) -> ResponseReturnValue:
    """Run a command in its own transaction: done, go on and say so; refused, show the form again with the reason.

    :raises AuthForbidden: AuthRequired, NotFound: no form can answer these
    """
    try:
        with platform().act(visitor.known_visitor()) as act:
            result = do(act)
    except (AuthForbidden, AuthRequired, NotFound, NotThisCourt):
        raise
    except Refusal as refusal:
        return make_response(otherwise(refusal), int(problems.status_of(refusal)))
    flash(said)
    return redirect(to(result), code=303)
