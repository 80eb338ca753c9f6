"""The API described by its own declarations: an OpenAPI 3.1 document, and a page to read."""

from __future__ import annotations

import functools
import re
from typing import Any

from flask import Blueprint, Response, render_template

from auction.edges.api.endpoint import ENDPOINTS, Answer, Endpoint, respond
from auction.edges.api.reading import Field
from auction.edges.api.schemas import SCHEMAS
from auction.edges.problems import PROBLEM_TYPE, status_of_kind
from auction.foundation.kernel.refusal import InputMalformed, RateLimited, Refusal

_PART = re.compile(r"{(\w+)}")
_KEY = "key"


def reference() -> Blueprint:
    """Return ``/openapi.json`` and ``/docs``."""
    pages = Blueprint("reference", __name__)

    @pages.get("/openapi.json")
    def openapi_json() -> Response:
        return respond(Answer(document()))

    @pages.get("/docs")
    def docs() -> str:
        calls = sorted(ENDPOINTS.values(), key=lambda one: (one.path, one.method))
        return render_template("api/docs.html", calls=calls, refusals=refusals(), status_of=status_of_kind)

    return pages


def refusals() -> list[type[Refusal]]:
    """Return every refusal of the program that has a code, one a code, in the order of codes."""
    found: dict[str, type[Refusal]] = {}
    waiting = list(Refusal.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.code:
            found.setdefault(kind.code, kind)
    return [found[code] for code in sorted(found)]


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of every declared call."""
    paths: dict[str, dict[str, Any]] = {}
    for one in sorted(ENDPOINTS.values(), key=lambda call: (call.path, call.method)):
        paths.setdefault(f"/api/v1{one.path}", {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "网络司法拍卖平台接口 / Judicial auction API",
            "version": "1",
            "description": "金额为最小货币单位（分）的整数；时刻为带时区的 RFC 3339；拒绝均为 problem+json。\n\n"
            "Money is a whole number of minor units; times are RFC 3339 with offset; refusals are RFC 9457 problems.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {_KEY: {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": one.name,
        "summary": f"{one.zh} / {one.en}",
        "parameters": [
            *(_path_part(name) for name in _PART.findall(one.path)),
            *(_parameter(field) for field in one.query),
        ],
        "responses": _responses(one),
    }
    if one.scope:
        operation["security"] = [{_KEY: []}]
        operation["description"] = f"Scope: `{one.scope}`"
    if one.method != "GET":
        operation["parameters"].append(_IDEMPOTENCY)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _body(one)}}}
    return operation


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同一键的重复请求只产生一次效果 / The same key again has the effect of one",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}


def _parameter(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "in": "query",
        "required": field.required,
        "description": f"{field.zh} / {field.en}",
        "schema": field.schema(),
    }


def _path_part(name: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 80}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _body(one: Endpoint) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: field.schema() | {"description": f"{field.zh} / {field.en}"} for field in one.body},
        "required": [field.name for field in one.body if field.required],
        "additionalProperties": False,
    }


def _responses(one: Endpoint) -> dict[str, Any]:
    plain = {"application/json": {"schema": {"$ref": f"#/components/schemas/{one.answers}"}}}
    found: dict[str, Any] = {str(status): {"description": "OK", "content": plain} for status in one.statuses}
    if one.method == "GET":
        found["304"] = {"description": "Unchanged"}
    codes: dict[str, list[str]] = {}
    always: tuple[type[Refusal], ...] = (InputMalformed, RateLimited)
    for kind in dict.fromkeys((*one.errors, *always)):
        codes.setdefault(str(int(status_of_kind(kind))), []).append(f"`{kind.code}`")
    if one.method != "GET":
        codes.setdefault("413", []).append("`input.malformed`")
        codes.setdefault("415", []).append("`input.malformed`")
    for status in ("401", "503"):
        codes.setdefault(status, []).append("`auth.required`" if status == "401" else "`platform.unavailable`")
    for status, names in sorted(codes.items()):
        problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        found[status] = {"description": ", ".join(dict.fromkeys(names)), "content": problem}
    return found
