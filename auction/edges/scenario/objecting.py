"""Verbs of objections: filed by whom they concern, reviewed, decided by the panel, and taken further."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auction.edges.scenario.given import Given
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import Play, verb
from auction.foundation.database.acts import Act
from auction.foundation.kernel.roles import Role
from auction.procedure.objections import commands as objections
from auction.procedure.objections import review, stays, suits
from auction.procedure.objections.queries import ObjectionRecord


@verb("file_objection")
def file_objection(stage: Stage, given: Given) -> object:
    """File an objection; who objects files it himself."""
    objection, name = given.text("objection"), given.text("by")
    kind, against = given.text("kind"), given.text("against")
    statement, evidence = given.text_or_none("statement"), given.text_or_none("evidence")
    ground, reports = given.text_or_none("ground"), given.texts("reports")
    given.done()
    person = stage.person(name)
    with stage.act(stage.party(person)) as act:
        record = objections.file_objection(
            act, id=objection, by=person, kind=kind, against=against, statement=statement, evidence=evidence,
            ground=ground, reports=reports,
        )  # fmt: skip
    stage.settle()
    return _shown(stage, record)


@verb("decide_objection")
def decide_objection(stage: Stage, given: Given) -> object:
    """Decide an objection."""
    objection, upheld = given.text("objection"), given.answer("upheld")
    reasons = given.text_or_none("reasons")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        record = objections.decide_objection(act, objection=objection, upheld=upheld, reasons=reasons)
    return _shown(stage, record)


def _courts_step(run: Callable[..., ObjectionRecord], role: Role) -> Play:
    """Return how a step is played that a court's office takes on an objection alone."""

    def play(stage: Stage, given: Given) -> object:
        objection = given.text("objection")
        given.done()
        with stage.act(stage.official(role)) as act:
            return _shown(stage, run(act, objection=objection))

    return play


_COURTS_STEPS: Mapping[str, tuple[Callable[..., ObjectionRecord], Role]] = {
    "accept_objection": (review.accept_objection, Role.OFFICER),
    "notify_objection": (review.notify_objection, Role.OFFICER),
    "send_up_objection": (review.send_up_objection, Role.OFFICER),
    "extend_reconsideration": (review.extend_reconsideration, Role.HEAD),
}
for _name, (_run, _role) in _COURTS_STEPS.items():
    verb(_name)(_courts_step(_run, _role))


@verb("ask_papers")
def ask_papers(stage: Stage, given: Given) -> object:
    """Ask for the papers an objection lacks."""
    objection, what = given.text("objection"), given.text("what")
    given.done()
    with stage.act(stage.official(Role.OFFICER)) as act:
        return _shown(stage, review.ask_papers(act, objection=objection, what=what))


@verb("supplement_objection")
def supplement_objection(stage: Stage, given: Given) -> object:
    """Supply them; the objector acts."""
    papers = given.text("papers")
    return _party(
        stage, given, lambda act, objection, by: review.supplement_objection(
            act, objection=objection, by=by, papers=papers
        )
    )  # fmt: skip


@verb("reconsider")
def reconsider(stage: Stage, given: Given) -> object:
    """Ask the higher court; the objector or a party acts."""
    reasons = given.text_or_none("reasons")
    return _party(
        stage, given, lambda act, objection, by: review.reconsider(act, objection=objection, by=by, reasons=reasons)
    )


@verb("decide_reconsideration")
def decide_reconsideration(stage: Stage, given: Given) -> object:
    """Enter the higher court's ruling."""
    objection, granted = given.text("objection"), given.answer("granted")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _shown(stage, review.decide_reconsideration(act, objection=objection, granted=granted))


@verb("excuse_delay")
def excuse_delay(stage: Stage, given: Given) -> object:
    """Give a party the period again that force majeure made it miss."""
    objection, by, ended = given.text("objection"), given.text("by"), given.instant("obstacle_ended_at")
    given.done()
    assert ended is not None  # noqa: S101 - done has refused it otherwise
    person = stage.person(by)
    with stage.act(stage.official(Role.PANEL)) as act:
        return _shown(stage, review.excuse_delay(act, objection=objection, by=person, obstacle_ended_at=ended))


@verb("sue_over_thing")
def sue_over_thing(stage: Stage, given: Given) -> object:
    """Sue over the thing; the outsider or the applicant acts."""
    return _party(
        stage, given, lambda act, objection, by: suits.sue_over_thing(act, objection=objection, by=by)
    )  # fmt: skip


@verb("accept_security")
def accept_security(stage: Stage, given: Given) -> object:
    """Let disposal go on against the applicant's security."""
    objection, by, minor = given.text("objection"), given.text("by"), given.minor("amount_minor")
    given.done()
    person = stage.person(by)
    with stage.act(stage.official(Role.PANEL)) as act:
        return _shown(stage, suits.accept_security(act, objection=objection, by=person, amount_minor=minor))


@verb("enter_judgment")
def enter_judgment(stage: Stage, given: Given) -> object:
    """Enter the judgment on the suit over the thing."""
    objection, answer = given.text("objection"), given.answer("for_outsider")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        return _shown(stage, suits.enter_judgment(act, objection=objection, for_outsider=answer))


@verb("order_stay")
def order_stay(stage: Stage, given: Given) -> object:
    """Defer a lot for a time the law limits."""
    lot, ordered, until = given.text("lot"), given.text("ordered"), given.end_or_none("until")
    given.done()
    with stage.act(stage.official(Role.PANEL)) as act:
        found = stays.order_stay(act, lot=lot, ordered=ordered, until=until)
    return {"lot": found.lot, "ordered": found.ordered, "until": found.until}


def _party(stage: Stage, given: Given, run: Callable[[Act, str, str], ObjectionRecord]) -> dict[str, object]:
    """Play what a person named by ``by`` does on an objection himself."""
    objection, by = given.text("objection"), given.text("by")
    given.done()
    person = stage.person(by)
    with stage.act(stage.party(person)) as act:
        record = run(act, objection, person)
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
        "steps": [one.kind.value for one in record.course.steps],
    }
