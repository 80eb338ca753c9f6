"""The rules in force, with their articles; and the feed of all public acts, for partners who pull."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy.orm import Session

from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.reading import Field
from auction.edges.api.shapes import entry_json
from auction.edges.stories.shelf import telling
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import InputMalformed
from auction.rulebook import rulebook
from auction.rulebook.carried import carriers

_INT_MAX = 2**63 - 1
#: What a court does with a draft is nobody's business yet; the docket shows it once the lot is announced.
BEFORE_ANNOUNCEMENT = frozenset({"lot.drafted", "lot.disclosed", "lot.approved", "notice.given"})


@endpoint("GET", "/rulebook", zh="现行规则及其条文", en="The rules in force, with articles", answers="Rulebook")
def show_rulebook(call: Call) -> Answer:
    """Answer the rules in force today, each with the stories that tell it and what in the program carries it."""
    book, today = rulebook(), day_of(call.platform.clock.now())
    instruments = [
        {**instrument, "articles": [_with_traces(rule) for rule in instrument["articles"]]}
        for instrument in cast("list[dict[str, Any]]", book.as_json(on=today)["instruments"])
    ]
    body = {**book.as_json(on=today), "on": today.isoformat(), "instruments": instruments}
    return Answer(body, tag=f"{book.sha256[:24]}-{today.isoformat()}")


def _with_traces(rule: dict[str, Any]) -> dict[str, Any]:
    key = rule["key"]
    return {
        **rule,
        "stories": [one.name for one in telling(key)],
        "carried_by": [one.as_json() for one in carriers(key)],
    }


@endpoint(
    "GET", "/events", zh="全部公开行为的变更流，按提交次序", en="Every public act in the order of commit",
    query=(
        Field("after", "text", "上一页的 next", "The page before said it as `next`", longest=48),
        Field("limit", "whole", "条数，最多 500", "How many, at most 500", least=1, most=500),
    ),
    errors=(InputMalformed,), answers="EventPage",
)  # fmt: skip
def read_events(call: Call) -> Answer:
    """Answer public entries of all lots behind a cursor; the cursor stays when nothing is new."""
    after, limit = _cursor(call.query["after"]), call.query["limit"] or 100
    with call.platform.read() as session:
        items, end = _public(session, after=after, limit=limit)
    return Answer({"items": items, "next": f"{end[0]}.{end[1]}"})


def _public(session: Session, *, after: tuple[int, int], limit: int) -> tuple[list[dict[str, Any]], tuple[int, int]]:
    """Return the next public entries and the place behind the last one looked at; empty only at the end."""
    while found := docket.feed(session, after=after, limit=limit):
        after = found[-1].txid, found[-1].position
        items = [
            {"cursor": one.cursor, **entry_json(one.entry)}
            for one in found
            if one.entry.kind not in BEFORE_ANNOUNCEMENT
        ]
        if items:
            return items, after
    return [], after


def _cursor(text: str | None) -> tuple[int, int]:
    if text is None:
        return 0, 0
    txid, dot, position = text.partition(".")
    if not (dot and txid.isdecimal() and position.isdecimal() and text.isascii()):
        raise InputMalformed(errors={"after": "a cursor of this feed / 应为本流的游标"})
    place = int(txid), int(position)
    if max(place) > _INT_MAX:
        raise InputMalformed(errors={"after": "a cursor of this feed / 应为本流的游标"})
    return place
