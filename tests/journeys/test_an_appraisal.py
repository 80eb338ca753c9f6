"""A thing that needs an expert: facts found, an agency drawn so that anyone can check it, its report sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.court import Court
from tests.journeys.people import Crowd, Person

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def opened(officer: Person, step: str) -> Person:
    """Open the form of a step, where it is not open already."""
    fold = officer.page.locator(f"#step-{step}")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return officer


def test_an_appraisal_by_an_agency_that_was_drawn(crowd: Crowd) -> None:
    court = Court(crowd)
    case = court.open_case(
        number="（2025）京0105执7716号",
        debtor="周某",
        claims=[{"creditor": "乙公司", "amount": "300000"}],
    )
    thing = court.seize(case, title="数控机床一台")
    officer = court.officer.go(thing).sees("尚未查明", "尚未确定")
    opened(officer, "facts")
    for name in ("ownership", "encumbrances", "possession", "taxes", "defects"):
        officer.page.locator(f"#f-{name}").fill("无异常")
    officer.press("记录").sees("已查明")
    opened(officer, "commit").page.locator("#f-list").fill("\n".join(f"第{n}评估公司" for n in range(1, 7)))
    officer.press("公布名单和摘要").sees("种子已封存")
    opened(officer, "draw").page.locator("#f-words").fill("周某的词\n乙公司的词")
    officer.press("公开种子并摇号").sees("已核验", "核验方法").inspect("court-property-draw")
    opened(officer, "appraisal").page.locator("#f-listed_reason-ask_appraisal").select_option(value="survey_needed")
    officer.press("移交材料并委托").sees("出具报告")
    agency = officer.page.locator("dd", has_text="出具报告").inner_text().split(" · ")[0]
    form = officer.page.locator("#mode-appraisal")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.locator("[name=agency]").fill(agency)
    form.locator("[name=amount]").fill("200000")
    form.locator("[name=valid_until]").fill((crowd.site.now + timedelta(days=200)).date().isoformat())
    with officer.page.expect_navigation():
        form.get_by_role("button", name="记录结果").click()
    officer.sees("¥200,000.00", "尚未送达").inspect("court-property-report")
    officer.press("已送达").sees("报告的送达与异议")
