"""The bank at the desk: its files taken in, and the lines that nothing explains, with how long they have waited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges import problems
from auction.edges.inbox import bank_import
from auction.edges.web import disputes, visitor
from auction.edges.web.court import desk, fields
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, Refusal
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.gateways.bank_files import plain_csv, reading
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.settlement.rules import NotThisCourt
from auction.procedure.treasury import bank_lines, bank_rules, claiming, transfer_queries, ways
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.bank_lines import LineRecord
from auction.procedure.treasury.queries import OrderRecord

pages = Blueprint("bank", __name__, url_prefix="/court/bank")

#: The largest file a browser may send; larger ones are imported where the program runs.
UPLOAD_MAX_BYTES = 4_000_000
_SUGGESTED = 20


@pages.url_value_preprocessor
def _larger_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a bank file be larger than a form; this runs before anything reads the body."""
    request.max_content_length = UPLOAD_MAX_BYTES


@pages.get("")
@open_to(desk.COURT)
def index() -> str:
    """Show the files that were imported, and take another."""
    return _index()


def _index(*, refusal: Refusal | None = None) -> str:
    court = desk.own_court()
    with platform().read() as session:
        context: dict[str, Any] = {
            "imports": bank_lines.imports(session, court=court),
            "account": ways.court_account(session, court),
            "columns": plain_csv.COLUMNS,
            **counts(session, court),
        }
    return desk.page("court/bank.html", rail="money", tab="files", refusal=refusal, **context)


def counts(session: Session, court: str) -> dict[str, int]:
    """Return what the tabs count: lines on the desk, and orders in no payment file."""
    waiting = transfer_queries.to_pay(session, court=court)
    return {"on_desk": len(bank_lines.unmatched(session, court=court)), "unpaid": len(waiting)}


@pages.post("/files")
@open_to(desk.COURT)
def take_in() -> ResponseReturnValue:
    """Take a bank file in and show what became of its lines."""
    if not desk.may(Role.FINANCE):
        raise AuthForbidden(act="import_bank_file", roles=[ROLE_NAMES[Role.FINANCE][0]])
    try:
        given = request.files.get("file")
        if given is None or not given.filename:
            raise InputMalformed(errors={"file": "请选择文件 / choose a file"})
        content = reading.content_of(given.stream, most=UPLOAD_MAX_BYTES)
        found = bank_import.import_file(platform(), content, court=desk.own_court(), actor=visitor.known_visitor())
    except (AuthForbidden, NotThisCourt):
        raise
    except Refusal as refusal:
        return make_response(_index(refusal=refusal), int(problems.status_of(refusal)))
    flash(t("文件已导入", "The file is imported"))
    return redirect(f"/court/bank/files/{found.id}", code=303)


@pages.get("/files/<file>")
@open_to(desk.COURT)
def show_file(file: str) -> str:
    """Show what became of the lines of a file."""
    with platform().read() as session:
        found = bank_lines.imported(session, file)
        desk.check_court(found.court)
        by = names(session, [found.by])
        tabs: dict[str, Any] = {**counts(session, found.court)}
    return desk.page("court/bank_file.html", rail="money", tab="files", file=found, by=by[found.by], **tabs)


def names(session: Session, accounts: Sequence[str | None]) -> dict[str | None, str]:
    """Return the names of the court's own staff, by account."""
    staff = {one.id: one.name for one in identity.staff(session, desk.own_court())}
    return {
        one: staff.get(one or "", t("平台", "the platform") if one == "platform" else one or "") for one in accounts
    }


@pages.get("/desk")
@open_to(desk.COURT)
def show_desk() -> str:
    """List the lines nobody has claimed, the oldest first, and what is on its way back."""
    court = desk.own_court()
    with platform().read() as session:
        found = bank_lines.unmatched(session, court=court)
        context: dict[str, Any] = {
            "lines": [(one, claiming.claim_by(one)) for one in found],
            "going": bank_lines.going_back(session, court=court),
            **counts(session, court),
        }
    return desk.page("court/bank_desk.html", rail="money", tab="desk", **context)


@pages.get("/lines/<line>")
@open_to(desk.COURT)
def show_line(line: str) -> str:
    """Show a line with everything the bank says, and what it may be for."""
    return _line(line)


def _line(line: str, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        found = bank_lines.line(session, line)
        desk.check_court(found.court)
        done = bank_lines.acts(session, line)
        context: dict[str, Any] = {
            "line": found,
            "by": claiming.claim_by(found),
            "acts": done,
            "staff": names(session, [*(one.by for one in done), found.proposed_by]),
            "on_the_desk": found.status in bank_rules.ON_THE_DESK,
            "fitting": _fitting(session, found),
            "opposite": _opposite(session, found),
            "cases": cases.cases(session, court=found.court, limit=200),
            "case": _case(session, found),
            **counts(session, found.court),
        }
        context["parties"] = disputes.names_of(context["case"]) if context["case"] else {}
    return desk.page("court/bank_line.html", rail="money", tab="desk", refusal=refusal, **context)


def _fitting(session: Session, line: LineRecord) -> list[tuple[OrderRecord, str, bool]]:
    """Return the orders a line would fit to the fen, with the case's number and whether the payer's name agrees."""
    if line.status not in bank_rules.ON_THE_DESK:
        return []
    found = treasury.fitting(
        session,
        case=cases.ids(court=line.court),
        also=bank_rules.clearing(line.court),
        credit=line.credit,
        amount_minor=line.amount_minor,
        limit=_SUGGESTED,
    )
    numbers = cases.summaries(session, ids={one.case for one in found})
    persons = identity.persons(session, ids=sorted({one.party for one in found if one.party}))
    return [
        (
            one,
            numbers[one.case].number if one.case in numbers else one.case,
            one.party in persons and bank_rules.same_name(line.other_name, persons[one.party].name),
        )
        for one in found
    ]


def _opposite(session: Session, line: LineRecord) -> list[LineRecord]:
    """Return the lines on the desk that would undo this one."""
    if line.status not in bank_rules.ON_THE_DESK:
        return []
    found = bank_lines.unmatched(session, court=line.court)
    return [one for one in found if one.signed_minor == -line.signed_minor]


def _case(session: Session, line: LineRecord) -> Any:  # noqa: ANN401 - a case or nothing
    """Return the case that was chosen to assign a line to."""
    chosen = request.values.get("case", "")
    if not chosen:
        return None
    found = cases.case(session, chosen)
    desk.check_court(found.court)
    return found if found.court == line.court else None


@pages.post("/lines/<line>/<any(order, case, give_back, cancel_out):verb>")
@open_to(desk.COURT)
def decide(line: str, verb: str) -> ResponseReturnValue:
    """Say what a line is for, or send its money back."""
    verbs: dict[str, Callable[[Act], LineRecord]] = {
        "order": lambda act: claiming.assign_to_order(act, line=line, order=_chosen("order")),
        "case": lambda act: claiming.assign_to_case(act, line=line, case=_chosen("case"), payer=_chosen("payer")),
        "give_back": lambda act: claiming.give_back(act, line=line),
        "cancel_out": lambda act: claiming.cancel_out(act, line=line, other=_chosen("other")),
    }
    with platform().read() as session:
        desk.check_court(bank_lines.line(session, line).court)
    return desk.perform(
        verbs[verb],
        to=lambda _: f"/court/bank/lines/{line}",
        said=t("已登记", "Entered"),
        otherwise=lambda refusal: _line(line, refusal=refusal),
    )


def _chosen(name: str) -> str:
    form = fields.form()
    found = form.text(name, longest=80)
    form.refuse()
    return found
