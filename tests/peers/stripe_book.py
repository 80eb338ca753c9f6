"""The stand-in's whole book: payments and what follows them: refunds, disputes, transfers, Checkout."""

from __future__ import annotations

from typing_extensions import override

from tests.peers.stripe_cards import CARDS, KNOWN_METHODS
from tests.peers.stripe_faults import Json, StripeFault, malformed, missing
from tests.peers.stripe_payments import Payments, amount_of, known, whole

_SESSION_SECONDS = 86_400
_SESSION_PARAMS = {
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "expand",
    "line_items",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_options",
    "success_url",
}


class StripeBook(Payments):
    """What Stripe would know of one account."""

    @override
    def after_payment(self, intent: Json, *, held: bool) -> None:
        card = CARDS.get(self._cards.get(intent["id"], ""))
        if card is not None and card.disputed and not held:
            self.dispute(intent["id"])

    def refund(self, form: Json) -> Json:
        intent = self.intent(str(form.get("payment_intent", "")))
        charge = self.charges.get(intent["latest_charge"] or "")
        if charge is None or not charge["captured"]:
            raise StripeFault(400, code=None, message="This PaymentIntent does not have a successful charge to refund.")
        left = charge["amount_captured"] - charge["amount_refunded"]
        if left == 0:
            raise StripeFault(400, code="charge_already_refunded", message="The charge has already been refunded.")
        minor = whole(form.get("amount", left), name="amount")
        if not 0 < minor <= left:
            raise StripeFault(400, code=None, message="Refund amount is greater than unrefunded amount on charge.")
        card = CARDS.get(self._cards.get(intent["id"], ""))
        outcome = self.refund_outcome or (card.refund if card else "succeeded")
        made: Json = {
            "id": self.id("re"),
            "object": "refund",
            "amount": minor,
            "charge": charge["id"],
            "created": self.now(),
            "currency": intent["currency"],
            "failure_reason": None,
            "metadata": dict(form.get("metadata") or {}),
            "payment_intent": intent["id"],
            "status": "pending",
        }
        self.refunds[made["id"]] = made
        charge["amount_refunded"] += minor
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        if outcome != "pending":
            self.settle_refund(made["id"], outcome)
        return made

    def bounce_refund(self, name: str) -> Json:
        """Let a refund that had succeeded come back: the payer's account is closed."""
        with self.lock:
            self.one("refund", name)["status"] = "pending"
            return self.settle_refund(name, "failed")

    def update_refund(self, name: str, form: Json) -> Json:
        known(form, {"metadata"})
        made = self.one("refund", name)
        made["metadata"] = {**made["metadata"], **form.get("metadata", {})}
        return made

    def settle_refund(self, name: str, outcome: str) -> Json:
        """Let a refund under way come to its end: ``succeeded`` or ``failed``."""
        with self.lock:
            made = self.one("refund", name)
            if made["status"] == "pending":
                made["status"] = outcome
                if outcome == "failed":
                    made["failure_reason"] = "expired_or_canceled_card"
                    self.charges[made["charge"]]["amount_refunded"] -= made["amount"]
                self.tell("refund.updated" if outcome == "succeeded" else "refund.failed", made)
            return made

    def dispute(self, name: str, *, minor: int | None = None) -> Json:
        """Let the cardholder's bank take a payment back."""
        with self.lock:
            intent = self.intent(name)
            made: Json = {
                "id": self.id("dp"),
                "object": "dispute",
                "amount": minor or intent["amount_received"],
                "charge": intent["latest_charge"],
                "created": self.now(),
                "currency": intent["currency"],
                "metadata": {},
                "payment_intent": name,
                "reason": "fraudulent",
                "status": "needs_response",
            }
            self.disputes[made["id"]] = made
            self.tell("charge.dispute.created", made)
            return made

    def close_dispute(self, name: str, *, won: bool) -> Json:
        with self.lock:
            made = self.one("dispute", name)
            made["status"] = "won" if won else "lost"
            self.tell("charge.dispute.closed", made)
            return made

    def transfer(self, form: Json) -> Json:
        destination = str(form.get("destination", ""))
        if destination not in self.accounts:
            raise missing("destination", destination)
        if self.transfer_fault is not None:
            raise StripeFault(400, code=self.transfer_fault, message="You have insufficient available funds.")
        made: Json = {
            "id": self.id("tr"),
            "object": "transfer",
            "amount": amount_of(form),
            "amount_reversed": 0,
            "created": self.now(),
            "currency": form["currency"],
            "destination": destination,
            "metadata": dict(form.get("metadata") or {}),
            "reversed": False,
            "transfer_group": form.get("transfer_group"),
        }
        self.transfers[made["id"]] = made
        self.tell("transfer.created", made)
        return made

    def one(self, kind: str, name: str) -> Json:
        self.lapse()
        shelf: dict[str, dict[str, Json]] = {
            "charge": self.charges,
            "refund": self.refunds,
            "transfer": self.transfers,
            "dispute": self.disputes,
            "checkout.session": self.sessions,
        }
        if name not in shelf[kind]:
            raise missing(kind, name)
        return shelf[kind][name]

    def net(self, name: str) -> int:
        """Return what a payment left on the account: what is held or came, less what went back."""
        intent = self.intents[name]
        back = sum(
            one["amount"]
            for one in self.refunds.values()
            if one["payment_intent"] == name and one["status"] == "succeeded"
        )
        return int(intent["amount_capturable"] + intent["amount_received"] - back)

    # Checkout

    def create_session(self, form: Json) -> Json:
        known(form, _SESSION_PARAMS)
        lines = form.get("line_items")
        if form.get("mode") != "payment" or not isinstance(lines, list) or len(lines) != 1:
            raise malformed("line_items")
        price = lines[0].get("price_data", {})
        minor = amount_of({"amount": price.get("unit_amount"), "currency": price.get("currency")})
        for name in ("success_url", "cancel_url"):
            if not str(form.get(name, "")).startswith(("http://", "https://")):
                raise malformed(name, message=f"Not a valid URL: {name}")
        methods = form.get("allowed_payment_method_types") or ["card"]
        if not isinstance(methods, list) or not set(methods) <= set(KNOWN_METHODS):
            raise malformed("allowed_payment_method_types")
        if "wechat_pay" in methods and "wechat_pay" not in form.get("payment_method_options", {}):
            raise malformed("payment_method_options[wechat_pay][client]")
        made: Json = {
            "id": self.id("cs_test"),
            "object": "checkout.session",
            "amount_total": minor,
            "cancel_url": form["cancel_url"],
            "client_reference_id": form.get("client_reference_id"),
            "created": self.now(),
            "currency": price["currency"],
            "expires_at": self.now() + _SESSION_SECONDS,
            "metadata": dict(form.get("metadata") or {}),
            "mode": "payment",
            "payment_intent": None,
            "payment_intent_metadata": dict(form.get("payment_intent_data", {}).get("metadata") or {}),
            "payment_method_types": list(methods),
            "payment_status": "unpaid",
            "status": "open",
            "success_url": form["success_url"],
            "url": None,
        }
        made["url"] = f"/pay/{made['id']}"
        self.sessions[made["id"]] = made
        return made

    def pay_session(self, name: str, *, method: str = "card", number: str = "4242424242424242") -> Json:
        """Do what the payer does on the hosted page; a card that wants 3-D Secure is taken to agree."""
        with self.lock:
            session = self.one("checkout.session", name)
            if session["status"] != "open":
                raise StripeFault(400, code=None, message="This Checkout Session is no longer open.")
            intent = self.new_intent(
                minor=session["amount_total"],
                currency=session["currency"],
                methods=session["payment_method_types"],
                metadata={"metadata": session["payment_intent_metadata"]},
            )
            session["payment_intent"] = intent["id"]
            confirmed = self.confirm(intent["id"], method=method, number=number)
            if confirmed["status"] == "requires_action":
                self.authenticate(intent["id"], method=method)
            session.update(status="complete", payment_status="paid", url=None)
            self.tell("checkout.session.completed", session)
            return session

    def expire_session(self, name: str) -> Json:
        session = self.one("checkout.session", name)
        if session["status"] != "open":
            raise StripeFault(400, code=None, message="Only Checkout Sessions with a status of open can be expired.")
        session.update(status="expired", url=None)
        self.tell("checkout.session.expired", session)
        return session
