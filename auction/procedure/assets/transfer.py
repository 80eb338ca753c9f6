"""The right to dispose of a thing moves from who seized it first to the court that needs it (法释〔2016〕6号)."""

from __future__ import annotations

from sqlalchemy import select

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import AuthForbidden
from auction.foundation.kernel.roles import ROLE_NAMES, Role
from auction.procedure.assets import queries, queue, rows, rules, waiting
from auction.procedure.assets.models import DisposalTransfer
from auction.procedure.assets.queries import TransferRecord
from auction.procedure.cases import queries as cases
from auction.procedure.cases.queries import CaseRecord
from auction.procedure.cases.rules import PRIOR_KINDS
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook


@command("ask_transfer", by={Role.OFFICER})
def ask_transfer(act: Act, *, property: str, case: str) -> TransferRecord:  # noqa: A002 - the law's word
    """Ask the first court for the right to dispose of a thing one's case waits for; asked twice, it is asked once.

    :raises NotWaiting: NoPriority, DisposalBegun, TransferTooEarly: in this order
    :raises NotUnderControl: ControlLapsed: when the first court holds it no more
    """
    checks = Checks()
    wanted = checks.identifier("case", case)
    checks.refuse()
    record = cases.case(act.session, wanted)
    _own_court(act, record, verb="ask_transfer")
    row = rows.held(act, property)
    rules.check_live(until=row.control_until, now=act.now)
    asked = _asked(act, property)
    if asked is not None and asked.to_case_id == wanted:
        return queries.transfer_record(asked)
    line = queries.queue(act.session, property)
    if not any(one.case == wanted and one.status == "waiting" for one in line):
        raise waiting.NotWaiting(case=wanted)
    first = waiting.next_in_line(line)
    holder = cases.case(act.session, row.case_id)
    ground = waiting.transfer_ground(
        prior_right=any(one.kind in PRIOR_KINDS and one.property == property for one in record.claims),
        preservation=holder.preservation,
        first_in_line=first is not None and first.case == wanted and not record.preservation,
    )
    numbers = rulebook().on(day_of(act.now)).control
    waiting.check_transfer(
        numbers, ground=ground, seized_at=row.seized_at, disposal_begun_at=row.disposal_begun_at, now=act.now
    )
    if asked is not None:
        raise waiting.AlreadyHolding
    asked = DisposalTransfer(
        id=new_id("notice"), property_id=property, from_case_id=row.case_id, to_case_id=wanted, ground=ground,
        asked_at=act.now, letter_by=waiting.letter_by(numbers, asked_at=act.now), transferred_at=None,
        undecided=holder.preservation, confirmed={},
    )  # fmt: skip
    act.session.add(asked)
    act.session.flush()
    public = {"from": row.case_id, "to": wanted, "ground": ground, "letter_by": instant_text(asked.letter_by)}
    append(act, f"property:{property}", "property.transfer_asked", public)
    return queries.transfer_record(asked)


@command("transfer_disposal", by={Role.OFFICER})
def transfer_disposal(act: Act, *, property: str) -> TransferRecord:  # noqa: A002 - the law's word
    """Issue the letter of transfer: the case that asked disposes of the thing, the first keeps its place in the money.

    The control goes on under the letter, to the end it had (法释〔2016〕6号 第3、4条).

    :raises NothingAsked: when nobody has asked
    :raises DisposalBegun: when a lot of the thing was announced meanwhile
    """
    row = rows.held(act, property)
    _own_court(act, cases.case(act.session, row.case_id), verb="transfer_disposal")
    asked = _asked(act, property)
    if asked is None or asked.from_case_id != row.case_id:
        raise waiting.NothingAsked
    if row.status == "disposing" and row.disposal_begun_at is not None:
        raise waiting.DisposalBegun(since=row.disposal_begun_at)
    rules.check_live(until=row.control_until, now=act.now)
    asked.transferred_at = act.now
    row.case_id = asked.to_case_id
    queue.forget_the_last(row)
    row.price_fixed_at = act.now if row.price_fixed_at else None
    queue.end(act, property, case=asked.to_case_id, status="effective")
    append(act, f"property:{property}", "property.transferred", {"from": asked.from_case_id, "to": asked.to_case_id})
    return queries.transfer_record(asked)


@command("confirm_reserved", by=())
def confirm_reserved(act: Act, *, case: str, claim: str, amount_minor: int) -> None:
    """Keep what a judgment confirmed of a claim of a first-seizing case; told by the distribution that reserved it."""
    query = select(DisposalTransfer).where(
        DisposalTransfer.to_case_id == case, DisposalTransfer.transferred_at.is_not(None)
    )
    source = cases.case_of_claim(act.session, claim)
    for row in act.session.scalars(query.with_for_update()):
        if row.from_case_id == source:
            row.confirmed = {**row.confirmed, claim: amount_minor}
    act.session.flush()


def _asked(act: Act, thing: str) -> DisposalTransfer | None:
    query = select(DisposalTransfer).where(
        DisposalTransfer.property_id == thing, DisposalTransfer.transferred_at.is_(None)
    )
    return act.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _own_court(act: Act, case: CaseRecord, *, verb: str) -> None:
    if act.actor is not None and act.actor.court not in {None, case.court}:
        raise AuthForbidden(act=verb, roles=[ROLE_NAMES[Role.OFFICER][0]])
