"""The ledger for those outside a court: a bidder's or party's own money, and the platform's trial balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import statements as shown
from auction.edges.web.court import desk
from auction.edges.web.visitor import BIDDERS, open_to, own_person, platform
from auction.foundation.kernel.refusal import NotFound
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import statements
from auction.foundation.ledger.rules import Account
from auction.foundation.ledger.statements import Line
from auction.procedure.cases import queries as cases
from auction.procedure.treasury import differences, runs
from auction.procedure.treasury import queries as treasury

pages = Blueprint("ledgers", __name__)

SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_CASES = 100


@dataclass(frozen=True, slots=True)
class Move:
    """One entry as its owner reads it: what happened to his money, and by which way it came or went.

    ``minor`` is signed from where he stands outside: what he paid in is positive, what came back negative, and what
    only changed its account within the court is ``inner_minor``.
    """

    entry: int
    at: datetime
    what: str
    lot: str | None
    case: str
    minor: int
    inner_minor: int
    source: Account
    target: Account
    left_minor: int
    gateway: str | None
    reference: str | None


@pages.get("/my/money")
@open_to(BIDDERS)
def own() -> ResponseReturnValue:
    """Show the visitor every fen he paid in and got, what the court holds for him, and by which way each went."""
    person = own_person()
    with platform().read() as session:
        scope = shown.of_person(session, person=person, only_ended=False)
        if request.args.get("format") == "csv":
            return shown.as_csv(session, scope=scope, name="my-money")
        lines = statements.lines(session, scope=scope)
        context = {
            "moves": list(reversed(_moves(session, lines))),
            "titles": shown.titles(session, lines),
            "numbers": cases.summaries(session, ids={one.case for one in lines}),
            "balances": statements.balances(session, scope=scope),
        }
    return render_template("bidder/money.html", section="my", word=shown.account_word, **context)


@pages.get("/my/money/<entry>")
@open_to(BIDDERS)
def own_entry(entry: str) -> str:
    """Show one entry of the visitor's own money."""
    with platform().read() as session:
        scope = shown.of_person(session, person=own_person(), only_ended=False)
        lines = statements.lines(session, scope=scope)
        number = shown.entry_number(entry)
        found = [one for one in _moves(session, lines) if one.entry == number]
        if not found:
            raise NotFound(what="ledger entry", name=entry)
        context = {
            "move": found[0],
            "sides": [one for one in lines if one.entry == number],
            "titles": shown.titles(session, lines),
            "number": cases.case(session, found[0].case).number,
        }
    return render_template("bidder/money_entry.html", section="my", word=shown.account_word, **context)


def _moves(session: Session, lines: Iterable[Line]) -> list[Move]:
    """Return the lines of one person by entry, oldest first, with what the court holds for him after each."""
    by_entry: dict[int, list[Line]] = {}
    for one in lines:
        by_entry.setdefault(one.entry, []).append(one)
    orders = {
        order.id: order
        for order in treasury.orders_named(session, ids={sides[0].reference for sides in by_entry.values()})
    }
    found: list[Move] = []
    left = 0
    for entry, sides in by_entry.items():
        outside = sum(one.minor for one in sides if one.account is Account.OUTSIDE)
        left += outside
        order = orders.get(sides[0].reference)
        found.append(
            Move(
                entry=entry,
                at=sides[0].at,
                what=shown.kind_word(sides[0].kind),
                lot=sides[0].lot,
                case=sides[0].case,
                minor=outside,
                inner_minor=0 if outside else sum(one.minor for one in sides if one.minor > 0),
                source=next((one.account for one in sides if one.minor > 0), Account.OUTSIDE),
                target=next((one.account for one in sides if one.minor < 0), Account.OUTSIDE),
                left_minor=left,
                gateway=order.gateway if order else None,
                reference=order.gateway_reference if order else None,
            )
        )
    return found


@pages.get("/supervision/ledger")
@open_to(SUPERVISORS)
def trial() -> str:
    """Show the trial balance of the whole platform, by account and by case; persons are not named."""
    after = request.args.get("after", "")[:80]
    with platform().read() as session:
        lines = statements.trial_by_case(session, cases=None, after=after, limit=_CASES + 1)
        named = cases.summaries(session, ids={one.case for one in lines})
        context: dict[str, Any] = {
            "totals": statements.trial(session, cases=None),
            "rows": [(named.get(one.case), one) for one in lines[:_CASES]],
            "more": lines[_CASES - 1].case if len(lines) > _CASES else None,
            "last_run": runs.last_run(session),
            "open": differences.how_open(session)[0],
        }
    return desk.page("supervision/ledger.html", rail="ledger", word=shown.account_word, **context)
