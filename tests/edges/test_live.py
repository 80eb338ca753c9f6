from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from auction.app import create_app
from auction.edges.limits import Limits
from auction.edges.live import connections, live_of
from auction.edges.live.channel import NAMESPACE
from auction.edges.platform import Platform
from auction.foundation.kernel.canonical import instant_text
from auction.procedure.bidding.queries import STATE_ENTRIES_MAX
from auction.procedure.identity import commands as identity
from tests.edges.opened import START, STEP, entries_of, key_of, open_lot
from tests.road import Road


@pytest.fixture
def road(platform: Platform) -> Road:
    return open_lot(platform)


@pytest.fixture
def app(platform: Platform) -> Iterator[Flask]:
    made = create_app(platform)
    yield made
    live_of(made).stop()


class Line:
    """One client of the live channel."""

    def __init__(self, app: Flask, *, token: object = None, **how: object) -> None:
        line: SocketIO = live_of(app).socketio
        auth = None if token is None else {"token": token}
        self.client = SocketIOTestClient(app, line, namespace=NAMESPACE, auth=auth, **how)  # type: ignore[arg-type]

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected(NAMESPACE))

    def ask(self, event: str, *data: object) -> dict[str, Any]:
        answer = self.client.emit(event, *data, namespace=NAMESPACE, callback=True)
        assert isinstance(answer, dict)
        return answer

    def bid(self, amount: object, bid_id: object = "b1", lot: object = "L1") -> dict[str, Any]:
        return self.ask("bid", {"lot": lot, "amount_minor": amount, "bid_id": bid_id})

    def states(self, *, least: int = 1, seconds: float = 5) -> list[dict[str, Any]]:
        """Return the states pushed so far, waiting until there are some."""
        found: list[dict[str, Any]] = []
        until = time.monotonic() + seconds
        while len(found) < least and time.monotonic() < until:
            received = self.client.get_received(NAMESPACE)
            found += [one["args"][0] for one in received if one["name"] == "state"]
            threading.Event().wait(0.01)
        return found


