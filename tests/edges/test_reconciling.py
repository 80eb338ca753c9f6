"""Reconciliation on a running platform: all agrees after a sale; a hand-made difference is named, kept and closed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from auction.edges.cli.main import main
from auction.edges.due import due_acts
from auction.edges.figures import Figures
from auction.edges.inbox.reconciling import keep, reconcile, run_due
from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.docket import queries as docket
from auction.foundation.kernel.refusal import AuthForbidden, InputMalformed, NotFound
from auction.foundation.kernel.roles import Actor, Role
from auction.foundation.ledger.commands import book
from auction.foundation.ledger.rules import Account, move
from auction.gateways.choice import Gateways
from auction.gateways.port import GatewayUnavailable, Movement
from auction.gateways.sandbox import SandboxGateway
from auction.procedure.cases.payments import record_payment
from auction.procedure.distribution import commands as distribution
from auction.procedure.distribution.unreconciled import Unreconciled
from auction.procedure.settlement.commands import pay_balance
from auction.procedure.treasury import differences, runs
from auction.procedure.treasury.reconciliation_rules import SETTLES_WITHIN, Difference, DifferenceKind
from tests.procedure.selling import DEPOSIT_MINOR, START_MINOR, Sale, person_actor


@pytest.fixture
def sale(platform: Platform) -> Sale:
    found = Sale(platform)
    found.open()
    found.announce()
    return found


def sold(sale: Sale) -> None:
    """Sell the lot, take the whole price, and let the minutes pass after which everything counts."""
    sale.sold()
    with sale.platform.act(person_actor("A")) as act:
        pay_balance(act, lot="L1", amount_minor=START_MINOR - DEPOSIT_MINOR)
    settle(sale.platform)
    sale.until(sale.platform.clock.now() + SETTLES_WITHIN + timedelta(seconds=1))


def tamper(platform: Platform, statement: str) -> str:
    """Change one row of the sandbox's own book by hand and return its order."""
    with platform.database.engine.begin() as connection:
        return str(connection.execute(text(f"{statement} RETURNING order_id")).scalar_one())


def found(platform: Platform) -> list[Difference]:
    return list(reconcile(platform).differences)


#: Five fen less at the sandbox than the buyer paid, and the fen back again.
LESS = "UPDATE sandbox_movements SET signed_minor = signed_minor - 5 WHERE kind = 'charge'"
MORE = "UPDATE sandbox_movements SET signed_minor = signed_minor + 5 WHERE kind = 'charge'"


def test_after_a_sale_everything_agrees(sale: Sale) -> None:
    sold(sale)
    with sale.platform.act() as act:
        record_payment(act, case="C1", by="D-C1", amount_minor=1234)
    sale.until(sale.platform.clock.now() + timedelta(hours=1))
    report = reconcile(sale.platform)
    assert report.agrees, report.differences
    assert report.orders == report.movements - 1, "the deposit that was taken in moved nothing"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM sandbox_movements WHERE kind = 'release'", DifferenceKind.MISSING_OUTSIDE),
        ("DELETE FROM sandbox_movements WHERE kind = 'charge'", DifferenceKind.MISSING_OUTSIDE),
        ("UPDATE sandbox_movements SET signed_minor = 1 WHERE kind = 'charge'", DifferenceKind.AMOUNT_DIFFERS),
    ],
)
def test_a_difference_made_by_hand_is_named(sale: Sale, statement: str, kind: DifferenceKind) -> None:
    sold(sale)
    order = tamper(sale.platform, statement)
    (one,) = found(sale.platform)
    assert (one.kind, one.order, one.case, one.gateway) == (kind, order, "C1", "sandbox")


def test_money_that_came_or_went_without_an_order_is_named(sale: Sale) -> None:
    sold(sale)
    tamper(
        sale.platform,
        "INSERT INTO sandbox_movements (order_id, kind, amount_minor, signed_minor, currency, case_id, at) "
        "SELECT 'G-unheard', 'payout', 500, -500, 'CNY', 'C1', at FROM sandbox_movements LIMIT 1",
    )
    (one,) = found(sale.platform)
    assert (one.kind, one.order, one.outside_minor) == (DifferenceKind.MISSING_INSIDE, "G-unheard", -500)


def test_a_ledger_entry_no_order_explains_is_named(sale: Sale) -> None:
    with sale.platform.act() as act:
        postings = move(
            case="C1", minor=77, source=Account.OUTSIDE, target=Account.PROCEEDS, lot=None, holder="somebody"
        )
        book(act, kind="case.payment", reference="by hand", postings=postings)
    assert found(sale.platform) == [], "not before the minutes after which everything counts"
    sale.until(sale.platform.clock.now() + timedelta(hours=1))
    (one,) = found(sale.platform)
    assert (one.kind, one.order, one.inside_minor, one.outside_minor) == (
        DifferenceKind.LEDGER_DIFFERS,
        "by hand",
        77,
        0,
    )


