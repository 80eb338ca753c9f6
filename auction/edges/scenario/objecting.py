"""Verbs of objections: filed by whom they concern, decided by the panel."""

from __future__ import annotations

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import verb
from auction.foundation.kernel.roles import Role
from auction.procedure.objections import commands as objections
from auction.procedure.objections.queries import ObjectionRecord


@verb("file_objection")
def file_objection(stage: Stage, given: Given) -> object:
    """File an objection; who objects files it himself."""
    objection, name = given.text("objection"), given.text("by")
    kind, against = given.text("kind"), given.text("against")
    given.done()
    person = stage.person(name)
    with stage.act(stage.party(person)) as act:
        record = objections.file_objection(act, id=objection, by=person, kind=kind, against=against)
    stage.settle()
    return _shown(stage, record)


@verb("decide_objection")
def decide_objection(stage: Stage, given: Given) -> object:
    """Decide an objection."""
    objection, upheld = given.text("objection"), given.answer("upheld")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        record = objections.decide_objection(act, objection=objection, upheld=upheld)
    return _shown(stage, record)


def _shown(stage: Stage, record: ObjectionRecord) -> dict[str, object]:
    return {
        "objection": record.id,
        "kind": record.kind,
        "against": record.against,
        "status": record.status,
        "decide_by": record.decide_by,
        "disposal_blocked": record.blocks(stage.now),
        "suit_until": record.suit_until,
    }
