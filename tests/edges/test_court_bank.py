"""The bank at the court desk, through forms alone: import, the desk, payees, payment files; each by its own people."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from auction.edges.jobs.sweep import settle
from auction.edges.live import live_of
from auction.edges.platform import Platform
from auction.edges.web.court import bank
from auction.foundation.kernel.roles import Role
from auction.gateways.port import OrderKind
from auction.procedure.cases.commands import open_case
from auction.procedure.identity.commands import enrol_person, open_account
from auction.procedure.treasury import matching, orders, ways
from tests.edges.clerks import Clerk, Courthouse, courthouse, said
from tests.peers.bank import ACCOUNT, Told, camt, carried_out


@pytest.fixture
def house(platform: Platform) -> Iterator[Courthouse]:
    """A courthouse with an account, a case, a second person of finance, and a court elsewhere."""
    for found in courthouse(platform):
        found.add("second", Role.FINANCE, court="T1")
        with platform.act() as act:
            claims = [
                {"id": "K1", "creditor": "甲银行", "amount_minor": 60_000_000, "kind": "ordinary", "applicant": True}
            ]
            debtor = {"id": "D1", "name": "赵某", "kind": "natural_person"}
            open_case(act, id="C1", number="（2025）京0105执1号", court="T1", debtor=debtor, claims=claims)
            ways.set_court_account(
                act, court="T1", holder="某某法院", number=ACCOUNT, bank="某某银行", bank_code="102100099996"
            )
            person = enrol_person(act, name="钱某", id="N1")
            open_account(act, id="U1", login="buyer", password=None, name="钱某", roles=[Role.BIDDER], person=person.id)
        yield found


def pays_out(house: Courthouse, party: str | None = "N1", minor: int = 12_345) -> str:
    """Leave an order for the bank and return its id."""
    with house.platform.act() as act:
        order = orders.request_order(
            act, kind=OrderKind.PAYOUT, purpose="unclaimed", subject="nothing", case="C1", lot=None, party=party,
            amount_minor=minor, way="bank",
        )  # fmt: skip
    settle(house.platform)
    return order.id


def send(clerk: Clerk, content: bytes, name: str = "statement.xml") -> TestResponse:
    """Send a file as a browser does."""
    clerk.send("/language", {"lang": "zh"})
    fields = {"csrf_token": clerk.token, "file": (io.BytesIO(content), name)}
    return clerk.client.post("/court/bank/files", data=fields, content_type="multipart/form-data")


def line_of(house: Courthouse) -> str:
    found = re.search(r'href="(/court/bank/lines/\w+)"', house.staff["finance"].see("/court/bank/desk"))
    assert found is not None
    return found[1]


def test_a_file_is_imported_and_says_what_became_of_it(house: Courthouse) -> None:
    finance = house.staff["finance"]
    reference = matching.case_reference("C1")
    assert reference in finance.see("/court/cases/C1/money")
    content = camt(
        Told(yuan="100.00", name="赵某", words=reference),
        Told(yuan="7.00", name="路人", reference="B2"),
        Told(yuan="0.00", reference="B3"),
    )

    answer = send(finance, content)

    assert answer.status_code == 303
    page = finance.see(answer.headers["Location"])
    assert "data-lines>2<" in page
    assert "data-matched>1<" in page
    assert "data-bad>1<" in page
    assert "金额为零" in page
    assert "data-bad>1<" in house.staff["head"].see(send(finance, content).headers["Location"])
    assert "路人" in finance.see("/court/bank/desk")
    assert "1 笔银行流水待认领" in finance.see("/court")
    assert "¥100.00" in finance.see("/court/cases/C1/money")


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "不完整"),
        (camt(Told(yuan="1.00"))[:300], 422, "不完整"),
        (camt(Told(yuan="1.00"), before='<!DOCTYPE a [<!ENTITY b "c">]>'), 422, "不允许"),
        (b"%PDF", 422, "格式"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(house: Courthouse, content: bytes, status: int, words: str) -> None:
    answer = send(house.staff["finance"], content)

    assert answer.status_code == status
    assert words in said(answer)
    assert "还没有导入过" in house.staff["finance"].see("/court/bank")


def test_a_file_beyond_what_a_browser_may_send_is_refused(house: Courthouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "UPLOAD_MAX_BYTES", 2_000)

    assert send(house.staff["finance"], b"<a/>" + b" " * 3_000).status_code == 413


def test_only_finance_imports_and_only_for_his_court(house: Courthouse) -> None:
    content = camt(Told(yuan="1.00"))
    for login in ("officer", "head", "judge1"):
        assert send(house.staff[login], content).status_code == 403
    elsewhere = Courthouse(house.platform, court="T2", name="上海市浦东新区人民法院")
    answer = send(elsewhere.staff["finance"], content)
    assert answer.status_code == 409
    assert "账户未登记" in said(answer)
    answer = send(house.staff["finance"], content)
    assert elsewhere.staff["finance"].open(answer.headers["Location"]).status_code == 403
    assert elsewhere.staff["finance"].open(line_of(house)).status_code == 403
    assert elsewhere.staff["finance"].open("/court/bank/payees/N1").status_code == 403
    live_of(elsewhere.app).stop()
    assert Clerk(house.app, "U1").open("/court/bank").status_code == 403
    assert Clerk(house.app, None).open("/court/bank").status_code in {302, 401}


def test_money_of_another_payer_is_booked_by_two(house: Courthouse) -> None:
    finance, head = house.staff["finance"], house.staff["head"]
    send(finance, camt(Told(yuan="7.00", name="路人")))
    line = line_of(house)
    chosen = {"case": "C1", "payer": "D1"}

    assert "赵某" in finance.see(f"{line}?case=C1")
    assert finance.send(f"{line}/case", {"case": "C1", "payer": "nobody"}).status_code == 400
    finance.do(f"{line}/case", chosen)
    assert "须由另一人复核" in said(finance.send(f"{line}/case", chosen))
    assert "职员finance 已提出认领" in head.see(line)
    head.do(f"{line}/case", chosen)

    assert "已入案款账户" in head.see(line)
    assert finance.send(f"{line}/give_back").status_code == 409


ACCOUNT_OF_N1 = {"holder": "钱某", "number": "6217000010009998887", "bank": "某行"}


def released(house: Courthouse) -> str:
    """Draft and release a payment file of what waits for the bank, and return its address."""
    house.officer.do("/court/bank/payees/N1", ACCOUNT_OF_N1)
    batch = house.staff["finance"].do("/court/bank/payments")
    house.staff["head"].do(f"{batch}/release")
    return batch


def test_who_has_no_account_is_not_paid_until_it_is_on_record(house: Courthouse) -> None:
    finance = house.staff["finance"]
    pays_out(house)
    assert "缺少收款账户" in finance.see("/court/bank/payments")
    assert finance.send("/court/bank/payments").status_code == 409

    assert finance.send("/court/bank/payees/N1", ACCOUNT_OF_N1 | {"holder": "孙某"}).status_code == 422
    assert finance.send("/court/bank/payees/N1", ACCOUNT_OF_N1 | {"number": "1"}).status_code == 400
    assert "缺少收款账户" in finance.see("/court/bank/payments")
    assert house.officer.do("/court/bank/payees/N1", ACCOUNT_OF_N1) == "/court/bank/payments"

    assert "6217…8887" in finance.see("/court/bank/payments")


def test_a_payment_file_is_drafted_by_one_and_released_by_another(house: Courthouse) -> None:
    finance, head = house.staff["finance"], house.staff["head"]
    order = pays_out(house)
    house.officer.do("/court/bank/payees/N1", ACCOUNT_OF_N1)

    batch = finance.do("/court/bank/payments")
    assert finance.send(f"{batch}/release").status_code == 403
    assert finance.open(f"{batch}/file").status_code == 409
    head.do(f"{batch}/release")

    answer = finance.open(f"{batch}/file")
    assert answer.headers["Content-Type"].startswith("application/xml")
    (debit,) = carried_out(answer.data)
    assert (debit.end_to_end, debit.yuan, debit.account) == (order, "123.45", "6217000010009998887")
    assert "6217000010009998887" not in finance.see(batch)
    assert head.send(f"{batch}/cancel").status_code == 409


def test_what_the_bank_refused_waits_for_the_next_file(house: Courthouse) -> None:
    finance, head = house.staff["finance"], house.staff["head"]
    order = pays_out(house)
    batch = released(house)

    finance.do(f"{batch}/refused", {"order": order})
    assert "银行未付" in finance.see(batch)
    assert finance.send(f"{batch}/refused", {"order": order}).status_code == 404
    assert head.send(f"{batch}/again", {"order": order}).status_code == 403
    assert finance.send(f"{batch}/again", {"order": "G-other"}).status_code == 404
    finance.do(f"{batch}/again", {"order": order})
    settle(house.platform)

    assert order in finance.see("/court/bank/payments")


def test_a_draft_is_cancelled(house: Courthouse) -> None:
    finance = house.staff["finance"]
    pays_out(house, party=None)
    house.staff["head"].do(
        "/court/bank/payees/court:T1", {"holder": "某某法院", "number": "6222020000000000001", "bank": "某行"}
    )
    batch = finance.do("/court/bank/payments")

    house.staff["second"].do(f"{batch}/cancel")

    assert "已撤销" in finance.see(batch)
    assert finance.do("/court/bank/payments") != batch


def test_a_person_enters_his_own_account(house: Courthouse) -> None:
    buyer = Clerk(house.app, "U1")
    account = {"holder": "钱某", "number": "6217 0000 1000 9998 887", "bank_code": "102100099996"}
    assert "/account/bank" in buyer.see("/account")

    assert buyer.send("/account/bank", account | {"holder": "孙某"}).status_code == 422
    assert buyer.send("/account/bank", account | {"bank_code": "x"}).status_code == 400
    assert buyer.do("/account/bank", account) == "/account"

    page = buyer.see("/account/bank")
    assert "…8887" in page
    assert "6217000010009998887" not in page
    assert house.officer.open("/account/bank").status_code == 403


def test_an_order_that_a_line_fits_is_offered(house: Courthouse) -> None:
    finance = house.staff["finance"]
    send(finance, camt(Told(yuan="12.34", name="路人", account="6217000010001112223")))
    paid = line_of(house)
    finance.do(f"{paid}/give_back")
    settle(house.platform)
    send(finance, camt(Told(yuan="12.34", credit=False, name="路人", reference="B2", words="无编号")))
    line = line_of(house)
    order = re.search(r'name="order" value="(\w+)"', finance.see(line))
    assert order is not None

    finance.do(f"{line}/order", {"order": order[1]})

    assert "已匹配" in finance.see(line)
    assert "已退回" in finance.see(paid)
    assert "没有待认领的款项" in finance.see("/court/bank/desk")
