from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auction.app import create_app
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.foundation.kernel.canonical import canonical
from tests.edges.asking import bearer, body_of, code_of, send
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


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_bid_is_answered_201_again_200_and_409_under_another_amount(road: Road, client: FlaskClient) -> None:
    token = key_of(road, "A")
    first = send(client, token, START)
    again = send(client, token, START)
    other = send(client, token, START + STEP)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert body_of(first) == body_of(again)
    assert body_of(first)["outcome"] == "accepted"
    assert code_of(other) == "bidding.id_reused"
    accepted = [entry for entry in entries_of(road.platform) if entry.kind == "bid.accepted"]
    assert [entry.hash for entry in accepted] == [body_of(first)["entry_hash"]]


def test_a_refused_bid_of_an_admitted_bidder_is_receipted(road: Road, client: FlaskClient) -> None:
    response = send(client, key_of(road, "A"), START - STEP)
    assert code_of(response) == "bidding.below_start"
    assert body_of(response)["receipt"]["outcome"] == "refused"
    assert body_of(response)["receipt"]["problem"]["code"] == "bidding.below_start"
    assert entries_of(road.platform)[-1].hash == body_of(response)["receipt"]["entry_hash"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"amount_minor": 70000000.0, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 7e7, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": NaN, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": true, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": "70000000", "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": -70000000, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 0, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 1' + b"0" * 30 + b', "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 1' + b"0" * 6000 + b', "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 70000000, "amount_minor": 80000000, "bid_id": "b1"}', "application/json", 400),
        (b'{"amount_minor": 70000000, "bid_id": "b1", "person": "B"}', "application/json", 400),
        (b'{"amount_minor": 70000000}', "application/json", 400),
        (b'{"amount_minor": 70000000, "bid_id": "\\u0000"}', "application/json", 400),
        (b'{"amount_minor": 70000000, "bid_id": "\\ud800"}', "application/json", 400),
        (b"[" * 30_000, "application/json", 400),
        (b'{"a":' * 10_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"amount_minor": 70000000, "bid_id": "' + b"x" * 70_000 + b'"}', "application/json", 413),
        (b"amount_minor=70000000&bid_id=b1", "application/x-www-form-urlencoded", 415),
        (b'{"amount_minor": 70000000, "bid_id": "b1"}', "text/plain", 415),
    ],
)
def test_a_malformed_bid_is_refused_by_name_and_nothing_is_written(
    road: Road, client: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    before = entries_of(road.platform)
    headers = bearer(key_of(road, "A"))
    response = client.post("/api/v1/lots/L1/bids", data=body, content_type=kind, headers=headers)
    assert (response.status_code, code_of(response)) == (status, "input.malformed")
    assert entries_of(road.platform) == before


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "auth.required"),
        ({"Authorization": "Bearer nobody"}, 401, "auth.required"),
        ({"Authorization": "Bearer "}, 401, "auth.required"),
        ({"Authorization": "Basic QTpC"}, 401, "auth.required"),
    ],
)
def test_who_is_not_known_bids_nothing(
    road: Road, client: FlaskClient, headers: dict[str, str], status: int, code: str
) -> None:
    response = client.post("/api/v1/lots/L1/bids", json={"amount_minor": START, "bid_id": "b1"}, headers=headers)
    assert (response.status_code, code_of(response)) == (status, code)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_without_the_scope_bids_nothing(road: Road, client: FlaskClient) -> None:
    assert code_of(send(client, key_of(road, "A", scopes=("listings",)), START)) == "auth.forbidden"


def test_without_a_deposit_nobody_bids(road: Road, client: FlaskClient) -> None:
    response = send(client, key_of(road, "Z"), START)
    assert (response.status_code, code_of(response)) == (403, "bidding.not_admitted")


