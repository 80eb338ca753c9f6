"""What the parties have agreed to and asked for, as the case file and the party's own page show it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from auction.edges.web import disputes
from auction.foundation.docket import queries as docket
from auction.procedure.assets import queries as assets
from auction.procedure.cases import payments
from auction.procedure.cases.queries import CaseRecord


def of_case(session: Session, case: CaseRecord) -> dict[str, Any]:
    """Return the parties, their consents, and on which things an applicant asked to go on."""
    names = disputes.names_of(case)
    creditors = {one.id: one.creditor for one in case.claims}
    insisted = [
        (thing, creditors.get(entry.public["claim"], ""), entry.public["least_minor"], entry.at)
        for thing in assets.properties(session, case.id)
        for entry in docket.of_kinds(session, f"property:{thing.id}", ["property.insisted"])
    ]
    return {
        "parties": names,
        "consents": [(names.get(who, ""), to) for who, to in payments.consents(session, case=case.id)],
        "insisted": insisted,
    }
