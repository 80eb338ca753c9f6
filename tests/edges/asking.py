"""Asking the API as a program does; shared by its tests."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from auction.edges.problems import PROBLEM_TYPE


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def body_of(response: TestResponse) -> dict[str, Any]:
    body = response.get_json()
    assert isinstance(body, dict)
    return body


def send(client: FlaskClient, token: str, amount: object, bid_id: object = "b1", **headers: str) -> TestResponse:
    body = {"amount_minor": amount, "bid_id": bid_id}
    return client.post("/api/v1/lots/L1/bids", json=body, headers=bearer(token, **headers))


def code_of(response: TestResponse) -> str:
    assert response.content_type == PROBLEM_TYPE, response.text
    body = body_of(response)
    assert {"type", "title", "status", "detail", "code", "article", "facts"} <= set(body)
    assert body["status"] == response.status_code
    return str(body["code"])
