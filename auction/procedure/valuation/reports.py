"""A report that has come: reviewed by the court, corrected by its makers, sent to the parties (第12、20、21条)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.money import mean_half_up
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets.queries import PropertyRecord, property_record
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.valuation import entrusting, journal, periods
from auction.procedure.valuation.recording import Outcome, held, numbers_of, record
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Report
from auction.rulebook.carried import carries_out

_HOWS = ("served", "unreachable")


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What the court's review came to: a price by the sound reports, or corrections that are due."""

    property: str
    reference_price_minor: int | None
    to: tuple[str, ...]
    correct_by: datetime | None


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """When a person has, or counts as having, received the report."""

    property: str
    person: str
    received_at: datetime
    objections_until: datetime


@carries_out("valuation.network_correction_days", "valuation.appraisal_correction_days")
@command("return_report", by={Role.OFFICER})
def return_report(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    why: str,
    wrong: Sequence[str] = (),
) -> ReviewRecord:
    """Return reports with wrong basics or scope to their makers (第12、20条).

    Where only some platforms are wrong, the mean of the others is the price and nothing is corrected; where all are, or
    an agency is, the result gives no price until it was corrected in time.

    :param wrong: the platforms that are wrong; all makers when none is named
    :raises NoReport: EntrustedAlready, Deferred: there is no report to return, or it was returned
    """
    checks = Checks()
    said = checks.text("why", why, longest=1_000)
    named = checks.names("wrong", wrong)
    checks.refuse()
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    periods.check_free(now, facts=False)
    report = periods.standing_report(now)
    faulty = _of(report, named)
    journal.enter(
        act, "report_returned", thing=thing.id, case=thing.case,
        article="法释〔2018〕15号 第12条" if report.mode is Mode.ONLINE_INQUIRY else "法释〔2018〕15号 第20条",
        public={"valuation": report.valuation, "wrong": list(faulty)}, private={"why": said},
    )  # fmt: skip
    if set(faulty) != set(report.makers):
        return ReviewRecord(thing.id, without(act, thing, report, faulty), (), None)
    entrusting.void(act, thing, now, why="returned")
    asked = entrusting.entrust(act, thing, mode=report.mode, purpose="correction", to=report.makers)
    return ReviewRecord(thing.id, None, asked.to, asked.report_by)


@command("send_report", by={Role.OFFICER})
def send_report(act: Act, *, property: str, person: str, how: str) -> ReceiptRecord:  # noqa: A002 - the law's word
    """Send the report to a party or to somebody it concerns; who is unreachable gets it by publicity (第21条).

    Sent again, it moves no period: the first receipt stays.

    :raises NoReport: there is none
    :raises NotFound: nobody of that name is on record
    """
    checks = Checks()
    who = checks.identifier("person", person)
    way = checks.one_of("how", how, _HOWS)
    checks.refuse()
    thing = held(act, property)
    identity.person(act.session, who)
    now = journal.standing_of(act.session, property)
    report = periods.standing_report(now)
    numbers = numbers_of(act)
    received = now.received.get(who)
    if received is None:
        received = periods.received_at(numbers, how=way, sent_at=act.now)
        journal.enter(
            act, "report_sent", thing=thing.id, case=thing.case, article="法释〔2018〕15号 第21条",
            public={"valuation": report.valuation, "how": way, "received_at": instant_text(received)},
            private={"person": who},
        )  # fmt: skip
    return ReceiptRecord(thing.id, who, received, periods.objection_until(numbers, received=received))


def without(act: Act, thing: PropertyRecord, report: Report, wrong: Sequence[str]) -> int:
    """Fix the price anew by the reports that remain, for as long as they stood, and return it (第12、13条)."""
    rest = [(name, minor) for name, minor in report.results if name not in wrong]
    amount = mean_half_up([minor for _, minor in rest])
    details = {
        "agreed": False,
        "reason": None,
        "results": [
            {"platform": name, "amount_minor": minor, "counted": name not in wrong} for name, minor in report.results
        ],
    }
    record(
        act, thing, report.mode,
        Outcome(
            amount, details, asked=report.valid_until, issued_at=report.delivered_at, results=rest,
            again_of=report.valuation,
        ),
    )  # fmt: skip
    return amount


def _of(report: Report, named: Sequence[str]) -> tuple[str, ...]:
    strangers = sorted(set(named) - set(report.makers))
    if strangers:
        raise InputMalformed(errors={"wrong": f"并未出具该报告 / did not make the report: {', '.join(strangers)}"})
    return tuple(named) or report.makers


@command("note_fee", by=())
def note_fee(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    paid_for: str,
    lines: Sequence[tuple[str, int]],
    claim: str,
) -> None:
    """Take note of who was paid for a report or a withdrawn appraisal, and who had advanced it (第31至33条)."""
    thing = property_record(act.session, property)
    journal.enter(
        act, "valuation_fee", thing=thing.id, case=thing.case, article="法释〔2018〕15号 第31条、第32条、第33条",
        public={
            "paid_for": paid_for,
            "lines": [{"to": name, "amount_minor": minor} for name, minor in lines],
        },
        private={"advanced_by": claim},
    )  # fmt: skip
