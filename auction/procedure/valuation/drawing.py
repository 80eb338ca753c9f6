"""Drawing agencies by lot so that anyone can check it (法释〔2018〕15号 第16、34条); pure.

Before the draw the docket gets the published list and the SHA-256 of a seed nobody knows. At the draw those present add
words of their own, which they cannot choose by the outcome because the seed is still sealed, and which the seed was not
chosen for because it was committed to before. Then the seed is revealed, and the order follows from all three.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from auction.foundation.kernel.canonical import sha256_hex


def new_seed() -> str:
    """Return 256 random bits as hex."""
    return secrets.token_hex(32)


def commitment(seed: str) -> str:
    """Return the digest that is published before the draw: the SHA-256 of the seed's own characters."""
    return hashlib.sha256(seed.encode("utf-8")).hexdigest()


def drawn(agencies: Sequence[str], *, seed: str, words: Sequence[str], count: int) -> tuple[str, ...]:
    """Return the agencies drawn, in their order.

    Each agency of the list gets a ticket: the SHA-256 of the canonical JSON ``[seed, words, agency]``.
    The lowest tickets win, the lowest of all first; the order of the list plays no part.
    """
    tickets = sorted((sha256_hex([seed, list(words), agency]), agency) for agency in set(agencies))
    return tuple(agency for _, agency in tickets[:count])


def holds(*, published: str, seed: str, words: Sequence[str], agencies: Sequence[str], result: Sequence[str]) -> bool:
    """Say whether a draw is what its published list and digest allow, and nothing else."""
    if commitment(seed) != published:
        return False
    return tuple(result) == drawn(agencies, seed=seed, words=words, count=len(result))
