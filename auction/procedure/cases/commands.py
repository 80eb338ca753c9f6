"""Opening a case and recording what enforcement costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import append, lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.ids import new_id
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.kernel.roles import Role
from auction.procedure.cases import queries, rules
from auction.procedure.cases.models import Case, Claim, Cost
from auction.procedure.identity import queries as identity
from auction.procedure.identity.commands import enrol_person
from auction.procedure.identity.rules import PERSON_KINDS, kind_of_name
from auction.procedure.inputs import Checks
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

_DEBTOR_FIELDS = frozenset({"id", "name", "kind", "id_number", "phone"})
_CLAIM_FIELDS = frozenset(
    {
        *("id", "creditor", "creditor_person", "creditor_kind", "amount_minor", "kind", "applicant", "rank"),
        *("property", "seizure_order", "principal_minor", "performance_due", "price_due", "title"),
    }
)
_CLAIMS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class _ClaimRead:
    id: str
    creditor: str
    creditor_person: str | None
    creditor_kind: str
    amount_minor: int
    kind: str
    applicant: bool
    rank: int | None
    property_id: str | None
    seizure_order: int | None
    principal_minor: int | None
    performance_due: date | None
    price_due: date | None
    title: str | None


@command("open_case", by={Role.OFFICER})
def open_case(
    act: Act,
    *,
    number: str,
    court: str,
    debtor: Mapping[str, Any],
    claims: Sequence[Mapping[str, Any]],
    old_number: bool = False,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.CaseRecord:
    """Open a case with its debtor and claims; the court is named by its id or its exact name.

    A creditor named twice in one file is one person.

    :param debtor: ``name``, ``kind``, and optionally ``id``, ``id_number``, ``phone``
    :param claims: the fields of the contract; ``creditor`` is a name, ``creditor_person`` a person on record
    :raises InputMalformed: a field cannot be read, the court is unknown, a number or id is already used
    """
    checks = Checks()
    parsed = _read_number(checks, number, old_styles=old_number)
    case_id = new_id("case") if id is None else checks.identifier("case", id)
    there = identity.find_court(act.session, checks.text("court", court, longest=100))
    if there is None:
        checks.wrong("court", "没有该法院 / unknown court")
    owing = checks.known_fields("debtor", debtor, _DEBTOR_FIELDS)
    kind = checks.one_of("debtor.kind", owing.get("kind"), PERSON_KINDS)
    owed = _read_claims(checks, claims)
    _check_ranks(checks, [one.rank for one in owed])
    checks.refuse()
    if there is None or parsed is None:
        raise InputMalformed(errors=checks.errors)
    lock(act, f"case:{case_id}")
    person = _debtor(act, owing)
    row = {
        "id": case_id, "number": parsed.text, "year": parsed.year, "court_code": parsed.court_code,
        "type": parsed.type, "serial": parsed.serial, "court_id": there.id, "debtor_person_id": person,
        "debtor_kind": kind, "opened_at": act.now, "status": "open",
        "officer_id": act.actor.id if act.actor is not None and act.actor.has(Role.OFFICER) else None,
    }  # fmt: skip
    if act.session.scalar(upsert(Case).values(**row).on_conflict_do_nothing().returning(Case.id)) is None:
        raise InputMalformed(errors={"number": "案号或编号已存在 / the number or id is already used"})
    _add_claims(act, case_id, owed, known={}, position=0)
    opened = queries.case(act.session, case_id)
    _enter_opening(act, opened)
    return opened


@command("add_claims", by={Role.OFFICER})
def add_claims(act: Act, *, case: str, claims: Sequence[Mapping[str, Any]]) -> queries.CaseRecord:
    """Add claims to a case behind those it has (民诉解释第506条); a creditor it knows stays the same person.

    :raises NotFound: no such case
    :raises InputMalformed: a field cannot be read, or a claim's id is already used
    """
    return _join(act, case=case, claims=claims, titled=False)


@command("join_claims", by=())
def join_claims(act: Act, *, case: str, claims: Sequence[Mapping[str, Any]]) -> queries.CaseRecord:
    """Add the claims of creditors who join the distribution; for the distribution, which knows whether it is open.

    :raises NoTitle: for an ordinary claim without a title; and as ``add_claims``
    """
    return _join(act, case=case, claims=claims, titled=True)


def _join(act: Act, *, case: str, claims: Sequence[Mapping[str, Any]], titled: bool) -> queries.CaseRecord:
    checks = Checks()
    case_id = checks.identifier("case", case)
    owed = _read_claims(checks, claims)
    checks.refuse()
    if titled:
        rules.check_title([one.id for one in owed if one.title is None and one.kind not in rules.PRIOR_KINDS])
    if act.session.get(Case, case_id) is None:
        raise NotFound(what="case", name=case_id)
    lock(act, f"case:{case_id}")
    before = queries.case(act.session, case_id).claims
    _check_ranks(checks, [*(one.rank for one in before), *(one.rank for one in owed)])
    checks.refuse()
    known = {(one.creditor, one.creditor_kind): one.creditor_person for one in reversed(before)}
    _add_claims(act, case_id, owed, known=known, position=len(before), joined=True)
    record = queries.case(act.session, case_id)
    added = record.claims[len(before) :]
    public = {"claims": [{"claim": one.id, "kind": one.kind, "amount_minor": one.amount_minor} for one in added]}
    append(act, f"case:{case_id}", "case.claims_added", public, seal={"creditors": [one.creditor for one in added]})
    return record


@carries_out("auction.auxiliary_work")
@command("record_cost", by={Role.OFFICER})
def record_cost(
    act: Act,
    *,
    case: str,
    what: str,
    amount_minor: int,
    lot: str | None = None,
    id: str | None = None,  # noqa: A002 - the caller's own id, as everywhere
) -> queries.CostRecord:
    """Record what enforcement has cost; the same id with the same content again changes nothing.

    :raises NotFound: no such case
    :raises InputMalformed: an amount that is not positive, or an id already used for something else
    """
    checks = Checks()
    case_id = checks.identifier("case", case)
    cost_id = new_id("entry") if id is None else checks.identifier("id", id)
    lot_id = None if lot is None else checks.identifier("lot", lot)
    said = checks.text("what", what)
    minor = checks.minor("amount_minor", amount_minor)
    checks.refuse()
    if act.session.get(Case, case_id) is None:
        raise NotFound(what="case", name=case_id)
    lock(act, f"case:{case_id}")
    before = act.session.get(Cost, cost_id)
    if before is not None:
        if (before.case_id, before.lot_id, before.what, before.amount_minor) != (case_id, lot_id, said, minor):
            raise InputMalformed(errors={"id": "编号已被使用 / the id is already used"})
        return queries.cost_record(before)
    row = Cost(id=cost_id, case_id=case_id, lot_id=lot_id, what=said, amount_minor=minor, at=act.now)
    act.session.add(row)
    act.session.flush()
    public = {"cost": cost_id, "amount_minor": minor, "lot": lot_id}
    append(act, f"case:{case_id}", "case.cost_recorded", public, seal={"what": said})
    return queries.cost_record(row)


def _read_number(checks: Checks, number: object, *, old_styles: bool) -> rules.CaseNumber | None:
    try:
        return rules.parse_case_number(number, old_styles=old_styles)
    except InputMalformed as faults:
        checks.take(faults)
        return None


def _read_claims(checks: Checks, claims: object) -> list[_ClaimRead]:
    if isinstance(claims, str | bytes | Mapping) or not isinstance(claims, Sequence) or len(claims) > _CLAIMS_MAX:
        checks.wrong("claims", f"应为至多{_CLAIMS_MAX}项的列表 / must be a list of at most {_CLAIMS_MAX}")
        return []
    if not claims:
        checks.wrong("claims", "至少一项债权 / at least one claim")
    read = [_read_claim(checks, f"claims[{n}]", given) for n, given in enumerate(claims)]
    if len({claim.id for claim in read}) != len(read):
        checks.wrong("claims", "债权编号重复 / two claims have the same id")
    return read


def _check_ranks(checks: Checks, ranks: Sequence[int | None]) -> None:
    gap = rules.missing_rank(ranks)
    if gap is not None:
        checks.wrong("claims", f"顺位不连续，缺第{gap}顺位 / ranks have a gap: nobody holds rank {gap}")


def _read_claim(checks: Checks, at: str, claim: object) -> _ClaimRead:
    given = checks.known_fields(at, claim, _CLAIM_FIELDS)
    name = checks.text(f"{at}.creditor", given.get("creditor"), longest=100)
    kind = given.get("creditor_kind") or kind_of_name(name)
    principal = given.get("principal_minor")
    return _ClaimRead(
        id=new_id("claim") if given.get("id") is None else checks.identifier(f"{at}.id", given["id"]),
        creditor=name,
        creditor_person=checks.text_or_none(f"{at}.creditor_person", given.get("creditor_person"), longest=80),
        creditor_kind=checks.one_of(f"{at}.creditor_kind", kind, PERSON_KINDS),
        amount_minor=checks.minor(f"{at}.amount_minor", given.get("amount_minor")),
        kind=checks.one_of(f"{at}.kind", given.get("kind", "ordinary"), rules.CLAIM_KINDS),
        applicant=checks.truth(f"{at}.applicant", given.get("applicant", False)),
        rank=checks.whole_or_none(f"{at}.rank", given.get("rank"), least=1),
        property_id=checks.text_or_none(f"{at}.property", given.get("property"), longest=80),
        seizure_order=checks.whole_or_none(f"{at}.seizure_order", given.get("seizure_order"), least=1),
        principal_minor=None if principal is None else checks.minor(f"{at}.principal_minor", principal, least=0),
        performance_due=checks.day_or_none(f"{at}.performance_due", given.get("performance_due")),
        price_due=checks.day_or_none(f"{at}.price_due", given.get("price_due")),
        title=checks.text_or_none(f"{at}.title", given.get("title")),
    )


def _debtor(act: Act, given: Mapping[str, Any]) -> str:
    checks = Checks()
    try:
        return enrol_person(
            act, name=given.get("name", ""), kind=given.get("kind", ""), id_number=given.get("id_number"),
            phone=given.get("phone"), id=given.get("id"),
        ).id  # fmt: skip
    except InputMalformed as faults:
        checks.take(faults, under="debtor.")
        raise InputMalformed(errors=checks.errors) from faults


def _creditor(act: Act, claim: _ClaimRead, known: dict[tuple[str, str], str]) -> str:
    if claim.creditor_person is not None:
        if identity.find_person(act.session, claim.creditor_person) is None:
            raise InputMalformed(errors={"creditor_person": "没有该人 / unknown person"})
        return claim.creditor_person
    key = (claim.creditor, claim.creditor_kind)
    if key not in known:
        known[key] = enrol_person(act, name=claim.creditor, kind=claim.creditor_kind).id
    return known[key]


def _add_claims(
    act: Act,
    case_id: str,
    owed: list[_ClaimRead],
    *,
    known: dict[tuple[str, str], str],
    position: int,
    joined: bool = False,
) -> None:
    rows = [
        {
            "id": claim.id, "case_id": case_id, "position": place,
            "creditor_person_id": _creditor(act, claim, known), "creditor_name": claim.creditor,
            "creditor_kind": claim.creditor_kind, "amount_minor": claim.amount_minor, "kind": claim.kind,
            "applicant": claim.applicant, "rank": claim.rank, "property_id": claim.property_id,
            "seizure_order": claim.seizure_order, "principal_minor": claim.principal_minor,
            "performance_due": claim.performance_due, "price_due": claim.price_due, "title": claim.title,
            "joined_at": act.now if joined else None,
            "priority_lapsed": rules.priority_lapsed(
                rulebook().on(day_of(act.now)).distribution, kind=claim.kind, price_due=claim.price_due,
                claimed_on=day_of(act.now),
            ),
        }
        for place, claim in enumerate(owed, start=position)
    ]  # fmt: skip
    added = set(act.session.scalars(upsert(Claim).values(rows).on_conflict_do_nothing().returning(Claim.id)))
    taken = [claim.id for claim in owed if claim.id not in added]
    if taken:
        raise InputMalformed(errors={"claims": f"债权编号已被使用 / already used: {', '.join(taken)}"})


def _enter_opening(act: Act, opened: queries.CaseRecord) -> None:
    public = {
        "number": opened.number,
        "court": opened.court_name,
        "debtor_kind": opened.debtor.kind,
        "claims": [{"claim": one.id, "kind": one.kind, "amount_minor": one.amount_minor} for one in opened.claims],
    }
    names = {"debtor": opened.debtor.name, "creditors": [one.creditor for one in opened.claims]}
    append(act, f"case:{opened.id}", "case.opened", public, seal=names)
