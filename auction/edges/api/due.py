"""The due board for court systems: what is due and overdue on a case, at a court, or with an officer, and why."""

from __future__ import annotations

from auction.edges.api.endpoint import Answer, Call, endpoint
from auction.edges.api.reading import Field
from auction.edges.due import due_acts, due_json
from auction.foundation.kernel.refusal import AuthForbidden, AuthRequired, InputMalformed, NotFound
from auction.foundation.kernel.roles import ROLE_NAMES, Actor, Role
from auction.procedure.cases import queries as cases

_EVERYWHERE = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})


@endpoint(
    "GET", "/due", zh="到期与逾期事项，附法律依据", en="What is due and overdue, with the article that asks for it",
    query=(
        Field("case", "text", "案件编号", "A case, by id", longest=80),
        Field("court", "text", "法院编号", "A court, by id; yours when left out", longest=80),
        Field("officer", "text", "承办人账户编号", "The officer who carries the case, by account id", longest=80),
        Field("overdue", "truth", "仅逾期或仅未逾期", "Only what is overdue, or only what is not"),
        Field("limit", "whole", "条数，最多 1000", "How many, at most 1000", least=1, most=1_000),
    ),
    scope="cases", errors=(InputMalformed, AuthRequired, AuthForbidden), answers="DueBoard",
)  # fmt: skip
def read_due(call: Call) -> Answer:
    """Answer the due acts the filters leave, soonest first, of the courts the key may see."""
    now, limit = call.platform.clock.now(), call.query["limit"] or 200
    with call.platform.read() as session:
        court = _court(call.actor, asked=call.query["court"])
        wanted = cases.ids(court=court, officer=call.query["officer"])
        if (case := call.query["case"]) is not None:
            found = cases.case(session, case)
            if court not in {None, found.court}:
                raise NotFound(what="case", name=case)
            wanted = wanted.where(cases.is_case(case))
        acts = due_acts(session, now, case=wanted)
        names = {one.id: one.number for one in cases.summaries(session, ids={act.case for act in acts}).values()}
    overdue = call.query["overdue"]
    chosen = [act for act in acts if overdue is None or act.overdue(now) == overdue]
    items = [{**due_json(act, now=now), "case_number": names[act.case]} for act in chosen[:limit]]
    return Answer(
        {
            "items": items,
            "total": len(chosen),
            "overdue": sum(act.overdue(now) for act in chosen),
            "as_of": now.isoformat(),
        }
    )


def _court(actor: Actor, *, asked: str | None) -> str | None:
    """Return which court's acts are read: a court's key reads its own alone, a supervisor's any or all."""
    if actor.roles & _EVERYWHERE:
        return asked
    if actor.court is None or asked not in {None, actor.court}:
        raise AuthForbidden(act="read_due", roles=[ROLE_NAMES[Role.OFFICER][0]])
    return actor.court
