"""What Stripe tells us unasked: an event, believed only as a reason to ask, and only when its signature holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import stripe

#: Seconds an event's stamp may be old; Stripe stamps each try anew.
TOLERANCE_SECONDS = 300
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,120}", re.ASCII)


class Forged(Exception):
    """The signature does not hold, or holds no longer: somebody else wrote this, or repeats it."""


class Unreadable(Exception):
    """It is signed, yet no event of a payment account."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event says it is about: ids and a type, nothing of a payer."""

    id: str
    type: str
    subject: str
    payment: str | None
    order: str | None


def read_notice(body: bytes, *, signature: str | None, secret: str) -> Notice:
    """Return what a signed event is about.

    :raises Forged: for a wrong, missing or old signature
    :raises Unreadable: for a signed body that is no event
    """
    try:
        text = body.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature or "", secret, TOLERANCE_SECONDS)
    except (UnicodeDecodeError, stripe.SignatureVerificationError) as fault:
        raise Forged from fault
    try:
        event = json.loads(text)
        thing = event["data"]["object"]
        given = event["id"], event["type"], thing["id"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Unreadable from fault
    if not all(_is_name(one) for one in given):
        raise Unreadable
    told = thing.get("metadata")
    order = told.get("order") if isinstance(told, dict) else None
    payment = thing.get("payment_intent")
    return Notice(
        id=given[0],
        type=given[1],
        subject=given[2],
        payment=payment if _is_name(payment) else None,
        order=order if _is_name(order) else None,
    )


def _is_name(given: object) -> bool:
    return isinstance(given, str) and _NAME.fullmatch(given) is not None
