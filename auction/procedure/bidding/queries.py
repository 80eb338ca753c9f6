"""Read models of bidding: registrations, standing, outcome, and the state everyone watches."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.bidding.models import Bidding, Registration
from auction.procedure.bidding.rules import Bidder, Standing
from auction.procedure.bidding.standing import standing_of
from auction.procedure.lots import queries as lots
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Numbers, frozen_numbers

#: How many of the newest entries a pushed state carries at the most (contract 4.1).
STATE_ENTRIES_MAX = 50


@dataclass(frozen=True, slots=True)
class RegistrationRecord:
    """A registration as its owner and the later capabilities read it."""

    id: str
    lot: str
    case: str
    person: str
    account: str | None
    code: str
    rank: int | None
    creditor_claim: str | None
    agent: str | None
    deposit_minor: int
    deposit_due_minor: int
    status: str
    registered_at: datetime
    admitted_at: datetime | None
    corrections_read: int = 0
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a lot stands or ended; ``winner`` is a registration id."""

    lot: str
    case: str
    status: str
    outcome: str | None
    price_minor: int | None
    winner: str | None
    winner_code: str | None
    ends_at: datetime
    closed_at: datetime | None
    bids: int
    extensions: int


def _record(row: Registration) -> RegistrationRecord:
    return RegistrationRecord(
        id=row.id,
        lot=row.lot_id,
        case=row.case_id,
        person=row.person_id,
        account=row.account_id,
        code=row.code,
        rank=row.rank,
        creditor_claim=row.claim_id,
        agent=row.agent_id,
        deposit_minor=row.deposit_minor,
        deposit_due_minor=row.deposit_due_minor,
        status=row.status,
        registered_at=row.registered_at,
        admitted_at=row.admitted_at,
        corrections_read=row.corrections_read,
        joint=row.joint,
    )


def registration(session: Session, registration_id: str) -> RegistrationRecord:
    """Return a registration.

    :raises NotFound: when there is none of that id
    """
    row = session.get(Registration, registration_id, populate_existing=True)
    if row is None:
        raise NotFound(what="registration", name=registration_id)
    return _record(row)


def registrations_by_id(session: Session, ids: Collection[str]) -> dict[str, RegistrationRecord]:
    """Return the registrations of those ids that exist, by id."""
    return {row.id: _record(row) for row in session.scalars(select(Registration).where(Registration.id.in_(ids)))}


def registrations(session: Session, lot: str) -> list[RegistrationRecord]:
    """Return a lot's registrations in the order made."""
    rows = session.scalars(
        select(Registration).where(Registration.lot_id == lot).order_by(Registration.registered_at, Registration.id)
    )
    return [_record(row) for row in rows]


def registration_of(session: Session, *, lot: str, person: str) -> RegistrationRecord | None:
    """Return a person's registration on a lot, or None."""
    row = session.scalars(
        select(Registration).where(Registration.lot_id == lot, Registration.person_id == person)
    ).one_or_none()
    return _record(row) if row else None


def registrations_of(session: Session, *, person: str) -> list[RegistrationRecord]:
    """Return all registrations of a person, newest first."""
    rows = session.scalars(
        select(Registration)
        .where(Registration.person_id == person)
        .order_by(Registration.registered_at.desc(), Registration.id)
    )
    return [_record(row) for row in rows]


