"""Time stamps under the log (RFC 3161): asked outside transactions, verified before they are kept, told to anybody."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from auction.app import create_app
from auction.edges.jobs.proving import introduce, sign_due
from auction.edges.jobs.stamping import stamp_due
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.docket.signing import Signer, new_seed
from auction.foundation.kernel.canonical import canonical
from auction.gateways.clock import ManualClock
from auction.gateways.time_authority import ROOTS, URL, TimeAuthority, read_authority
from auction.procedure.publicity import log, stamping
from tests.procedure.publicity.authority import Authority, an_authority
from tests.procedure.selling import Sale


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with an_authority(tmp_path_factory.mktemp("clock")) as running:
        yield running


@pytest.fixture
def named(authority: Authority) -> TimeAuthority:
    authority.behaves = "well"
    found = read_authority({URL: authority.url, ROOTS: str(authority.roots)})
    assert found is not None
    return found


@pytest.fixture
def stamped(platform: Platform, named: TimeAuthority) -> Platform:
    """A platform that signs and has its log stamped, with one lot open."""
    settings = replace(platform.settings, signer=Signer(new_seed()), time_authority=named)
    found = replace(platform, settings=settings)
    introduce(found)
    sale = Sale(found)
    sale.open()
    sale.announce()
    sale.admit("A")
    sale.until_open()
    assert sign_due(found) == 1
    return found


def advance(platform: Platform, length: timedelta) -> None:
    clock = platform.clock
    assert isinstance(clock, ManualClock)
    clock.set(clock.now() + length)


def test_a_root_is_stamped_and_openssl_believes_it(stamped: Platform, authority: Authority, tmp_path: Path) -> None:
    assert stamp_due(stamped)
    with stamped.read() as session:
        found = stamping.newest(session)
        assert found == stamping.covering(session, leaf=0)
        assert stamping.covering(session, leaf=1) is None
        assert found is not None
        assert found["head"] == log.newest_head(session)
    assert found["authority"] == "127.0.0.1"
    (tmp_path / "head").write_bytes(canonical(found["head"]))
    (tmp_path / "stamp").write_bytes(base64.b64decode(found["token"]))
    command: list[str | Path] = ["openssl", "ts", "-verify", "-data", tmp_path / "head", "-in", tmp_path / "stamp"]
    said = subprocess.run([*command, "-CAfile", authority.roots], check=True, capture_output=True, text=True)
    assert "Verification: OK" in said.stdout


def test_the_authority_learns_a_hash_and_nothing_else(stamped: Platform, authority: Authority) -> None:
    stamp_due(stamped)
    assert len(authority.asked[-1]) < 100
    assert b"L1" not in authority.asked[-1]


def test_a_root_is_stamped_once_and_roots_at_most_every_ten_minutes(stamped: Platform, authority: Authority) -> None:
    assert stamp_due(stamped)
    asked = len(authority.asked)
    advance(stamped, timedelta(hours=2))
    assert not stamp_due(stamped)  # the same root
    sign_due(stamped)
    Sale(stamped).join("B")
    advance(stamped, timedelta(hours=1))
    assert sign_due(stamped) == 1
    assert stamp_due(stamped)
    assert len(authority.asked) == asked + 1
    advance(stamped, timedelta(minutes=9))
    assert not stamp_due(stamped)


@pytest.mark.parametrize("behaves", ["away", "garbage", "nothing", "on and on", "with a byte changed"])
def test_what_does_not_hold_is_not_kept_and_asked_for_again(
    stamped: Platform, authority: Authority, behaves: str
) -> None:
    authority.behaves = behaves
    assert not stamp_due(stamped)
    with stamped.read() as session:
        assert stamping.newest(session) is None
    authority.behaves = "well"
    assert stamp_due(stamped)


def test_a_stamp_of_before_played_again_is_not_kept(stamped: Platform, authority: Authority) -> None:
    stamp_due(stamped)
    advance(stamped, timedelta(hours=3))
    Sale(stamped).join("B")
    sign_due(stamped)
    authority.behaves = "an older stamp again"
    assert not stamp_due(stamped)


def test_an_authority_of_another_root_is_not_believed(stamped: Platform, tmp_path: Path) -> None:
    with an_authority(tmp_path / "stranger") as stranger:
        settings = replace(stamped.settings, time_authority=replace(_of(stamped), url=stranger.url))
        assert not stamp_due(replace(stamped, settings=settings))


def test_an_authority_that_is_not_there_costs_nothing_else(stamped: Platform) -> None:
    settings = replace(stamped.settings, time_authority=replace(_of(stamped), url="http://127.0.0.1:9/tsa"))
    assert not stamp_due(replace(stamped, settings=settings))


def _of(platform: Platform) -> TimeAuthority:
    found = platform.settings.time_authority
    assert found is not None
    return found


def test_without_an_authority_nothing_is_asked(platform: Platform) -> None:
    assert not stamp_due(platform)


def test_a_stamp_is_never_changed(stamped: Platform) -> None:
    stamp_due(stamped)
    for statement in ("UPDATE log_stamps SET authority = 'x'", "DELETE FROM log_stamps", "TRUNCATE log_stamps"):
        with pytest.raises(DBAPIError), stamped.database.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_anybody_may_read_the_stamp(stamped: Platform) -> None:
    app = create_app(stamped)
    client = app.test_client()
    assert client.get("/api/v1/log/stamp").status_code == 404
    assert "时间戳机构" not in client.get("/verify").text
    stamp_due(stamped)
    found = client.get("/api/v1/log/stamp").get_json()
    assert found["head"]["size"] == 1
    assert json.dumps(found) == json.dumps(client.get("/api/v1/log/stamp?leaf=0").get_json())
    assert client.get("/api/v1/log/stamp?leaf=1").status_code == 404
    for bad in ("-1", "x", "1.5", "９", "9" * 40):
        assert client.get("/api/v1/log/stamp", query_string={"leaf": bad}).status_code == 400, bad
    page = client.get("/verify", headers={"Accept-Language": "zh-CN"}).text
    assert "时间戳机构" in page
    assert "127.0.0.1" in page
    live_of(app).stop()


@pytest.mark.parametrize(
    "env",
    [
        {URL: "https://clock.example/tsa"},
        {ROOTS: "/etc/hosts"},
        {URL: "ftp://clock.example", ROOTS: "/etc/hosts"},
        {URL: "https://clock.example", ROOTS: "/etc/hosts"},
        {URL: "https://clock.example", ROOTS: "/nowhere"},
        {URL: "https://user:secret@clock.example", ROOTS: "/nowhere"},
        {URL: "https://", ROOTS: "/nowhere"},
    ],
)
def test_half_an_authority_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="AUCTION_TSA") as refused:
        read_authority(env)
    assert "secret" not in str(refused.value)
