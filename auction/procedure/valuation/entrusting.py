"""Asking platforms or an agency, and what may happen until they report: more time, the next one, correction, rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import commands as control
from auction.procedure.assets.queries import PropertyRecord
from auction.procedure.inputs import Checks
from auction.procedure.valuation import journal, periods, reasons, refusals, registers
from auction.procedure.valuation.recording import check_order, ground_of, held, numbers_of
from auction.procedure.valuation.rules import Mode
from auction.procedure.valuation.standing import Standing
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

#: What is found out first, and what each is called (第3条).
FACTS = ("ownership", "encumbrances", "possession", "taxes", "defects")
_DAYS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class EntrustedRecord:
    """Who was asked for what, and by when the report is due; nobody when no agency is left."""

    property: str
    mode: str
    purpose: str
    to: tuple[str, ...]
    report_by: datetime | None


@carries_out("valuation.facts_first")
@command("find_facts", by={Role.OFFICER})
def find_facts(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    ownership: str,
    encumbrances: str,
    possession: str,
    taxes: str,
    defects: str,
) -> datetime:
    """Record what was found out about the thing before it is valued (第3条); none of a kind is said to be none."""
    checks = Checks()
    given = (ownership, encumbrances, possession, taxes, defects)
    found = {name: checks.text(name, value, longest=1_000) for name, value in zip(FACTS, given, strict=True)}
    checks.refuse()
    thing = held(act, property)
    journal.enter(
        act, "facts_found", thing=thing.id, case=thing.case, article=_article("valuation.facts_first"),
        public={"facts": list(FACTS)}, private=found,
    )  # fmt: skip
    return act.now


@carries_out("valuation.all_platforms", "valuation.online_inquiry")
@command("send_inquiry", by={Role.OFFICER})
def send_inquiry(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    purpose: str = "report",
    agreed: bool = False,
    reason: str | None = None,
) -> EntrustedRecord:
    """Send an online inquiry to all listed platforms at once (第10条), or ask anew when it ran out (第11条).

    :raises FactsUnknown: Deferred, EntrustedAlready: it may not be sent now
    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    :raises NoReport: StillValid: nothing that could be made anew
    """
    checks = Checks()
    what = checks.one_of("purpose", purpose, ("report", "reissue"))
    ground_of(checks, agreed=agreed, reason=reason)
    checks.refuse()
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    periods.check_free(now, facts=what == "report")
    if what == "report":
        check_order(act, property, Mode.ONLINE_INQUIRY, agreed=agreed, reason=reason)
        to = registers.listed(act.session, act.now)
    else:
        report = periods.standing_report(now, Mode.ONLINE_INQUIRY)
        periods.check_run_out(report, now=act.now)
        to = report.makers
    return entrust(act, thing, mode=Mode.ONLINE_INQUIRY, purpose=what, to=to)


@carries_out("valuation.appraisal_mandatory")
@command("entrust_appraisal", by={Role.OFFICER})
def entrust_appraisal(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    purpose: str = "report",
    agreed: bool = False,
    reason: str | None = None,
) -> EntrustedRecord:
    """Entrust the agency whose turn it is (第17条), or the one of a report that ran out with a new one (第19条第4款).

    :raises FactsUnknown: Deferred, EntrustedAlready, NoAgency: it may not be entrusted now
    :raises OutOfOrder: an earlier mode has not failed, and there is no agreement and no legal reason
    :raises NoReport: StillValid: nothing that could be made anew
    """
    checks = Checks()
    what = checks.one_of("purpose", purpose, ("report", "reissue"))
    ground_of(checks, agreed=agreed, reason=reason)
    checks.refuse()
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    periods.check_free(now, facts=what == "report")
    if what == "report":
        if now.agency is None:
            raise refusals.NoAgency
        check_order(act, property, Mode.APPRAISAL, agreed=agreed, reason=reason)
        to: tuple[str, ...] = (now.agency,)
    else:
        report = periods.standing_report(now, Mode.APPRAISAL)
        periods.check_run_out(report, now=act.now)
        to = report.makers
    return entrust(act, thing, mode=Mode.APPRAISAL, purpose=what, to=to)


@command("extend_appraisal", by={Role.OFFICER})
def extend_appraisal(act: Act, *, property: str, days: int) -> EntrustedRecord:  # noqa: A002 - the law's word
    """Give an agency more time, as it asked in writing at this instant (第19条第2款).

    :raises NothingEntrusted: Deferred: nothing could be extended
    :raises ExtensionsSpent: ExtensionTooLong, ExtensionLate: the law gives no more
    """
    checks = Checks()
    more = checks.whole("days", days, least=1, most=_DAYS_MAX)
    checks.refuse()
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    entrusted = periods.running(now, Mode.APPRAISAL)
    if entrusted.purpose != "report":
        raise refusals.NothingEntrusted
    periods.check_moving(now)
    later = periods.extended(numbers_of(act), entrusted, days=more, now=act.now)
    journal.enter(
        act, "extended", thing=thing.id, case=thing.case, article=_article("valuation.appraisal_extension_max_days"),
        public={"to": list(entrusted.to), "days": more, "by": instant_text(later)},
    )  # fmt: skip
    return EntrustedRecord(thing.id, entrusted.mode.value, entrusted.purpose, entrusted.to, later)


@command("replace_agency", by={Role.OFFICER})
def replace_agency(act: Act, *, property: str) -> EntrustedRecord:  # noqa: A002 - the law's word
    """Take the materials back and entrust the next agency in the order (第19条第3款、第23条).

    :raises NothingEntrusted: no agency was entrusted
    :raises TimeLeft: the agency still has time
    :raises Deferred: the appraisal rests
    """
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    periods.check_moving(now)
    periods.check_replaceable(now, at=act.now)
    late = now.entrusted.to if now.entrusted else now.report.makers if now.report else ()
    journal.enter(
        act, "agency_replaced", thing=thing.id, case=thing.case, article=_article("valuation.appraisal_return_days"),
        public={"from": list(late)},
    )  # fmt: skip
    following = journal.standing_of(act.session, property).agency
    if following is None:
        return EntrustedRecord(thing.id, Mode.APPRAISAL.value, "report", (), None)
    return entrust(act, thing, mode=Mode.APPRAISAL, purpose="report", to=(following,))


@carries_out("valuation.must_defer")
@command("defer_valuation", by={Role.OFFICER})
def defer_valuation(act: Act, *, property: str, ground: str) -> EntrustedRecord:  # noqa: A002 - the law's word
    """Let a running inquiry or appraisal rest; the time does not count (第28条、第19条第1款).

    :raises NothingEntrusted: none is running
    :raises Deferred: it rests already
    """
    checks = Checks()
    why = checks.one_of("ground", ground, reasons.keys(reasons.DEFER))
    checks.refuse()
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    entrusted = periods.running(now)
    periods.check_moving(now)
    journal.enter(
        act, "valuation_deferred", thing=thing.id, case=thing.case, article=_article("valuation.must_defer"),
        public={"ground": why, "to": list(entrusted.to)},
    )  # fmt: skip
    return EntrustedRecord(thing.id, entrusted.mode.value, entrusted.purpose, entrusted.to, None)


@command("resume_valuation", by={Role.OFFICER})
def resume_valuation(act: Act, *, property: str) -> EntrustedRecord:  # noqa: A002 - the law's word
    """Let a deferred inquiry or appraisal go on; its period ends later by as long as it rested (第19条第1款).

    :raises NotDeferred: nothing rests
    """
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    if now.deferred_since is None or now.entrusted is None:
        raise refusals.NotDeferred
    rested = act.now - now.deferred_since
    entrusted = now.entrusted
    by, longer = entrusted.by + rested, entrusted.longer + rested if entrusted.longer else None
    journal.enter(
        act, "valuation_resumed", thing=thing.id, case=thing.case, article=_article("valuation.must_defer"),
        public={
            "to": list(entrusted.to),
            "by": instant_text(by),
            "longer": instant_text(longer) if longer else None,
        },
    )  # fmt: skip
    return EntrustedRecord(thing.id, entrusted.mode.value, entrusted.purpose, entrusted.to, longer or by)


@carries_out("valuation.must_withdraw")
@command("withdraw_valuation", by={Role.OFFICER})
def withdraw_valuation(act: Act, *, property: str, ground: str) -> EntrustedRecord:  # noqa: A002 - the law's word
    """Take a running inquiry or appraisal back (第29条); it may be withdrawn while it rests.

    :raises NothingEntrusted: none is running
    """
    checks = Checks()
    why = checks.one_of("ground", ground, reasons.keys(reasons.WITHDRAW))
    checks.refuse()
    thing = held(act, property)
    entrusted = periods.running(journal.standing_of(act.session, property))
    journal.enter(
        act, "valuation_withdrawn", thing=thing.id, case=thing.case, article=_article("valuation.must_withdraw"),
        public={"ground": why, "to": list(entrusted.to)},
    )  # fmt: skip
    return EntrustedRecord(thing.id, entrusted.mode.value, entrusted.purpose, entrusted.to, None)


def entrust(act: Act, thing: PropertyRecord, *, mode: Mode, purpose: str, to: Sequence[str]) -> EntrustedRecord:
    """Enter who is asked for what; the period runs from this instant.

    :raises InputMalformed: when there is nobody to ask
    """
    if not to:
        raise InputMalformed(errors={"property": "名单为空 / there is nobody to ask"})
    by = periods.report_by(numbers_of(act), mode=mode, purpose=purpose, since=act.now)
    control.note_valuation(act.as_platform(), property=thing.id, fixed=False)
    journal.enter(
        act, "entrusted", thing=thing.id, case=thing.case, article=_article(periods.PERIODS[mode, purpose]),
        public={"mode": mode.value, "purpose": purpose, "to": list(to), "by": instant_text(by)},
    )  # fmt: skip
    return EntrustedRecord(thing.id, mode.value, purpose, tuple(to), by)


def void(act: Act, thing: PropertyRecord, now: Standing, *, why: str, replace_by: datetime | None = None) -> None:
    """Enter that the newest report gives no price any more."""
    if now.report is not None:
        journal.enter(
            act, "price_voided", thing=thing.id, case=thing.case, article="法释〔2018〕15号 第20、22、26条",
            public={
                "valuation": now.report.valuation,
                "why": why,
                "replace_by": instant_text(replace_by) if replace_by else None,
            },
        )  # fmt: skip


def _article(key: str) -> str:
    book = rulebook()
    return book.on(max(book.dated, book.begins)).article(key).zh
