"""Public reads of lots: the catalogue, one lot, its state, its docket, its export."""

from __future__ import annotations

from typing import Any

from auction.edges import explaining
from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.reading import Field
from auction.edges.api.shapes import entry_json, lot_json, summary_json
from auction.edges.live import live
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.canonical import canonical
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.procedure.bidding import queries as bidding
from auction.procedure.lots import catalogue as listed_lots
from auction.procedure.lots import queries as lots
from auction.procedure.publicity import queries as publicity

_SEQ_MAX = 2**31 - 1
_STATUSES = lots.PUBLIC_STATUSES
_KINDS = ("movable", "immovable", "other_right")
_ROUNDS = ("first", "second", "sale")
_SORTS = ("ends", "opens", "newest", "price", "-price")

LIMIT = Field("limit", "whole", "每页条数，最多 100", "How many, at most 100", least=1, most=100)
CURSOR = Field("cursor", "text", "上一页的 next", "The page before said it as `next`", longest=100)
LOT_FILTERS = (
    Field("q", "text", "关键词，中文按字词匹配", "Words to look for", longest=100),
    Field("status", "text", "状态", "Status", choices=_STATUSES),
    Field("kind", "text", "财产类型", "Kind of property", choices=_KINDS),
    Field("category", "text", "类别", "Category", longest=40),
    Field("round", "text", "拍卖阶段", "Round", choices=_ROUNDS),
    Field("outcome", "text", "结果", "Outcome", choices=("sold", "unsold")),
    Field("court", "text", "法院编号或名称", "Court, by id or exact name", longest=100),
    Field("city", "text", "城市", "City", longest=50),
    Field("price_min", "whole", "起拍价下限（分）", "Least start price in fen"),
    Field("price_max", "whole", "起拍价上限（分）", "Greatest start price in fen"),
    Field("opens_from", "instant", "不早于此时开拍", "Opens at or after"),
    Field("closes_before", "instant", "不晚于此时结束", "Ends at or before"),
    Field("sort", "text", "排序", "Order", choices=_SORTS),
    LIMIT,
    CURSOR,
)


@endpoint(
    "GET", "/lots", zh="检索拍品", en="Find lots; every filter combines with `q`",
    query=LOT_FILTERS, errors=(InputMalformed,), answers="LotPage",
)  # fmt: skip
def find_lots(call: Call) -> Answer:
    """Answer a page of announced lots; `total` is exact up to 10,000, then says so in `total_is_least`."""
    given = {name: value for name, value in call.query.items() if value is not None}
    limit, cursor = given.pop("limit", 24), given.pop("cursor", None)
    with call.platform.read() as session:
        page = listed_lots.page(session, wanted=listed_lots.LotFilter(**given), limit=limit, cursor=cursor)
    body = {
        "items": [summary_json(one) for one in page.items],
        "next": page.next,
        "total": page.total,
        "total_is_least": page.total_is_least,
    }
    return Answer(body)


@endpoint(
    "GET", "/lots/{lot}", zh="一件拍品的全部公开内容", en="Everything published about a lot",
    errors=(NotFound,), answers="Lot",
)  # fmt: skip
def show_lot(call: Call, lot: str) -> Answer:
    """Answer terms, disclosure, documents, the chain of rounds, warnings."""
    wanted = lot_id(lot)
    with call.platform.read() as session:
        found = lots.public_lot(session, wanted)
        rounds = [one for one in lots.chain(session, wanted) if one.announced_at is not None]
        state = bidding.state(session, wanted, after=_SEQ_MAX)
        registered = bidding.registered_count(session, wanted)
    body = lot_json(found, rounds=rounds, language=call.language) | {
        "registered": registered,
        "explanations": {name: why.as_json() for name, why in explaining.terms(found).items()},
        "state": {
            "seq": state.seq,
            "price_minor": state.price_minor,
            "least_acceptable_minor": state.least_acceptable_minor,
            "leader": state.leader,
            "bids": state.bids,
            "extensions": state.extensions,
        },
    }
    return Answer(body)


@endpoint(
    "GET", "/lots/{lot}/state", zh="围观者的快照，可缓存一秒", en="The spectator's snapshot, cacheable for one second",
    errors=(NotFound,), answers="State",
)  # fmt: skip
def show_state(call: Call, lot: str) -> Answer:
    """Answer the newest state, read once a second at the most for everybody."""
    wanted = lot_id(lot)
    parts = live()
    state = parts.snapshots.current(wanted)
    watchers = parts.pusher.watchers(wanted)
    body = state.as_json(server_time=call.platform.clock.now(), watchers=watchers)
    return Answer(body, tag=f"{state.seq}-{watchers}", seconds=1)


@endpoint(
    "GET", "/lots/{lot}/docket", zh="公开的案卷日志，按序", en="The public entries in order",
    query=(
        Field("after", "whole", "从此号之后", "Behind this number", most=_SEQ_MAX),
        Field("limit", "whole", "条数，最多 500", "How many, at most 500", least=1, most=500),
    ),
    errors=(NotFound,), answers="DocketPage",
)  # fmt: skip
def read_docket(call: Call, lot: str) -> Answer:
    """Answer entries behind a number, and the head."""
    wanted = lot_id(lot)
    after, limit = call.query["after"] or 0, call.query["limit"] or 100
    with call.platform.read() as session:
        lots.public_lot(session, wanted)
        entries = docket.entries(session, f"lot:{wanted}", after=after, limit=limit)
        seq, digest = docket.head(session, f"lot:{wanted}")
    last = entries[-1].seq if entries else after
    body: dict[str, Any] = {
        "items": [entry_json(one) for one in entries],
        "next": last if last < seq else None,
        "head": {"seq": seq, "hash": digest},
    }
    return Answer(body)


@endpoint(
    "GET", "/lots/{lot}/export", zh="案卷日志的可验证导出", en="The docket's export, for `auction verify`",
    errors=(NotFound,), answers="Export",
)  # fmt: skip
def export_docket(call: Call, lot: str) -> Answer:
    """Answer the export in its canonical form, byte for byte."""
    wanted = lot_id(lot)
    with call.platform.read() as session:
        whole = publicity.export(session, wanted, signer=call.platform.settings.signer)
    return Answer(canonical(whole).decode("utf-8"))


def lot_id(given: str) -> str:
    """Return an id from an address when it can be one.

    :raises NotFound: for what no lot is called
    """
    if not given or len(given) > 80 or not given.isprintable():  # noqa: PLR2004 - the longest id
        raise NotFound(what="lot", name=given[:80])
    return given
