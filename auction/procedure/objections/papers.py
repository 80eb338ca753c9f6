"""What a party hands in on paper: entered by the officer, with who handed it in and when it was received.

Not everybody has an account. A paper has the effect the same act has on line, at the instant the court received it
where the law counts a period of the parties (法释〔2015〕5号 第509条), and otherwise when it is entered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.cases import payments
from auction.procedure.cases import queries as cases
from auction.procedure.distribution import disputes
from auction.procedure.identity import queries as identity
from auction.procedure.inputs import Checks
from auction.procedure.lots import stays as lot_stays
from auction.procedure.objections import commands, review, steps, suits

#: What a paper says beside who and when, by its field.
Content = Mapping[str, str | int | None]


@command("enter_paper", by={Role.OFFICER})
def enter_paper(
    act: Act, *, case: str, party: str, handed_in_by: str, received_at: datetime, what: str, content: Content
) -> None:
    """Enter what a party of a case handed in, and do what it asks for in the party's name.

    :param handed_in_by: who brought it, by name
    :param received_at: when the court received it; a period of the parties is kept or missed by this instant
    :param what: one of ``PAPERS``
    :raises InputMalformed: an unknown kind of paper or person, or an instant before the case or still to come
    :raises Refusal: whatever the same act would be refused with
    """
    checks = Checks()
    wanted, who = checks.identifier("case", case), checks.identifier("party", party)
    bringer = checks.text("handed_in_by", handed_in_by, longest=100)
    received = checks.instant("received_at", received_at)
    kind = checks.one_of("what", what, PAPERS)
    checks.refuse()
    found = cases.case(act.session, wanted)
    steps.own_court(act, court=found.court)
    if received is None or not found.opened_at <= received <= act.now:
        raise InputMalformed(errors={"received_at": "应在立案之后、现在之前 / after the case was opened, not to come"})
    if identity.find_person(act.session, who) is None:
        raise InputMalformed(errors={"party": "没有该人 / unknown person"})
    public = {"what": kind, "received_at": instant_text(received)}
    append(act, f"case:{wanted}", "paper.entered", public, seal={"party": who, "handed_in_by": bringer})
    do, at_receipt = PAPERS[kind]
    inner = act.as_platform()
    do(replace(inner, now=received) if at_receipt else inner, wanted, who, content)


def _insist(act: Act, case: str, party: str, content: Content) -> None:
    thing, claim = _text(content, "property"), _text(content, "claim")
    if assets.property_record(act.session, thing).case != case:
        raise InputMalformed(errors={"property": "不是本案财产 / not a thing of this case"})
    owner = next((one.creditor_person for one in cases.case(act.session, case).claims if one.id == claim), None)
    if owner != party:
        raise InputMalformed(errors={"claim": "不是该当事人的债权 / not a claim of this party"})
    lot_stays.insist(act, property=thing, claim=claim)


def _consent(act: Act, case: str, party: str, content: Content) -> None:
    payments.consent(act, case=case, person=party, to=_text(content, "to"))


def _object_to_plan(act: Act, case: str, party: str, content: Content) -> None:
    minor = content.get("amount_minor")
    if minor is not None and not isinstance(minor, int):
        raise InputMalformed(errors={"amount_minor": "应为整数 / must be a whole number"})
    disputes.object_to_plan(act, case=case, by=party, claim=_text(content, "claim"), amount_minor=minor)


def _oppose(act: Act, case: str, party: str, content: Content) -> None:
    disputes.oppose(act, case=case, by=party, claim=_text_or_none(content, "claim"))


def _sue(act: Act, case: str, party: str, content: Content) -> None:
    disputes.sue(act, case=case, by=party, claim=_text_or_none(content, "claim"))


def _object(act: Act, case: str, party: str, content: Content) -> None:
    filed = commands.file_objection(
        act,
        by=party,
        kind=_text(content, "kind"),
        against=_text(content, "against"),
        statement=_text_or_none(content, "statement"),
        evidence=_text_or_none(content, "evidence"),
    )
    if filed.case != case:
        raise InputMalformed(errors={"against": "不属于本案 / does not belong to this case"})


def _reconsider(act: Act, case: str, party: str, content: Content) -> None:
    review.reconsider(act, objection=_of_case(act, case, content), by=party, reasons=_text_or_none(content, "reasons"))


def _sue_over_thing(act: Act, case: str, party: str, content: Content) -> None:
    suits.sue_over_thing(act, objection=_of_case(act, case, content), by=party)


def _of_case(act: Act, case: str, content: Content) -> str:
    name = _text(content, "objection")
    if steps.locked(act, name).case != case:
        raise InputMalformed(errors={"objection": "不属于本案 / does not belong to this case"})
    return name


#: Each kind of paper: what it does, and whether at the instant it was received.
PAPERS: Mapping[str, tuple[Callable[[Act, str, str, Content], None], bool]] = {
    "insist": (_insist, False),
    "consent": (_consent, False),
    "objection": (_object, False),
    "object_to_plan": (_object_to_plan, True),
    "oppose": (_oppose, True),
    "sue": (_sue, True),
    "reconsider": (_reconsider, True),
    "sue_over_thing": (_sue_over_thing, True),
}


def _text(content: Content, name: str) -> str:
    checks = Checks()
    said = checks.text(name, content.get(name))
    checks.refuse()
    return said


def _text_or_none(content: Content, name: str) -> str | None:
    found = content.get(name)
    return str(found) if found is not None else None
