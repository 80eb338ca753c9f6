"""What the pages show of a lot: the card of a list and the whole page, made from the read models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auction.edges import explaining
from auction.edges.web.facts import facts_in_words
from auction.edges.web.grounds import called
from auction.edges.web.visitor import t
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.procedure.assets import queries as assets
from auction.procedure.bidding import eligibility
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord, State
from auction.procedure.bidding.reminders import reminders_of
from auction.procedure.bidding.slips import SLIP
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import corrections
from auction.procedure.lots import queries as lots
from auction.procedure.lots.catalogue import ListedLot
from auction.procedure.lots.queries import LotRecord
from auction.procedure.papers import queries as papers
from auction.procedure.settlement import queries as settlement
from auction.rulebook import Words, rulebook

_ENTRIES_SHOWN = 40
#: More points than this no screen can show; the newest is always among them.
_POINTS_MAX = 500


@dataclass(frozen=True, slots=True)
class LotCard:
    """A lot in a list."""

    id: str
    title: str
    city: str
    court: str
    category: str
    kind: str
    round: str
    status: str
    outcome: str | None
    price_minor: int | None
    start_price_minor: int
    reference_price_minor: int
    opens_at: datetime
    ends_at: datetime
    registered: int
    sample: bool
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the one who looks has to do with the lot; never anything of others."""

    registration: RegistrationRecord | None = None
    has_bid: bool = False

    @property
    def code(self) -> str | None:
        """His own bidding code."""
        return self.registration.code if self.registration else None

    def unread_corrections(self, lot: LotRecord) -> int:
        """Return how many corrections came since he registered or last read them."""
        return max(0, lot.corrections - self.registration.corrections_read) if self.registration else 0

    @property
    def status(self) -> str | None:
        """``registered`` or ``admitted``."""
        return self.registration.status if self.registration else None


def cards(session: Session, found: Sequence[LotRecord | ListedLot]) -> list[LotCard]:
    """Return the cards of several lots with two questions to the database, however many they are."""
    ids = [one.id for one in found]
    registered = bidding.registered_counts(session, ids)
    prices = bidding.prices(session, ids)
    return [_card(one, registered=registered.get(one.id, 0), price=prices.get(one.id)) for one in found]


def _card(one: LotRecord | ListedLot, *, registered: int, price: int | None) -> LotCard:
    return LotCard(
        id=one.id,
        title=one.title,
        city=one.city,
        court=one.court_name,
        category=one.category,
        kind=one.kind,
        round=one.round,
        status=one.status,
        outcome=one.outcome,
        price_minor=one.hammer_price_minor or price,
        start_price_minor=one.start_price_minor,
        reference_price_minor=one.reference_price_minor,
        opens_at=one.opens_at,
        ends_at=one.ends_at,
        registered=registered,
        sample=one.sample,
    )


def viewer_of(session: Session, *, lot: str, person: str | None) -> Viewer:
    """Return what a person, or nobody, has to do with a lot."""
    own = bidding.registration_of(session, lot=lot, person=person) if person else None
    if own is None:
        return Viewer()
    return Viewer(registration=own, has_bid=any(one.public["code"] == own.code for one in accepted(session, lot)))


def accepted(session: Session, lot: str) -> list[Entry]:
    """Return the accepted bids of a lot in order."""
    return docket.of_kinds(session, f"lot:{lot}", ["bid.accepted"])


def page(session: Session, lot_id: str, *, person: str | None) -> dict[str, Any]:
    """Return everything the page of a public lot shows to a person, or to nobody.

    :raises NotFound: when the lot does not exist or is not announced
    """
    state = bidding.state(session, lot_id)
    lot = state.lot
    viewer = viewer_of(session, lot=lot_id, person=person)
    entries = docket.newest(session, f"lot:{lot_id}", after=max(0, state.seq - _ENTRIES_SHOWN), limit=_ENTRIES_SHOWN)
    _, head_hash = docket.head(session, f"lot:{lot_id}")
    return {
        **_terms(session, lot),
        **_standing(state),
        **_after_the_close(session, lot),
        **_history(session, lot),
        "registered": bidding.registered_count(session, lot_id),
        "watchers": None,
        "entries": list(reversed(entries)),
        "head_hash": head_hash,
        "slip": SLIP,
        "viewer_code": viewer.code,
        "viewer_status": viewer.status,
        "viewer_has_bid": viewer.has_bid,
        "unread_corrections": viewer.unread_corrections(lot),
        "may_undertake": _may_undertake(session, lot, person=person),
        "viewer_deposit_minor": viewer.registration.deposit_minor if viewer.registration else None,
    }


