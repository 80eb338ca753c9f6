"""Password hashes (argon2id). One setting for the process; tests and load drills take a light one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher: list[PasswordHasher] = [PasswordHasher()]


def use_fast_hashing() -> None:
    """Hash with the least work argon2 allows: for tests and made-up bidders only."""
    _hasher[:] = [PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)]
    _nobody.cache_clear()


def hash_of(password: str) -> str:
    """Return the hash to keep."""
    return _hasher[0].hash(_plain(password))


def fits(password: str, kept: str | None) -> bool:
    """Say whether the password is the one kept; an unknown login costs the same work."""
    try:
        _hasher[0].verify(kept or _nobody(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher[0].hash("nobody has this password")


def _plain(password: str) -> str:
    # Keyboards differ in how they compose the same letter; a lone surrogate cannot be hashed at all.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")
