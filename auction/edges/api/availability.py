"""How a lot's bidding was served: its certificate, and the outages it was deferred for."""

from __future__ import annotations

from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.lots import lot_id
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import NotFound
from auction.procedure.bidding import certifying
from auction.procedure.lots import queries as lots


@endpoint(
    "GET", "/lots/{lot}/availability", zh="竞价服务可用性证明", en="How a lot's bidding was served",
    errors=(NotFound,), answers="Availability",
)  # fmt: skip
def show_availability(call: Call, lot: str) -> Answer:
    """Answer a lot's certificate of availability, null before it is made, and the evidence of its outages."""
    wanted = lot_id(lot)
    with call.platform.read() as session:
        lots.public_lot(session, wanted)
        found = certifying.availability(session, wanted)
    made = found.certificate
    return Answer(
        {
            "lot": wanted,
            "measured": found.measured,
            "certificate": None
            if made is None
            else {"seq": made.seq, "at": instant_text(made.at), "hash": made.hash, **made.public},
            "outages": [
                {"seq": one.seq, "at": instant_text(one.at), **one.public["outage"]} for one in found.deferrals
            ],
        }
    )
