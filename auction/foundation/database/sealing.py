"""Personal data at rest is encrypted; commitments hide what must not be public yet."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary, Text
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from auction.foundation.kernel.canonical import sha256_hex

_key: list[bytes] = []


class SealingNotReadyError(RuntimeError):
    """No field key was set: the platform was not put together by ``create_platform``."""


def use_field_key(key: str) -> None:
    """Set the process's field key (a Fernet key) once, at start."""
    Fernet(key)
    _key[:] = [key.encode("ascii")]


def _current_key() -> bytes:
    if not _key:
        raise SealingNotReadyError
    return _key[0]


def encrypt(text: str) -> str:
    """Encrypt a person's text for storage."""
    return Fernet(_current_key()).encrypt(text.encode("utf-8")).decode("ascii")


def decrypt(token: str) -> str:
    """Open what ``encrypt`` made.

    :raises SealingNotReadyError: when the key is not the one it was sealed with
    """
    try:
        return Fernet(_current_key()).decrypt(token.encode("ascii")).decode("utf-8")
    except InvalidToken as fault:
        raise SealingNotReadyError from fault


def blind_index(text: str) -> str:
    """Return a keyed digest, so that equal values can be found without being readable."""
    return hmac.new(_current_key(), text.encode("utf-8"), hashlib.sha256).hexdigest()


class Sealed(TypeDecorator[str]):
    """A text column encrypted at rest."""

    impl = Text  # type: ignore[mutable-override]  # SQLAlchemy wants the class set so
    cache_ok = True  # type: ignore[mutable-override]  # the same

    @override
    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else encrypt(value)

    @override
    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else decrypt(value)


class SealedBytes(TypeDecorator[bytes]):
    """A column of bytes encrypted at rest: a file that names persons."""

    impl = LargeBinary  # type: ignore[mutable-override]  # SQLAlchemy wants the class set so
    cache_ok = True  # type: ignore[mutable-override]  # the same

    @override
    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else Fernet(_current_key()).encrypt(value)

    @override
    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        if value is None:
            return None
        try:
            return Fernet(_current_key()).decrypt(bytes(value))
        except InvalidToken as fault:
            raise SealingNotReadyError from fault


def commitment(content: dict[str, Any], *, salt: str) -> str:
    """Return the commitment to a content that may be opened later with its salt."""
    return sha256_hex({"content": content, "salt": salt})


def new_salt() -> str:
    """Return 128 random bits as hex."""
    return secrets.token_hex(16)