def test_old_history_that_names_no_origin_raises_no_alarm(sale: Sale) -> None:
    sold(sale)
    with sale.platform.database.engine.begin() as connection:
        for table, column in (("sandbox_movements", "origin"), ("money_orders", "origin_reference")):
            connection.execute(text(f"UPDATE {table} SET {column} = NULL"))  # noqa: S608 - written here
    assert found(sale.platform) == []


class Silent(SandboxGateway):
    """A gateway that gives no answer."""

    @override
    def movements(self, *, since: datetime | None = None) -> Iterator[Movement]:
        _ = since
        raise GatewayUnavailable("no answer")


def test_a_gateway_that_is_silent_or_gone_is_said_and_closes_nothing(sale: Sale) -> None:
    sold(sale)
    tamper(sale.platform, "DELETE FROM sandbox_movements WHERE kind = 'charge'")
    keep(sale.platform, reconcile(sale.platform))
    silent = replace(
        sale.platform,
        gateways=Gateways.only(Silent(sale.platform.database.engine, clock=sale.platform.clock)),
    )
    report = reconcile(silent)
    assert not report.agrees
    assert report.silent == {"sandbox": "no answer"}
    keep(silent, report)
    assert len(_open(sale.platform)) == 1
    with sale.platform.database.engine.begin() as connection:
        connection.execute(text("UPDATE money_orders SET gateway = 'closed bank' WHERE kind = 'charge'"))
    assert reconcile(sale.platform).silent == {"closed bank": "not connected"}


def test_the_sandboxs_own_book_is_read_where_it_was_used_though_it_is_not_connected(sale: Sale) -> None:
    sold(sale)
    bank_only = {name: sale.platform.gateways.of(name) for name in ("bank",)}
    without = replace(sale.platform, gateways=Gateways(by_name=bank_only, default="bank"))
    assert reconcile(without).agrees


def _make_apart(platform: Platform, statement: str) -> None:
    tamper(platform, statement)
    keep(platform, reconcile(platform))


def _open(platform: Platform) -> list[differences.DifferenceRecord]:
    with platform.read() as session:
        return differences.open_differences(session)


def test_a_difference_is_kept_once_and_is_due_with_its_age(sale: Sale) -> None:
    platform = sale.platform
    sold(sale)
    order = tamper(platform, LESS)
    for _ in range(2):
        assert run_due(platform)
        sale.after(days=1)
    (one,) = _open(platform)
    assert one.first_seen < one.last_seen
    with platform.read() as session:
        (due,) = [act for act in due_acts(session, platform.clock.now()) if act.what == "resolve_difference"]
        figures = Figures()
        figures.look(session, platform.clock.now())
    assert (due.on, due.case) == (one.id, "C1")
    assert order in due.en
    assert b"auction_reconciliation_differences 1.0" in figures.text()[0]
    assert b"auction_reconciliation_oldest_difference_seconds 172800" in figures.text()[0]


def test_an_explanation_closes_nothing_and_agreement_does(sale: Sale) -> None:
    platform = sale.platform
    sold(sale)
    _make_apart(platform, LESS)
    (one,) = _open(platform)
    finance = Actor(id="U-f", name="财务", roles=frozenset({Role.FINANCE}), court="T1")
    with platform.act(finance) as act:
        noted = differences.explain_difference(act, difference=one.id, words="  银行扣了手续费  ")
    assert [(note.by, note.words) for note in noted.notes] == [("U-f", "银行扣了手续费")]
    assert len(_open(platform)) == 1
    _make_apart(platform, MORE)
    assert _open(platform) == []
    with platform.read() as session:
        kinds = [entry.kind for entry in docket.entries(session, "case:C1") if entry.kind.startswith("difference.")]
    assert kinds == ["difference.found", "difference.explained", "difference.closed"]


def test_who_may_explain_and_with_what_words(sale: Sale) -> None:
    platform = sale.platform
    sold(sale)
    tamper(platform, "DELETE FROM sandbox_movements WHERE kind = 'charge'")
    keep(platform, reconcile(platform))
    (one,) = _open(platform)

    def explain(role: Role, *, court: str | None, difference: str = one.id, words: object = "说明") -> None:
        actor = Actor(id="U-x", name="某", roles=frozenset({role}), court=court)
        with platform.act(actor) as act:
            differences.explain_difference(act, difference=difference, words=words)  # type: ignore[arg-type]

    for role in (Role.OFFICER, Role.HEAD, Role.BIDDER):
        with pytest.raises(AuthForbidden):
            explain(role, court="T1")
    with pytest.raises(NotFound):
        explain(Role.FINANCE, court="T2")
    for unknown in ("Z-none", "Z' OR 1=1"):
        with pytest.raises(NotFound):
            explain(Role.FINANCE, court="T1", difference=unknown)
    for words in ("", "   ", "字" * 1001, "a\x00b", 7, None, ["x"]):
        with pytest.raises(InputMalformed):
            explain(Role.FINANCE, court="T1", words=words)
    (same,) = _open(platform)
    assert same.notes == ()


