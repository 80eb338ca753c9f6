"""What a bidder has under way: his lots, his standing, his deposits, and what is due of him."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from auction.edges.web import shown
from auction.edges.web.objecting import subject_of
from auction.edges.web.paying_words import NAMES
from auction.edges.web.shown import LotCard
from auction.edges.web.visitor import BIDDERS, open_to, own_person, platform, t
from auction.gateways.port import OrderKind
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.cases import queries as cases
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.lots import queries as lots
from auction.procedure.objections import queries as objections
from auction.procedure.settlement import queries as settlement
from auction.procedure.settlement.queries import SettlementRecord
from auction.procedure.treasury import queries as treasury
from auction.procedure.treasury.queries import OrderRecord

pages = Blueprint("mine", __name__)

#: More cases than this no party looks through on a page.
_CASES_MAX = 200


@dataclass(frozen=True, slots=True)
class Own:
    """One lot of a bidder: ``leads`` is None while he has not bid."""

    lot: LotCard
    registration: RegistrationRecord
    deposit: DepositRecord | None
    leads: bool | None
    settlement: SettlementRecord | None
    returned: OrderRecord | None

    @property
    def owes(self) -> bool:
        """Say whether the balance is still to be paid."""
        return self.settlement is not None and self.settlement.due_minor > 0

    @property
    def under_way(self) -> bool:
        """Say whether something may still happen on it."""
        return self.lot.status not in {"closed", "withdrawn", "revoked"}


@pages.get("/my")
@open_to(BIDDERS)
def own_lots() -> str:
    """Show the visitor's own lots, what is due first."""
    with platform().read() as session:
        own = _own(session, person=own_person())
        objected = [(one, subject_of(session, one)) for one in objections.by_person(session, person=own_person())]
        concerned = cases.cases_of_person(session, own_person())[:_CASES_MAX]
        parties = sorted(cases.summaries(session, ids=concerned).values(), key=lambda one: one.opened_at, reverse=True)
    own.sort(key=lambda one: (not one.owes, not one.under_way, one.lot.ends_at))
    names = {name: t(*words) for name, words in NAMES.items()}
    return render_template(
        "bidder/my.html", section="my", rows=own, objections=objected, cases=parties, way_names=names
    )


def _own(session: Session, *, person: str) -> list[Own]:
    registrations = bidding.registrations_of(session, person=person)
    found = {card.id: card for card in shown.cards(session, [lots.lot(session, one.lot) for one in registrations])}
    deals = {one.lot: one for one in settlement.of_person(session, person=person)}
    return [
        Own(
            lot=found[one.lot],
            registration=one,
            deposit=deposits.deposit_of(session, registration=one.id),
            leads=_leads(session, one),
            settlement=deals.get(one.lot),
            returned=_returned(session, one),
        )
        for one in registrations
    ]


def _returned(session: Session, own: RegistrationRecord) -> OrderRecord | None:
    """Return the order by which a deposit went back: the bidder's proof."""
    deposit = deposits.deposit_of(session, registration=own.id)
    return treasury.done_order(session, subject=deposit.id, kind=OrderKind.RELEASE) if deposit else None


def _leads(session: Session, own: RegistrationRecord) -> bool | None:
    if bidding.leader_code(session, lot=own.lot) == own.code:
        return True
    return False if shown.viewer_of(session, lot=own.lot, person=own.person).has_bid else None
