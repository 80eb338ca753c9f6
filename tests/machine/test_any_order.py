"""Any order of commands, by anybody, at any time, leaves the state lawful; and the docket tells the state."""

from __future__ import annotations

import os
from datetime import timedelta
from operator import itemgetter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from auction.edges.scenario.databases import Template
from tests.machine import dying
from tests.machine.holding import Holding
from tests.machine.tour import tour
from tests.machine.walk import next_steps
from tests.machine.wild import VERBS_GIVEN, act, pick
from tests.machine.world import Tally, World

#: How often a drill begins anew, fifty steps each.
EXAMPLES = int(os.environ.get("AUCTION_DRILL_EXAMPLES", "60"))
_SPANS = (
    *(
        timedelta(milliseconds=1),
        timedelta(seconds=59),
        timedelta(minutes=5),
        timedelta(minutes=56),
        timedelta(hours=3),
    ),
    *(timedelta(hours=24), timedelta(days=3), timedelta(days=8), timedelta(days=17), timedelta(days=150)),
)
#: What happens next, each as often as it stands here.
_HAPPENINGS = (
    *("the road goes on",) * 7,
    *("anybody does anything",) * 5,
    *("time passes", "a process dies", "the exports are checked"),
)


class AnyOrder(RuleBasedStateMachine):
    """Each run has a database of its own; all runs are counted together."""

    template: ClassVar[Template]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self._copy = self.template.copy()
        self.world = World(url=self._copy.__enter__(), tally=self.tally)
        self.holding = Holding(self.world)

    @initialize(
        debtor_kind=st.sampled_from(["natural_person", "enterprise"]),
        applicant_minor=st.sampled_from([3_000_000, 60_000_000, 200_000_000]),
        secured=st.booleans(),
    )
    def begin(self, debtor_kind: str, applicant_minor: int, *, secured: bool) -> None:
        self.world.begin(debtor_kind=debtor_kind, applicant_minor=applicant_minor, secured=secured)

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        match pick(data.draw, _HAPPENINGS):
            case "the road goes on":
                self._walk(data)
            case "anybody does anything":
                self._do_anything(data)
            case "time passes":
                self.world.until(self.world.now + pick(data.draw, _SPANS))
            case "a process dies":
                dying.die(self.world, pick(data.draw, dying.PLACES))
            case _:
                self.holding.check_exports()

    @invariant()
    def everything_holds(self) -> None:
        self.holding.check()

    @override
    def teardown(self) -> None:
        self.world.close()
        self._copy.__exit__(None, None, None)

    def _walk(self, data: st.DataObject) -> None:
        for _ in range(3):
            # What lies further along the road stands later, and is chosen more often.
            ready = list(enumerate(next_steps(self.world))) or [(0, ("nothing to do", lambda: None))]
            _, (name, step) = max(pick(data.draw, ready), pick(data.draw, ready), key=itemgetter(0))
            note(f"    {name} at {self.world.now}")
            step()

    def _do_anything(self, data: st.DataObject) -> None:
        for _ in range(3):
            verb, given, acts_as = act(data.draw, self.world)
            refusal = self.world.do(verb, acts_as=acts_as, **given)
            note(f"    {verb} {given} as {acts_as}: {refusal.code if refusal else 'done'}")


@pytest.fixture(scope="module")
def tally() -> Tally:
    """What was done and refused in the tests before."""
    return Tally()


@pytest.mark.xdist_group("machine")
@pytest.mark.property
def test_any_order_of_commands_leaves_the_state_lawful(template: Template, tally: Tally) -> None:
    _run(template, tally, examples=3, steps=20, derandomize=True)


@pytest.mark.xdist_group("machine")
def test_every_command_is_on_the_road(template: Template, tally: Tally) -> None:
    with template.copy() as url:
        world = World(url=url, tally=tally)
        try:
            holding = Holding(world)
            for _ in tour(world):
                holding.check()
            dying.die(world, "in_a_reaction")
            holding.check_exports()
        finally:
            world.close()
    assert set(VERBS_GIVEN) <= {verb for verb, times in tally.done.items() if times}


@pytest.mark.slow
@pytest.mark.property
def test_any_order_of_commands_over_a_long_run(template: Template) -> None:
    tally = Tally()
    _run(template, tally, examples=EXAMPLES, steps=50)
    assert len(tally.done) >= len(VERBS_GIVEN)


def _run(template: Template, tally: Tally, *, examples: int, steps: int, derandomize: bool = False) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Run", (AnyOrder,), {"template": template, "tally": tally})
    run_state_machine_as_test(machine, settings=chosen)
