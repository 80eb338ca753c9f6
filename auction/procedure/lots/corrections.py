"""Correcting what was announced: the public sees each change, what stood there before and what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket import queries as docket
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.lots import announcement, grounds, proposals, queries, readiness, rows
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import rulebook

_OVER = frozenset({"closed", "withdrawn", "revoked"})
_WHY_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Correction:
    """One change of the announcement, as its docket entry tells it."""

    number: int
    block: str
    before: str
    after: str
    why: str
    at: datetime


@command("correct_announcement", by={Role.OFFICER})
def correct_announcement(act: Act, *, lot: str, block: str, text: str, why: str) -> LotRecord:
    """Correct a disclosure block of an announced lot in public; the same words again change nothing (article 13).

    Until opening; after it only while bidding stands still. Price, money and times are never corrected. The terms as
    announced stay as they were: the correction is its own entry, with what stood there, what stands there, and why.

    :raises NotAnnounced: Over, CorrectionNeedsStay, TermsFrozen, ForbiddenPhrases: in this order
    """
    checks = Checks()
    wanted, key = checks.identifier("lot", lot), checks.identifier("block", block)
    reason = checks.text("why", why, longest=_WHY_LONGEST)
    written = checks.text("text", text, longest=proposals.DISCLOSURE_LONGEST)
    checks.refuse()
    row = rows.locked(act, wanted)
    announced = row.announced_at is not None
    if announced and row.status in _OVER:
        raise grounds.Over(status=row.status)
    announcement.check_correction(status=row.status, announced=announced, opens_at=row.opens_at, block=key, now=act.now)
    _refuse_unknown(act, queries.lot(act.session, wanted), block=key)
    announcement.check_phrases({key: written}, forbidden=rulebook().on(day_of(act.now)).forbidden_phrases)
    before = str(row.disclosure.get(key, ""))
    if before == written:
        return queries.lot(act.session, wanted)
    row.disclosure = {**row.disclosure, key: written}
    row.corrections += 1
    act.session.flush()
    public = {
        "number": row.corrections,
        "block": key,
        "before": before,
        "after": written,
        "before_sha256": sha256_hex(before),
        "after_sha256": sha256_hex(written),
        "why": reason,
    }
    append(act, f"lot:{wanted}", "lot.corrected", public)
    return queries.lot(act.session, wanted)


def corrections(session: Session, *, lot: str) -> list[Correction]:
    """Return what was corrected of a lot's announcement, oldest first."""
    return [
        Correction(
            number=entry.public["number"],
            block=entry.public["block"],
            before=entry.public["before"],
            after=entry.public["after"],
            why=entry.public["why"],
            at=entry.at,
        )
        for entry in docket.of_kinds(session, f"lot:{lot}", ["lot.corrected"])
    ]


def _refuse_unknown(act: Act, lot: LotRecord, *, block: str) -> None:
    """Refuse a block that this lot's announcement does not have; the reminders are the law's words, not the court's."""
    today = rulebook().on(day_of(act.now))
    known = {one.key for one in readiness.wanted_blocks(act.session, lot=lot, rules_of_day=today)}
    if block not in known:
        raise InputMalformed(errors={"block": f"没有这一项 / no such block: {block}"})