def test_a_case_with_an_open_difference_pays_nothing_out(sale: Sale, finance: Actor, head: Actor) -> None:
    platform = sale.platform
    sold(sale)
    with platform.act() as act:
        distribution.plan_distribution(act, case="C1")
        distribution.serve_plan(act, case="C1")
    sale.after(days=20)
    for verb, actor in ((distribution.pay_out, finance), (distribution.release_payout, head)):
        _make_apart(platform, LESS)
        (one,) = _open(platform)
        with pytest.raises(Unreconciled) as refused, platform.act(actor) as act:
            verb(act, case="C1")
        assert refused.value.facts["differences"] == [one.id]
        _make_apart(platform, MORE)
        with platform.act(actor) as act:
            verb(act, case="C1")
    settle(platform)
    sale.after(hours=1)
    assert reconcile(platform).agrees


def test_a_run_is_made_once_a_day_and_when_it_is_asked_for(sale: Sale, finance: Actor, bidder: Actor) -> None:
    platform = sale.platform
    assert run_due(platform)
    assert not run_due(platform)
    sale.after(minutes=1)
    with platform.act(finance) as act:
        asked = runs.ask_reconciliation(act)
    with platform.act(finance) as act:
        assert runs.ask_reconciliation(act).id == asked.id, "asked twice is asked once"
    with pytest.raises(AuthForbidden), platform.act(bidder) as act:
        runs.ask_reconciliation(act)
    assert run_due(platform)
    with platform.read() as session:
        last = runs.last_run(session)
        assert last is not None
        assert last.id == asked.id
        assert not runs.asked_for(session)
    sale.after(days=1)
    assert run_due(platform)


def test_a_run_that_was_cut_off_is_made_again(sale: Sale) -> None:
    platform = sale.platform
    with platform.act() as act:
        first = runs.begin_reconciliation(act)
    with platform.act() as act:
        assert runs.begin_reconciliation(act) is None
    sale.after(hours=1)
    with platform.act() as act:
        assert runs.begin_reconciliation(act) == first


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM differences",
        "TRUNCATE differences CASCADE",
        "UPDATE differences SET key = 'x'",
        "UPDATE differences SET first_seen = now()",
        "UPDATE difference_notes SET words = 'x'",
        "DELETE FROM difference_notes",
    ],
)
def test_what_was_found_and_said_stays(sale: Sale, finance: Actor, statement: str) -> None:
    platform = sale.platform
    sold(sale)
    tamper(platform, "DELETE FROM sandbox_movements WHERE kind = 'charge'")
    keep(platform, reconcile(platform))
    with platform.act(finance) as act:
        differences.explain_difference(act, difference=_open(platform)[0].id, words="说明")
    with pytest.raises(IntegrityError, match="only grows"), platform.act() as act:
        act.session.execute(text(statement))


def command_line(platform: Platform, tmp_path: Path, *arguments: str) -> Result:
    """Run ``auction reconcile`` on the test's own database, as an operator would: without the demo's gateway."""
    kept = platform.settings
    env = {
        "DATABASE_URL": platform.database.url,
        "AUCTION_SECRET_KEY": kept.secret_key,
        "AUCTION_FIELD_KEY": kept.field_key,
    }
    return CliRunner().invoke(main, ["reconcile", "--data", str(tmp_path), *arguments], env=env)


def test_the_command_says_by_its_exit_whether_all_agrees(sale: Sale, tmp_path: Path) -> None:
    platform = sale.platform
    sold(sale)
    agreed = command_line(platform, tmp_path)
    assert agreed.exit_code == 0, agreed.output
    assert "everything agrees" in agreed.stdout
    assert "done orders read" in agreed.stderr
    order = tamper(platform, "DELETE FROM sandbox_movements WHERE kind = 'charge'")
    apart = command_line(platform, tmp_path)
    assert apart.exit_code == 1
    assert re.search(rf"missing_outside +sandbox +{order} ", apart.stdout)
    assert _open(platform) == [], "nothing is written"
    told = command_line(platform, tmp_path, "--json", "--keep")
    assert told.exit_code == 1
    (one,) = json.loads(told.stdout)["differences"]
    assert (one["order"], one["case"], one["outside_minor"]) == (order, "C1", 0)
    assert len(_open(platform)) == 1
    for wrong in (("--since", "x"), ("extra",)):
        assert command_line(platform, tmp_path, *wrong).exit_code == 2
