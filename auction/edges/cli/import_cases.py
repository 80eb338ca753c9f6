"""`auction import-cases`: case records from another system, good rows kept, bad rows listed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auction.edges.cli.case_files import BadRow, Row, rows_of
from auction.edges.cli.opening import data_option, demo_option, open_database, settings_of
from auction.edges.cli.sources import SourceUnreadableError

if TYPE_CHECKING:
    from auction.edges.platform import Platform
    from auction.foundation.database.acts import Act
    from auction.procedure.cases.queries import CaseRecord, ClaimRecord

_TELL_EVERY_SECONDS = 2.0
_SHOWN_MAX = 1_000


@dataclass
class Tally:
    """What an import did, and the lines it could not use."""

    opened: int = 0
    added: int = 0
    unchanged: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    def summary(self) -> str:
        """Say in one line what was done."""
        return (
            f"cases opened: {self.opened}, claims added: {self.added}, "
            f"rows already there: {self.unchanged}, bad rows: {len(self.bad)}"
        )


@click.command("import-cases")
@click.argument("file", metavar="FILE_OR_URL")
@click.option("--dry-run", is_flag=True, help="Check every row against the database, and change nothing.")
@click.option(
    "--add-courts", is_flag=True, help="Add courts that are not on record yet, instead of refusing their rows."
)
@data_option
@demo_option
def import_cases(*, file: str, dry_run: bool, add_courts: bool, data: Path, demo: bool) -> None:
    """Import case records from CSV or JSON Lines, a file or a registry's address; rows of one number are its claims.

    Good rows are kept, bad rows are listed with their lines. Importing the same file
    again changes nothing; a corrected file adds what was missing. Ends with 0, with 1
    when some rows were bad, with 2 when the file cannot be read.

    \b
    Example:
      auction import-cases docs/examples/cases.csv --dry-run
    """
    settings = settings_of(data=data, demo=demo)
    try:
        rows = list(rows_of(file))
    except SourceUnreadableError as fault:
        raise click.UsageError(f"{file}: {fault}") from fault
    from auction.edges.platform import create_platform

    with open_database(settings) as url:
        platform = create_platform(settings, url)
        try:
            tally = carry_in(platform, rows, dry_run=dry_run, add_courts=add_courts)
        finally:
            platform.close()
    _tell(file, tally, dry_run=dry_run)


def carry_in(platform: Platform, rows: list[Row | BadRow], *, dry_run: bool, add_courts: bool) -> Tally:
    """Open the cases and add the claims of the rows, one transaction a case."""
    tally = Tally(bad=[(row.line, row.why) for row in rows if isinstance(row, BadRow)])
    cases = _by_number([row for row in rows if isinstance(row, Row)], tally)
    told = time.monotonic()
    for done, (number, group) in enumerate(cases.items()):
        if time.monotonic() - told > _TELL_EVERY_SECONDS:
            told = time.monotonic()
            click.echo(f"{done} of {len(cases)} cases", err=True)
        with platform.act() as act, _kept(act, unless=dry_run):
            _carry_case(act, number, group, tally, add_courts=add_courts)
    return tally


def _by_number(rows: list[Row], tally: Tally) -> dict[str, list[Row]]:
    from auction.foundation.kernel.refusal import InputMalformed
    from auction.procedure.cases.rules import parse_case_number

    cases: dict[str, list[Row]] = {}
    for row in rows:
        try:
            cases.setdefault(parse_case_number(row.number, old_styles=True).text, []).append(row)
        except InputMalformed as refused:
            tally.bad.append((row.line, _why(refused)))
    return cases


@contextmanager
def _kept(act: Act, *, unless: bool) -> Iterator[None]:
    """Keep what is done inside, or take all of it back."""
    inner = act.session.begin_nested()
    yield
    if unless:
        inner.rollback()


def _carry_case(act: Act, number: str, group: list[Row], tally: Tally, *, add_courts: bool) -> None:
    from auction.foundation.kernel.refusal import Refusal
    from auction.procedure.cases import queries

    case = queries.by_number(act.session, number)
    there = Counter(_print_of_claim(one) for one in case.claims) if case else Counter[tuple[str, ...]]()
    for row in group:
        try:
            with act.session.begin_nested():
                if case is None:
                    case = _open(act, number, row, add_courts=add_courts)
                    tally.opened += 1
                    tally.added += 1
                    continue
                _check_same(case, row)
                printed = _print_of_row(row.claim)
                if there[printed] > 0:
                    there[printed] -= 1
                    tally.unchanged += 1
                    continue
                case = _add(act, case, row)
                tally.added += 1
        except Refusal as refused:
            tally.bad.append((row.line, _why(refused)))


def _open(act: Act, number: str, row: Row, *, add_courts: bool) -> CaseRecord:
    from auction.procedure.cases import commands

    court: Any = row.court
    claims: list[Any] = [row.claim]
    if add_courts:
        _add_court(act, court)
    return commands.open_case(act, number=number, court=court, debtor=row.debtor, claims=claims, old_number=True)


def _add(act: Act, case: CaseRecord, row: Row) -> CaseRecord:
    from auction.procedure.cases import commands

    claims: list[Any] = [row.claim]
    return commands.add_claims(act, case=case.id, claims=claims)


def _add_court(act: Act, name: object) -> None:
    from auction.procedure.identity.commands import add_court
    from auction.procedure.identity.queries import find_court

    if isinstance(name, str) and find_court(act.session, name.strip()) is None:
        add_court(act, name=name)


def _check_same(case: CaseRecord, row: Row) -> None:
    from auction.foundation.kernel.refusal import InputMalformed

    errors: dict[str, str] = {}
    if str(row.court).strip() not in {case.court, case.court_name}:
        errors["court"] = "与该案已有记录不一致 / differs from what this case has"
    for name, kept in (("name", case.debtor.name), ("kind", case.debtor.kind)):
        if str(row.debtor.get(name)).strip() != kept:
            errors[f"debtor_{name}"] = "与该案已有记录不一致 / differs from what this case has"
    if errors:
        raise InputMalformed(errors=errors)


def _print_of_claim(one: ClaimRecord) -> tuple[str, ...]:
    values = (
        one.creditor, one.amount_minor, one.kind, one.applicant, one.rank, one.property, one.seizure_order,
        one.principal_minor, one.performance_due,
    )  # fmt: skip
    return tuple(repr(value) for value in values)


def _print_of_row(claim: object) -> tuple[str, ...]:
    """Return a row's claim in the form of those on record; one that cannot be right equals none of them."""
    given = claim if isinstance(claim, dict) else {}
    values = (
        given.get("creditor"), given.get("amount_minor"), given.get("kind", "ordinary"), given.get("applicant", False),
        given.get("rank"), given.get("property"), given.get("seizure_order"), given.get("principal_minor"),
        _day(given.get("performance_due")),
    )  # fmt: skip
    return tuple(repr(value.strip() if isinstance(value, str) else value) for value in values)


def _day(value: object) -> object:
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        return value


def _why(refused: Exception) -> str:
    from auction.foundation.kernel.refusal import Refusal

    errors = refused.facts.get("errors") if isinstance(refused, Refusal) else None
    if isinstance(errors, dict):
        return "; ".join(f"{name}: {why}" for name, why in errors.items())
    return str(refused)


def _tell(file: str, tally: Tally, *, dry_run: bool) -> None:
    for line, why in sorted(tally.bad)[:_SHOWN_MAX]:
        click.echo(f"{file}:{line}: {why}", err=True)
    if len(tally.bad) > _SHOWN_MAX:
        click.echo(f"… and {len(tally.bad) - _SHOWN_MAX} more bad rows", err=True)
    click.echo(("dry run, nothing changed; " if dry_run else "") + tally.summary())
    if tally.bad:
        raise SystemExit(1)
