"""A lot open for bidding, with bidders admitted and keys to bid by; shared by the tests of live channel and API."""

from __future__ import annotations

from datetime import datetime

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.docket.rules import Entry, first_fault
from auction.procedure.bidding import commands as bidding
from auction.procedure.identity import commands as identity
from auction.procedure.lots import queries as lots
from tests.road import YUAN, Road

START, STEP = 700_000 * YUAN, 5_000 * YUAN


def announced_lot(platform: Platform, *, bidders: str = "AB") -> Road:
    """Return the road of lot L1, announced, with bidders admitted."""
    road = Road(platform)
    road.begin()
    road.announce()
    for name in bidders:
        admit(road, name)
    return road


def open_lot(platform: Platform, *, bidders: str = "AB") -> Road:
    """Return the road of lot L1, open since this instant, with bidders admitted."""
    road = announced_lot(platform, bidders=bidders)
    road.clock.set(opening(road))
    with platform.act() as act:
        bidding.open_lot(act, lot="L1")
    return road


def opening(road: Road) -> datetime:
    """Return when lot L1 opens."""
    with road.platform.read() as session:
        return lots.lot(session, "L1").opens_at


def admit(road: Road, name: str) -> str:
    """Admit a bidder without the way of the money, and return the bidding code."""
    registration = road.register(name)
    with road.platform.act() as act:
        return bidding.admit(act, registration=registration.id).code


def key_of(road: Road, name: str, *, scopes: tuple[str, ...] = ("bid",)) -> str:
    """Return a fresh token of a bidder's account."""
    actor = road.person(name)
    with road.platform.act(actor) as act:
        token, _ = identity.issue_key(act, account=actor.id, scopes=scopes, label="测试")
    return token


def entries_of(platform: Platform, lot: str = "L1") -> list[Entry]:
    """Return a lot's whole docket, its chain checked."""
    with platform.read() as session:
        entries = docket.entries(session, f"lot:{lot}")
    assert first_fault(entries) is None
    return entries
