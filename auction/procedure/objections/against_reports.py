"""Objections of the kind ``valuation``: their ground, the reports they are against, and their effect on the price."""

from __future__ import annotations

from collections.abc import Sequence

from auction.foundation.database.acts import Act
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.inputs import Checks
from auction.procedure.objections import queries
from auction.procedure.objections.queries import ObjectionRecord
from auction.procedure.valuation import disputes, periods
from auction.procedure.valuation.refusals import ConclusionStands

#: What is said against a correction, an explanation or a review is not heard (法释〔2018〕15号 第24条).
_CONCLUSION = "conclusion"


def note(act: Act, record: ObjectionRecord, *, ground: str | None, reports: Sequence[str]) -> None:
    """Enter an objection against a report on each thing's valuation.

    :raises InputMalformed: a ground or a report that is none, or named in an objection of another kind
    :raises ConclusionStands: against a correction, an explanation or a review's conclusion
    :raises ObjectionLate: after the days that follow the receipt
    """
    checks = Checks()
    why = None if ground is None else checks.one_of("ground", ground, {*periods.GROUNDS, _CONCLUSION})
    named = checks.names("reports", reports)
    if record.kind != "valuation":
        for field, given in (("ground", ground), ("reports", named)):
            if given:
                checks.wrong(field, "仅适用于对报告的异议 / belongs to an objection against a report")
    checks.refuse()
    if record.kind != "valuation":
        return
    if why == _CONCLUSION:
        raise ConclusionStands
    things = queries.things_of(act.session, record)
    if named and len(things) != 1:
        raise InputMalformed(errors={"reports": "应针对单项财产 / needs an objection against one property"})
    for thing in sorted(things):
        disputes.note_objection(
            act.as_platform(), property=thing, objection=record.id, person=record.by, ground=why, platforms=named
        )


def decided(act: Act, record: ObjectionRecord, *, upheld: bool) -> None:
    """Let the decision have its effect on the price.

    :raises NotExamined: ReviewBinds: the agency or its association has not spoken, or otherwise
    """
    if record.kind == "valuation":
        for thing in sorted(queries.things_of(act.session, record)):
            disputes.note_objection_decided(act.as_platform(), property=thing, objection=record.id, upheld=upheld)