def codes(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return the bidding code of each registration that is known; never who is behind it."""
    rows = session.execute(select(Registration.id, Registration.code).where(Registration.id.in_(ids)))
    return {row.id: row.code for row in rows}


def registered_count(session: Session, lot: str) -> int:
    """Return how many have registered on a lot; never who."""
    return session.execute(select(func.count()).where(Registration.lot_id == lot)).scalar_one()


def registered_counts(session: Session, ids: Collection[str]) -> dict[str, int]:
    """Return how many have registered on each of several lots."""
    rows = session.execute(
        select(Registration.lot_id, func.count()).where(Registration.lot_id.in_(ids)).group_by(Registration.lot_id)
    )
    return {lot: number for lot, number in rows.all()}  # noqa: C416 - dict() of rows confuses the types


def prices(session: Session, ids: Collection[str]) -> dict[str, int]:
    """Return the standing price of each of several lots that has a bid."""
    rows = session.execute(
        select(Bidding.lot_id, Bidding.price_minor).where(Bidding.lot_id.in_(ids), Bidding.price_minor.is_not(None))
    )
    return {lot: price for lot, price in rows.all() if price is not None}


def admitted(session: Session, *, lot: str, persons: Collection[str]) -> dict[str, Bidder]:
    """Return the admitted bidders among some persons, by person."""
    rows = session.execute(
        select(
            Registration.person_id, Registration.id, Registration.code, Registration.rank, Registration.corrections_read
        ).where(Registration.lot_id == lot, Registration.person_id.in_(persons), Registration.status == "admitted")
    ).all()
    return {
        person: Bidder(registration=id_, code=code, rank=rank, corrections_read=seen)
        for person, id_, code, rank, seen in rows
    }


def numbers_of(lot: LotRecord) -> Numbers:
    """Return the numbers the lot is frozen to since its announcement."""
    return _numbers(json.dumps(lot.rulebook, sort_keys=True))


@lru_cache(maxsize=64)
def _numbers(plain: str) -> Numbers:
    return frozen_numbers(json.loads(plain))


def standing(session: Session, lot: LotRecord) -> Standing:
    """Return what the next bid on the lot is measured against."""
    return standing_of(lot, _row(session, lot.id))


def _row(session: Session, lot: str) -> Bidding | None:
    """Return the row as the database has it now, whatever this session read before."""
    return session.get(Bidding, lot, populate_existing=True)


def leader_code(session: Session, *, lot: str) -> str | None:
    """Return the code that leads, or None before the first bid."""
    row = _row(session, lot)
    return row.leader_code if row else None


def outcome(session: Session, lot_id: str) -> Outcome:
    """Return how a lot stands or ended.

    :raises NotFound: when there is no such lot
    """
    lot = lots.lot(session, lot_id)
    row = _row(session, lot_id)
    return Outcome(
        lot=lot.id,
        case=lot.case,
        status=lot.status,
        outcome=lot.outcome,
        price_minor=row.price_minor if row else None,
        winner=row.leader_id if row and lot.outcome == "sold" else None,
        winner_code=row.leader_code if row else None,
        ends_at=row.ends_at if row else lot.ends_at,
        closed_at=lot.closed_at,
        bids=row.bids if row else 0,
        extensions=row.extensions if row else 0,
    )


@dataclass(frozen=True, slots=True)
class State:
    """The spectator's snapshot (contract 4.1), before the edge adds watchers and server time."""

    lot: LotRecord
    seq: int
    price_minor: int | None
    least_acceptable_minor: int
    leader: str | None
    bids: int
    extensions: int
    ends_at: datetime
    entries: tuple[Entry, ...]

    def as_json(self, *, server_time: datetime, watchers: int) -> dict[str, Any]:
        """Return the contract's form."""
        return {
            "lot": self.lot.id,
            "status": self.lot.status,
            "outcome": self.lot.outcome,
            "seq": self.seq,
            "currency": self.lot.currency,
            "price_minor": self.price_minor,
            "least_acceptable_minor": self.least_acceptable_minor,
            "increment_minor": self.lot.increment_minor,
            "leader": self.leader,
            "bids": self.bids,
            "extensions": self.extensions,
            "opens_at": instant_text(self.lot.opens_at),
            "ends_at": instant_text(self.ends_at),
            "watchers": watchers,
            "server_time": instant_text(server_time),
            "entries_from": self.entries[0].seq if self.entries else self.seq + 1,
            "entries": [entry.as_json() for entry in self.entries],
        }


def state(session: Session, lot_id: str, *, after: int | None = None) -> State:
    """Return the newest state of a public lot with the newest entries behind ``after``.

    :raises NotFound: when the lot does not exist or is not announced
    """
    lot = lots.public_lot(session, lot_id)
    now_standing = standing_of(lot, _row(session, lot_id))
    seq, _ = docket.head(session, f"lot:{lot_id}")
    behind = max(0, seq - STATE_ENTRIES_MAX) if after is None else after
    newest = docket.newest(session, f"lot:{lot_id}", after=behind, limit=STATE_ENTRIES_MAX)
    return State(
        lot=lot,
        seq=seq,
        price_minor=now_standing.price_minor,
        least_acceptable_minor=now_standing.least_acceptable_minor,
        leader=now_standing.leader_code,
        bids=now_standing.bids,
        extensions=now_standing.extensions,
        ends_at=now_standing.ends_at,
        entries=tuple(newest),
    )
