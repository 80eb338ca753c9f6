"""The Stripe account we use: keys, addresses, methods. Nothing here loads the SDK: settings are read everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

API = "https://api.stripe.com"
SCRIPT = "https://js.stripe.com/v3/"


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeAccount:
    """Keys and addresses, from the environment; ``address`` is where a payer comes back to."""

    secret_key: str = field(repr=False)
    publishable_key: str
    webhook_secret: str = field(repr=False)
    address: str
    api: str = API
    script: str = SCRIPT
    methods: tuple[str, ...] = ("card", "alipay", "wechat_pay")


@dataclass(frozen=True, slots=True)
class Origins:
    """Whom a page that shows Stripe's fields must let in, and nobody else: for its content security policy."""

    scripts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()


def origins(account: StripeAccount) -> Origins:
    """Return the origins of an account's script, of the frames it opens, and of what it asks.

    Stripe's own script also shows the fields and the bank's 3-D Secure page from the hosts named here
    (docs.stripe.com/security/guide, content security policy).
    """
    script, api = _origin(account.script), _origin(account.api)
    if account.script != SCRIPT:
        return Origins(scripts=(script,), frames=(script,), connections=(api,))
    return Origins(
        scripts=(script, "https://*.js.stripe.com"),
        frames=(script, "https://*.js.stripe.com", "https://hooks.stripe.com"),
        connections=(api,),
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