def code_of(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    return str(answer["problem"]["code"])


def test_watching_needs_no_account_and_answers_the_state(road: Road, app: Flask) -> None:
    answer = Line(app).ask("watch", {"lot": "L1"})
    assert answer["ok"]
    assert answer["state"]["status"] == "open"
    assert answer["state"]["watchers"] == 1
    assert answer["state"]["least_acceptable_minor"] == START
    assert answer["entries"][-1]["kind"] == "lot.opened"
    assert answer["more"] is False


def test_a_watcher_resumes_behind_his_last_number(road: Road, app: Flask) -> None:
    line = Line(app)
    head = line.ask("watch", {"lot": "L1"})["state"]["seq"]
    assert line.ask("watch", {"lot": "L1", "after": head})["entries"] == []
    resumed = line.ask("watch", {"lot": "L1", "after": head - 2})
    assert [one["seq"] for one in resumed["entries"]] == [head - 1, head]


def test_a_bid_is_answered_after_its_commit_and_pushed_to_watchers(road: Road, app: Flask) -> None:
    watcher = Line(app)
    watched = watcher.ask("watch", {"lot": "L1"})["state"]
    answer = Line(app, token=key_of(road, "A")).bid(START)
    assert answer["ok"]
    assert entries_of(road.platform)[-1].hash == answer["receipt"]["entry_hash"]
    state = watcher.states()[-1]
    assert (state["price_minor"], state["leader"]) == (START, answer["receipt"]["code"])
    assert state["entries_from"] == watched["seq"] + 1
    assert [one["kind"] for one in state["entries"]] == ["bid.accepted"]


def test_states_are_conflated_and_never_go_back(road: Road, app: Flask) -> None:
    watcher = Line(app)
    watcher.ask("watch", {"lot": "L1"})
    lines = [Line(app, token=key_of(road, name)) for name in "AB"]
    began = time.monotonic()
    for n in range(60):
        assert lines[n % 2].bid(START + n * STEP, f"b{n}")["ok"]
    threading.Event().wait(0.3)
    lasted = time.monotonic() - began
    states = watcher.states()
    numbers = [state["seq"] for state in states]
    assert numbers == sorted(set(numbers))
    assert len(states) <= 10 * lasted + 1
    assert states[-1]["price_minor"] == START + 59 * STEP
    sent = [(state["entries_from"], [entry["seq"] for entry in state["entries"]]) for state in states]
    assert all(
        numbers == list(range(first, state["seq"] + 1)) for (first, numbers), state in zip(sent, states, strict=True)
    )
    # What a state had no room for it owns up to, and the docket gives.
    follows = [(first, before) for (first, _), before in zip(sent[1:], numbers, strict=False)]
    skipped = [first for first, before in follows if first != before + 1]
    assert all(first > before for first, before in follows)
    assert len(skipped) <= 60 // STATE_ENTRIES_MAX
    resumed = watcher.ask("watch", {"lot": "L1", "after": numbers[-1] - 60})
    assert [entry["seq"] for entry in resumed["entries"]] == list(range(numbers[-1] - 59, numbers[-1] + 1))


def test_unwatching_ends_the_states(road: Road, app: Flask) -> None:
    watcher = Line(app)
    watcher.ask("watch", {"lot": "L1"})
    assert watcher.ask("unwatch", {"lot": "L1"}) == {"ok": True}
    Line(app, token=key_of(road, "A")).bid(START)
    assert watcher.states(seconds=0.4) == []
    assert live_of(app).pusher.watchers("L1") == 0


def test_a_watcher_who_leaves_is_no_longer_counted(road: Road, app: Flask) -> None:
    watcher = Line(app)
    watcher.ask("watch", {"lot": "L1"})
    watcher.client.disconnect(NAMESPACE)
    assert live_of(app).pusher.watchers("L1") == 0


def test_an_act_of_another_process_reaches_the_watchers(road: Road, app: Flask, platform: Platform) -> None:
    watcher = Line(app)
    watcher.ask("watch", {"lot": "L1"})
    threading.Event().wait(0.5)  # until it listens; what came before is found by looking at the heads
    road.bid("A", START)
    assert watcher.states()[-1]["price_minor"] == START


def test_the_clock_is_the_servers(road: Road, app: Flask) -> None:
    assert Line(app).ask("clock", {}) == {"server_time": instant_text(road.now)}
    assert Line(app).ask("clock")["server_time"] == instant_text(road.now)


@pytest.mark.parametrize(
    "payload",
    [
        (), ("L1",), (None,), (7,), ([],), ({},), ({"lot": None},), ({"lot": 1},), ({"lot": ""},), ({"lot": "\x00"},),
        ({"lot": "L1", "after": -1},), ({"lot": "L1", "after": "1"},), ({"lot": "L1", "after": True},),
        ({"lot": "L1", "after": 2**40},), ({"lot": "L9"},), ({"lot": "x" * 5000},), ({"lot": {"lot": "L1"}},),
        ({"lot": "L1"}, {"lot": "L1"}),
    ],
)  # fmt: skip
def test_whatever_is_sent_to_watch_is_answered(road: Road, app: Flask, payload: tuple[object, ...]) -> None:
    assert code_of(Line(app).ask("watch", *payload)) == "input.malformed"


@pytest.mark.parametrize("amount", [-START, 0, START + 0.5, 1e300, 10**18, True, None, str(START), [START], {}])
def test_wild_amounts_are_refused_and_nothing_is_written(road: Road, app: Flask, amount: object) -> None:
    before = entries_of(road.platform)
    assert code_of(Line(app, token=key_of(road, "A")).bid(amount)) == "input.malformed"
    assert entries_of(road.platform) == before


@pytest.mark.parametrize("bid_id", [None, 1, "", "x" * 65, "a b", "\x00", "号", ["b1"]])
def test_wild_ids_are_refused_and_nothing_is_written(road: Road, app: Flask, bid_id: object) -> None:
    before = entries_of(road.platform)
    assert code_of(Line(app, token=key_of(road, "A")).bid(START, bid_id)) == "input.malformed"
    assert entries_of(road.platform) == before


def test_hostile_bids_are_refused_by_name(road: Road, app: Flask) -> None:
    own = Line(app, token=key_of(road, "A"))
    assert code_of(Line(app).bid(START)) == "auth.required"
    assert code_of(Line(app, token=key_of(road, "A", scopes=("listings",))).bid(START)) == "auth.forbidden"
    assert code_of(Line(app, token=key_of(road, "Z")).bid(START)) == "bidding.not_admitted"
    assert code_of(own.bid(START, lot="L9")) == "input.malformed"
    assert code_of(own.bid(START - STEP, "b0")) == "bidding.below_start"
    assert code_of(own.bid(START + 1, "b1")) == "bidding.off_step"
    assert own.bid(START, "b2")["ok"]
    assert own.bid(START, "b2")["receipt"]["seq"] == own.bid(START, "b2")["receipt"]["seq"]
    assert code_of(own.bid(START + STEP, "b2")) == "bidding.id_reused"
    assert code_of(own.bid(START + STEP, "b3")) == "bidding.own_lead"
    other = Line(app, token=key_of(road, "B"))
    assert code_of(other.bid(START, "b2")) == "bidding.id_reused"
    assert code_of(other.bid(START, "b4")) == "bidding.too_low"
    road.clock.set(road.now.replace(year=road.now.year + 1))
    assert code_of(other.bid(START + STEP, "b5")) == "bidding.closed"
    accepted = [entry for entry in entries_of(road.platform) if entry.kind == "bid.accepted"]
    assert [entry.public["bid_id"] for entry in accepted] == ["b2"]


def test_a_bid_names_no_other_person(road: Road, app: Flask) -> None:
    line = Line(app, token=key_of(road, "A"))
    answer = line.ask("bid", {"lot": "L1", "amount_minor": START, "bid_id": "b1", "person": "B"})
    assert answer["receipt"]["code"] == Line(app, token=key_of(road, "A")).bid(START)["receipt"]["code"]


@pytest.mark.parametrize("token", ["nobody", "", 7, ["x"], "x" * 5000, {"$ne": ""}])
def test_a_token_that_opens_nothing_is_refused_at_the_door(road: Road, app: Flask, token: object) -> None:
    assert not Line(app, token=token).connected


def test_a_revoked_key_stops_bidding_over_an_open_line(road: Road, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(app, token=key_of(road, "A"))
    assert line.bid(START)["ok"]
    with road.platform.act() as act:
        identity.close_account(act, account=road.person("A").id)
    monkeypatch.setattr(connections, "_RECHECK_SECONDS", 0.0)
    assert code_of(line.bid(START + STEP, "b2")) == "auth.required"


def test_the_pages_session_bids_for_its_own_person(road: Road, app: Flask, platform: Platform) -> None:
    with platform.act() as act:
        identity.change_password(act, account=road.person("A").id, new="一句很长的密码 2025")
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = road.person("A").id, True
    assert Line(app, flask_test_client=browser).bid(START)["ok"]


def test_a_flood_of_bids_is_told_to_slow_down(road: Road, platform: Platform) -> None:
    app = create_app(platform)
    channel = live_of(app).socketio.server.handlers[NAMESPACE]["connect"].__self__  # type: ignore[attr-defined]
    channel._limits = Limits(bids_per_second=1, bids_burst=2)
    line = Line(app, token=key_of(road, "A"))
    codes = [answer["ok"] or code_of(answer) for answer in (line.bid(START, f"b{n}") for n in range(4))]
    assert codes[0] is True
    assert codes[-1] == "bidding.too_fast"


def test_an_unknown_event_is_answered(road: Road, app: Flask) -> None:
    assert code_of(Line(app).ask("steal", {"lot": "L1"})) == "input.malformed"


def test_problems_speak_the_readers_language(road: Road, app: Flask) -> None:
    english = Line(app, headers={"Accept-Language": "en"}).ask("watch", {"lot": "L9"})
    assert english["problem"]["title"] == "Not found"
