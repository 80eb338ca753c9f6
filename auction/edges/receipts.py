"""A bid's receipt as both edges answer it, with the problem in the reader's language when it was refused."""

from __future__ import annotations

from typing import Any

from auction.edges.problems import problem
from auction.procedure.bidding.receipts import Receipt


def receipt_json(receipt: Receipt, *, language: str) -> dict[str, Any]:
    """Return the receipt; a refused one says why under ``problem``."""
    body = receipt.as_json()
    if receipt.refusal is not None:
        body["problem"] = problem(receipt.refusal, language=language)
    return body


def answer_json(receipt: Receipt, *, language: str) -> dict[str, Any]:
    """Return the live channel's answer to a bid (contract 4.1)."""
    body = receipt_json(receipt, language=language)
    if receipt.refusal is None:
        return {"ok": True, "receipt": body}
    return {"ok": False, "problem": body["problem"], "receipt": body}
