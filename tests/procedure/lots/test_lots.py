from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from auction.edges.platform import Platform
from auction.foundation.database.acts import Act
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.canonical import sha256_hex
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import Actor
from auction.procedure.assets import commands as assets
from auction.procedure.assets.rules import ControlLapsed
from auction.procedure.cases import commands as cases
from auction.procedure.cases import queries as records
from auction.procedure.lots import announcement, catalogue, commands, queries, rules
from auction.procedure.lots.catalogue import LotFilter
from auction.procedure.valuation import commands as valuation
from tests.road import YUAN, Road, complete_disclosure

FEN = 1
PANEL = ["甲法官", "乙法官", "丙法官"]


@pytest.fixture
def road(platform: Platform) -> Road:
    made = Road(platform)
    made.begin()
    return made


def approve(road: Road, lot: str = "L1") -> None:
    with road.platform.act() as act:
        commands.approve_lot(act, lot=lot, panel=PANEL)


def waive(road: Road, *persons: str, lot: str = "L1") -> None:
    for person in persons:
        with road.platform.act() as act:
            commands.notify(act, lot=lot, person=person, how="waived")


def announce(road: Road, lot: str = "L1") -> None:
    with road.platform.act() as act:
        commands.announce(act, lot=lot)


def creditor(road: Road) -> str:
    with road.platform.read() as session:
        return records.case(session, "C1").claims[0].creditor_person


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"start_price_minor": 700_000 * YUAN - FEN}, rules.StartBelowFloor),
        ({"deposit_minor": 35_000 * YUAN - FEN}, rules.DepositOutOfRange),
        ({"deposit_minor": 140_000 * YUAN + FEN}, rules.DepositOutOfRange),
    ],
)
def test_unlawful_terms_are_refused_by_name(road: Road, terms: dict[str, int], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        road.draft(**terms)  # type: ignore[arg-type]


@pytest.mark.parametrize("deposit", [35_000 * YUAN, 140_000 * YUAN])
def test_terms_on_the_boundary_are_lawful(road: Road, deposit: int) -> None:
    assert road.draft(deposit_minor=deposit).floor_minor == 700_000 * YUAN


def test_bidding_lasts_24_hours_to_the_second(road: Road) -> None:
    opens = road.now + timedelta(days=20)
    with pytest.raises(rules.BiddingTooShort):
        road.draft(opens_at=opens, closes_at=opens + timedelta(hours=24) - timedelta(seconds=1))
    assert road.draft(opens_at=opens, closes_at=opens + timedelta(hours=24)).status == "draft"


@pytest.mark.parametrize(
    "terms",
    [
        {"properties": ()},
        {"properties": ("P1", "P1")},
        {"increment_minor": 0},
        {"increment_minor": -1},
        {"start_price_minor": True},
        {"start_price_minor": 10**17},
        {"start_price_minor": 1.5},
        {"deposit_minor": "70000"},
        {"priority": [{"person": "", "rank": 1}]},
        {"priority": [{"person": "X", "rank": 0}]},
        {"after": "L-unknown"},
        {"sale": True},
    ],
)
def test_terms_that_cannot_be_read_are_refused(road: Road, terms: dict[str, object]) -> None:
    with pytest.raises((InputMalformed, NotFound)):
        road.draft(**terms)  # type: ignore[arg-type]
    with road.platform.read() as session, pytest.raises(NotFound):
        queries.lot(session, "L1")


def test_a_thing_without_a_price_cannot_be_drafted(road: Road) -> None:
    with road.platform.act() as act:
        assets.seize(act, id="P2", case="C1", kind="movable", title="无价之物", city="北京市")
    with pytest.raises(rules.ValuationMissing):
        road.draft(properties=("P2",))


def test_indivisible_things_are_sold_together(road: Road) -> None:
    with road.platform.act() as act:
        assets.seize(act, id="P3", case="C1", kind="movable", title="甲", city="北京市", indivisible_with=["P1"])
    road.seize("P4")
    with pytest.raises((rules.MustSellTogether, rules.ValuationMissing)):
        road.draft(properties=("P3",))


def test_no_surplus_needs_a_start_above_priority_claims_and_costs(platform: Platform) -> None:
    road = Road(platform)
    road.begin(
        claims=[
            {"id": "K1", "creditor": "甲", "amount_minor": 100 * YUAN, "kind": "ordinary", "applicant": True},
            {
                "id": "K2",
                "creditor": "乙",
                "amount_minor": 800_000 * YUAN,
                "kind": "secured",
                "property": "P1",
                "rank": 1,
            },
        ]
    )
    with platform.act() as act:
        cases.record_cost(act, case="C1", what="评估费", amount_minor=5_000 * YUAN)
    with pytest.raises(rules.NoSurplus) as refused:
        road.draft(start_price_minor=805_000 * YUAN, deposit_minor=80_000 * YUAN)
    assert refused.value.facts["least_minor"] == 805_000 * YUAN + FEN
    assert road.draft(start_price_minor=805_000 * YUAN + FEN, deposit_minor=80_000 * YUAN).status == "draft"


def test_a_panel_is_three_different_members(road: Road) -> None:
    road.draft()
    for names in ([], ["甲"], ["甲", "乙"], ["甲", "乙", "乙"], ["甲", "乙", " "], ["甲", "乙", "丙", "丁"]):
        with pytest.raises(rules.PanelMalformed), road.platform.act() as act:
            commands.approve_lot(act, lot="L1", panel=names)
    approve(road)
    with pytest.raises(rules.NotDraft), road.platform.act() as act:
        commands.approve_lot(act, lot="L1", panel=PANEL)


def test_a_thing_stands_in_one_live_lot(road: Road) -> None:
    road.draft()
    road.draft("L2")
    approve(road)
    with pytest.raises(rules.ThingTaken), road.platform.act() as act:
        commands.approve_lot(act, lot="L2", panel=PANEL)


def test_announcing_asks_for_each_condition_in_order(road: Road) -> None:
    opens = road.now + timedelta(days=15) - timedelta(seconds=1)
    road.draft(opens_at=opens, disclosure={})
    with pytest.raises(rules.NotApproved):
        announce(road)
    with road.platform.act() as act:
        commands.disclose(act, lot="L1", disclosure={"taxes": "各自负担"})
    approve(road)
    with pytest.raises(announcement.AnnouncementIncomplete) as missing:
        announce(road)
    assert "taxes" not in str(missing.value.facts["missing"])
    assert "bidding_rules" in str(missing.value.facts["missing"])


def test_the_announcement_period_is_full_days(road: Road) -> None:
    opens = road.now + timedelta(days=15)
    road.draft(opens_at=opens)
    approve(road)
    waive(road, "D", creditor(road))
    road.clock.set(road.now + timedelta(seconds=1))
    with pytest.raises(announcement.AnnouncementTooShort) as refused:
        announce(road)
    assert refused.value.facts["earliest"] == road.now + timedelta(days=15)
    assert refused.value.facts["days"] == 15


def test_everyone_is_told_three_days_before(road: Road) -> None:
    road.draft(opens_at=road.now + timedelta(days=30))
    approve(road)
    for person in ("D", creditor(road)):
        with road.platform.act() as act:
            commands.notify(act, lot="L1", person=person, how="served")
    told = road.now
    road.clock.set(told + timedelta(days=3) - timedelta(seconds=1))
    with pytest.raises(announcement.PersonNotNotified):
        announce(road)
    road.clock.set(told + timedelta(days=3))
    announce(road)


def test_a_person_who_cannot_be_found_is_told_by_publicity(road: Road) -> None:
    road.draft(opens_at=road.now + timedelta(days=20))
    approve(road)
    waive(road, creditor(road))
    with road.platform.act() as act:
        told = commands.notify(act, lot="L1", person="D", how="unreachable")
    assert told == road.now + timedelta(days=5)
    announce(road)


@pytest.mark.parametrize("how", ["", "shouted", "SERVED"])
def test_a_way_of_telling_the_law_does_not_know_is_refused(road: Road, how: str) -> None:
    road.draft()
    with pytest.raises(InputMalformed), road.platform.act() as act:
        commands.notify(act, lot="L1", person="D", how=how)


def test_a_seizure_that_ends_before_the_close_forbids_the_announcement(platform: Platform) -> None:
    road = Road(platform)
    road.begin()
    with platform.act() as act:
        until = road.now + timedelta(days=21)
        assets.seize(act, id="P9", case="C1", kind="movable", title="将解封", city="北京市", until=until)
    with platform.act() as act:
        offers = [{"party": party, "amount_minor": 1_000_000 * YUAN} for party in ("K1", "D")]
        valuation.value_by_negotiation(act, property="P9", offers=offers)
    road.draft(properties=("P9",))
    approve(road)
    waive(road, "D", creditor(road))
    with pytest.raises(ControlLapsed):
        announce(road)


def test_an_announced_lot_carries_the_digest_of_its_terms_and_rules(road: Road) -> None:
    lot = road.announce()
    with road.platform.read() as session:
        entry = docket.of_kinds(session, "lot:L1", ["lot.announced"])[0]
    assert lot.terms is not None
    assert lot.rulebook is not None
    assert entry.public["terms_sha256"] == sha256_hex(dict(lot.terms))
    assert entry.public["rulebook_sha256"] == sha256_hex(dict(lot.rulebook))


def test_announced_terms_do_not_change(road: Road) -> None:
    road.announce()
    with pytest.raises(rules.NotDraft), road.platform.act() as act:
        commands.disclose(act, lot="L1", disclosure=complete_disclosure())
    with pytest.raises(rules.NotApproved):
        announce(road)


@pytest.mark.parametrize("verb", ["draft", "approve", "notify", "announce"])
def test_a_bidder_does_none_of_the_courts_acts(road: Road, bidder: Actor, verb: str) -> None:
    road.draft()
    acts: dict[str, Callable[[Act], object]] = {
        "draft": lambda act: commands.disclose(act, lot="L1", disclosure={}),
        "approve": lambda act: commands.approve_lot(act, lot="L1", panel=PANEL),
        "notify": lambda act: commands.notify(act, lot="L1", person="D", how="served"),
        "announce": lambda act: commands.announce(act, lot="L1"),
    }
    with road.platform.act(bidder) as act, pytest.raises(AuthForbidden):
        acts[verb](act)


def test_a_second_auction_follows_a_failed_first_and_may_be_cut_by_a_fifth(road: Road) -> None:
    lot = road.announce()
    with pytest.raises(InputMalformed):
        road.draft("L2", after="L1")
    road.wait_until(lot.closes_at)
    with pytest.raises(rules.StartBelowFloor) as refused:
        road.draft("L2", after="L1", start_price_minor=560_000 * YUAN - FEN)
    assert refused.value.facts["floor_minor"] == 560_000 * YUAN
    second = road.draft("L2", after="L1", start_price_minor=560_000 * YUAN)
    assert second.round == "second"
    with road.platform.read() as session:
        assert [one.id for one in queries.chain(session, "L2")] == ["L1", "L2"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("测试财产", 1),
        ("朝阳区", 1),
        ("北京", 1),
        ("京", 1),
        ("1234", 1),
        ("Ｐ１", 1),
        ("不存在", 0),
        ("\x00", 1),
        ("%", 1),
    ],
)
def test_a_lot_is_found_by_any_of_its_words(road: Road, question: str, found: int) -> None:
    road.announce()
    with road.platform.read() as session:
        assert catalogue.page(session, wanted=LotFilter(q=question)).total == found


