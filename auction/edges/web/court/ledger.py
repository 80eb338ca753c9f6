"""The ledger at the desk: statements of a case, a lot and a person, the trial balance, each entry, what differs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from auction.edges.web import statements as shown
from auction.edges.web.court import cases as files
from auction.edges.web.court import desk, fields
from auction.edges.web.court.lots import common
from auction.edges.web.visitor import open_to, platform, t
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.foundation.kernel.roles import Role
from auction.foundation.ledger import statements
from auction.foundation.ledger.statements import EntryRecord, Scope
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.papers import queries as papers
from auction.procedure.papers.kinds import Subject
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.treasury import bank_rules, differences, runs
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.differences import DifferenceRecord
from auction.procedure.treasury.queries import OrderRecord

pages = Blueprint("ledger", __name__, url_prefix="/court")

FINANCE = frozenset({Role.FINANCE})
_CASES = 100
_DIFFERENCES_MAX = 200
#: Orders whose payee is public or a party; a deposit is never shown with a person.
NAMED = frozenset({"distribution", "balance"})


@pages.get("/ledger")
@open_to(desk.COURT)
def trial() -> str:
    """Show the trial balance of the court: by account, and case by case; each sums to zero."""
    own, also = cases.ids(court=desk.own_court()), [bank_rules.clearing(desk.own_court())]
    after = request.args.get("after", "")[:80]
    with platform().read() as session:
        totals = statements.trial(session, cases=own, also=also)
        lines = statements.trial_by_case(session, cases=own, also=also, after=after, limit=_CASES + 1)
        named = cases.summaries(session, ids={one.case for one in lines})
        context: dict[str, Any] = {
            "totals": totals,
            "rows": [(named.get(one.case), one) for one in lines[:_CASES]],
            "more": lines[_CASES - 1].case if len(lines) > _CASES else None,
            "last_run": runs.last_run(session),
            "open": len(differences.open_differences(session, case=own)),
        }
    return desk.page("court/ledger_trial.html", rail="money", word=shown.account_word, **context)


@pages.get("/ledger/<entry>")
@open_to(desk.COURT)
def show(entry: str) -> str:
    """Show an entry: both its sides, the order behind it with its gateway, the docket's entry of the same act."""
    with platform().read() as session:
        found = entry_of(session, entry)
        account = found.postings[0].case
        court = bank_rules.court_of_clearing(account)
        if court is not None:
            desk.check_court(court)
        case = None if court is not None else desk.case_of(session, account)
        context = entry_context(session, found) | {"case": case}
    return desk.page("court/ledger_entry.html", rail="money", **context)


def entry_of(session: Session, name: str) -> EntryRecord:
    """Return an entry.

    :raises NotFound: when there is none of that number
    """
    found = statements.entry(session, id=shown.entry_number(name))
    if found is None:
        raise NotFound(what="ledger entry", name=name)
    return found


def entry_context(session: Session, found: EntryRecord) -> dict[str, Any]:
    """Return what is shown beside an entry's own words."""
    order, holders = _order_of(session, found), shown.holders(session, found.postings)
    payee = identity.persons(session, ids=[order.party]) if order and order.party and order.purpose in NAMED else {}
    return {
        "entry": found,
        "order": order,
        "payee": next(iter(payee.values())).name if payee else None,
        "acts": _acts_of(session, found, holders=holders.values()),
        "papers": _papers_of(session, found),
        "holders": holders,
        "titles": shown.titles(session, found.postings),
        "word": shown.account_word,
        "what": shown.kind_word(found.kind),
    }


def _order_of(session: Session, found: EntryRecord) -> OrderRecord | None:
    try:
        return treasury.order(session, found.reference.partition(":")[0])
    except NotFound:
        return None


def _chains(found: EntryRecord) -> list[str]:
    """Return the dockets of the lots and cases an entry is about."""
    lots = {f"lot:{one.lot}" for one in found.postings if one.lot}
    return sorted(lots | {f"case:{one.case}" for one in found.postings})


def _acts_of(session: Session, found: EntryRecord, *, holders: Collection[str]) -> list[Entry]:
    """Return what the docket has of the same act: of its instant, and of its kind and holder where it has that."""
    same = docket.at(session, chains=_chains(found), at=found.at)
    own = [one for one in same if one.kind == found.kind and one.public.get("code") in {None, *holders}]
    return own or same


