"""Time stamps under the log: an authority outside swears when a signed root was there, and with it every leaf below.

A stamp is optional and proves more than our own clock: nobody can put a checkpoint into the log of an earlier day.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.canonical import canonical, instant_text
from auction.procedure.publicity import log
from auction.procedure.publicity.models import LogStamp

#: A root is stamped at most so often; the next stamp covers what came in between.
EVERY = timedelta(minutes=10)


def stamped_bytes(head: Mapping[str, Any]) -> bytes:
    """Return what of a signed root is stamped: its canonical form with the signature, as the API tells it."""
    return canonical(head)


def wanting(session: Session, *, now: datetime) -> dict[str, Any] | None:
    """Return the signed root that should be stamped now, or None."""
    head = log.newest_head(session)
    newest = session.scalars(select(LogStamp).order_by(LogStamp.size.desc()).limit(1)).one_or_none()
    if head is None or (newest is not None and (newest.size >= head["size"] or now < newest.kept_at + EVERY)):
        return None
    return head


@command("keep_stamp", by=())
def keep_stamp(act: Act, *, size: int, token: bytes, at: datetime, authority: str) -> bool:
    """Keep a verified stamp of the root of a size; the first one stays. Say whether it is new."""
    row = {
        "size": size,
        "at": at,
        "authority": authority,
        "token": base64.b64encode(token).decode("ascii"),
        "kept_at": act.now,
    }
    made = act.session.execute(upsert(LogStamp).values(row).on_conflict_do_nothing().returning(LogStamp.size))
    return made.scalar_one_or_none() is not None


def newest(session: Session) -> dict[str, Any] | None:
    """Return the newest stamp with the root it is of, or None while there is none."""
    row = session.scalars(select(LogStamp).order_by(LogStamp.size.desc()).limit(1)).one_or_none()
    return _told(session, row)


def covering(session: Session, *, leaf: int) -> dict[str, Any] | None:
    """Return the earliest stamp of a root that has a leaf below it, or None while there is none."""
    query = select(LogStamp).where(LogStamp.size > leaf).order_by(LogStamp.size).limit(1)
    return _told(session, session.scalars(query).one_or_none())


def _told(session: Session, row: LogStamp | None) -> dict[str, Any] | None:
    if row is None:
        return None
    head = log.head(session, size=row.size)
    return {"head": head, "at": instant_text(row.at), "authority": row.authority, "token": row.token}
