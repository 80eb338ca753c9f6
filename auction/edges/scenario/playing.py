"""A scenario played step by step, and the report of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auction.edges.scenario import (
    after_the_close,
    auctioning,
    banking,
    case_and_property,
    distributing,
    entrusting,
    lot,
    objecting,
    settling,
    showing,
    staying,
    valuing,
)
from auction.edges.scenario.given import Given
from auction.edges.scenario.matching import differences
from auction.edges.scenario.stage import Stage
from auction.edges.scenario.verbs import VERBS
from auction.edges.stories.nodes import FileMalformed
from auction.edges.stories.reading import Scenario, Step
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed, Refusal

#: The modules that declare verbs; importing them is what makes a verb playable.
PLAYS = (
    *(case_and_property, valuing, entrusting, lot, auctioning, staying, objecting, settling, after_the_close, banking),
    *(distributing, showing),
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as plain values, so that it can be handed from process to process."""

    code: str
    article: str
    facts: object
    message: str

    @classmethod
    def of(cls, refusal: Refusal, *, stage: Stage) -> Refused:
        """Return what a refusal says, persons by the names of the file."""
        facts = refusal.plain_facts()
        persons = facts.get("persons")
        if isinstance(persons, list):
            facts["persons"] = [stage.name_of(str(person)) for person in persons]
        return cls(
            code=refusal.code,
            article=refusal.article,
            facts=plain(facts),
            message=refusal.message("en"),
        )


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one step; ``faults`` are the expectations that failed."""

    step: Step
    refused: Refused | None
    result: object
    faults: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the form of ``--json``."""
        refused = self.refused
        return {
            "n": self.step.n,
            "line": self.step.line,
            "do": self.step.do,
            "at": instant_text(self.step.at),
            "outcome": "refused" if refused else "done",
            "code": refused.code if refused else None,
            "article": refused.article if refused else None,
            "facts": refused.facts if refused else None,
            "result": self.result,
        }


def check_verbs(scenario: Scenario) -> None:
    """Refuse a file that names a verb nobody knows.

    An unknown verb that the file itself expects to be refused is played, and refused.

    :raises FileMalformed: with the step's line
    """
    for step in scenario.steps:
        if step.do not in VERBS and step.refused is None:
            raise FileMalformed(f"unknown do: {step.do}", line=step.line)


def play(scenario: Scenario, *, url: str) -> list[Played]:
    """Play a scenario on a database that is its own, and return what became of each step."""
    stage = Stage(url=url, begins=scenario.clock)
    try:
        return [_played(stage, step) for step in scenario.steps]
    finally:
        stage.close()


def _played(stage: Stage, step: Step) -> Played:
    stage.acts_as = step.acts_as
    _let_time_pass(stage, step)
    try:
        result = plain(_act(stage, step))
    except Refusal as refusal:
        refused = Refused.of(refusal, stage=stage)
        return Played(step=step, refused=refused, result=None, faults=tuple(_refusal_faults(step, refused)))
    return Played(step=step, refused=None, result=result, faults=tuple(_result_faults(step, result)))


def _let_time_pass(stage: Stage, step: Step) -> None:
    """Let what falls due up to the step's instant happen first; a close waits for a bid that arrived before it."""
    if step.do == "wait":
        stage.news()  # what was entered before is no news of this waiting
    arrival = VERBS[step.do].arrival if step.do in VERBS else None
    if arrival is not None and arrival(stage, Given(step.given), step.at) is not None:
        stage.wait_in_queue(until=step.at)
    else:
        stage.fall_due(until=step.at)


def _act(stage: Stage, step: Step) -> object:
    if step.do not in VERBS:
        raise InputMalformed(errors={"do": f"未知步骤 / unknown: {step.do}"})
    return VERBS[step.do].play(stage, Given(step.given))


def _refusal_faults(step: Step, refused: Refused) -> list[str]:
    if step.refused is None:
        return [f"refused with {refused.code} ({refused.message})"]
    if step.refused != refused.code:
        return [f"expected to be refused with {step.refused}, but it was {refused.code} ({refused.message})"]
    return differences(step.expected, refused.facts) if step.expects else []


def _result_faults(step: Step, result: object) -> list[str]:
    if step.refused is not None:
        return [f"expected to be refused with {step.refused}, but it was done"]
    if not step.expects:
        return []
    expected = step.expected
    # `show` may be read as the thing shown or as a field of that name.
    if step.do == "show" and isinstance(expected, Mapping) and len(expected) == 1 and set(expected) <= {"due", "money"}:
        (expected,) = expected.values()
    return differences(expected, result)


def plain(value: object) -> object:
    """Return a value as JSON knows it: instants as RFC 3339 text in court time."""
    match value:
        case datetime():
            return instant_text(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value
