"""Where payment services tell us what happened: ``POST /payments/stripe/events``.

No key and no session: who signed it is who may tell. It is kept and answered at once; the jobs process works it.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from auction.edges.inbox import payment_events
from auction.edges.platform import Platform
from auction.edges.problems import BodyTooLarge, dumped
from auction.foundation.kernel.refusal import NotFound, Refusal
from auction.gateways.stripe_service.notices import Forged, Unreadable

#: Events of payments have a few kilobytes.
EVENT_MAX_BYTES = 262_144


class EventForged(Refusal):
    """The signature is missing, wrong or too old; nothing was kept."""

    code = "payment.event_forged"
    article = "法发〔2017〕6号"
    title_zh, title_en = "通知签名无效", "The signature does not hold"
    zh = "通知没有有效签名或签名已过期，未予接收。"
    en = "The event carries no valid signature, or an old one, and was not taken in."


class EventUnreadable(Refusal):
    """It is signed, yet says nothing we can read; nothing was kept."""

    code = "payment.event_unreadable"
    article = "法发〔2017〕6号"
    title_zh, title_en = "通知无法识别", "No event"
    zh = "通知内容不是付款事件，未予接收。"
    en = "The body is no payment event and was not taken in."


def payments(platform: Platform) -> Blueprint:
    """Return the addresses for payment services."""
    root = Blueprint("payments", __name__)

    @root.post("/payments/stripe/events")
    def stripe_events() -> Response:
        account = platform.settings.stripe
        if account is None:
            raise NotFound(what="address", name=request.path)
        try:
            new = payment_events.take_in(
                platform,
                body=_body(),
                signature=request.headers.get("Stripe-Signature"),
                secret=account.webhook_secret,
            )
        except Forged:
            raise EventForged from None
        except Unreadable:
            raise EventUnreadable from None
        return Response(dumped({"received": True, "new": new}), HTTPStatus.OK, content_type="application/json")

    return root


def _body() -> bytes:
    """Read the body as it was signed, up to the limit.

    :raises BodyTooLarge: beyond it
    """
    request.max_content_length = EVENT_MAX_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLarge(bytes_max=EVENT_MAX_BYTES) from None