def test_the_catalogue_is_paged_without_loss(road: Road) -> None:
    road.announce()
    for number in range(2, 6):
        road.seize(f"P{number}")
        road.announce(f"L{number}", properties=(f"P{number}",))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        with road.platform.read() as session:
            found = catalogue.page(session, wanted=LotFilter(), limit=2, cursor=cursor)
        seen += [lot.id for lot in found.items]
        cursor = found.next
        if cursor is None:
            break
    assert sorted(seen) == ["L1", "L2", "L3", "L4", "L5"]
    with road.platform.read() as session, pytest.raises(InputMalformed):
        catalogue.page(session, wanted=LotFilter(), cursor="nonsense")
    with road.platform.read() as session, pytest.raises(InputMalformed):
        catalogue.page(session, wanted=LotFilter(sort="'; DROP TABLE lots"))


def test_drafts_are_not_public(road: Road) -> None:
    road.draft()
    with road.platform.read() as session:
        assert catalogue.page(session, wanted=LotFilter()).total == 0
        with pytest.raises(NotFound):
            queries.public_lot(session, "L1")


def test_the_database_lets_a_thing_stand_in_one_live_lot_only(road: Road) -> None:
    road.announce()
    road.draft("L2")
    with pytest.raises(IntegrityError), road.platform.act() as act:
        act.session.execute(text("UPDATE lot_properties SET live = true WHERE lot_id = 'L2'"))


def test_every_refusal_says_why_in_both_languages() -> None:
    with pytest.raises(Refusal) as refused:
        raise rules.DepositOutOfRange(min_minor=100, max_minor=200)
    assert "1.00" in refused.value.message("zh")
    assert "between ¥1.00 and ¥2.00" in refused.value.message("en")
