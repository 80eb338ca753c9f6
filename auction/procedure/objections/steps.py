"""Taking a step on an objection: locked with what it is against, written once, entered in the docket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text, sha256_hex
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.assets import queries as assets
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.objections import course, queries, rules
from auction.procedure.objections.course import Step
from auction.procedure.objections.models import ObjectionStep
from auction.procedure.objections.queries import ObjectionRecord
from auction.procedure.settlement.rules import NotThisCourt
from auction.rulebook import rulebook
from auction.rulebook.numbers import ObjectionNumbers

#: How long a statement, a list of papers or the reasons of a ruling may be.
WORDS_LONGEST = 5000


def own_court(act: Act, *, court: str) -> None:
    """Keep an officer of one court from acting in a case of another; who serves no court acts for himself.

    :raises NotThisCourt: for him
    """
    if act.actor is not None and act.actor.court is not None and act.actor.court != court:
        raise NotThisCourt


def locked(act: Act, objection: str) -> ObjectionRecord:
    """Lock an objection with what it is against, and return it as it stands.

    :raises NotFound: no such objection
    :raises NotThisCourt: for an officer of another court
    """
    record = queries.objection(act.session, objection)
    own_court(act, court=cases.case(act.session, record.case).court)
    lock(act, chain_of(record))
    return queries.objection(act.session, objection)


def chain_of(record: ObjectionRecord) -> str:
    """Return the docket an objection is entered in: that of what it is against."""
    return f"{record.against_kind}:{record.against}"


def hold_id(objection: str, thing: str, *, suit: bool = False) -> str:
    """Return under which id an objection, or the suit after it, holds a thing back."""
    return f"Q{sha256_hex([objection, thing, 'suit'] if suit else [objection, thing])[:24]}"


def numbers_of(record: ObjectionRecord) -> ObjectionNumbers:
    """Return the periods in force on the day the objection was filed: it goes on as it began."""
    return rulebook().on(day_of(record.filed_at)).objections


def parties_of(act: Act, record: ObjectionRecord) -> set[str]:
    """Return the debtor and the creditors of the objection's case."""
    found = cases.case(act.session, record.case)
    return {found.debtor.person, *(claim.creditor_person for claim in found.claims)}


def applicants_of(act: Act, record: ObjectionRecord) -> set[str]:
    """Return the applicants for enforcement of the objection's case."""
    found = cases.case(act.session, record.case)
    return {claim.creditor_person for claim in found.claims if claim.applicant}


def check_decider(act: Act, record: ObjectionRecord) -> None:
    """Keep whoever carried out the enforcement in the case out of its review.

    :raises OfficerExcluded: for him
    """
    if act.actor is None or act.actor.has(Role.PLATFORM):
        return
    if has_implemented(act.session, record, account=act.by):
        raise course.OfficerExcluded


def has_implemented(session: Session, record: ObjectionRecord, *, account: str) -> bool:
    """Say whether an account carries the case of an objection, or has acted on it as its officer."""
    found = cases.case(session, record.case)
    things = [thing.id for thing in assets.properties(session, record.case)]
    made = [lot.id for lot in lots.of_case(session, case=record.case)]
    chains = [f"case:{record.case}", *(f"property:{one}" for one in things), *(f"lot:{one}" for one in made)]
    return account == found.officer or docket.has_acted(session, chains, by=account, kinds=rules.ACTS_OF_OFFICERS)


def himself(act: Act, person: str, *, verb: str) -> None:
    """Let a person act for himself alone; the court enters his papers for him.

    :raises AuthForbidden: for somebody else's name
    """
    actor = act.actor
    if actor is None or actor.has(Role.PLATFORM) or actor.person == person:
        return
    raise AuthForbidden(act=verb, roles=[ROLE_NAMES[Role.BIDDER][0]])


def take(
    act: Act,
    record: ObjectionRecord,
    step: Step,
    *,
    by: str | None = None,
    until: datetime | None = None,
    answer: bool | None = None,
    words: str | None = None,
    amount_minor: int | None = None,
) -> ObjectionRecord:
    """Write a step and enter it: what it asks for in public, who and what was said sealed.

    :raises StepOutOfOrder: when it does not follow
    """
    course.check_step(record.course, step, pending=record.status == "pending")
    digest = sha256_hex({"words": words}) if words is not None else None
    act.session.add(
        ObjectionStep(
            id=new_id("objection"), objection_id=record.id, kind=step.value, at=act.now, by_person_id=by, until=until,
            answer=answer, words=words, digest=digest, amount_minor=amount_minor,
        )
    )  # fmt: skip
    act.session.flush()
    told = {"until": instant_text(until) if until else None, "answer": answer, "sha256": digest}
    public: Mapping[str, Any] = {"objection": record.id} | {k: v for k, v in told.items() if v is not None}
    append(act, chain_of(record), f"objection.{step.value}", public, seal={"by": by} if by else None)
    return queries.objection(act.session, record.id)
