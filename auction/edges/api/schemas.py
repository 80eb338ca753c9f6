"""The forms of answers, as JSON schemas of the OpenAPI document."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_MINOR: Schema = {"type": "integer", "description": "最小货币单位（分）/ whole minor units"}
_MAYBE_MINOR: Schema = {"type": ["integer", "null"]}
_AT: Schema = {"type": "string", "format": "date-time"}
_MAYBE_AT: Schema = {"type": ["string", "null"], "format": "date-time"}
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_WHOLE: Schema = {"type": "integer"}
_TRUTH: Schema = {"type": "boolean"}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ANY: Schema = {"type": "object"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


_WORDS = _object(zh=_TEXT, en=_TEXT)
_SUMMARY = {
    "id": _TEXT, "lot": _TEXT, "title": _TEXT, "status": _TEXT, "outcome": _MAYBE_TEXT, "round": _TEXT, "kind": _TEXT,
    "category": _TEXT, "city": _TEXT, "court": _object(id=_TEXT, name=_TEXT), "case_number": _TEXT,
    "currency": _TEXT, "start_price_minor": _MINOR, "deposit_minor": _MINOR, "increment_minor": _MINOR,
    "reference_price_minor": _MINOR, "hammer_price_minor": _MAYBE_MINOR, "announced_at": _MAYBE_AT,
    "opens_at": _AT, "closes_at": _AT, "ends_at": _AT, "sample": _TRUTH,
}  # fmt: skip

_PROBLEM = _object(
    type=_TEXT, title=_TEXT, status=_WHOLE, detail=_TEXT, code=_TEXT, article=_TEXT, facts=_ANY
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    "Object": _ANY,
    "Problem": _PROBLEM,
    "LotSummary": _object(**_SUMMARY),
    "LotPage": _object(items=_list(_ref("LotSummary")), next=_MAYBE_TEXT, total=_WHOLE, total_is_least=_TRUTH),
    "Lot": _object(
        **_SUMMARY, case=_TEXT, after=_MAYBE_TEXT, properties=_list(_TEXT), facts=_ANY, floor_minor=_MINOR,
        balance_days=_WHOLE, terms={"type": ["object", "null"]}, rulebook={"type": ["object", "null"]},
        disclosure=_ANY, priority_ranks=_list(_WHOLE), panel=_list(_TEXT), documents=_list(_ANY), rounds=_list(_ANY),
        warnings=_list(_object(code=_TEXT, text=_TEXT)), closed_at=_MAYBE_AT, registered=_WHOLE,
        explanations=_ANY, state=_ANY, conditions=_ANY, corrections=_WHOLE,
    ),
    "Entry": {
        **_object(seq=_WHOLE, at=_AT, kind=_TEXT, public=_ANY, sealed=_MAYBE_TEXT, prev=_HASH, hash=_HASH),
        "description": "与被散列的内容一致 / exactly what was hashed, with its hash",
    },
    "DocketPage": _object(
        items=_list(_ref("Entry")), next={"type": ["integer", "null"]}, head=_object(seq=_WHOLE, hash=_HASH)
    ),
    "DueBoard": _object(
        items=_list(
            _object(
                what=_TEXT, on=_TEXT, case=_TEXT, case_number=_TEXT, by=_AT, overdue=_TRUTH, article=_TEXT, why=_ANY
            )
        ),
        total=_WHOLE, overdue=_WHOLE, as_of=_AT,
    ),
    "EventPage": _object(items=_list(_ref("Entry")), next=_TEXT),
    "State": _object(
        lot=_TEXT, status=_TEXT, outcome=_MAYBE_TEXT, seq=_WHOLE, currency=_TEXT, price_minor=_MAYBE_MINOR,
        least_acceptable_minor=_MINOR, increment_minor=_MINOR, leader=_MAYBE_TEXT, bids=_WHOLE, extensions=_WHOLE,
        opens_at=_AT, ends_at=_AT, watchers=_WHOLE, server_time=_AT, entries_from=_WHOLE, entries=_list(_ref("Entry")),
    ),
    "Export": _object(
        lot=_TEXT, rulebook=_ANY, terms=_ANY, entries=_list(_ref("Entry")),
        checkpoints=_list(_object(lot=_TEXT, seq=_WHOLE, hash=_HASH, at=_AT, key=_MAYBE_TEXT, signature=_MAYBE_TEXT)),
        public_key=_MAYBE_TEXT,
    ),
    "LogKeys": _object(
        items=_list(_object(id=_TEXT, public_key=_TEXT, since=_AT, endorsed_by=_TEXT, endorsement=_TEXT))
    ),
    "Availability": {
        **_object(
            lot=_TEXT,
            measured=_TRUTH,
            certificate={
                **_object(
                    seq=_WHOLE, at=_AT, hash=_HASH, to=_AT, bidding_ms=_WHOLE, measured_from=_AT, measured_ms=_WHOLE,
                    served_ms=_WHOLE, floor_ms=_WHOLE, gaps=_list(_ref("Gap")), decided=_WHOLE, longest_ms=_WHOLE,
                    histogram=_object(bounds_ms=_list(_WHOLE), counts=_list(_WHOLE)), **{"from": _AT},
                ),
                "type": ["object", "null"],
            },
            outages=_list(
                _object(
                    seq=_WHOLE, at=_AT, gap=_ref("Gap"), window=_object(to=_AT, **{"from": _AT}),
                    spans=_list(_object(process=_TEXT, to=_AT, **{"from": _AT})),
                )
            ),
        ),
        "description": "证明在结束后作出 / the certificate is made after the close",
    },
    "Gap": _object(to=_AT, ms=_WHOLE, **{"from": _AT}),
    "LogHead": _object(size=_WHOLE, root=_HASH, at=_AT, key=_TEXT, signature=_TEXT),
    "LogStamp": _object(head=_ref("LogHead"), at=_AT, authority=_TEXT, token=_TEXT),
    "LogLeaves": _object(items=_list(_ANY), next={"type": ["integer", "null"]}),
    "LogProof": _object(path=_list(_HASH)),
    "Registration": _object(
        registration=_TEXT, lot=_TEXT, code=_TEXT, priority_rank={"type": ["integer", "null"]}, status=_TEXT,
        currency=_TEXT, deposit_minor=_MINOR, deposit_due_minor=_MINOR,
        pay=_object(
            how=_TEXT, url=_TEXT,
            ways=_list(_object(way=_TEXT, up_to_minor=_MAYBE_MINOR, open=_TRUTH, why=_MAYBE_TEXT)),
        ),
        registered_at=_AT, admitted_at=_MAYBE_AT,
        reminders=_object(
            version=_HASH, accepted=_TRUTH,
            items=_list(_object(key=_TEXT, title=_TEXT, text=_TEXT, sha256=_HASH)),
        ),
    ),
    "Costs": _object(
        lot=_TEXT, currency=_TEXT, amount_minor=_MINOR, amount_in_words=_TEXT, buyer=_MAYBE_TEXT,
        lines=_list(
            _object(
                key=_TEXT, side={"type": "string", "enum": ["buyer", "seller"]}, title=_WORDS, note=_WORDS,
                article=_TEXT, confidence=_TEXT, least_minor=_MAYBE_MINOR, most_minor=_MAYBE_MINOR,
            )
        ),
        least_minor=_MINOR, most_minor=_MINOR, complete=_TRUTH, deposit_minor=_MINOR, balance_minor=_MINOR,
        balance_due_by=_AT, balance_due_by_final=_TRUTH,
    ),
    "Corrections": _object(
        items=_list(_object(number=_WHOLE, block=_TEXT, before=_TEXT, after=_TEXT, why=_TEXT, at=_AT)), total=_WHOLE
    ),
    "CorrectionsRead": _object(lot=_TEXT, corrections=_WHOLE),
    "Receipt": {
        **_object(
            lot=_TEXT, bid_id=_TEXT, outcome={"type": "string", "enum": ["accepted", "refused"]}, seq=_WHOLE,
            code=_TEXT, amount_minor=_MINOR, received_at=_AT, decided_at=_AT, ms_to_end=_WHOLE, ends_at=_AT,
            extended=_TRUTH, entry_hash=_HASH, signature=_MAYBE_TEXT,
        ),
        "description": "被拒绝时另有 problem / a refused one says why under `problem`",
    },
    "Rulebook": _object(version=_TEXT, sha256=_HASH, on=_TEXT, instruments=_list(_ANY)),
}  # fmt: skip
