"""Signing the dockets that opened, closed or moved, in the jobs process: never where bids are taken."""

from __future__ import annotations

from auction.edges.platform import Platform
from auction.foundation.docket.signing import Signer
from auction.procedure.publicity.proving import register_key, sign_dockets


def sign_due(platform: Platform) -> int:
    """Sign what is to be signed now and return how many dockets were; without a key nothing is."""
    signer = platform.settings.signer
    if signer is None:
        return 0
    signed = 0
    while True:
        with platform.act() as act:
            made = sign_dockets(act, signer=signer)
        signed += made
        if not made:
            return signed


def introduce(platform: Platform) -> Signer | None:
    """Take the key this installation signs with into the public list, once; return it."""
    signer = platform.settings.signer
    if signer is not None:
        with platform.act() as act:
            register_key(act, signer=signer)
    return signer
