"""The stand-in's payments: created, confirmed, held, captured, cancelled, lapsed, as Stripe's documents describe.

Written from those documents and for tests only. Every act enters events in ``events``; who delivers them, in which
order and how often, is ``stripe_events``' concern. ``now`` is the stand-in's clock in seconds, so holds can lapse.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from threading import RLock

from auction.gateways.clock import SystemClock
from tests.peers.stripe_cards import AMOUNT_MAX, CARDS, HOLD_SECONDS, KNOWN_METHODS, READY
from tests.peers.stripe_faults import Json, StripeFault, declined, malformed, missing, unexpected_state

_INTENT_PARAMS = {
    "allowed_payment_method_types",
    "amount",
    "capture_method",
    "confirm",
    "currency",
    "description",
    "expand",
    "metadata",
    "payment_method",
    "payment_method_options",
}
_OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}


def true_time() -> float:
    return SystemClock().now().timestamp()


class Payments:
    """What Stripe knows of payments; safe to use from several threads."""

    def __init__(self, *, now: Callable[[], float] = true_time) -> None:
        self.lock = RLock()
        self.skew = 0.0
        self._now = now
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.transfers: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.sessions: dict[str, Json] = {}
        self.accounts: set[str] = set()
        self.events: list[Json] = []
        self.refund_outcome: str | None = None
        self.capture_at_most: int | None = None
        self.transfer_fault: str | None = None
        self._cards: dict[str, str] = {}

    def now(self) -> int:
        return int(self._now() + self.skew)

    def advance(self, seconds: float) -> None:
        """Move the stand-in's clock on; holds whose time is over lapse."""
        with self.lock:
            self.skew += seconds
            self.lapse()

    def lapse(self) -> None:
        """Let lapse what is over by now: authorised cards, and Checkout nobody paid."""
        for intent in self.intents.values():
            charge = self.charges.get(intent["latest_charge"] or "")
            if intent["status"] == "requires_capture" and charge and charge["capture_before"] <= self.now():
                self._cancelled(intent, reason="automatic")
        for session in self.sessions.values():
            if session["status"] == "open" and session["expires_at"] <= self.now():
                session["status"], session["url"] = "expired", None
                self.tell("checkout.session.expired", session)

    def id(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def tell(self, kind: str, thing: Json) -> None:
        """Enter an event; its object is as it is now."""
        self.events.append(
            {
                "id": self.id("evt"),
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": self.now(),
                "livemode": False,
                "pending_webhooks": 1,
                "type": kind,
                "data": {"object": {**thing}},
                "request": {"id": None, "idempotency_key": None},
            }
        )

    def create_intent(self, form: Json) -> Json:
        known(form, _INTENT_PARAMS)
        minor = amount_of(form)
        methods = form.get("allowed_payment_method_types") or ["card"]
        if not isinstance(methods, list) or not methods or not set(methods) <= set(KNOWN_METHODS):
            raise malformed("allowed_payment_method_types")
        capture = form.get("capture_method", "automatic_async")
        if capture == "manual" and set(methods) - {"card"}:
            raise malformed("capture_method", message="The payment method does not support manual capture.")
        intent = self.new_intent(minor=minor, currency=form["currency"], methods=methods, metadata=form)
        intent["capture_method"] = capture
        intent["payment_method_options"] = form.get("payment_method_options", {})
        self.tell("payment_intent.created", intent)
        if form.get("confirm") == "true":
            return self.confirm(intent["id"], number=READY.get(form.get("payment_method", ""), ""))
        return intent

    def new_intent(self, *, minor: int, currency: str, methods: list[str], metadata: Json) -> Json:
        name = self.id("pi")
        intent: Json = {
            "id": name,
            "object": "payment_intent",
            "amount": minor,
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{name}_secret_{secrets.token_hex(12)}",
            "created": self.now(),
            "currency": currency,
            "description": metadata.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": dict(metadata.get("metadata") or {}),
            "next_action": None,
            "payment_method_options": {},
            "payment_method_types": list(methods),
            "status": "requires_payment_method",
        }
        self.intents[name] = intent
        return intent

    def intent(self, name: str) -> Json:
        self.lapse()
        if name not in self.intents:
            raise missing("payment_intent", name)
        return self.intents[name]

    def confirm(self, name: str, *, method: str = "card", number: str = "", back: str | None = None) -> Json:
        """Do what the payer's browser does: pay with a card, Alipay or WeChat Pay."""
        with self.lock:
            intent = self.intent(name)
            if intent["status"] not in _OPEN:
                raise unexpected_state(intent, verb="confirmed")
            if method not in intent["payment_method_types"]:
                raise malformed("payment_method_type")
            card = CARDS.get(number)
            if method == "card" and card is None:
                raise StripeFault(
                    402, code="incorrect_number", message="Your card number is incorrect.", kind="card_error"
                )
            intent["last_payment_error"], intent["return_url"] = None, back
            self._cards[name] = number
            if card is not None and card.declines is not None:
                intent["status"], intent["next_action"] = "requires_payment_method", None
                fault = declined(intent, decline=card.declines)
                self.tell("payment_intent.payment_failed", intent)
                raise fault
            if method != "card" or (card is not None and card.secure):
                return self._send_away(intent, method=method)
            return self._paid(intent, method=method)

    def _send_away(self, intent: Json, *, method: str) -> Json:
        intent["status"] = "requires_action"
        address = f"/authenticate/{intent['id']}?method={method}"
        if method == "wechat_pay":
            code = {"hosted_instructions_url": address, "data": "weixin://wxpay/stand-in"}
            intent["next_action"] = {
                "type": "wechat_pay_display_qr_code",
                "wechat_pay_display_qr_code": code,
            }
        else:
            intent["next_action"] = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": address, "return_url": intent["return_url"]},
            }
        self.tell("payment_intent.requires_action", intent)
        return intent

    def authenticate(self, name: str, *, method: str = "card", success: bool = True) -> Json:
        """Do what the payer does at his bank or in his wallet: agree, or not."""
        with self.lock:
            intent = self.intent(name)
            if intent["status"] != "requires_action":
                raise unexpected_state(intent, verb="authenticated")
            if success:
                return self._paid(intent, method=method)
            intent["status"], intent["next_action"] = "requires_payment_method", None
            intent["last_payment_error"] = {
                "type": "invalid_request_error",
                "code": "payment_intent_authentication_failure",
                "message": "The provided PaymentMethod has failed authentication.",
            }
            self.tell("payment_intent.payment_failed", intent)
            return intent

    def _paid(self, intent: Json, *, method: str) -> Json:
        options = intent["payment_method_options"].get(method, {})
        held = "manual" in {options.get("capture_method"), intent["capture_method"]}
        charge: Json = {
            "id": self.id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0 if held else intent["amount"],
            "amount_refunded": 0,
            "capture_before": self.now() + HOLD_SECONDS if held else None,
            "captured": not held,
            "created": self.now(),
            "currency": intent["currency"],
            "metadata": dict(intent["metadata"]),
            "payment_intent": intent["id"],
            "payment_method_details": {"type": method},
            "status": "succeeded",
        }
        self.charges[charge["id"]] = charge
        intent["latest_charge"], intent["next_action"] = charge["id"], None
        if held:
            intent["status"], intent["amount_capturable"] = "requires_capture", intent["amount"]
            self.tell("payment_intent.amount_capturable_updated", intent)
        else:
            intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
            self.tell("payment_intent.succeeded", intent)
        self.tell("charge.succeeded", charge)
        self.after_payment(intent, held=held)
        return intent

    def after_payment(self, intent: Json, *, held: bool) -> None:
        """Do what follows a payment by itself."""

    def capture(self, name: str, form: Json) -> Json:
        intent = self.intent(name)
        if intent["status"] != "requires_capture":
            raise unexpected_state(intent, verb="captured")
        minor = whole(form.get("amount_to_capture", intent["amount_capturable"]), name="amount_to_capture")
        if not 0 < minor <= intent["amount_capturable"]:
            raise StripeFault(400, code="amount_too_large", message="The amount is more than what can be captured.")
        if self.capture_at_most is not None:
            minor = min(minor, self.capture_at_most)
        charge = self.charges[intent["latest_charge"]]
        charge.update(captured=True, amount_captured=minor, capture_before=None)
        intent.update(status="succeeded", amount_capturable=0, amount_received=minor)
        self.tell("charge.captured", charge)
        self.tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, name: str) -> Json:
        intent = self.intent(name)
        if intent["status"] not in {*_OPEN, "requires_capture"}:
            raise unexpected_state(intent, verb="canceled")
        return self._cancelled(intent, reason=None)

    def _cancelled(self, intent: Json, *, reason: str | None) -> Json:
        intent.update(
            status="canceled",
            amount_capturable=0,
            canceled_at=self.now(),
            cancellation_reason=reason,
            next_action=None,
        )
        self.tell("payment_intent.canceled", intent)
        return intent


def amount_of(form: Json) -> int:
    minor = whole(form.get("amount"), name="amount")
    if minor < 1:
        raise StripeFault(
            400, code="parameter_invalid_integer", message="This value must be greater than or equal to 1."
        )
    if minor > AMOUNT_MAX:
        raise StripeFault(400, code="amount_too_large", message="Amount must be no more than ¥999,999.99")
    if form.get("currency") not in {"cny", "usd", "eur", "hkd"}:
        raise malformed("currency")
    return minor


def whole(given: object, *, name: str) -> int:
    text = str(given)
    if not text.isascii() or not text.isdigit():
        raise StripeFault(400, code="parameter_invalid_integer", message=f"Invalid integer: {name}")
    return int(text)


def known(form: Json, params: set[str]) -> None:
    unknown = sorted(form.keys() - params)
    if unknown:
        raise StripeFault(400, code="parameter_unknown", message=f"Received unknown parameter: {unknown[0]}")
