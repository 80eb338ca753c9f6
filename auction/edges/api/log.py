"""The log of signed checkpoints: its keys, its roots, its leaves and the proofs anybody may ask for (RFC 9162)."""

from __future__ import annotations

from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.reading import Field
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.publicity import log, stamping

_SIZE_MAX = 2**53 - 1
_SIZE = Field("size", "whole", "日志大小", "The size of the log", least=1, most=_SIZE_MAX)


@endpoint("GET", "/log/keys", zh="平台签名公钥", en="The public keys the platform signs with", answers="LogKeys")
def log_keys(call: Call) -> Answer:
    """Answer every key, oldest first, each with the signature by which the one before it vouches for it."""
    with call.platform.read() as session:
        return Answer({"items": log.keys(session)})


@endpoint(
    "GET", "/log/head", zh="日志的签名根", en="The log's signed root, the newest or at a size that was signed",
    query=(_SIZE,), errors=(InputMalformed, NotFound), answers="LogHead",
)  # fmt: skip
def log_head(call: Call) -> Answer:
    """Answer a signed root."""
    size = call.query.get("size")
    with call.platform.read() as session:
        found = log.head(session, size=size) if size is not None else log.newest_head(session)
    if found is None:
        raise NotFound(what="log_head", name="0")
    return Answer(found)


@endpoint(
    "GET", "/log/leaves", zh="日志条目", en="The log's leaves in order: signed checkpoints",
    query=(
        Field("from", "whole", "起始序号", "The first leaf", least=0, most=_SIZE_MAX),
        Field("limit", "whole", "每页条数，最多 500", "How many, at most 500", least=1, most=500),
    ),
    errors=(InputMalformed,), answers="LogLeaves",
)  # fmt: skip
def log_leaves(call: Call) -> Answer:
    """Answer leaves, so that anybody can keep the log too."""
    first, limit = call.query.get("from") or 0, call.query.get("limit") or 100
    with call.platform.read() as session:
        items = log.leaves(session, after=first, limit=limit)
    return Answer({"items": items, "next": items[-1]["leaf"] + 1 if len(items) == limit else None})


@endpoint(
    "GET", "/log/inclusion", zh="包含证明", en="The proof that a leaf is in the log of a size",
    query=(Field("leaf", "whole", "条目序号", "The leaf", least=0, most=_SIZE_MAX), _SIZE),
    errors=(InputMalformed, NotFound), answers="LogProof",
)  # fmt: skip
def log_inclusion(call: Call) -> Answer:
    """Answer an inclusion proof."""
    leaf, size = _given(call, "leaf"), _given(call, "size")
    with call.platform.read() as session:
        return Answer({"leaf": leaf, "size": size, "path": log.inclusion(session, leaf=leaf, size=size)})


@endpoint(
    "GET", "/log/consistency", zh="一致性证明", en="The proof that the log of one size begins that of another",
    query=(
        Field("first", "whole", "较小的大小", "The smaller size", least=1, most=_SIZE_MAX),
        Field("second", "whole", "较大的大小", "The greater size", least=1, most=_SIZE_MAX),
    ),
    errors=(InputMalformed, NotFound), answers="LogProof",
)  # fmt: skip
def log_consistency(call: Call) -> Answer:
    """Answer a consistency proof."""
    first, second = _given(call, "first"), _given(call, "second")
    with call.platform.read() as session:
        path = log.consistency(session, first=first, second=second)
    return Answer({"first": first, "second": second, "path": path})


def _given(call: Call, name: str) -> int:
    """Return a number that the question needs.

    :raises InputMalformed: when it is missing
    """
    value = call.query.get(name)
    if value is None:
        raise InputMalformed(errors={name: "缺少 / missing"})
    return int(value)


@endpoint(
    "GET", "/log/stamp", zh="外部时间戳", en="An outside authority's time stamp over a signed root (RFC 3161)",
    query=(Field("leaf", "whole", "最早覆盖该条目的", "The earliest over this leaf", least=0, most=_SIZE_MAX),),
    errors=(InputMalformed, NotFound), answers="LogStamp",
)  # fmt: skip
def log_stamp(call: Call) -> Answer:
    """Answer the newest stamp, or the earliest over a leaf, with the root it is of."""
    leaf = call.query.get("leaf")
    with call.platform.read() as session:
        found = stamping.newest(session) if leaf is None else stamping.covering(session, leaf=leaf)
    if found is None:
        raise NotFound(what="log_stamp", name=str(leaf or 0))
    return Answer(found)
