"""Time stamps by RFC 3161: an authority outside swears that it has seen a hash, and when; it learns nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from auction.gateways.time_authority import TimeAuthority

_SECONDS = 10.0
_ANSWER_MAX_BYTES = 64 * 1024
_ASKS = "application/timestamp-query"


class StampMissedError(Exception):
    """No stamp was given: the authority is away, refuses, or answers what does not hold; it is asked again later."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority answered, whole, and the instant it swears to."""

    token: bytes
    at: datetime


def stamp(data: bytes, *, authority: TimeAuthority) -> Stamp:
    """Have data stamped by its SHA-256 alone, and return the stamp once it has been verified.

    :raises StampMissedError: when there is none that holds
    """
    asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _ask(authority.url, asked.as_bytes())
    verifier = VerifierBuilder.from_request(asked)
    for root in authority.roots:
        verifier = verifier.add_root_certificate(root)
    try:
        found = decode_timestamp_response(answer)
        verifier.build().verify_message(found, data)
        at = found.tst_info.gen_time
    except (ValueError, VerificationError) as fault:
        message = f"the answer does not hold: {fault}"
        raise StampMissedError(message) from fault
    return Stamp(token=answer, at=at if at.tzinfo else at.replace(tzinfo=UTC))


def _ask(url: str, query: bytes) -> bytes:
    try:
        with httpx.stream("POST", url, content=query, headers={"Content-Type": _ASKS}, timeout=_SECONDS) as reply:
            reply.raise_for_status()
            answer = b""
            for piece in reply.iter_bytes():
                answer += piece
                if len(answer) > _ANSWER_MAX_BYTES:
                    message = "the answer is too long"
                    raise StampMissedError(message)
    except httpx.HTTPError as fault:
        message = f"no answer: {fault.__class__.__name__}"
        raise StampMissedError(message) from fault
    return answer
