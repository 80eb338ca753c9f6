"""What was corrected of an announcement, and a bidder's word that he has seen it."""

from __future__ import annotations

from typing import Any

from auction.edges.api.bids import AUTH
from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.lots import lot_id
from auction.edges.live.connections import BID_SCOPE, bidding_person
from auction.foundation.database.acts import Act
from auction.foundation.database.idempotency import KeyReused
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.bidding import corrections as reading
from auction.procedure.bidding import rules
from auction.procedure.lots import corrections
from auction.procedure.lots import queries as lots
from auction.procedure.lots.corrections import Correction


@endpoint(
    "GET", "/lots/{lot}/corrections", zh="公告的更正，逐项前后对照", en="What was corrected, each before and after",
    errors=(NotFound,), answers="Corrections",
)  # fmt: skip
def read_corrections(call: Call, lot: str) -> Answer:
    """Answer every correction of a lot's announcement, oldest first."""
    wanted = lot_id(lot)
    with call.platform.read() as session:
        lots.public_lot(session, wanted)
        found = corrections.corrections(session, lot=wanted)
    return Answer({"items": [_correction_json(one) for one in found], "total": len(found)})


@endpoint(
    "POST", "/lots/{lot}/corrections/read", zh="确认已读公告的更正", en="Confirm that you have read the corrections",
    scope=BID_SCOPE, errors=(*AUTH, InputMalformed, NotFound, KeyReused, rules.NotAdmitted), answers="CorrectionsRead",
)  # fmt: skip
def confirm_read(call: Call, lot: str) -> Answer:
    """Keep that the key's person has seen every correction so far; without it he cannot bid."""
    wanted, person = lot_id(lot), bidding_person(call.known)

    def run(act: Act) -> Answer:
        return Answer({"lot": wanted, "corrections": reading.read_corrections(act, lot=wanted, person=person)})

    return call.once(run)


def _correction_json(one: Correction) -> dict[str, Any]:
    return {
        "number": one.number,
        "block": one.block,
        "before": one.before,
        "after": one.after,
        "why": one.why,
        "at": instant_text(one.at),
    }
