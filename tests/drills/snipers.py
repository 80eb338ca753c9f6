"""Bidders who each bid once, within milliseconds of a lot's end, in a process of their own that writes a history down.

Each line of the plan is one bid: whose token, on what lot, how much, and how long after the lot's end it is sent.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - the standard library is made cooperative first
import contextlib  # noqa: E402
import json  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from tests.drills.crowd import Room, answer_to, entered  # noqa: E402

#: A connection is made this long before the bid: everybody is on the line when the end comes.
_EARLY = timedelta(seconds=20)
_ANSWER_SECONDS = 45.0


def shoot(room: Room, one: dict[str, Any], *, number: int) -> None:
    """Bid at the planned instant and write down what came of it."""
    at = datetime.fromisoformat(one["ends_at"]) + timedelta(milliseconds=one["after_ms"])
    gevent.sleep(max(0.0, (at - _EARLY - _now()).total_seconds()))
    line = entered(room.urls[number % len(room.urls)], token=one["token"])
    bid_id = f"shot-{number}"
    gevent.sleep(max(0.0, (at - _now()).total_seconds()))
    with contextlib.closing(line), gevent.Timeout(_ANSWER_SECONDS):
        room.write("sent", bid_id, client=one["client"], lot=one["lot"], amount_minor=one["amount_minor"])
        room.hear(bid_id, answer_to(line, {"lot": one["lot"], "amount_minor": one["amount_minor"], "bid_id": bid_id}))


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the generator is outside the platform


def main() -> None:
    """Make all the bids of the plan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path, help="where the history is written")
    told = parser.parse_args()
    plan = json.loads(told.plan.read_text(encoding="utf-8"))
    with told.out.open("w", encoding="utf-8") as out:
        room = Room({**plan, "lots": []}, out)
        shooting = [gevent.spawn(shoot, room, one, number=number) for number, one in enumerate(plan["bids"])]
        gevent.joinall(shooting, raise_error=True)


if __name__ == "__main__":
    main()
