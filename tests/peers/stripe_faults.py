"""How the stand-in says no: with the type, code and status that Stripe's documents give."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class StripeFault(Exception):
    """A request that is answered by an error object."""

    def __init__(self, status: int, *, code: str | None, message: str, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.kind = kind
        self.message = message
        self.extra: Json = {}

    def body(self) -> Json:
        return {"error": {"type": self.kind, "code": self.code, "message": self.message, **self.extra}}


def missing(kind: str, name: str) -> StripeFault:
    return StripeFault(404, code="resource_missing", message=f"No such {kind}: '{name}'")


def unexpected_state(intent: Json, *, verb: str) -> StripeFault:
    return StripeFault(
        400,
        code="payment_intent_unexpected_state",
        message=f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}.",
    )


def declined(intent: Json, *, decline: str) -> StripeFault:
    code = "expired_card" if decline == "expired_card" else "card_declined"
    fault = StripeFault(402, code=code, message="Your card was declined.", kind="card_error")
    intent["last_payment_error"] = {
        "type": "card_error",
        "code": code,
        "decline_code": decline,
        "message": fault.message,
    }
    fault.extra = {"decline_code": decline, "payment_intent": dict(intent)}
    return fault


def malformed(name: str, *, message: str | None = None) -> StripeFault:
    return StripeFault(400, code="parameter_invalid", message=message or f"Invalid {name}")
