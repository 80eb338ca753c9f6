"""A bid's receipt as both edges answer it, with the problem in the reader's language when it was refused."""

from __future__ import annotations

from typing import Any

from auction.edges.problems import dumped, problem
from auction.foundation.docket.signing import Signer
from auction.foundation.kernel.canonical import canonical
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding.receipts import Receipt

_SIMPLE = frozenset({int, str, type(None)})
_PROBLEMS: dict[object, str] = {}
_PROBLEMS_MAX = 1_024


def receipt_json(receipt: Receipt, *, language: str, signer: Signer | None) -> dict[str, Any]:
    """Return the receipt, signed where the platform has a key; a refused one says why under ``problem``.

    The signature covers every field but itself and ``problem``, whose words depend on the reader's language.
    """
    body, _, signature = _signed(receipt, signer=signer)
    body["signature"] = signature
    if receipt.refusal is not None:
        body["problem"] = problem(receipt.refusal, language=language)
    return body


def answer_json(receipt: Receipt, *, language: str, signer: Signer | None) -> dict[str, Any]:
    """Return the live channel's answer to a bid (contract 4.1)."""
    body = receipt_json(receipt, language=language, signer=signer)
    if receipt.refusal is None:
        return {"ok": True, "receipt": body}
    return {"ok": False, "problem": body["problem"], "receipt": body}


def answer_text(receipt: Receipt, *, language: str, signer: Signer | None) -> str:
    """Return what ``answer_json`` does as JSON text; what was signed is not written a second time."""
    _, form, signature = _signed(receipt, signer=signer)
    told = "null" if signature is None else f'"{signature}"'
    text = f'{form[:-1].decode("utf-8")},"signature":{told}'
    if receipt.refusal is None:
        return f'{{"ok":true,"receipt":{text}}}}}'
    why = _problem_text(receipt.refusal, language=language)
    return f'{{"ok":false,"problem":{why},"receipt":{text},"problem":{why}}}}}'


def _signed(receipt: Receipt, *, signer: Signer | None) -> tuple[dict[str, Any], bytes, str | None]:
    """Return what of a receipt is signed, its canonical form, and the signature of that form where there is a key."""
    body = receipt.as_json()
    if signer is None:
        return body, canonical(body), None
    body["key"] = signer.id
    form = canonical(body)
    return body, form, signer.sign_form(form)


def _problem_text(refusal: Refusal, *, language: str) -> str:
    """Return the problem as JSON text; a crowd that bids at once is refused in the same words with the same numbers."""
    facts = tuple(refusal.facts.items())
    if not all(type(value) in _SIMPLE for _, value in facts):
        return dumped(problem(refusal, language=language))
    key = (type(refusal), language, facts)
    text = _PROBLEMS.get(key)
    if text is None:
        if len(_PROBLEMS) >= _PROBLEMS_MAX:
            _PROBLEMS.clear()
        text = _PROBLEMS[key] = dumped(problem(refusal, language=language))
    return text
