"""What finding the price has cost, settled by the result of the sale (法释〔2018〕15号 第31至33条)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from auction.foundation.database.acts import Act, command
from auction.foundation.docket.commands import lock
from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.canonical import instant_text
from auction.foundation.kernel.money import share
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.assets import queries as assets
from auction.procedure.cases import commands as case_acts
from auction.procedure.cases import queries as cases
from auction.procedure.inputs import Checks
from auction.procedure.lots import queries as lots
from auction.procedure.valuation import fees, refusals, reports
from auction.procedure.valuation import queries as valuation
from auction.procedure.valuation.rules import Mode
from auction.rulebook import rulebook
from auction.rulebook.carried import carries_out

_PPM_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class FeeRecord:
    """Who is paid what for a report; the applicant has advanced it, and it is a cost the debtor bears."""

    property: str
    base_minor: int | None
    amount_minor: int
    lines: tuple[tuple[str, int], ...]
    borne_by: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What is paid for: a report, or an appraisal that was withdrawn; ``key`` is what it is known as once paid."""

    key: str
    mode: Mode
    results: tuple[tuple[str, int], ...]
    reissued: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the fee is reckoned from; which of them is needed depends on the report and its sale."""

    deal: int | None
    fee: int | None
    rate: int | None
    cost: int | None


@carries_out("valuation.fees_advanced")
@command("settle_fee", by={Role.OFFICER})
def settle_fee(
    act: Act,
    *,
    property: str,  # noqa: A002 - the law's word
    claim: str,
    lot: str | None = None,
    fee_minor: int | None = None,
    rate_ppm: int | None = None,
    actual_cost_minor: int | None = None,
) -> FeeRecord:
    """Settle the fee of the newest report, or of a withdrawn appraisal, and record it as a cost of the case.

    For an inquiry: ``fee_minor`` for its use, to the platform closest to the deal price (第31条). For an appraisal that
    led to a sale: ``rate_ppm`` of the appraised value or of a lower price; without a sale, or withdrawn: the actual
    cost (第32条). A withdrawn inquiry costs nothing (第31条).

    :param claim: the applicant's claim whose creditor advanced it (第33条)
    :raises NoReport: there is no report to pay
    :raises FeeSettled: it is paid once
    :raises InputMalformed: a figure is missing, the lot was not sold or has not the thing, the claim is no applicant's
    """
    checks = Checks()
    thing, of = checks.identifier("property", property), checks.identifier("claim", claim)
    sold = None if lot is None else checks.identifier("lot", lot)
    fee = None if fee_minor is None else checks.minor("fee_minor", fee_minor)
    cost = None if actual_cost_minor is None else checks.minor("actual_cost_minor", actual_cost_minor)
    rate = checks.whole_or_none("rate_ppm", rate_ppm, least=1, most=_PPM_MAX)
    checks.refuse()
    found = assets.property_record(act.session, thing)
    lock(act, f"case:{found.case}", f"property:{thing}")
    file = cases.case(act.session, found.case)
    if of not in {one.id for one in file.claims if one.applicant}:
        raise InputMalformed(errors={"claim": "不是申请执行人的债权 / is not an applicant's claim"})
    work = _unpaid(act.session, thing)
    deal = None if sold is None else _deal(act.session, sold, thing)
    base, lines = _lines(act, work, _Figures(deal, fee, rate, cost))
    total = sum(minor for _, minor in lines)
    names = "、".join(name for name, _ in lines)
    what = "网络询价费" if work.mode is Mode.ONLINE_INQUIRY else "评估费"
    case_acts.record_cost(act, case=found.case, what=f"{what}：{names}"[:200], amount_minor=total, lot=sold)
    reports.note_fee(act.as_platform(), property=thing, paid_for=work.key, lines=lines, claim=of)
    return FeeRecord(thing, base, total, tuple(lines), file.debtor.person)


def owed_for(session: Session, thing: str) -> Mode | None:
    """Return for what mode a fee is still to be settled, or None."""
    paid = valuation.standing_of(session, thing).fees
    return next((work.mode for work in _works(session, thing) if work.key not in paid), None)


def _unpaid(session: Session, thing: str) -> _Work:
    """Return what is to be paid next.

    :raises NoReport: FeeSettled: nothing was delivered or withdrawn, or all of it is paid
    """
    works, paid = _works(session, thing), valuation.standing_of(session, thing).fees
    if not works:
        raise refusals.NoReport
    unpaid = [work for work in works if work.key not in paid]
    if not unpaid:
        raise refusals.FeeSettled
    return unpaid[0]


def _works(session: Session, thing: str) -> list[_Work]:
    now = valuation.standing_of(session, thing)
    works = []
    if now.report is not None and not now.report.void:
        report = now.report
        works.append(_Work(report.valuation, report.mode, report.results, report.reissued, withdrawn=False))
    if now.withdrawn is not None and now.withdrawn.mode is Mode.APPRAISAL:
        gone = now.withdrawn
        key = f"withdrawn {instant_text(gone.since)}"
        to = tuple((agency, 0) for agency in gone.to)
        works.append(_Work(key, gone.mode, to, gone.purpose == "reissue", withdrawn=True))
    return works


def _lines(act: Act, work: _Work, given: _Figures) -> tuple[int | None, list[tuple[str, int]]]:
    """Return the base and who is paid what."""
    numbers = rulebook().on(day_of(act.now)).valuation
    if work.mode is Mode.ONLINE_INQUIRY:
        deal, fee = _given("lot", given.deal), _given("fee_minor", given.fee)
        return deal, fees.inquiry_fees(work.results, deal_minor=deal, fee_minor=fee)
    ((agency, appraised),) = work.results
    if given.deal is None or work.withdrawn:
        cost = _given("actual_cost_minor", given.cost)
        return None, [(agency, fees.reissue_part(numbers, fee_minor=cost) if work.reissued else cost)]
    base = fees.appraisal_base(appraised_minor=appraised, deal_minor=given.deal)
    rate = _given("rate_ppm", given.rate)
    return base, [(agency, fees.appraisal_fee(numbers, base_minor=base, rate_ppm=rate, reissued=work.reissued))]


def _given(field: str, value: int | None) -> int:
    if value is None:
        raise InputMalformed(errors={field: "缺少该字段 / is missing"})
    return value


def _deal(session: Session, lot_id: str, thing: str) -> int:
    """Return what a thing was sold for: of several sold together, its share by their reference prices."""
    lot = lots.lot(session, lot_id)
    stands = lot.outcome == "sold" and lot.defaulted_at is None and lot.status != "revoked"
    if thing not in lot.properties or not stands or lot.hammer_price_minor is None:
        raise InputMalformed(errors={"lot": "该财产未在此成交 / the property was not sold in it"})
    prices = [valuation.reference_price(session, one) for one in lot.properties]
    weights = [price.amount_minor if price else 0 for price in prices]
    return share(lot.hammer_price_minor, weights)[list(lot.properties).index(thing)]
