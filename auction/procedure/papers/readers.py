"""Who may read a paper: everybody, the parties, the one it is made out to, or the court alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import joint
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.lots import queries as lots
from auction.procedure.papers import queries
from auction.procedure.papers.kinds import Readers
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.rules import PaperStatus
from auction.procedure.settlement import queries as settlement

#: Who reads the papers of a court at its desk.
COURT_ROLES = frozenset({Role.OFFICER, Role.PANEL, Role.FINANCE, Role.HEAD})


def may_read(session: Session, record: PaperRecord, *, actor: Actor | None) -> bool:
    """Say whether somebody, or a stranger, may read a paper.

    A draft is the court's own, but for the bidder's own receipt. Before the close of a lot nobody reads a paper made
    out to a bidder but himself: it would connect a person with his taking part.
    """
    readers, final = record.kind.readers, record.status is PaperStatus.FINAL
    if final and readers is Readers.PUBLIC:
        return True
    if actor is None:
        return False
    if readers is Readers.OWN:
        return _own(session, record, actor) or (_closed(session, record) and _of_the_court(record, actor))
    if _of_the_court(record, actor):
        return True
    concerned = readers is Readers.PARTIES and actor.person in parties(session, record)
    return final and (concerned or actor.has(Role.SUPERVISOR))


def readable_of_lot(session: Session, lot: str, *, actor: Actor | None) -> list[PaperRecord]:
    """Return the final papers of a lot that somebody may read and nothing has replaced, in the order made."""
    found = [one for one in queries.of_chain(session, f"lot:{lot}") if one.final_at and not one.replaced_by]
    return [one for one in reversed(found) if may_read(session, one, actor=actor)]


def parties(session: Session, record: PaperRecord) -> frozenset[str]:
    """Return the persons a paper concerns: debtor, creditors and, for a lot's paper, those who bought it."""
    case = cases.case(session, record.case)
    found = {case.debtor.person, *(one.creditor_person for one in case.claims)}
    sold = settlement.settlement(session, record.lot) if record.lot else None
    if sold is not None and sold.buyer_registration is not None:
        found |= {one.person for one in joint.buyers(session, lot=sold.lot, person=sold.buyer_person)}
    elif sold is not None:
        found.add(sold.buyer_person)
    return frozenset(found)


def _own(session: Session, record: PaperRecord, actor: Actor) -> bool:
    return actor.person is not None and bidding.registration(session, record.subject).person == actor.person


def _closed(session: Session, record: PaperRecord) -> bool:
    return record.lot is not None and lots.lot(session, record.lot).closed_at is not None


def _of_the_court(record: PaperRecord, actor: Actor) -> bool:
    return bool(actor.roles & COURT_ROLES) and actor.court == record.court
