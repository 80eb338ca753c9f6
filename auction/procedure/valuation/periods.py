"""How long platforms, an agency, the court and the parties have, and what each may still do; pure decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from auction.foundation.kernel.calendar import days_before, full_days_after, within_days
from auction.procedure.valuation import refusals
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Entrusted, Report, Standing
from auction.rulebook.carried import carries_out
from auction.rulebook.numbers import ValuationNumbers

#: What is entrusted: a report for the first time, one that ran out anew, or its correction.
PURPOSES = ("report", "reissue", "correction")
#: The grounds of an objection: those of article 22, then those of article 23.
PROCEDURAL = ("basics", "scope", "qualification", "procedure")
PROFESSIONAL = ("standard", "method", "result")
GROUNDS = (*PROCEDURAL, *PROFESSIONAL)
#: Which upheld grounds the maker may correct (第20、22条); the others send the materials to the next one (第23条).
CORRIGIBLE = frozenset({"basics", "scope", *PROFESSIONAL})
#: The key of the rulebook each period stands under.
PERIODS: dict[tuple[Mode, str], str] = {
    (Mode.ONLINE_INQUIRY, "report"): "valuation.network_report_days",
    (Mode.ONLINE_INQUIRY, "reissue"): "valuation.network_reissue_days",
    (Mode.ONLINE_INQUIRY, "correction"): "valuation.network_correction_days",
    (Mode.APPRAISAL, "report"): "valuation.appraisal_report_days",
    (Mode.APPRAISAL, "reissue"): "valuation.appraisal_reissue_days",
    (Mode.APPRAISAL, "correction"): "valuation.appraisal_correction_days",
}


@carries_out("valuation.appraisal_report_days", "valuation.network_reissue_days", "valuation.appraisal_reissue_days")
def report_by(numbers: ValuationNumbers, *, mode: Mode, purpose: str, since: datetime) -> datetime:
    """Return by when a report, a new one or its correction is due (第11、12、19、20条)."""
    days = {
        (Mode.ONLINE_INQUIRY, "report"): numbers.network_report_days,
        (Mode.ONLINE_INQUIRY, "reissue"): numbers.network_reissue_days,
        (Mode.ONLINE_INQUIRY, "correction"): numbers.network_correction_days,
        (Mode.APPRAISAL, "report"): numbers.appraisal_report_days,
        (Mode.APPRAISAL, "reissue"): numbers.appraisal_reissue_days,
        (Mode.APPRAISAL, "correction"): numbers.appraisal_correction_days,
    }[mode, purpose]
    return within_days(since, days)


@carries_out("valuation.agencies_to_pick")
def check_agencies(numbers: ValuationNumbers, now: Standing, agencies: Sequence[str]) -> None:
    """Let exactly the law's number of agencies be chosen, once while one of them has its turn (第16条).

    :raises AgenciesChosen: they are fixed already
    :raises AgenciesWrong: another number
    """
    if now.agency is not None:
        raise refusals.AgenciesChosen(agencies=list(now.agencies))
    if len(agencies) != numbers.agencies_to_pick:
        raise refusals.AgenciesWrong(wanted=numbers.agencies_to_pick, given=len(agencies))


def check_list(numbers: ValuationNumbers, now: Standing, agencies: Sequence[str]) -> None:
    """Let lots be drawn from a list that has at least as many agencies as are drawn (第16条).

    :raises AgenciesChosen: they are fixed already
    :raises AgenciesWrong: too few
    """
    if now.agency is not None:
        raise refusals.AgenciesChosen(agencies=list(now.agencies))
    if len(agencies) < numbers.agencies_to_pick:
        raise refusals.AgenciesWrong(wanted=numbers.agencies_to_pick, given=len(agencies))


def check_free(now: Standing, *, facts: bool = True) -> None:
    """Let something be entrusted only when the facts are known, nothing rests and nothing else is running (第3、28条).

    :raises FactsUnknown: Deferred, EntrustedAlready: in this order
    """
    if facts and now.facts_at is None:
        raise refusals.FactsUnknown
    check_moving(now)
    if now.entrusted is not None:
        raise refusals.EntrustedAlready(to=list(now.entrusted.to), until=now.entrusted.until)


def check_moving(now: Standing) -> None:
    """Refuse while inquiry and appraisal rest (第28条).

    :raises Deferred: since when
    """
    if now.deferred_since is not None:
        raise refusals.Deferred(since=now.deferred_since)


def running(now: Standing, mode: Mode | None = None) -> Entrusted:
    """Return what is entrusted, of a mode when one is named.

    :raises NothingEntrusted: when nothing is
    """
    if now.entrusted is None or (mode is not None and now.entrusted.mode is not mode):
        raise refusals.NothingEntrusted
    return now.entrusted


def standing_report(now: Standing, mode: Mode | None = None) -> Report:
    """Return the newest report that has not been voided, of a mode when one is named.

    :raises NoReport: when there is none
    """
    if now.report is None or now.report.void or (mode is not None and now.report.mode is not mode):
        raise refusals.NoReport
    return now.report


def check_run_out(report: Report, *, now: datetime) -> None:
    """Let a report be made anew only when it ran out (第11条第4款、第19条第4款).

    :raises StillValid: until when
    """
    if now <= report.valid_until:
        raise refusals.StillValid(valid_until=report.valid_until)


def check_makers(given: Collection[str], *, entrusted: Entrusted) -> None:
    """Refuse a report by somebody who was not asked (第10、17条).

    :raises NotEntrustedTo: naming both
    """
    strangers = sorted(set(given) - set(entrusted.to))
    if strangers:
        raise refusals.NotEntrustedTo(to=list(entrusted.to), given=strangers)


def check_in_time(entrusted: Entrusted, *, delivered: datetime) -> None:
    """Refuse an agency's report after its time (第19条第3款).

    :raises ReportLate: by when it was due
    """
    if delivered > entrusted.until:
        raise refusals.ReportLate(by=entrusted.until)


@carries_out(
    "valuation.appraisal_extension_apply_days",
    "valuation.appraisal_extensions_max",
    "valuation.appraisal_extension_max_days",
)
def extended(numbers: ValuationNumbers, entrusted: Entrusted, *, days: int, now: datetime) -> datetime:
    """Return the new end of an appraisal: asked for in time, so often and for so many days at most (第19条第2款).

    :raises ExtensionsSpent: ExtensionTooLong, ExtensionLate: in this order
    """
    if entrusted.extensions >= numbers.appraisal_extensions_max:
        raise refusals.ExtensionsSpent(max_times=numbers.appraisal_extensions_max)
    if days > numbers.appraisal_extension_max_days:
        raise refusals.ExtensionTooLong(max_days=numbers.appraisal_extension_max_days)
    latest = days_before(entrusted.by, numbers.appraisal_extension_apply_days)
    if now > latest:
        raise refusals.ExtensionLate(days=numbers.appraisal_extension_apply_days, latest=latest)
    return within_days(entrusted.by, days)


def check_replaceable(now: Standing, *, at: datetime) -> None:
    """Let the next agency be asked when this one let its time pass or lost its task to an objection (第19、23条).

    :raises NothingEntrusted: no agency was asked
    :raises TimeLeft: it still has time
    """
    if now.replace_by is not None:
        return
    entrusted = running(now, Mode.APPRAISAL)
    if at <= entrusted.until:
        raise refusals.TimeLeft(to=list(entrusted.to), by=entrusted.until)


@carries_out("valuation.appraisal_return_days")
def return_by(numbers: ValuationNumbers, *, since: datetime) -> datetime:
    """Return by when the materials go back to the court (第19条第3款、第23条)."""
    return within_days(since, numbers.appraisal_return_days)


@carries_out("valuation.deemed_received_days")
def received_at(numbers: ValuationNumbers, *, how: str, sent_at: datetime) -> datetime:
    """Return when a report counts as received: when served, or after the full days of its publicity (第21条第2款)."""
    return full_days_after(sent_at, numbers.deemed_received_days) if how == "unreachable" else sent_at


@carries_out("valuation.send_report_days")
def send_by(numbers: ValuationNumbers, report: Report) -> datetime:
    """Return by when the court sends a report to the parties (第21条第1款)."""
    return within_days(report.delivered_at, numbers.send_report_days)


@carries_out("valuation.objection_days")
def objection_until(numbers: ValuationNumbers, *, received: datetime) -> datetime:
    """Return until when who received a report at an instant may object to it (第22、23条)."""
    return within_days(received, numbers.objection_days)


def check_objection_time(numbers: ValuationNumbers, now: Standing, *, person: str, at: datetime) -> None:
    """Refuse an objection after the days that follow the receipt; before any receipt no period runs (第22、24条).

    :raises ObjectionLate: until when it could be filed
    """
    received = now.received.get(person)
    if received is None:
        return
    until = objection_until(numbers, received=received)
    if at > until:
        raise refusals.ObjectionLate(days=numbers.objection_days, until=until)


@carries_out("valuation.forward_objection_days")
def forward_by(numbers: ValuationNumbers, *, filed_at: datetime) -> datetime:
    """Return by when the court passes an objection to the agency (第23条第1款)."""
    return within_days(filed_at, numbers.forward_objection_days)


@carries_out("valuation.explain_days")
def explain_by(numbers: ValuationNumbers, *, forwarded_at: datetime) -> datetime:
    """Return by when the agency explains (第23条第1款)."""
    return within_days(forwarded_at, numbers.explain_days)