def _terms(session: Session, lot: LotRecord) -> dict[str, Any]:
    court = identity.find_court(session, lot.court)
    case = cases.case(session, lot.case)
    thing = assets.property_record(session, lot.properties[0])
    return {
        "id": lot.id,
        "title": lot.title,
        "city": lot.city,
        "district": thing.district,
        "court": lot.court_name,
        "court_phone": court.phone if court else None,
        "supervision_phone": court.supervision_phone if court else None,
        "case_number": lot.case_number,
        "debtor": case.debtor.masked,
        "category": lot.category,
        "kind": lot.kind,
        "round": lot.round,
        "sample": lot.sample,
        "facts": facts_in_words(lot.facts),
        "deposit_minor": lot.deposit_minor,
        "increment_minor": lot.increment_minor,
        "reference_price_minor": lot.reference_price_minor,
        "start_price_minor": lot.start_price_minor,
        "balance_days": lot.balance_days,
        "announced_at": lot.announced_at,
        "opens_at": lot.opens_at,
        "why": explaining.terms(lot),
        "disclosure": disclosed(lot),
        "purchase_limited": lot.conditions.purchase_limited,
        "corrections": _corrected(session, lot),
        "reminders": [t(one.announced, one.standing.en) for one in reminders_of(lot)],
        "rulebook": (lot.rulebook or {}).get("version", ""),
        "documents": _papers(session, lot),
        "pictures": [],
    }


def _papers(session: Session, lot: LotRecord) -> list[dict[str, str]]:
    """Return the final papers of a lot that everybody may read."""
    found = papers.public_of_lot(session, lot.id)
    return [
        {
            "name": f"{t(one.kind.title.zh, one.kind.title.en)} {one.number or ''}",
            "url": f"/papers/{one.id}",
            "digest": one.digests["zh"],
        }
        for one in found
    ]


def _standing(state: State) -> dict[str, Any]:
    return {
        "status": state.lot.status,
        "outcome": state.lot.outcome,
        "seq": state.seq,
        "price_minor": state.price_minor,
        "least_acceptable_minor": state.least_acceptable_minor,
        "leader": state.leader,
        "bids": state.bids,
        "extensions": state.extensions,
        "ends_at": state.ends_at,
    }


def _after_the_close(session: Session, lot: LotRecord) -> dict[str, Any]:
    deal = settlement.settlement(session, lot.id)
    if deal is None:
        return {"settlement": None, "balance_due_at": None, "title_passed_at": None}
    stage = "served" if deal.status == "ruled" and deal.ruling_served_at else deal.status.value
    return {"settlement": stage, "balance_due_at": deal.balance_due_by, "title_passed_at": deal.title_passed_at}


def _history(session: Session, lot: LotRecord) -> dict[str, Any]:
    bids = accepted(session, lot.id)
    every = -(-len(bids) // _POINTS_MAX) or 1
    halts = docket.of_kinds(session, f"lot:{lot.id}", ["lot.deferred", "lot.suspended", "lot.withdrawn", "lot.revoked"])
    halted = lot.status in {"deferred", "suspended", "withdrawn", "revoked"}
    return {
        "price_history": [[one.at.isoformat(), one.public["amount_minor"]] for one in bids[::-every][::-1]],
        "chain": cards(session, [one for one in lots.chain(session, lot.id) if one.announced_at]),
        "halt_reason": _ground(halts[-1]) if halts and halted else None,
        "halt": halts[-1] if halts and halted else None,
    }


def _ground(entry: Entry) -> str | None:
    ground = entry.public.get("ground")
    return t(*called(ground)) if isinstance(ground, str) else None


def disclosed(lot: LotRecord) -> list[tuple[str, str, str]]:
    """Return the disclosure blocks in the order of the article: key, title, the court's own words."""
    titles = _titles_of_blocks()
    return [(key, t(title.zh, title.en), lot.disclosure[key]) for key, title in titles.items() if key in lot.disclosure]


def _may_undertake(session: Session, lot: LotRecord, *, person: str | None) -> bool:
    """Say whether the viewer is a creditor who could take a failed home in kind and has not undertaken that he may."""
    if person is None or not lot.conditions.purchase_limited or lot.outcome != "unsold":
        return False
    creditors = {one.creditor_person for one in cases.case(session, lot.case).claims}
    return person in creditors and not eligibility.undertook(session, lot=lot.id, person=person)


def _titles_of_blocks() -> dict[str, Words]:
    book = rulebook()
    return {one.key: one.title for one in (*book.disclosure_blocks, *book.special_blocks)}


def _corrected(session: Session, lot: LotRecord) -> list[dict[str, Any]]:
    """Return what was corrected of the announcement, each with the title of its block; nothing is asked when none."""
    if not lot.corrections:
        return []
    titles = _titles_of_blocks()
    return [
        asdict(one) | {"title": t(titles[one.block].zh, titles[one.block].en) if one.block in titles else one.block}
        for one in corrections.corrections(session, lot=lot.id)
    ]