def _papers_of(session: Session, found: EntryRecord) -> list[PaperRecord]:
    """Return the final papers of its lots and cases; a bidder's receipt is his own."""
    every = [one for chain in _chains(found) for one in papers.of_chain(session, chain)]
    return [one for one in every if one.final_at is not None and one.kind.subject is not Subject.REGISTRATION]


@pages.get("/cases/<case>/ledger")
@open_to(desk.COURT)
def of_case(case: str) -> ResponseReturnValue:
    """Show the statement of a case's account, or send it as a table."""
    with platform().read() as session:
        scope, path = Scope(case=case), f"/court/cases/{case}/ledger"
        record = desk.case_of(session, case)
        if request.args.get("format") == "csv":
            return shown.as_csv(session, scope=scope, name=f"case-{case}")
        context = files.file_of(session, case) | shown.statement(session, scope=scope, path=path)
        context["balances"] = statements.balances(session, scope=scope)
        context["title"] = record.number
    return desk.page("court/ledger_case.html", rail="money", tab="money", **context)


@pages.get("/lots/<lot>/ledger")
@open_to(desk.COURT)
def of_lot(lot: str) -> ResponseReturnValue:
    """Show the statement of a lot, or send it as a table."""
    with platform().read() as session:
        record = desk.lot_of(session, lot)
        scope, path = Scope(lot=lot), f"/court/lots/{lot}/ledger"
        if request.args.get("format") == "csv":
            return shown.as_csv(session, scope=scope, name=f"lot-{lot}")
        context = common(session, record) | shown.statement(session, scope=scope, path=path)
        context["balances"] = statements.balances(session, scope=scope)
    return desk.page("court/ledger_lot.html", rail="money", tab="ledger", **context)


@pages.get("/persons/<person>/ledger")
@open_to(FINANCE)
def of_person(person: str) -> ResponseReturnValue:
    """Show finance what a person paid in and got in the court's cases; nothing of lots still being bid on."""
    own = cases.ids(court=desk.own_court())
    with platform().read() as session:
        name = shown.name_of(session, person)
        scope = shown.of_person(session, person=person, only_ended=True, cases_of=own)
        if request.args.get("format") == "csv":
            return shown.as_csv(session, scope=scope, name=f"person-{person}")
        context = shown.statement(session, scope=scope, path=f"/court/persons/{person}/ledger")
        context["balances"] = statements.balances(session, scope=scope)
    return desk.page("court/ledger_person.html", rail="money", name=name, **context)


@pages.get("/ledger/differences")
@open_to(desk.COURT)
def differing() -> str:
    """Show what differs between the books and the outside, oldest first, and when they were compared last."""
    return _differing()


def _differing(*, refusal: Refusal | None = None) -> str:
    own = cases.ids(court=desk.own_court())
    with platform().read() as session:
        found = [
            *differences.open_differences(session, case=own, limit=_DIFFERENCES_MAX),
            *differences.open_without_case(session, limit=_DIFFERENCES_MAX),
        ]
        context = {
            "found": found,
            "named": cases.summaries(session, ids={one.difference.case for one in found if one.difference.case}),
            "authors": _authors(session, found),
            "last_run": runs.last_run(session),
            "asked_for": runs.asked_for(session),
        }
    return desk.page("court/ledger_differences.html", rail="money", refusal=refusal, **context)


def _authors(session: Session, found: list[DifferenceRecord]) -> dict[str, str]:
    accounts = {note.by for one in found for note in one.notes}
    return {who: actor.name for who in accounts if (actor := identity.actor(session, account=who)) is not None}


@pages.post("/ledger/differences/<difference>/explain")
@open_to(desk.COURT)
def explain(difference: str) -> ResponseReturnValue:
    """Say what a difference comes from; the next comparison closes it when it is gone."""
    return desk.perform(
        lambda act: differences.explain_difference(act, difference=difference, words=fields.form().raw("words")),
        to=lambda _: f"/court/ledger/differences#{difference}",
        said=t("说明已记录", "What you said is recorded"),
        otherwise=lambda refusal: _differing(refusal=refusal),
    )


@pages.post("/ledger/reconcile")
@open_to(desk.COURT)
def reconcile() -> ResponseReturnValue:
    """Ask for a comparison now."""
    return desk.perform(
        runs.ask_reconciliation,
        to=lambda _: "/court/ledger/differences",
        said=t("对账已安排，稍后刷新查看结果", "The comparison is under way; look again in a moment"),
        otherwise=lambda refusal: _differing(refusal=refusal),
    )
