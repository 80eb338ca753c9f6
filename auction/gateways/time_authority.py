"""The authority that stamps the log of proofs with its time, as the operator names it; nothing here opens a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

URL, ROOTS = "AUCTION_TSA_URL", "AUCTION_TSA_ROOTS"
SETTINGS = frozenset({URL, ROOTS})
_ROOTS_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Where time stamps are asked for (RFC 3161), and the certificates its own must descend from."""

    url: str
    roots: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """The authority's host, as it is told beside a stamp."""
        return str(urlsplit(self.url).hostname)


def read_authority(env: Mapping[str, str]) -> TimeAuthority | None:
    """Return the authority the environment names, or None where it names none.

    :raises ValueError: for one half without the other, an address that is none, a file without certificates
    """
    url, roots = env.get(URL) or "", env.get(ROOTS) or ""
    if not url and not roots:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.fragment:
        message = f"{URL} must be the address of a time-stamping authority, such as https://host/path"
        raise ValueError(message)
    return TimeAuthority(url=url, roots=_certificates(roots))


def _certificates(path: str) -> tuple[x509.Certificate, ...]:
    message = f"{ROOTS} must be a file with the authority's root certificates in PEM"
    try:
        with Path(path).open("rb") as file:
            found = x509.load_pem_x509_certificates(file.read(_ROOTS_MAX_BYTES))
    except (OSError, ValueError) as fault:
        raise ValueError(message) from fault
    return tuple(found)
