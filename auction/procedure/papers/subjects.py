"""What a paper is about: where it stands in the dockets, and whose it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.papers.kinds import Kind, Subject
from auction.procedure.settlement.rules import NotThisCourt


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper belongs: the docket it is entered in, the case and the court."""

    chain: str
    case: str
    court: str


def place_of(session: Session, kind: Kind, subject: str) -> Place:
    """Return where a paper of a kind about a subject belongs.

    :raises NotFound: no such lot, case or registration
    """
    if kind.subject is Subject.CASE:
        found = cases.case(session, subject)
        return Place(chain=f"case:{found.id}", case=found.id, court=found.court)
    named = bidding.registration(session, subject).lot if kind.subject is Subject.REGISTRATION else subject
    lot = lots.lot(session, named)
    return Place(chain=f"lot:{lot.id}", case=lot.case, court=lot.court)


def places_of_lots(session: Session, found: Collection[str]) -> dict[str, Place]:
    """Return where papers about lots belong, by lot."""
    told = lots.cases_and_courts(session, found).items()
    return {lot: Place(chain=f"lot:{lot}", case=case, court=court) for lot, (case, court) in told}


def refuse_other_court(act: Act, kind: Kind, subject: str) -> None:
    """Refuse somebody of another court; the platform serves all.

    :raises NotThisCourt: naming nothing of the other court's
    """
    if act.actor is None or act.actor.court is None:
        return
    if place_of(act.session, kind, subject).court != act.actor.court:
        raise NotThisCourt


def refuse_not_own(act: Act, registration: str) -> None:
    """Refuse whoever is not the one registered: for him it does not exist.

    :raises NotFound: as for a registration that there is not
    """
    found = bidding.registration(act.session, registration)
    if act.actor is not None and act.actor.person not in {None, found.person}:
        raise NotFound(what="registration", name=registration)
