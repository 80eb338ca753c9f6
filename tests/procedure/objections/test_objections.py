"""Objections on a real database: refused by name, nothing changed, decided by others, and the thing held back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.assets import queries as assets
from auction.procedure.cases import commands as case_commands
from auction.procedure.cases import queries as cases
from auction.procedure.identity.commands import enrol_person
from auction.procedure.lots import queries as lots
from auction.procedure.objections import commands, papers, queries, review, stays, suits
from auction.procedure.objections.course import NotConcerned, OfficerExcluded, Step, StepOutOfOrder, TooLate
from auction.procedure.objections.queries import ObjectionRecord
from auction.procedure.objections.rules import StayTooLong
from auction.procedure.settlement.rules import NotThisCourt
from tests.procedure.selling import Sale, person_actor

PANEL = Actor(id="U-panel", name="panel", roles=frozenset({Role.PANEL}), court="T1")
OFFICER = Actor(id="U-officer", name="officer", roles=frozenset({Role.OFFICER}), court="T1")
BOTH = Actor(id="U-both", name="both", roles=frozenset({Role.PANEL, Role.OFFICER}), court="T1")
ELSEWHERE = Actor(id="U-else", name="else", roles=frozenset({Role.PANEL, Role.OFFICER}), court="T2")


@pytest.fixture
def sale(platform: Platform) -> Sale:
    story = Sale(platform)
    story.open()
    story.announce()
    with platform.act(PLATFORM) as act:
        enrol_person(act, name="孙某", id="S")
    return story


def did(sale: Sale, actor: Actor, do: Callable[[Act], ObjectionRecord]) -> ObjectionRecord:
    with sale.platform.act(actor) as act:
        return do(act)


def filed(sale: Sale, *, kind: str = "outsider", against: str = "P1", by: str = "S", **said: str) -> ObjectionRecord:
    return did(
        sale, person_actor(by), lambda act: commands.file_objection(act, by=by, kind=kind, against=against, **said)
    )


def decided(sale: Sale, objection: str, *, upheld: bool, by: Actor = PANEL) -> ObjectionRecord:
    return did(sale, by, lambda act: commands.decide_objection(act, objection=objection, upheld=upheld))


def refused(sale: Sale, actor: Actor, do: Callable[[Act], object], kind: type[Refusal]) -> None:
    """Check that an act is refused by name and leaves every docket, objection and lot as it was."""
    before = state(sale)
    with pytest.raises(kind), sale.platform.act(actor) as act:
        do(act)
    assert state(sale) == before


def state(sale: Sale) -> object:
    with sale.platform.read() as session:
        heads = [docket.head(session, chain) for chain in ("case:C1", "property:P1", "lot:L1")]
        return heads, queries.of_case(session, case="C1"), lots.lot(session, "L1").status


def applicant(sale: Sale) -> str:
    with sale.platform.read() as session:
        return cases.case(session, "C1").claims[0].creditor_person


def due(sale: Sale) -> list[tuple[str, str]]:
    with sale.platform.read() as session:
        return [(one.what, one.on) for one in queries.due(session, sale.platform.clock.now(), case="C1")]


def held(sale: Sale) -> bool:
    with sale.platform.read() as session:
        return bool(assets.property_record(session, "P1", now=sale.platform.clock.now()).holds)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "friendship"},
        {"against": "P9"},
        {"against": ""},
        {"against": "C1"},
        {"against": "\x00"},
        {"by": "D-C1"},
        {"statement": " "},
        {"statement": "长" * 5001},
        {"evidence": "\ud800"},
        {"id": "x" * 200},
    ],
)
def test_an_objection_that_cannot_be_read_changes_nothing(sale: Sale, given: dict[str, str]) -> None:
    fields = {"by": "S", "kind": "outsider", "against": "P1"} | given
    refused(sale, PLATFORM, lambda act: commands.file_objection(act, **fields), InputMalformed)


def test_nobody_objects_in_anothers_name_or_decides_out_of_office(sale: Sale) -> None:
    def file(act: Act) -> object:
        return commands.file_objection(act, by="S", kind="outsider", against="P1")

    refused(sale, person_actor("B"), file, AuthForbidden)
    refused(sale, PANEL, file, AuthForbidden)
    found = filed(sale)
    refused(sale, OFFICER, lambda act: commands.decide_objection(act, objection=found.id, upheld=False), AuthForbidden)
    refused(sale, PANEL, lambda act: commands.decide_objection(act, objection="F9", upheld=False), NotFound)
    refused(
        sale,
        PANEL,
        lambda act: commands.decide_objection(act, objection=found.id, upheld="no"),  # type: ignore[arg-type]
        InputMalformed,
    )


def test_who_enforced_or_carries_the_case_or_sits_elsewhere_does_not_decide(sale: Sale) -> None:
    with sale.platform.act(BOTH) as act:
        case_commands.record_cost(act, case="C1", what="保管费", amount_minor=100)
    found = filed(sale)

    def decide(act: Act) -> object:
        return commands.decide_objection(act, objection=found.id, upheld=False)

    refused(sale, BOTH, decide, OfficerExcluded)
    refused(sale, ELSEWHERE, decide, NotThisCourt)
    assert decided(sale, found.id, upheld=False).status == "rejected"


def test_what_is_said_is_sealed_and_only_its_digest_is_public(sale: Sale) -> None:
    found = filed(sale, statement="车是我的", evidence="购车合同")
    assert [one.words for one in found.course.steps] == ["车是我的", "购车合同"]
    with sale.platform.read() as session:
        entries = docket.entries(session, "property:P1")
        kept = [row for (row,) in session.execute(text("SELECT words FROM objection_steps"))]
    assert all("车是我的" not in str(entry.public) for entry in entries)
    assert all("车是我的" not in row for row in kept)
    stated = next(entry for entry in entries if entry.kind == "objection.stated")
    assert stated.public["sha256"] == found.course.steps[0].digest
    assert stated.sealed is not None


def test_steps_only_grow(sale: Sale) -> None:
    filed(sale, statement="车是我的")
    for change in ("UPDATE objection_steps SET kind = 'sued'", "DELETE FROM objection_steps"):
        with pytest.raises(DBAPIError), sale.platform.act(PLATFORM) as act:
            act.session.execute(text(change))


def test_the_applicants_suit_keeps_an_upheld_objection_from_being_carried_out(sale: Sale) -> None:
    found = filed(sale)
    decided(sale, found.id, upheld=True)
    assert ("withdraw", "L1") in due(sale)
    assert ("release", "P1") in due(sale)
    bank = applicant(sale)
    did(sale, person_actor(bank), lambda act: suits.sue_over_thing(act, objection=found.id, by=bank))
    assert due(sale) == []
    did(sale, PANEL, lambda act: suits.enter_judgment(act, objection=found.id, for_outsider=True))
    assert ("release", "P1") in due(sale)
    assert held(sale)


def test_an_outsider_who_wins_his_suit_has_the_thing_even_after_security_was_given(sale: Sale) -> None:
    found = filed(sale)
    decided(sale, found.id, upheld=False)
    did(sale, person_actor("S"), lambda act: suits.sue_over_thing(act, objection=found.id, by="S"))
    sale.after(days=30)
    assert held(sale)
    bank = applicant(sale)
    did(sale, PANEL, lambda act: suits.accept_security(act, objection=found.id, by=bank, amount_minor=100))
    assert not held(sale)
    did(sale, PANEL, lambda act: suits.enter_judgment(act, objection=found.id, for_outsider=True))
    assert held(sale)
    assert ("withdraw", "L1") in due(sale)


def test_steps_out_of_order_are_refused(sale: Sale) -> None:
    found = filed(sale, kind="act", against="L1")
    name = found.id
    refused(sale, OFFICER, lambda act: review.notify_objection(act, objection=name), StepOutOfOrder)
    refused(sale, OFFICER, lambda act: review.send_up_objection(act, objection=name), StepOutOfOrder)
    refused(sale, person_actor("S"), lambda act: suits.sue_over_thing(act, objection=name, by="S"), StepOutOfOrder)
    refused(
        sale,
        person_actor("S"),
        lambda act: review.supplement_objection(act, objection=name, by="S", papers="材料"),
        StepOutOfOrder,
    )
    did(sale, OFFICER, lambda act: review.accept_objection(act, objection=name))
    refused(sale, OFFICER, lambda act: review.accept_objection(act, objection=name), StepOutOfOrder)
    refused(sale, OFFICER, lambda act: review.ask_papers(act, objection=name, what="材料"), StepOutOfOrder)
    refused(sale, ELSEWHERE, lambda act: review.notify_objection(act, objection=name), NotThisCourt)
    decided(sale, name, upheld=False)
    refused(sale, OFFICER, lambda act: review.notify_objection(act, objection=name), StepOutOfOrder)
    sale.after(days=30)
    refused(sale, person_actor("S"), lambda act: review.reconsider(act, objection=name, by="S"), TooLate)
    refused(sale, person_actor("A"), lambda act: review.reconsider(act, objection=name, by="A"), NotFound)


@pytest.mark.parametrize("amount", [0, -1, True, "100", 10**30, None])
def test_security_is_an_amount_of_an_applicant(sale: Sale, amount: object) -> None:
    found = filed(sale)
    decided(sale, found.id, upheld=False)
    did(sale, person_actor("S"), lambda act: suits.sue_over_thing(act, objection=found.id, by="S"))
    bank = applicant(sale)

    def secure(act: Act) -> object:
        return suits.accept_security(act, objection=found.id, by=bank, amount_minor=amount)  # type: ignore[arg-type]

    refused(sale, PANEL, secure, InputMalformed)
    refused(
        sale,
        PANEL,
        lambda act: suits.accept_security(act, objection=found.id, by="S", amount_minor=100),
        NotConcerned,
    )


def test_the_higher_courts_time_runs_out_and_is_extended_once(sale: Sale) -> None:
    found = filed(sale, kind="act", against="L1")
    decided(sale, found.id, upheld=False)
    did(sale, person_actor("S"), lambda act: review.reconsider(act, objection=found.id, by="S", reasons="不服"))
    assert due(sale) == [("send_up_objection", found.id), ("decide_reconsideration", found.id)]
    did(sale, OFFICER, lambda act: review.send_up_objection(act, objection=found.id))
    head = Actor(id="U-head", name="head", roles=frozenset({Role.HEAD}), court="T1")
    with sale.platform.read() as session:
        (before,) = queries.due(session, sale.platform.clock.now(), case="C1")
    did(sale, head, lambda act: review.extend_reconsideration(act, objection=found.id))
    with sale.platform.read() as session:
        (after,) = queries.due(session, sale.platform.clock.now(), case="C1")
    assert after.by >= before.by + timedelta(days=30)
    done = did(sale, PANEL, lambda act: review.decide_reconsideration(act, objection=found.id, granted=True))
    assert done.course.of(Step.RECONSIDERED) is not None
    assert due(sale) == []


def test_an_excused_delay_gives_the_suit_window_again_to_who_was_kept_from_it(sale: Sale, now: datetime) -> None:
    found = filed(sale)
    decided(sale, found.id, upheld=False)
    flood_ends = sale.after(days=25)

    def sue(act: Act) -> ObjectionRecord:
        return suits.sue_over_thing(act, objection=found.id, by="S")

    def excuse(act: Act, ended: object = flood_ends) -> ObjectionRecord:
        return review.excuse_delay(act, objection=found.id, by="S", obstacle_ended_at=ended)  # type: ignore[arg-type]

    refused(sale, person_actor("S"), sue, TooLate)
    for wrong in (flood_ends + timedelta(seconds=1), now - timedelta(days=1), flood_ends.replace(tzinfo=None), "soon"):
        refused(sale, PANEL, partial(excuse, ended=wrong), InputMalformed)
    refused(sale, OFFICER, excuse, AuthForbidden)
    refused(sale, ELSEWHERE, excuse, NotThisCourt)
    did(sale, PANEL, excuse)
    refused(sale, PANEL, excuse, StepOutOfOrder)
    assert not held(sale)
    did(sale, person_actor("S"), sue)
    assert held(sale)


def test_a_stay_has_an_end_and_the_lot_is_due_to_go_on(sale: Sale, now: datetime) -> None:
    def stay(act: Act, *, until: datetime | None) -> object:
        return stays.order_stay(act, lot="L1", ordered="superior", until=until)

    refused(sale, PANEL, lambda act: stay(act, until=now + timedelta(days=93)), StayTooLong)
    refused(sale, PANEL, lambda act: stay(act, until=now), InputMalformed)
    refused(sale, PANEL, lambda act: stay(act, until=now.replace(tzinfo=None)), InputMalformed)
    refused(sale, OFFICER, lambda act: stay(act, until=None), AuthForbidden)
    refused(sale, PANEL, lambda act: stays.order_stay(act, lot="L9", ordered="superior"), NotFound)
    with sale.platform.act(PANEL) as act:
        ordered = stays.order_stay(act, lot="L1", ordered="superior")
    with sale.platform.read() as session:
        (one,) = queries.due(session, now, case="C1")
    assert (one.what, one.on, one.by) == ("resume", "L1", ordered.until)


def test_a_paper_for_another_case_or_of_a_stranger_changes_nothing(sale: Sale, now: datetime) -> None:
    def enter(act: Act, change: Mapping[str, object] = MappingProxyType({})) -> object:
        given: dict[str, object] = {
            "case": "C1",
            "party": "D-C1",
            "handed_in_by": "张律师",
            "received_at": now,
            "what": "consent",
            "content": {"to": "sell_more"},
        }
        return papers.enter_paper(act, **(given | dict(change)))  # type: ignore[arg-type]

    changes: tuple[dict[str, object], ...] = (
        {"what": "anything"},
        {"party": "nobody"},
        {"received_at": now + timedelta(seconds=1)},
        {"received_at": now - timedelta(days=400)},
        {"received_at": "2025-03-03"},
        {"content": {}},
        {"content": {"to": "everything"}},
        {"handed_in_by": ""},
        {"what": "insist", "content": {"property": "P1", "claim": "K9"}},
        {"what": "object_to_plan", "content": {"claim": "K1", "amount_minor": "1"}},
        {"what": "sue_over_thing", "content": {"objection": ""}},
    )
    for change in changes:
        refused(sale, OFFICER, partial(enter, change=change), InputMalformed)
    refused(sale, OFFICER, lambda act: enter(act, {"case": "C9"}), NotFound)
    refused(sale, ELSEWHERE, enter, NotThisCourt)
    refused(sale, PANEL, enter, AuthForbidden)
