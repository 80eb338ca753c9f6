"""The certificate of a lot whose bidding ended without a close, and of a sale that was revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from auction.edges.jobs.certifying import certify
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Actor
from auction.procedure.bidding import certifying, stays
from auction.procedure.publicity import queries as publicity
from auction.procedure.publicity.rules import verify
from tests.procedure.bidding.serving import led_by_a, lot_of, serve
from tests.road import Road

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def road(platform: Platform) -> Road:
    return led_by_a(platform)


def withdraw(road: Road, panel: Actor) -> None:
    with road.platform.act(panel) as act:
        stays.withdraw(act, lot="L1", ground="panel")
    settle(road.platform)


def certified(road: Road, *, status: str) -> dict[str, Any]:
    """Certify what waits for it, and return what L1's certificate says once it has been reckoned again."""
    assert certify(road.platform) == 0
    road.clock.set(road.now + certifying.SETTLED)
    assert certify(road.platform) == 1
    assert certify(road.platform) == 0
    with road.platform.read() as session:
        found = certifying.availability(session, "L1")
        assert verify(publicity.export(session, "L1")).status == status
    assert found.certificate is not None
    assert found.measured
    return dict(found.certificate.public)


def test_a_lot_taken_back_while_it_is_open_is_certified_until_then(road: Road, panel: Actor) -> None:
    lot = lot_of(road)
    serve(road.platform, lot.opens_at, lot.opens_at + HOUR)
    serve(road.platform, lot.opens_at + HOUR + 30 * SECOND, lot.ends_at)
    road.clock.set(lot.opens_at + 2 * HOUR)
    withdraw(road, panel)

    told = certified(road, status="withdrawn")
    assert (told["from"], told["to"]) == (instant_text(lot.opens_at), instant_text(lot.opens_at + 2 * HOUR))
    assert [one["ms"] for one in told["gaps"]] == [30_000]
    assert told["served_ms"] == 2 * 3_600_000 - 30_000
    assert told["decided"] == 1


def test_a_lot_taken_back_while_it_stands_still_is_certified_until_it_stopped(road: Road, panel: Actor) -> None:
    lot = lot_of(road)
    serve(road.platform, lot.opens_at, lot.ends_at)
    road.clock.set(lot.opens_at + HOUR)
    with road.platform.act(panel) as act:
        stays.suspend(act, lot="L1", ground="panel")
    road.clock.set(lot.opens_at + 5 * HOUR)
    withdraw(road, panel)

    told = certified(road, status="withdrawn")
    assert told["to"] == instant_text(lot.opens_at + HOUR)
    assert told["bidding_ms"] == told["served_ms"] == 3_600_000


def test_a_lot_taken_back_before_it_opened_has_nothing_to_certify(platform: Platform, panel: Actor) -> None:
    road = Road(platform)
    road.begin()
    road.announce()
    serve(platform, road.now, lot_of(road).ends_at)
    withdraw(road, panel)
    road.clock.set(road.now + MINUTE)

    assert certify(platform) == 0
    with platform.read() as session:
        found = certifying.availability(session, "L1")
    assert (found.certificate, found.measured) == (None, False)


def test_what_was_taken_back_before_the_first_measurement_is_not_certified(road: Road, panel: Actor) -> None:
    withdraw(road, panel)
    serve(road.platform, road.now + SECOND, road.now + HOUR)
    road.clock.set(road.now + HOUR)

    assert certify(road.platform) == 0
    with road.platform.read() as session:
        assert not certifying.availability(session, "L1").measured


def test_a_sale_revoked_before_its_certificate_was_made_is_certified(road: Road, panel: Actor) -> None:
    ends_at = lot_of(road).ends_at
    serve(road.platform, lot_of(road).opens_at, ends_at + HOUR)
    road.wait_until(ends_at)
    with road.platform.act(panel) as act:
        stays.revoke(act, lot="L1", ground="31-2")
    settle(road.platform)

    assert certified(road, status="revoked")["to"] == instant_text(ends_at)
