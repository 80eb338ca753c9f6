"""Signatures: Ed25519 over canonical JSON, so that what the platform said can be held against it.

A *key* has an id, the first sixteen hex digits of the SHA-256 of its public half. A new key is *endorsed* by the one
before it: who trusts an old public key can follow the endorsements to the present one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from typing_extensions import override

from auction.foundation.kernel.canonical import canonical

_ID_LENGTH = 16
KEY_BYTES = 32


class KeyMalformedError(ValueError):
    """The text is no Ed25519 key in strict base64."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its text is the 32 raw bytes in base64."""

    text: str

    @property
    def id(self) -> str:
        """The key's id."""
        return hashlib.sha256(_raw(self.text)).hexdigest()[:_ID_LENGTH]

    def signed(self, content: Mapping[str, Any], signature: object) -> bool:
        """Say whether this key made the signature over the content's canonical form."""
        if not isinstance(signature, str):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(_raw(self.text)).verify(_decoded(signature), canonical(dict(content)))
        except (InvalidSignature, KeyMalformedError):
            return False
        return True


class Signatures(Protocol):
    """What signs many contents at once."""

    id: str
    """The key's id."""

    def sign_forms(self, forms: Sequence[bytes], /) -> list[str]:
        """Return the signature over each content in canonical form, base64, in order."""


class Signer:
    """A private key at work; it prints as its id and nothing else."""

    def __init__(self, seed: str) -> None:
        """Take the key's 32 secret bytes in base64.

        :raises KeyMalformedError: when they are none
        """
        self._key = Ed25519PrivateKey.from_private_bytes(_raw(seed))
        self.public = PublicKey(base64.b64encode(self._key.public_key().public_bytes_raw()).decode("ascii"))
        self.id = self.public.id

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Signer) and other.public == self.public

    @override
    def __hash__(self) -> int:
        return hash(self.public)

    @override
    def __repr__(self) -> str:
        return f"Signer({self.id})"

    def sign(self, content: Mapping[str, Any]) -> str:
        """Return the signature over the content's canonical form, base64."""
        return self.sign_form(canonical(dict(content)))

    def sign_form(self, form: bytes) -> str:
        """Return the signature over a content that is in its canonical form already, base64."""
        return base64.b64encode(self._key.sign(form)).decode("ascii")

    def sign_forms(self, forms: Sequence[bytes], /) -> list[str]:
        """Return the signature over each of several contents, in order."""
        return [self.sign_form(form) for form in forms]

    def secret(self) -> bytes:
        """Return the key's secret bytes, for a desk that signs in our name."""
        return self._key.private_bytes_raw()


def new_seed() -> str:
    """Return the secret half of a new key, in base64."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode("ascii")


def sealed_copy(seed: str, *, password: str) -> bytes:
    """Return a secret key as encrypted PKCS 8 text that the password opens again."""
    key = Ed25519PrivateKey.from_private_bytes(_raw(seed))
    locked = BestAvailableEncryption(password.encode("utf-8"))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


def opened_copy(content: bytes, *, password: str) -> str:
    """Return the secret key of a copy, in base64.

    :raises KeyMalformedError: for another password, or a file that is no such copy
    """
    try:
        key = load_pem_private_key(content, password.encode("utf-8"))
    except (TypeError, ValueError, UnsupportedAlgorithm) as fault:
        raise KeyMalformedError("the password does not open it, or it is no copy of a key") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMalformedError("it holds a key of another kind")
    return base64.b64encode(key.private_bytes_raw()).decode("ascii")


def endorsed(*, key: str, public_key: str, since: str) -> dict[str, str]:
    """Return what an old key signs of a new one."""
    return {"endorses": key, "public_key": public_key, "since": since}


def _raw(text: object) -> bytes:
    raw = _decoded(text)
    if len(raw) != KEY_BYTES:
        raise KeyMalformedError("an Ed25519 key has 32 bytes")
    return raw


def _decoded(text: object) -> bytes:
    """Read base64 in its one strict form: the same bytes never have two texts."""
    if not isinstance(text, str):
        raise KeyMalformedError("not text")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise KeyMalformedError("not base64") from fault
    if base64.b64encode(raw).decode("ascii") != text:
        raise KeyMalformedError("not strict base64")
    return raw
