"""Reading the special conditions of a draft: purchase limits, equity, and the persons who have a priority."""

from __future__ import annotations

from typing import Any

from auction.edges.web.court.fields import Form
from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.identity.commands import enrol_person
from auction.procedure.lots.conditions import Conditions

_REASON_LONGEST = 1_000
_DOCUMENT_LONGEST = 4_000


def conditions(act: Act, form: Form, case: CaseRecord) -> Conditions | None:
    """Return what the form says of limits and equity; None when nothing, so that a later round keeps its own."""
    company = person(act, form, "company-0-", case) if form.raw("company-0-name") else None
    others = [person(act, form, f"shareholder-{n}-", case) for n in form.rows("shareholder", ("name",))]
    reason = form.text_or_none("unappraisable", longest=_REASON_LONGEST)
    approval = form.text_or_none("approval", longest=_REASON_LONGEST)
    form.refuse()
    found = Conditions(
        purchase_limited=form.ticked("purchase_limited"),
        unappraisable=reason,
        company=company,
        shareholders=tuple(dict.fromkeys(others)),
        approval=approval,
    )
    return found if found.as_json() else None


def priority(act: Act, form: Form, case: CaseRecord) -> list[dict[str, Any]]:
    """Return the priority purchasers named, each put on record, with the nature of the right and its proof."""
    found = []
    for n in form.rows("priority", ("name", "reason")):
        at = f"priority-{n}-"
        rank = form.whole_or_none(f"{at}rank", most=99) or 1
        reason = form.text_or_none(f"{at}reason") or ""
        nature = form.text_or_none(f"{at}nature")
        document = form.text_or_none(f"{at}document", longest=_DOCUMENT_LONGEST)
        found.append(
            {
                "person": person(act, form, at, case),
                "rank": rank,
                "reason": reason,
                "nature": nature,
                "document": document,
            }
        )
    return found


def person(act: Act, form: Form, at: str, case: CaseRecord) -> str:
    """Return the person of one row of a form, put on record; a party of the case is himself."""
    parties = {case.debtor.name: case.debtor.person}
    parties |= {claim.creditor: claim.creditor_person for claim in case.claims}
    name = form.text(f"{at}name", longest=100)
    number = form.text_or_none(f"{at}id_number", longest=30)
    kind = form.raw(f"{at}kind") or "natural_person"
    form.refuse()
    return parties.get(name) or _enrol(act, at, name=name, kind=kind, number=number)


def _enrol(act: Act, at: str, *, name: str, kind: str, number: str | None) -> str:
    try:
        return enrol_person(act, name=name, kind=kind, id_number=number).id
    except InputMalformed as fault:
        errors = fault.facts["errors"]
        named = errors if isinstance(errors, dict) else {}
        raise InputMalformed(errors={f"{at}{field}": str(why) for field, why in named.items()}) from fault
