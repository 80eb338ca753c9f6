"""The outage drill: the program is away before a lot's end; the lot is deferred with its evidence, never closed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import stays
from auction.procedure.publicity.rules import verify
from tests.program.running import Place, a_place, tell, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("program")]
MINUTE = timedelta(minutes=1)
PANEL = Actor(id="U-drill", name="合议庭", roles=frozenset({Role.PANEL}))


def bid(place: Place, seeded: dict[str, Any], *, name: str) -> None:
    (lot,) = seeded["lots"]
    answer = httpx.post(
        f"{place.url}/api/v1/lots/{lot['id']}/bids",
        json={"amount_minor": lot["start_price_minor"], "bid_id": name},
        headers={"Authorization": f"Bearer {seeded['bidders'][0]['token']}"},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text


def availability(place: Place, lot: str) -> dict[str, Any]:
    status, body = place.get(f"/api/v1/lots/{lot}/availability")
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def certified(place: Place, lot: str) -> dict[str, Any]:
    wait_until(lambda: place.state(lot)["status"] == "closed", what="the close")
    wait_until(lambda: availability(place, lot)["certificate"] is not None, what="the certificate")
    status, export = place.get(f"/api/v1/lots/{lot}/export")
    assert (status, verify(json.loads(export)).status) == (200, "closed")
    found: dict[str, Any] = availability(place, lot)["certificate"]
    return found


def deferred(place: Place, lot: str) -> dict[str, Any]:
    """Return the evidence with which a lot was deferred."""
    wait_until(lambda: place.state(lot)["status"] != "open", what="the end")
    assert place.state(lot)["status"] == "deferred"
    (outage,) = availability(place, lot)["outages"]
    assert "因服务中断暂缓" in page(place, lot)
    found: dict[str, Any] = outage
    return found


def page(place: Place, lot: str) -> str:
    return httpx.get(f"{place.url}/lots/{lot}/availability", timeout=20).text


def beats(place: Place) -> bool:
    return b'auction_service_processes{role="web"} 1.0' in place.get("/metrics")[1]


def test_a_lot_nobody_could_bid_on_before_its_end_is_deferred_and_certified_after_it_went_on() -> None:
    with a_place() as place:
        place.start()
        _, seeded = place.seed(bidders=2, minutes=30)
        (lot,) = seeded["lots"]
        bid(place, seeded, name="before")
        wait_until(lambda: beats(place), what="a beat")
        assert place.stop() == 0

        ends_at = datetime.fromisoformat(lot["ends_at"])
        place.move_to(ends_at - MINUTE)
        place.start()
        # From here on the program is there, and its clock is only shown another time.
        place.move_to(ends_at)
        outage = deferred(place, lot["id"])
        assert outage["gap"]["from"] == outage["window"]["from"]
        assert timedelta(milliseconds=outage["gap"]["ms"]) >= 9 * MINUTE

        with place.platform() as platform, platform.act(PANEL) as act:
            resumed = stays.resume(act, lot=lot["id"])
        place.move_to(resumed.ends_at)
        told = certified(place, lot["id"])
        assert (told["decided"], len(told["gaps"])) == (1, 1)
        # Each is told in whole milliseconds, the rest cut off.
        assert told["measured_ms"] - told["gaps"][0]["ms"] - told["served_ms"] in {0, 1}
        assert "自行核对" in page(place, lot["id"])
        assert place.stop() == 0
    tell(f"deferred for {outage['gap']['ms'] / 1000:.1f} s; certified with {told['gaps']}")


def test_a_lot_that_was_served_throughout_is_certified_whole() -> None:
    with a_place() as place:
        place.start()
        _, seeded = place.seed(bidders=2, minutes=30)
        (lot,) = seeded["lots"]
        bid(place, seeded, name="served")
        wait_until(lambda: beats(place), what="a beat")
        place.move_to(datetime.fromisoformat(lot["ends_at"]))
        told = certified(place, lot["id"])
        assert (told["gaps"], told["served_ms"]) == ([], told["measured_ms"])
        assert told["decided"] == 1
        assert place.stop() == 0
    tell(f"certified whole; its bids waited {told['histogram']}")
