"""More is held than debt and costs need: the panel orders the release (查封规定第19条; 法释〔2021〕20号 第5条)."""

from __future__ import annotations

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import grounds, queries, rows
from auction.procedure.cases import payments
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook


@command("order_release", by={Role.PANEL})
def order_release(act: Act, *, property: str, kept_worth_minor: int) -> queries.PropertyRecord:  # noqa: A002 - the law's word
    """Find a thing excess, because what stays held covers debt and costs; its release is due from then.

    :param kept_worth_minor: what the panel puts on everything that stays held
    :raises NotExcess: when that does not cover debt and costs
    :raises NotUnderControl: released or disposed of
    """
    checks = Checks()
    kept = checks.minor("kept_worth_minor", kept_worth_minor, least=0)
    checks.refuse()
    row = rows.held(act, property)
    grounds.check_excess(kept_minor=kept, needed_minor=payments.outstanding(act.session, case=row.case_id))
    if row.release_ordered_at is None:
        row.release_ordered_at, row.release_order_ground = act.now, "excess"
        act.session.flush()
        numbers = rulebook().on(day_of(act.now)).control
        by = grounds.release_by(numbers, category=row.category, ordered_at=act.now)
        public = {"ground": "excess", "article": grounds.RELEASE["excess"].article, "by": instant_text(by)}
        append(act, f"property:{property}", "property.release_ordered", public)
    return queries.property_record(act.session, property)
