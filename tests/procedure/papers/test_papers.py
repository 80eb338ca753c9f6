"""Papers from the draft to the final one: drawn, signed, numbered, kept for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from auction.edges.jobs.papers import set_waiting
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound, Refusal
from auction.foundation.kernel.roles import PLATFORM, Actor, Role
from auction.procedure.papers import characters, commands, queries, readers, rules
from auction.procedure.papers.models import Paper
from auction.procedure.papers.queries import PaperRecord
from auction.procedure.papers.rules import PaperStatus
from auction.procedure.papers.texts.builder import PaperNotYet
from auction.procedure.settlement import commands as settlement
from auction.procedure.settlement.rules import NotThisCourt
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor

OFFICER = Actor(id="U-officer", name="执行员", roles=frozenset({Role.OFFICER}), court="T1")
PANEL = [Actor(id=f"U-{n}", name=n, roles=frozenset({Role.PANEL}), court="T1") for n in ("甲", "乙", "丙")]


@pytest.fixture
def sale(platform: Platform) -> Sale:
    made = Sale(platform)
    made.open()
    made.announce()
    return made


def _draw(sale: Sale, kind: str, subject: str = "L1", **more: str) -> PaperRecord:
    with sale.platform.act(OFFICER) as act:
        return commands.draw_up(act, kind=kind, subject=subject, **more)


def _sign(sale: Sale, record: PaperRecord, member: Actor) -> PaperRecord:
    with sale.platform.act(member) as act:
        return commands.sign(act, paper=record.id, content_sha256=record.content_sha256 or "")


def _final(sale: Sale, record: PaperRecord) -> PaperRecord:
    with sale.platform.act(OFFICER) as act:
        commands.ask_final(act, paper=record.id)
    set_waiting(sale.platform)
    return _now(sale, record)


def _now(sale: Sale, record: PaperRecord) -> PaperRecord:
    with sale.platform.read() as session:
        return queries.paper(session, record.id)


def _ruled(sale: Sale) -> None:
    sale.sold()
    with sale.platform.act(PLATFORM) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    sale.after(hours=1)
    with sale.platform.act(PLATFORM) as act:
        settlement.rule(act, lot="L1")


def _confirmation(sale: Sale) -> PaperRecord:
    with sale.platform.read() as session:
        return queries.of_subject(session, kind="confirmation", subject="L1")[0]


def test_the_confirmation_of_a_sale_becomes_final_by_itself_with_its_digest_in_the_docket(sale: Sale) -> None:
    sale.sold()
    assert _confirmation(sale).being_set

    set_waiting(sale.platform)

    made = _confirmation(sale)
    assert made.status is PaperStatus.FINAL
    with sale.platform.read() as session:
        entry = docket.of_kinds(session, "lot:L1", ["paper.final"])[0]
        pdf = queries.file(session, paper=made.id, language="zh")
    assert pdf is not None
    assert pdf.startswith(b"%PDF")
    assert entry.public["digest_zh"] == queries.sha256_of(pdf) == made.digests["zh"]
    assert entry.public["number"] == made.number == "2025成交确认L1"
    assert entry.public["kind"] == "confirmation"
    assert set(made.digests) == {"zh", "en"}


def test_set_again_nothing_happens_twice(sale: Sale) -> None:
    sale.sold()

    assert set_waiting(sale.platform) == 1
    assert set_waiting(sale.platform) == 0

    with sale.platform.read() as session:
        assert len(docket.of_kinds(session, "lot:L1", ["paper.final"])) == 1


def test_a_ruling_is_drawn_signed_by_each_member_of_the_panel_and_made_final(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")
    assert drawn.status is PaperStatus.DRAFT
    for member in PANEL:
        with sale.platform.act(OFFICER) as act, pytest.raises(rules.PaperNotSigned):
            commands.ask_final(act, paper=drawn.id)
        _sign(sale, drawn, member)

    made = _final(sale, drawn)

    assert made.status is PaperStatus.FINAL
    assert made.number == "（2025）京0105执1234号之一"
    with sale.platform.read() as session:
        assert {one.name for one in queries.consents(session, made)} == {"甲", "乙", "丙"}


def test_drawn_again_it_has_to_be_signed_again(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")
    for member in PANEL:
        drawn = _sign(sale, drawn, member)
    assert drawn.status is PaperStatus.SIGNED
    sale.after(days=1)

    again = _draw(sale, "sale_ruling")

    assert again.id == drawn.id
    assert again.status is PaperStatus.DRAFT


def test_nobody_signs_what_he_has_not_read(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")

    with sale.platform.act(PANEL[0]) as act, pytest.raises(rules.PaperRedrawn):
        commands.sign(act, paper=drawn.id, content_sha256="0" * 64)


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Actor(id="U-x", name="丁", roles=frozenset({Role.PANEL}), court="T1"), rules.NotOnThePanel),
        (Actor(id="U-x", name="甲", roles=frozenset({Role.PANEL}), court="T2"), NotThisCourt),
        (Actor(id="U-x", name="甲", roles=frozenset({Role.OFFICER}), court="T1"), AuthForbidden),
        (person_actor("A"), AuthForbidden),
    ],
)
def test_only_the_members_of_the_panel_sign(sale: Sale, member: Actor, why: type[Refusal]) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")

    with sale.platform.act(member) as act, pytest.raises(why):
        commands.sign(act, paper=drawn.id, content_sha256=drawn.content_sha256 or "")

    assert _now(sale, drawn) == drawn


def test_signing_twice_counts_once(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")
    _sign(sale, drawn, PANEL[0])
    signed = _sign(sale, drawn, PANEL[0])

    with sale.platform.read() as session:
        assert queries.to_sign(session, signed) == ["乙", "丙"]


def test_a_paper_of_the_officer_is_not_for_the_panel_to_sign(sale: Sale) -> None:
    drawn = _draw(sale, "announcement")

    with sale.platform.act(PANEL[0]) as act, pytest.raises(rules.SigningNotNeeded):
        commands.sign(act, paper=drawn.id, content_sha256=drawn.content_sha256 or "")


def test_a_series_is_numbered_by_court_year_and_kind_without_gaps(sale: Sale) -> None:
    sale.announce("L2")

    first = _final(sale, _draw(sale, "announcement", "L1"))
    abandoned = _draw(sale, "instructions", "L1")
    second = _final(sale, _draw(sale, "announcement", "L2"))
    other = _final(sale, _draw(sale, "instructions", "L2"))

    assert [first.number, second.number] == ["（2025）京0105拍告1号", "（2025）京0105拍告2号"]
    assert other.number == "（2025）京0105拍须1号"
    assert abandoned.number is None


def test_asking_twice_makes_one_final_paper(sale: Sale) -> None:
    drawn = _draw(sale, "announcement")
    with sale.platform.act(OFFICER) as act:
        commands.ask_final(act, paper=drawn.id)
        commands.ask_final(act, paper=drawn.id)

    set_waiting(sale.platform)

    assert _now(sale, drawn).number == "（2025）京0105拍告1号"


def test_while_it_is_being_set_it_is_neither_drawn_nor_signed(sale: Sale) -> None:
    drawn = _draw(sale, "announcement")
    with sale.platform.act(OFFICER) as act:
        commands.ask_final(act, paper=drawn.id)

    with pytest.raises(rules.PaperBeingSet):
        _draw(sale, "announcement")


def test_a_final_paper_is_replaced_by_another_that_says_why_and_never_changed(sale: Sale) -> None:
    wrong = _final(sale, _draw(sale, "announcement"))
    with pytest.raises(rules.PaperExists):
        _draw(sale, "announcement")
    with sale.platform.act(OFFICER) as act, pytest.raises(rules.PaperIsFinal):
        commands.ask_final(act, paper=wrong.id)
    with pytest.raises(InputMalformed):
        _draw(sale, "announcement", replaces=wrong.id)

    right = _final(sale, _draw(sale, "announcement", replaces=wrong.id, why="面积有误"))

    assert right.number == "（2025）京0105拍告2号"
    assert _now(sale, wrong).replaced_by == right.id
    with sale.platform.read() as session:
        assert docket.of_kinds(session, "lot:L1", ["paper.final"])[-1].public["replaces"] == wrong.id
        assert [one.id for one in queries.public_of_lot(session, "L1")] == [right.id]
    with pytest.raises(rules.NotReplaceable):
        _draw(sale, "announcement", replaces=wrong.id, why="再来一次")


def test_a_replacing_ruling_carries_the_number_of_the_record_as_corrected(sale: Sale) -> None:
    sale.sold()
    set_waiting(sale.platform)
    first = _confirmation(sale)

    second = _final(sale, _draw(sale, "confirmation", replaces=first.id, why="译文有误"))

    assert second.number == f"{first.number}（更正1）"


FORBIDDEN = (
    "UPDATE papers SET number = 'x' WHERE status = 'final'",
    "DELETE FROM papers WHERE status = 'final'",
    "TRUNCATE papers CASCADE",
    "UPDATE paper_files SET pdf = 'x'",
    "DELETE FROM paper_files",
    "TRUNCATE paper_files",
    "INSERT INTO paper_files SELECT id, 'zh', 'x', 'x', 1 FROM papers WHERE status = 'final'",
    "DELETE FROM paper_consents",
    "UPDATE paper_consents SET name = 'x'",
)


def test_the_database_itself_forbids_changing_a_final_paper(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")
    for member in PANEL:
        _sign(sale, drawn, member)
    _final(sale, drawn)

    for statement in FORBIDDEN:
        with pytest.raises(DBAPIError, match=r"is refused|takes no further file"), sale.platform.act() as act:
            act.session.execute(text(statement))


def test_what_a_paper_says_is_encrypted_at_rest(sale: Sale) -> None:
    sale.sold()
    set_waiting(sale.platform)

    with sale.platform.read() as session:
        row = session.execute(text("SELECT content, pdf FROM papers JOIN paper_files ON paper_id = id LIMIT 1")).one()

    assert "买家" not in row.content
    assert b"%PDF" not in bytes(row.pdf)


def test_too_early_a_paper_is_refused_by_name_and_nothing_is_kept(sale: Sale) -> None:
    with pytest.raises(PaperNotYet):
        _draw(sale, "sale_ruling")

    with sale.platform.read() as session:
        assert queries.of_chain(session, "lot:L1") == []


def test_a_name_no_font_can_show_is_never_a_box(sale: Sale) -> None:
    assert characters.missing_in("甲𠮷㐂") == ["𠮷", "㐂"]


@pytest.mark.parametrize("kind", ["", "nothing", "deposit_receipt", None, 5, "sale_ruling\x00", "A" * 5000])
def test_a_kind_that_the_desk_does_not_draw_is_refused(sale: Sale, kind: object) -> None:
    with pytest.raises(InputMalformed):
        _draw(sale, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("subject", ["L9", "'; DROP TABLE papers", "龘" * 60])
def test_an_unknown_subject_is_not_found(sale: Sale, subject: str) -> None:
    with pytest.raises(NotFound):
        _draw(sale, "announcement", subject)


def test_another_courts_officer_draws_nothing(sale: Sale) -> None:
    other = replace(OFFICER, court="T2")

    with sale.platform.act(other) as act, pytest.raises(NotThisCourt):
        commands.draw_up(act, kind="announcement", subject="L1")


def test_the_receipt_is_the_bidders_own_and_the_courts_only_after_the_close(sale: Sale) -> None:
    own = sale.admit("A")
    sale.admit("B")
    with sale.platform.act(person_actor("B")) as act, pytest.raises(NotFound):
        commands.take_receipt(act, registration=own.id)
    with sale.platform.act(person_actor("A")) as act:
        asked = commands.take_receipt(act, registration=own.id)
        assert commands.take_receipt(act, registration=own.id).id == asked.id
    set_waiting(sale.platform)

    def may(actor: Actor | None) -> bool:
        with sale.platform.read() as session:
            return readers.may_read(session, queries.paper(session, asked.id), actor=actor)

    before = [may(person_actor("A")), may(person_actor("B")), may(OFFICER), may(None)]
    sale.until_open()
    sale.bid("A", START_MINOR)
    sale.until_closed()

    assert before == [True, False, False, False]
    assert may(OFFICER)
    assert not may(replace(OFFICER, court="T2"))
    assert not may(person_actor("B"))


def test_before_the_deposit_is_there_no_receipt_is_made_out(sale: Sale) -> None:
    own = sale.join("A")

    with sale.platform.act(person_actor("A")) as act, pytest.raises(PaperNotYet):
        commands.take_receipt(act, registration=own.id)


def test_who_may_read_a_ruling(sale: Sale) -> None:
    _ruled(sale)
    drawn = _draw(sale, "sale_ruling")

    def may(actor: Actor | None) -> bool:
        with sale.platform.read() as session:
            return readers.may_read(session, queries.paper(session, drawn.id), actor=actor)

    supervisor = Actor(id="U-s", name="s", roles=frozenset({Role.SUPERVISOR}))
    assert [may(person_actor("A")), may(OFFICER), may(supervisor)] == [False, True, False]
    for member in PANEL:
        _sign(sale, drawn, member)
    _final(sale, drawn)

    assert [may(person_actor("A")), may(person_actor("D-C1")), may(supervisor)] == [True, True, True]
    assert [may(person_actor("B")), may(None), may(replace(OFFICER, court="T2"))] == [False, False, False]


def test_a_paper_found_by_its_number_or_the_digest_of_its_file(sale: Sale) -> None:
    made = _final(sale, _draw(sale, "announcement"))

    with sale.platform.read() as session:
        assert made.number is not None
        for name in (made.id, made.number, made.number.replace("（", "(").replace("）", ")"), f" {made.number} "):
            found = queries.find_final(session, name)
            assert found is not None
            assert found.id == made.id
        assert queries.of_digest(session, made.digests["en"]) == (made, "en")
        assert queries.of_digest(session, "0" * 64) is None
        assert queries.find_final(session, "（2025）京0105拍告99号") is None


def test_a_draft_is_set_as_pages_to_be_read_and_set_again_when_it_changes(sale: Sale) -> None:
    drawn = _draw(sale, "announcement")
    with sale.platform.read() as session:
        assert queries.proof(session, paper=drawn.id, language="zh") is None
    set_waiting(sale.platform)
    sale.platform.clock.set(sale.platform.clock.now() + timedelta(days=1))  # type: ignore[attr-defined]
    with sale.platform.read() as session:
        first = queries.proof(session, paper=drawn.id, language="zh")

    again = _draw(sale, "announcement")
    set_waiting(sale.platform)

    assert first is not None
    with sale.platform.read() as session:
        second = queries.proof(session, paper=again.id, language="zh")
    assert second is not None
    assert (second == first) == (again.content_sha256 == drawn.content_sha256)


def test_a_ruling_that_was_made_lies_ready_to_be_signed(sale: Sale) -> None:
    _ruled(sale)
    sale.after(minutes=1)

    set_waiting(sale.platform)

    with sale.platform.read() as session:
        (opened,) = queries.of_subject(session, kind="sale_ruling", subject="L1")
        assert queries.proof(session, paper=opened.id, language="zh") is not None
        assert queries.to_sign(session, opened) == ["甲", "乙", "丙"]
    assert _draw(sale, "sale_ruling").id == opened.id


def test_one_paper_that_cannot_be_read_holds_up_no_other(sale: Sale) -> None:
    broken, whole = _draw(sale, "announcement"), _draw(sale, "instructions")
    for one in (broken, whole):
        with sale.platform.act(OFFICER) as act:
            commands.ask_final(act, paper=one.id)
        sale.after(minutes=1)
    with sale.platform.act() as act:
        act.session.execute(update(Paper).where(Paper.id == broken.id).values(content="{}"))
    faulty: set[str] = set()

    with pytest.raises(KeyError):
        set_waiting(sale.platform, faulty=faulty)
    assert set_waiting(sale.platform, faulty=faulty) == 1

    assert _now(sale, whole).status is PaperStatus.FINAL
    assert _now(sale, broken).being_set
    assert faulty == {broken.id}
