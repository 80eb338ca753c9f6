"""Correcting in public: what it changes, and that a refused one changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor, Role
from auction.procedure.bidding import corrections as reading
from auction.procedure.bidding import rules as bidding_rules
from auction.procedure.bidding import stays
from auction.procedure.lots import announcement, commands, corrections, queries, surplus
from tests.road import YUAN, Road

TEXT = "行驶里程为12万公里。"
OFFICER = Actor(id="O", name="执行员", roles=frozenset({Role.OFFICER}))


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    made.announce()
    return made


def correct(road: Road, changes: Mapping[str, object] | None = None, *, actor: Actor = OFFICER) -> None:
    given: dict[str, object] = {"lot": "L1", "block": "vehicle_mileage", "text": TEXT, "why": "笔误", **(changes or {})}
    with road.platform.act(actor) as act:
        corrections.correct_announcement(act, **given)  # type: ignore[arg-type]


def head(road: Road) -> tuple[int, str]:
    with road.platform.read() as session:
        return docket.head(session, "lot:L1")


def test_a_correction_tells_before_and_after_and_leaves_the_announced_terms(road: Road) -> None:
    with road.platform.read() as session:
        before = queries.lot(session, "L1")
    correct(road)
    with road.platform.read() as session:
        after = queries.lot(session, "L1")
        (one,) = corrections.corrections(session, lot="L1")
        (entry,) = docket.of_kinds(session, "lot:L1", ["lot.corrected"])
    assert (one.number, one.before, one.after) == (1, before.disclosure["vehicle_mileage"], TEXT)
    assert entry.public["before_sha256"] == sha256_hex(one.before)
    assert entry.public["after_sha256"] == sha256_hex(TEXT)
    assert after.terms == before.terms
    assert after.disclosure == {**before.disclosure, "vehicle_mileage": TEXT}
    assert (after.start_price_minor, after.opens_at, after.corrections) == (
        before.start_price_minor,
        before.opens_at,
        1,
    )


def test_the_same_words_again_change_nothing(road: Road) -> None:
    correct(road)
    before = head(road)
    correct(road)
    assert head(road) == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"block": "payment"}, announcement.TermsFrozen),
        ({"block": "floor_plan"}, InputMalformed),
        ({"block": "capacity"}, InputMalformed),
        ({"block": "'; DROP TABLE lots"}, InputMalformed),
        ({"block": 7}, InputMalformed),
        ({"block": None}, InputMalformed),
        ({"text": ""}, InputMalformed),
        ({"text": "  \n"}, InputMalformed),
        ({"text": None}, InputMalformed),
        ({"text": 12}, InputMalformed),
        ({"text": "长" * 20_001}, InputMalformed),
        ({"text": "a\x00b"}, InputMalformed),
        ({"text": "由他人\n占用"}, announcement.ForbiddenPhrases),
        ({"why": ""}, InputMalformed),
        ({"why": "长" * 1_001}, InputMalformed),
        ({"lot": "L9"}, NotFound),
        ({"lot": ""}, InputMalformed),
    ],
)
def test_a_refused_correction_changes_nothing(road: Road, changes: dict[str, object], refusal: type[Refusal]) -> None:
    before = head(road)
    with pytest.raises(refusal):
        correct(road, changes)
    assert head(road) == before


@pytest.mark.parametrize("role", [Role.BIDDER, Role.PANEL, Role.FINANCE, Role.ADMINISTRATOR])
def test_only_the_officer_corrects(road: Road, role: Role) -> None:
    before = head(road)
    with pytest.raises(AuthForbidden):
        correct(road, actor=Actor(id="X", name="x", roles=frozenset({role})))
    assert head(road) == before


def test_who_registered_before_reads_it_before_he_bids(road: Road) -> None:
    road.admit("A")
    correct(road)
    road.admit("B")
    with road.platform.read() as session:
        opens = queries.lot(session, "L1").opens_at
    road.wait_until(opens)
    before = head(road)
    with pytest.raises(bidding_rules.CorrectionUnread):
        road.bid("A", 700_000 * YUAN)
    assert head(road) == before, "nobody is held to a bid on words changed behind his back"
    assert road.bid("B", 700_000 * YUAN).accepted
    with pytest.raises(AuthForbidden), road.platform.act(road.people["B"]) as act:
        reading.read_corrections(act, lot="L1", person="A")
    with pytest.raises(bidding_rules.NotAdmitted), road.platform.act(road.person("Z")) as act:
        reading.read_corrections(act, lot="L1", person="Z")
    for _ in range(2):
        with road.platform.act(road.people["A"]) as act:
            assert reading.read_corrections(act, lot="L1", person="A") == 1
    assert road.bid("A", 705_000 * YUAN).accepted


def test_while_it_stands_still_it_may_be_corrected_and_not_while_bidding_runs(road: Road) -> None:
    road.wait_until(road.now + timedelta(days=20))
    with pytest.raises(announcement.CorrectionNeedsStay):
        correct(road)
    with road.platform.act() as act:
        stays.suspend(act, lot="L1", ground="panel")
    correct(road)
    with road.platform.read() as session:
        assert queries.lot(session, "L1").corrections == 1


def test_an_officer_may_not_save_forbidden_words(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    road.draft()
    with pytest.raises(announcement.ForbiddenPhrases), platform.act(OFFICER) as act:
        commands.disclose(act, lot="L1", disclosure={"property_state": "占有不明"})
    with platform.read() as session:
        assert "占有不明" not in queries.lot(session, "L1").disclosure["property_state"]


def test_an_applicant_who_ranks_first_needs_no_warning(platform: Platform) -> None:
    road = Road(platform)
    road.begin(
        claims=[
            {
                "id": "K1", "creditor": "甲银行", "amount_minor": 1_000, "kind": "secured", "property": "P1",
                "applicant": True,
            }
        ]
    )  # fmt: skip
    with pytest.raises(InputMalformed), platform.act(OFFICER) as act:
        surplus.warn_no_surplus(act, property="P1")
    with platform.read() as session:
        assert surplus.due(session, road.now) == []
