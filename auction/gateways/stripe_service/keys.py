"""The Stripe account from the environment: all of it or nothing, and never live money in a demonstration. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from auction.gateways.stripe_service.account import API, SCRIPT, StripeAccount
from auction.gateways.stripe_service.methods import METHODS

#: Every setting of this gateway that carries our own prefix.
SETTINGS = ("AUCTION_STRIPE_API", "AUCTION_STRIPE_METHODS", "AUCTION_STRIPE_SCRIPT")
_KEYS = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
_BEGINNINGS = {
    "STRIPE_SECRET_KEY": ("sk_", "rk_"),
    "STRIPE_PUBLISHABLE_KEY": ("pk_",),
    "STRIPE_WEBHOOK_SECRET": ("whsec_",),
}


def read_account(env: Mapping[str, str], *, address: str | None, demo: bool) -> StripeAccount | None:
    """Return the account that the environment names, or None when it names none.

    :param address: where the platform is reached from outside, for the payer's way back
    :raises ValueError: for half an account, malformed keys, test keys outside demonstrations or live ones in them
    """
    given = {name: env.get(name, "").strip() for name in _KEYS}
    if not any(given.values()):
        if any(env.get(name) for name in SETTINGS):
            raise ValueError(f"{', '.join(SETTINGS)} mean nothing without {', '.join(_KEYS)}.")
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ValueError(f"Stripe needs all of its keys or none; missing: {', '.join(missing)}.")
    _check_keys(given, demo=demo)
    if address is None or not (demo or address.startswith("https://")):
        raise ValueError("Stripe needs AUCTION_PUBLIC_URL, an https address, where payers come back to.")
    return StripeAccount(
        secret_key=given["STRIPE_SECRET_KEY"],
        publishable_key=given["STRIPE_PUBLISHABLE_KEY"],
        webhook_secret=given["STRIPE_WEBHOOK_SECRET"],
        address=address,
        api=_place(env, "AUCTION_STRIPE_API", API, demo=demo),
        script=_place(env, "AUCTION_STRIPE_SCRIPT", SCRIPT, demo=demo),
        methods=_methods(env),
    )


def _check_keys(given: Mapping[str, str], *, demo: bool) -> None:
    for name, value in given.items():
        if not value.startswith(_BEGINNINGS[name]) or not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError(f"{name} must be a key as Stripe shows it, beginning with {_BEGINNINGS[name][0]}.")
    modes = {_is_live(given["STRIPE_SECRET_KEY"]), _is_live(given["STRIPE_PUBLISHABLE_KEY"])}
    if len(modes) > 1:
        raise ValueError("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must be of one mode: both test or both live.")
    if modes == {demo}:
        wanted = "test keys: no real money moves in a demonstration" if demo else "live keys: test cards pay nothing"
        raise ValueError(f"STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must be {wanted}.")


def _is_live(key: str) -> bool:
    return "_live_" in key[:8]


def _place(env: Mapping[str, str], name: str, usual: str, *, demo: bool) -> str:
    given = env.get(name) or usual
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or set(given) & set(" ;,'\""):
        raise ValueError(f"{name} must be an address such as {usual}.")
    if given != usual and not demo:
        raise ValueError(f"{name} is for demonstrations only: start with --demo or remove it.")
    return given


def _methods(env: Mapping[str, str]) -> tuple[str, ...]:
    given = env.get("AUCTION_STRIPE_METHODS")
    names = tuple(METHODS) if not given else tuple(one.strip() for one in given.split(","))
    unknown = [one for one in names if one not in METHODS]
    if unknown or len(set(names)) < len(names):
        raise ValueError(f"AUCTION_STRIPE_METHODS must name each once, of: {', '.join(METHODS)}.")
    return names
