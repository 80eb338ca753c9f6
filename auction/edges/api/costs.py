"""What a lot costs in all at a price, line by line."""

from __future__ import annotations

from typing import Any

from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.lots import lot_id
from auction.edges.api.reading import Field
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.money import in_capitals
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.lots import queries as lots
from auction.procedure.settlement.all_in import PRICE_MAX, Line
from auction.procedure.settlement.costs import costs
from auction.rulebook.taxes import BUYERS


@endpoint(
    "GET", "/lots/{lot}/costs", zh="按某一价格，一共要花多少钱", en="What a lot costs in all at a price",
    query=(
        Field("amount_minor", "whole", "价格（分）", "The price in fen", required=True, least=1, most=PRICE_MAX),
        Field("buyer", "text", "由谁购买，影响税率", "Who would buy, as a rate may depend on it", choices=BUYERS),
    ),
    errors=(InputMalformed, NotFound), answers="Costs",
)  # fmt: skip
def show_costs(call: Call, lot: str) -> Answer:
    """Answer taxes by side, fees, arrears and the balance; what nobody knows yet is a span, or null."""
    wanted, amount = lot_id(lot), call.query["amount_minor"]
    with call.platform.read() as session:
        found = costs(
            session,
            lot=lots.public_lot(session, wanted),
            now=call.platform.clock.now(),
            buyer=call.query["buyer"],
        )
    whole = found.at(amount)
    body = {
        "lot": wanted,
        "currency": "CNY",
        "amount_minor": amount,
        "amount_in_words": in_capitals(amount),
        "buyer": found.buyer,
        "lines": [_line_json(line) for line in whole.lines],
        "least_minor": whole.least_minor,
        "most_minor": whole.most_minor,
        "complete": not whole.unknown,
        "deposit_minor": whole.deposit_minor,
        "balance_minor": whole.balance_minor,
        "balance_due_by": instant_text(whole.balance_due_by),
        "balance_due_by_final": found.final,
    }
    return Answer(body, seconds=10)


def _line_json(line: Line) -> dict[str, Any]:
    levy = line.levy
    return {
        "key": levy.key,
        "side": levy.side,
        "title": levy.title.as_json(),
        "note": levy.note.as_json(),
        "article": levy.article,
        "confidence": levy.confidence,
        "least_minor": line.least_minor,
        "most_minor": line.most_minor,
    }