def test_an_idempotency_key_stands_for_one_request(road: Road, client: FlaskClient) -> None:
    token = key_of(road, "A")
    first = send(client, token, START, **{"Idempotency-Key": "k1"})
    again = send(client, token, START, **{"Idempotency-Key": "k1"})
    other = send(client, token, START + STEP, "b2", **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(first) == body_of(again)
    assert (other.status_code, code_of(other)) == (409, "input.key_reused")


def test_registering_answers_code_and_deposit_and_its_key_repeats_it(road: Road, client: FlaskClient) -> None:
    headers = bearer(key_of(road, "Z"), **{"Idempotency-Key": "k1"})
    first = client.post("/api/v1/lots/L1/registrations", json={}, headers=headers)
    again = client.post("/api/v1/lots/L1/registrations", json={}, headers=headers)
    without = client.post("/api/v1/lots/L1/registrations", json={}, headers=bearer(key_of(road, "Z")))
    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(first) == body_of(again)
    assert body_of(first)["deposit_due_minor"] == 7_000_000
    assert code_of(without) == "registration.exists"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/lots/L9", 404),
        ("GET", "/api/v1/lots/L9/state", 404),
        ("GET", "/api/v1/lots/L9/docket", 404),
        ("GET", "/api/v1/lots/L9/export", 404),
        ("GET", "/api/v1/lots/%00/state", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/lots", 404),
        ("GET", "/api/", 404),
        ("DELETE", "/api/v1/lots/L1", 405),
        ("PUT", "/api/v1/lots/L1/bids", 405),
        ("GET", "/api/v1/lots?limit=101", 400),
        ("GET", "/api/v1/lots?limit=0", 400),
        ("GET", "/api/v1/lots?limit=ten", 400),
        ("GET", "/api/v1/lots?status=draft", 400),
        ("GET", "/api/v1/lots?sort=random", 400),
        ("GET", "/api/v1/lots?cursor=nobody", 400),
        ("GET", "/api/v1/lots?opens_from=2025-03-01", 400),
        ("GET", "/api/v1/lots?opens_from=2025-03-01T09:00:00", 400),
        ("GET", "/api/v1/lots?price_min=-1", 400),
        ("GET", "/api/v1/lots?q=a&q=b", 400),
        ("GET", "/api/v1/lots?colour=red", 400),
        ("GET", "/api/v1/lots/L1/docket?after=-1", 400),
        ("GET", "/api/v1/lots/L1/docket?after=99999999999999999999", 400),
        ("GET", "/api/v1/events?after=x", 400),
        ("GET", "/api/v1/events?after=99999999999999999999999.1", 400),
    ],
)
def test_whatever_is_wrong_with_an_address_is_a_problem(
    road: Road, client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert (response.status_code, code_of(response)) == (status, "input.malformed")
    if status == 405:
        assert "GET" in response.headers["Allow"] or "POST" in response.headers["Allow"]


def test_filters_combine_and_pages_go_on(road: Road, client: FlaskClient) -> None:
    found = body_of(client.get("/api/v1/lots?status=open&kind=movable&round=first&limit=1&price_min=1"))
    assert [one["lot"] for one in found["items"]] == ["L1"]
    assert (found["next"], found["total"], found["total_is_least"]) == (None, 1, False)
    assert body_of(client.get("/api/v1/lots?status=closed"))["items"] == []
    opens = "2030-01-01T00:00:00+08:00"
    assert body_of(client.get("/api/v1/lots", query_string={"opens_from": opens}))["items"] == []


def test_a_lot_shows_terms_disclosure_rounds_and_no_person(road: Road, client: FlaskClient) -> None:
    body = body_of(client.get("/api/v1/lots/L1"))
    assert body["terms"]["start_price_minor"] == START
    assert body["disclosure"]
    assert [one["lot"] for one in body["rounds"]] == ["L1"]
    assert body["documents"] == []
    text = client.get("/api/v1/lots/L1").text
    assert not [name for name in ("赵某某", "甲银行", "竞买人A") if name in text]


def test_the_state_is_cacheable_for_a_second_and_tagged(road: Road, client: FlaskClient) -> None:
    first = client.get("/api/v1/lots/L1/state")
    assert first.headers["Cache-Control"] == "public, max-age=1"
    again = client.get("/api/v1/lots/L1/state", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    send(client, key_of(road, "A"), START)
    moved = client.get("/api/v1/lots/L1/state", headers={"If-None-Match": first.headers["ETag"]})
    assert moved.status_code == 200
    assert body_of(moved)["price_minor"] == START
    assert body_of(moved)["seq"] > body_of(first)["seq"]


def test_the_docket_is_read_in_order_and_to_its_head(road: Road, client: FlaskClient) -> None:
    after, seen = 0, []
    while True:
        page = body_of(client.get(f"/api/v1/lots/L1/docket?after={after}&limit=3"))
        seen += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    assert [one["seq"] for one in seen] == list(range(1, page["head"]["seq"] + 1))
    assert seen[-1]["hash"] == page["head"]["hash"]


def test_the_export_is_its_own_canonical_form(road: Road, client: FlaskClient) -> None:
    send(client, key_of(road, "A"), START)
    response = client.get("/api/v1/lots/L1/export")
    assert canonical(body_of(response)) == response.data
    assert body_of(response)["checkpoints"][-1]["hash"] == body_of(response)["entries"][-1]["hash"]
    assert [one["seq"] for one in body_of(response)["entries"]] == list(range(1, len(body_of(response)["entries"]) + 1))


def test_the_feed_shows_public_acts_once_in_order(road: Road, client: FlaskClient) -> None:
    first = body_of(client.get("/api/v1/events?limit=5"))
    rest = body_of(client.get(f"/api/v1/events?after={first['next']}&limit=500"))
    end = body_of(client.get(f"/api/v1/events?after={rest['next']}"))
    numbers = [one["seq"] for one in first["items"] + rest["items"]]
    assert numbers == sorted(set(numbers))
    assert end == {"items": [], "next": rest["next"]}
    assert "lot.drafted" not in {one["kind"] for one in first["items"]}
