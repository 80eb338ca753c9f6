"""Read models of taking in kind: who was asked, what each creditor said, who stands before whom, and the draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.cases import queries as cases
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import claims, credit, in_kind
from auction.procedure.settlement.asking import ASKED, DECLINED
from auction.procedure.settlement.models import InKindApplication, Settlement


@dataclass(frozen=True, slots=True)
class Answer:
    """A creditor about a failed lot; ``answer`` is ``takes``, ``declines`` or None; a smaller place is paid before.

    ``ticket`` is his in the draw among equals; ``drawn`` says that there was one.
    """

    claim: str
    person: str
    creditor: str
    kind: str
    place: int
    left_minor: int
    counted_minor: int
    difference_minor: int
    asked_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    ticket: str | None
    drawn: bool
    takes: bool


@dataclass(frozen=True, slots=True)
class Taking:
    """A failed lot before its creditors, those who stand before first; ``open`` says that it may still be taken."""

    lot: str
    price_minor: int
    closed_hash: str
    open: bool
    asked_at: datetime | None
    answers: tuple[Answer, ...]

    @property
    def all_declined(self) -> bool:
        """Say whether everybody has answered, and nobody takes it."""
        return bool(self.answers) and all(one.answer == "declines" for one in self.answers)


def taking(session: Session, lot: LotRecord) -> Taking | None:
    """Return how a failed lot stands before its creditors, or None for a lot that has not failed."""
    if lot.status != "closed" or lot.outcome != "unsold":
        return None
    asked: dict[str, datetime] = {}
    for entry in docket.of_kinds(session, f"lot:{lot.id}", [ASKED]):
        asked |= dict.fromkeys(entry.public["claims"], entry.at)
    row = session.get(Settlement, lot.id)
    answers = _answers(session, lot, asked=asked, row=row)
    return Taking(
        lot=lot.id,
        price_minor=lot.start_price_minor,
        closed_hash=in_kind.closing_hash(session, lot.id),
        open=_open(session, lot, row),
        asked_at=min(asked.values()) if asked else None,
        answers=tuple(sorted(answers, key=lambda one: (one.place, one.ticket or "~"))),
    )


def _answers(session: Session, lot: LotRecord, *, asked: dict[str, datetime], row: Settlement | None) -> list[Answer]:
    declined = {entry.public["claim"]: entry.at for entry in docket.of_kinds(session, f"lot:{lot.id}", [DECLINED])}
    kept = session.scalars(select(InKindApplication).where(InKindApplication.lot_id == lot.id))
    applied = {one.claim_id: one for one in kept}
    taker = row.credit_claim_id if row is not None else None
    case = cases.case(session, lot.case)
    found = [
        # What the taker's claim counts for here is part of what he had before he took it.
        replace(one, left_minor=one.left_minor + row.credit_minor) if row and one.claim == taker else one
        for one in claims.creditors(session, lot=lot, case=case)
    ]
    answers = []
    for claim, standing in zip(case.claims, found, strict=True):
        own = applied.get(claim.id)
        said = "takes" if own else "declines" if claim.id in declined else None
        counted = credit.taker_credit(found, taker=standing, price_minor=in_kind.reachable(session, lot))
        answer = Answer(
            claim=claim.id,
            person=claim.creditor_person,
            creditor=claim.creditor,
            kind=claim.kind,
            place=standing.place,
            left_minor=standing.left_minor,
            counted_minor=counted,
            difference_minor=lot.start_price_minor - counted,
            asked_at=asked.get(claim.id),
            answer=said,
            answered_at=own.applied_at if own else declined.get(claim.id),
            ticket=own.ticket if own else None,
            drawn=own is not None and sum(other.place == own.place for other in applied.values()) > 1,
            takes=claim.id == taker,
        )
        answers.append(answer)
    return answers


def _open(session: Session, lot: LotRecord, row: Settlement | None) -> bool:
    """Say whether a creditor may still come: nobody has taken it and paid, and no later round was announced."""
    if row is not None and row.status not in {"awaiting_balance", "defaulted"}:
        return False
    try:
        in_kind.refuse_not_failed(session, lot)
    except Refusal:
        return False
    return True
