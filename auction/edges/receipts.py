"""A bid's receipt as both edges answer it, with the problem in the reader's language when it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from auction.edges.problems import dumped, problem
from auction.foundation.docket.signing import Signatures
from auction.foundation.kernel.canonical import canonical
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding.receipts import Receipt

_SIMPLE = frozenset({int, str, type(None)})
_PROBLEMS: dict[object, str] = {}
_PROBLEMS_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Signed:
    """A receipt as it leaves us: ``form`` is what of it is signed, in canonical form; no key, no signature."""

    receipt: Receipt
    key: str | None
    form: bytes
    signature: str | None


def signed(receipt: Receipt, *, signer: Signatures | None) -> Signed:
    """Return a receipt signed, where the platform has a key."""
    return all_signed([receipt], signer=signer)[0]


def all_signed(receipts: Sequence[Receipt], *, signer: Signatures | None) -> list[Signed]:
    """Return several receipts signed together, in order."""
    if signer is None:
        return [Signed(one, None, canonical(one.as_json()), None) for one in receipts]
    forms = [canonical({**one.as_json(), "key": signer.id}) for one in receipts]
    signatures = signer.sign_forms(forms)
    return [Signed(*one) for one in zip(receipts, repeat(signer.id), forms, signatures, strict=False)]


def receipt_json(told: Signed, *, language: str) -> dict[str, Any]:
    """Return the receipt; a refused one says why under ``problem``.

    The signature covers every field but itself and ``problem``, whose words depend on the reader's language.
    """
    body = told.receipt.as_json()
    if told.key is not None:
        body["key"] = told.key
    body["signature"] = told.signature
    if told.receipt.refusal is not None:
        body["problem"] = problem(told.receipt.refusal, language=language)
    return body


def answer_json(told: Signed, *, language: str) -> dict[str, Any]:
    """Return the live channel's answer to a bid (contract 4.1)."""
    body = receipt_json(told, language=language)
    if told.receipt.refusal is None:
        return {"ok": True, "receipt": body}
    return {"ok": False, "problem": body["problem"], "receipt": body}


def answer_text(told: Signed, *, language: str) -> str:
    """Return what ``answer_json`` does as JSON text; what was signed is not written a second time."""
    signature = "null" if told.signature is None else f'"{told.signature}"'
    text = f'{told.form[:-1].decode("utf-8")},"signature":{signature}'
    if told.receipt.refusal is None:
        return f'{{"ok":true,"receipt":{text}}}}}'
    why = _problem_text(told.receipt.refusal, language=language)
    return f'{{"ok":false,"problem":{why},"receipt":{text},"problem":{why}}}}}'


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
