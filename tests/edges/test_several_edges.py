"""What the edges of several web processes share: news, numbers of watchers, counts of tries; and whom they believe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from auction.app import create_app
from auction.edges.counting import Counting
from auction.edges.live import live_of
from auction.edges.live.presence import HEARD_SECONDS, Presence
from auction.edges.platform import Platform, create_platform
from auction.gateways.bus import Bus
from auction.gateways.clock import ManualClock
from auction.settings import Settings, SettingsRefused, read_settings
from tests.edges.opened import START, key_of, open_lot
from tests.edges.test_live import Line
from tests.program.programs import Valkey
from tests.program.running import free_port, wait_until

SECONDS = 10.0
THREE = RateLimitItemPerMinute(3)


@contextmanager
def processes(settings: Settings, url: str, clock: ManualClock, *, number: int) -> Iterator[list[Flask]]:
    """Yield applications as so many web processes would have them."""
    platforms = [create_platform(settings, url, clock=clock) for _ in range(number)]
    apps = [create_app(platform) for platform in platforms]
    yield apps
    for app, platform in zip(apps, platforms, strict=True):
        live_of(app).stop()
        platform.close()


@pytest.fixture
def joined(settings: Settings, valkey: Valkey, database_url: str, clock: ManualClock) -> Iterator[list[Flask]]:
    with processes(replace(settings, bus_url=valkey.url), database_url, clock, number=2) as apps:
        wait_until(lambda: all(live_of(app).listener.hears for app in apps), what="the bus", seconds=SECONDS)
        yield apps


@pytest.fixture
def alone(settings: Settings, database_url: str, clock: ManualClock) -> Iterator[Flask]:
    """A process whose bus is nowhere."""
    nowhere = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    with processes(replace(settings, bus_url=nowhere), database_url, clock, number=1) as apps:
        yield apps[0]


def test_a_bid_in_one_process_is_pushed_to_watchers_of_another(platform: Platform, joined: list[Flask]) -> None:
    road = open_lot(platform)
    watcher = Line(joined[1])
    assert watcher.ask("watch", {"lot": "L1"})["ok"]
    assert Line(joined[0], token=key_of(road, "A")).bid(START)["ok"]
    assert watcher.states(seconds=SECONDS)[-1]["price_minor"] == START


def test_forged_news_of_lots_costs_a_look_and_nothing_else(
    platform: Platform, joined: list[Flask], valkey: Valkey, settings: Settings
) -> None:
    road = open_lot(platform)
    watcher = Line(joined[1])
    head = watcher.ask("watch", {"lot": "L1"})["state"]["seq"]
    forger = Bus(valkey.url, secret=settings.secret_key)
    forger.moved(["L1", "no-such-lot", "lot:L1", "L1"])
    forger.close()
    assert {state["seq"] for state in watcher.states(seconds=0.5)} <= {head}
    assert Line(joined[0], token=key_of(road, "A")).bid(START)["ok"]
    wait_until(lambda: watcher.states()[-1]["price_minor"] == START, what="the bid", seconds=SECONDS)


def test_watchers_are_the_sum_of_what_every_process_says(
    platform: Platform, joined: list[Flask], valkey: Valkey, settings: Settings
) -> None:
    open_lot(platform)
    other = Bus(valkey.url, secret=settings.secret_key)
    other.watching({"L1": 41})
    wait_until(lambda: live_of(joined[0]).pusher.watchers("L1") == 41, what="the number", seconds=SECONDS)
    assert Line(joined[0]).ask("watch", {"lot": "L1"})["state"]["watchers"] == 42
    shown = joined[0].test_client().get("/api/v1/lots/L1/state").json
    assert shown is not None
    assert shown["watchers"] == 42
    other.close()


def test_a_number_not_said_again_counts_no_more_and_forged_ones_are_bounded() -> None:
    at = [100.0]
    presence = Presence(ticks=lambda: at[0])
    presence.hear("a" * 16, {"L1": 5})
    presence.hear("b" * 16, {"L1": 7, "L2": 1})
    presence.hear("b" * 16, {"L1": 6})
    assert (presence.elsewhere("L1"), presence.elsewhere("L2"), presence.elsewhere("L3")) == (11, 1, 0)
    at[0] += HEARD_SECONDS
    presence.hear("a" * 16, {"L1": 2})
    at[0] += 1
    assert (presence.elsewhere("L1"), presence.elsewhere("L2")) == (2, 0)
    assert presence.to_tell({"L1": 3, "L9": 1}) == {"L1": 3, "L9": 1}
    assert presence.to_tell({"L1": 4}) == {"L1": 4, "L9": 0}
    for number in range(400):
        presence.hear(f"{number:016x}", {"L7": 1})
    assert presence.elsewhere("L7") < 400


def test_long_polling_is_refused_where_there_are_several_processes(joined: list[Flask], platform: Platform) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    refused = joined[0].test_client().get(polling)
    assert (refused.status_code, refused.text.strip()) == (400, '"Invalid transport"')
    single = create_app(platform)
    assert single.test_client().get(polling).status_code == 200
    live_of(single).stop()


def test_readiness_and_figures_tell_of_the_bus_and_do_without_it(
    joined: list[Flask], alone: Flask, platform: Platform
) -> None:
    told = joined[0].test_client()
    assert told.get("/readyz").json == {"status": "ok", "dependencies": {"database": "ok", "bus": "ok"}}
    assert "auction_bus_up 1.0" in told.get("/metrics").text
    without = alone.test_client()
    answer = without.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ok", "dependencies": {"database": "ok", "bus": "unavailable"}},
    )
    assert "auction_bus_up 0.0" in without.get("/metrics").text
    single = create_app(platform)
    answer = single.test_client().get("/readyz")
    assert answer.json == {"status": "ok", "dependencies": {"database": "ok"}}
    assert "auction_bus_up" not in single.test_client().get("/metrics").text


def test_without_its_bus_a_process_sees_what_another_commits(platform: Platform, alone: Flask) -> None:
    road = open_lot(platform)
    watcher = Line(alone)
    assert watcher.ask("watch", {"lot": "L1"})["ok"]
    other = create_app(platform)
    assert Line(other, token=key_of(road, "A")).bid(START)["ok"]
    assert watcher.states(seconds=SECONDS)[-1]["price_minor"] == START
    live_of(other).stop()


@pytest.mark.parametrize("strategy", [FixedWindowRateLimiter, MovingWindowRateLimiter])
def test_processes_share_one_count_and_platforms_do_not(valkey: Valkey, strategy: type[RateLimiter]) -> None:
    secret = strategy.__name__
    here, there = (Counting(strategy, bus=Bus(valkey.url, secret=secret)) for _ in range(2))
    assert [one.hit(THREE, "login", "zhao") for one in (here, there, here)] == [True] * 3
    assert [one.hit(THREE, "login", "zhao") for one in (here, there)] == [False] * 2
    assert there.window(THREE, "login", "zhao").remaining == 0
    assert there.hit(THREE, "login", "qian")
    apart = Counting(strategy, bus=Bus(valkey.url, secret="another"))
    assert apart.hit(THREE, "login", "zhao")
    with valkey.client() as client:
        assert not [key for key in client.keys("*") if b"zhao" in key], "a login lies about in the store"


def test_a_store_that_is_away_refuses_nobody_and_each_process_counts_alone(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    counting = Counting(FixedWindowRateLimiter, bus=Bus(server.url, secret="s"))
    assert [counting.hit(THREE, "a") for _ in range(4)] == [True, True, True, False]
    server.start()
    try:
        wrong = server.url.replace(server.password, "wrong")
        refused = Counting(FixedWindowRateLimiter, bus=Bus(wrong, secret="s"))
        assert [refused.hit(THREE, "a") for _ in range(4)] == [True, True, True, False]
        hanging = Counting(FixedWindowRateLimiter, bus=Bus(server.url, secret="s"))
        assert hanging.hit(THREE, "a")
        server.pause()
        assert [hanging.hit(THREE, "a") for _ in range(4)] == [True, True, True, False]
        assert hanging.window(THREE, "a").remaining == 0
    finally:
        server.kill()


@pytest.mark.parametrize("name", ["", "名" * 5000, "a\x00b", "\ud800", "{x}"])
def test_any_name_can_be_counted(valkey: Valkey, name: str) -> None:
    counting = Counting(MovingWindowRateLimiter, bus=Bus(valkey.url, secret="names"))
    assert counting.hit(THREE, "login", name)


def test_pages_and_api_answer_while_the_store_is_away(platform: Platform, alone: Flask) -> None:
    open_lot(platform)
    client = alone.test_client()
    answer = client.get("/api/v1/lots/L1/state")
    assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (200, "59999")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "told", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_who_asks_is_believed_from_as_many_proxies_as_there_are(
    platform: Platform, proxies: int, told: str, seen: str
) -> None:
    app = create_app(replace(platform, settings=replace(platform.settings, proxies=proxies)))
    app.add_url_rule("/who", "who", lambda: f"{request.remote_addr} {request.scheme}")
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": told, "X-Forwarded-Proto": "https"})
    assert answer.text.split()[0] == seen
    assert answer.text.split()[1] == ("https" if proxies == 1 else "http")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("redis://localhost", "redis://localhost"),
        ("redis://:p%40ss@bus:6379/0", "redis://:p%40ss@bus:6379/0"),
        ("rediss://user:secret@bus:6380/1", "rediss://user:secret@bus:6380/1"),
        ("valkey://:secret@bus", "redis://:secret@bus"),
        ("valkeys://:secret@bus", "rediss://:secret@bus"),
        ("unix:///run/valkey.sock?password=secret", "unix:///run/valkey.sock?password=secret"),
        ("redis://[::1]:6379", "redis://[::1]:6379"),
    ],
)
def test_the_address_of_a_bus_is_kept_and_never_shown(tmp_path: Path, given: str, kept: str) -> None:
    settings = read_settings({"AUCTION_BUS_URL": given}, data=tmp_path, demo=True)
    assert settings.bus_url == kept
    assert "secret" not in repr(settings)
    assert "p%40ss" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        "localhost:6379",
        "http://secret@bus",
        "redis://",
        "redis://:secret@",
        "redis://bus:secret",
        "redis://bus:99999",
        "redis://bus:0",
        "redis://bus/secret",
        "redis://bus/0#secret",
        "redis://bus?socket_timeout=secret",
        "redis://[secret",
        "unix://",
        "postgresql://:secret@bus/0",
        "secret\u0000",
        " ",
    ],
)
def test_a_malformed_address_of_a_bus_stops_the_start_without_telling_it(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsRefused, match="AUCTION_BUS_URL") as refused:
        read_settings({"AUCTION_BUS_URL": given}, data=tmp_path, demo=True)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("given", ["-1", "10", "one", "1.5", "١", " 1", "1\n"])
def test_a_number_of_proxies_that_is_none_stops_the_start(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsRefused, match="AUCTION_PROXIES"):
        read_settings({"AUCTION_PROXIES": given}, data=tmp_path, demo=True)
    assert read_settings({"AUCTION_PROXIES": "1"}, data=tmp_path, demo=True).proxies == 1
