"""Statements of the ledger as pages show them: filters from the address, holders by name or code, a table to keep.

A holder before the close is a bidding code and never a person (docs/decisions/who-may-see-a-bidder.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from sqlalchemy.orm import Session

from auction.edges.web.reading import calendar_day
from auction.edges.web.visitor import language, t
from auction.foundation.database.narrowing import Cases
from auction.foundation.kernel.calendar import in_shanghai, start_of_day
from auction.foundation.kernel.refusal import InputMalformed, NotFound
from auction.foundation.ledger import statements
from auction.foundation.ledger.rules import Account
from auction.foundation.ledger.statements import Filters, Line, Scope
from auction.procedure.bidding import queries as bidding
from auction.procedure.cases import queries as cases
from auction.procedure.identity import queries as identity
from auction.procedure.lots import queries as lots

PAGE = 100
_DIGITS = 18
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: Each account: what it is called, and which amounts of it are debits.
ACCOUNTS: Mapping[Account, tuple[str, str]] = {
    Account.OUTSIDE: ("银行与支付机构", "Bank and services"),
    Account.HELD: ("保证金冻结", "Deposits held"),
    Account.REFUNDABLE: ("待退还", "To be returned"),
    Account.FORFEITED: ("不予退还", "Forfeited"),
    Account.PROCEEDS: ("拍卖款", "Proceeds"),
    Account.ESCROW: ("提存", "Escrow"),
    Account.PAID_OUT: ("已发放", "Paid out"),
    Account.UNCLAIMED: ("待认领", "Unclaimed"),
}
#: Entries the docket has no word of its own for.
_KINDS: Mapping[str, tuple[str, str]] = {
    "deposit.held": ("保证金到账", "Deposit received"),
    "deposit.refundable": ("保证金待退还", "Deposit to be returned"),
    "deposit.released": ("退还保证金", "Deposit returned"),
    "deposit.applied": ("保证金抵作价款", "Deposit counted toward the price"),
    "deposit.forfeited": ("保证金不予退还", "Deposit forfeited"),
    "deposit.lapsed": ("保证金未能全部划入", "Part of the deposit was not there"),
    "forfeit.applied": ("适用没收的保证金", "Forfeited deposit applied"),
    "forfeit.given_up": ("没收的保证金改计价款", "Forfeit counts as the buyer’s again"),
    "balance.paid": ("付清余款", "Balance paid"),
    "top_up.paid": ("补交差额", "Rest paid by the buyer"),
    "price.refundable": ("价款待退还", "Price to be returned"),
    "price.returned": ("退还价款", "Price returned"),
    "case.payment": ("还款入账", "Payment on the debt"),
    "distribution.paid": ("发放案款", "Paid out"),
    "distribution.escrowed": ("争议部分提存", "Disputed part put in escrow"),
    "bank.unclaimed": ("收到待认领款", "Unclaimed money came"),
    "bank.claimed": ("认领款项", "Unclaimed money was claimed"),
    "bank.gone_back": ("退回待认领款", "Unclaimed money went back"),
    "distribution.escrow_decided": ("提存款依判决处理", "Escrow decided by judgment"),
}
#: Holders that are no person and no claim.
_PARTS: Mapping[str, tuple[str, str]] = {
    "surplus": ("被执行人（余款）", "The debtor (surplus)"),
    "costs": ("执行费用", "Costs"),
    "enforcement_fee": ("申请执行费", "Enforcement fee"),
    "living_setaside": ("被执行人（生活保障）", "The debtor (living set-aside)"),
    "bankruptcy_administrator": ("破产管理人", "Bankruptcy administrator"),
}


def entry_number(text: str) -> int:
    """Read the number of an entry from an address.

    :raises NotFound: for what is none
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise NotFound(what="ledger entry", name=text)
    return int(text)


def account_word(account: Account) -> str:
    """Return what an account is called."""
    return t(*ACCOUNTS[account]) if account in ACCOUNTS else account.value


def kind_word(kind: str) -> str:
    """Return what a kind of entry is called."""
    return t(*_KINDS[kind]) if kind in _KINDS else kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a statement the address asks for, and the words it was asked in."""

    filters: Filters
    after: int
    words: Mapping[str, str]

    def link(self, path: str, **changes: str | int) -> str:
        """Return the address of the same question with some of it changed."""
        wanted = {name: str(value) for name, value in {**self.words, **changes}.items() if value != ""}
        return f"{path}?{urlencode(wanted)}" if wanted else path


def asked() -> Asked:
    """Read the filters of a statement from the address.

    :raises InputMalformed: naming each that is none
    """
    errors: dict[str, str] = {}
    account = request.args.get("account", "")
    if account and account not in {one.value for one in Account}:
        errors["account"] = "没有该科目 / no such account"
    kind, lot = request.args.get("kind", "")[:80], request.args.get("lot", "")[:80]
    since, until = (_day(name, errors) for name in ("from", "to"))
    if since and until and since > until:
        errors["to"] = "结束日期早于开始日期 / ends before it begins"
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= _DIGITS):
        errors["after"] = "应为页面给出的位置 / a place given by a page"
    if errors:
        raise InputMalformed(errors=errors)
    filters = Filters(
        account=Account(account) if account else None,
        kind=kind or None,
        lot=lot or None,
        since=start_of_day(since) if since else None,
        until=start_of_day(until + timedelta(days=1)) if until else None,
    )
    words = {name: request.args.get(name, "")[:80] for name in ("account", "kind", "lot", "from", "to")}
    return Asked(filters=filters, after=int(after), words=words)


def _day(name: str, errors: dict[str, str]) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    day = calendar_day(text)
    if day is None:
        errors[name] = "请填写日期 / give a date"
        return None
    return day


def statement(session: Session, *, scope: Scope, path: str) -> dict[str, Any]:
    """Return one page of a statement with what its table shows: lines, names, titles, filters, the way on."""
    question = asked()
    found = statements.lines(session, scope=scope, filters=question.filters, after=question.after, limit=PAGE + 1)
    shown = found[:PAGE]
    return {
        "lines": shown,
        "word": account_word,
        "holders": holders(session, shown),
        "titles": titles(session, shown),
        "kind_options": [(kind, kind_word(kind)) for kind in statements.kinds(session, scope=scope)],
        "account_options": [(one.value, account_word(one)) for one in Account],
        "asked_for": question,
        "path": path,
        "next_page": question.link(path, after=shown[-1].id) if len(found) > PAGE else None,
        "first_page": question.link(path) if question.after else None,
    }


def holders(session: Session, lines: Iterable[Line]) -> dict[tuple[str, str], str]:
    """Return who holds each posting, by case and holder: a bidding code, a creditor, the debtor, the court's part."""
    owned = [one for one in lines if one.holder]
    unclaimed = {(one.case, one.holder or "") for one in owned if one.account is Account.UNCLAIMED}
    wanted = {(one.case, one.holder or "") for one in owned} - unclaimed
    codes = bidding.codes(session, {holder for _, holder in wanted})
    found = dict.fromkeys(unclaimed, t("银行流水", "A bank line"))
    files = {case: cases.case(session, case) for case in {case for case, holder in wanted if holder not in codes}}
    for case, holder in wanted:
        if holder in codes:
            found[case, holder] = codes[holder]
        elif holder in _PARTS:
            found[case, holder] = t(*_PARTS[holder])
        else:
            file = files[case]
            named = {claim.id: claim.creditor for claim in file.claims} | {file.debtor.person: file.debtor.name}
            found[case, holder] = named.get(holder, t("其他案件", "Another case"))
    return found


def titles(session: Session, lines: Iterable[Line]) -> dict[str, str]:
    """Return the titles of the lots on a statement."""
    found: dict[str, str] = {}
    for lot in {one.lot for one in lines if one.lot}:
        try:
            found[lot] = lots.lot(session, lot).title
        except NotFound:
            found[lot] = lot
    return found


def of_person(session: Session, *, person: str, only_ended: bool, cases_of: Cases = None) -> Scope:
    """Return the scope of what a person paid in and got: as bidder, as debtor, as creditor.

    :param cases_of: in which cases alone
    :param only_ended: leave out lots on which bidding has not ended, so that nobody learns who bids there
    """
    ended = {"closed", "withdrawn", "revoked"}
    own = bidding.registrations_of(session, person=person)
    bids = {one.id for one in own if not only_ended or lots.lot(session, one.lot).status in ended}
    claims: set[str] = set()
    debts: set[str] = set()
    for name in cases.cases_of_person(session, person):
        file = cases.case(session, name)
        claims |= {claim.id for claim in file.claims if claim.creditor_person == person}
        if file.debtor.person == person:
            debts.add(name)
    return Scope(holders=bids | claims | {person}, surplus_of=debts, cases=cases_of)


def name_of(session: Session, person: str) -> str:
    """Return a person's name.

    :raises NotFound: no such person
    """
    found = identity.find_person(session, person)
    if found is None:
        raise NotFound(what="person", name=person)
    return found.name


def as_csv(session: Session, *, scope: Scope, name: str) -> Response:
    """Return the whole of a statement, filtered as asked, as a table any spreadsheet opens."""
    found = statements.lines(session, scope=scope, filters=asked().filters)
    named, titled = holders(session, found), titles(session, found)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        [
            t("时间", "at"), t("分录", "entry"), t("事项", "what"), t("案号", "case"), t("拍品", "lot"),
            t("持有人", "holder"), t("科目", "account"), t("借", "debit"), t("贷", "credit"),
            t("科目余额", "balance"), t("币种", "currency"), t("凭证", "reference"),
        ]
    )  # fmt: skip
    for one in found:
        table.writerow(
            [
                in_shanghai(one.at).isoformat(timespec="seconds"),
                one.entry,
                kind_word(one.kind),
                one.case,
                _plain(titled.get(one.lot or "", "")),
                _plain(named.get((one.case, one.holder or ""), "")),
                account_word(one.account),
                _yuan(one.minor) if one.minor > 0 else "",
                _yuan(-one.minor) if one.minor < 0 else "",
                _yuan(one.balance_minor),
                one.currency,
                _plain(one.reference),
            ]
        )
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(name)}.csv"'
    answer.headers["Content-Language"] = language()
    return answer


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a title for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _file_name(name: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign == "-") else "-" for sign in name)


def _yuan(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def booked(session: Session, references: Collection[str]) -> dict[str, int]:
    """Return the entry of each order or payment that the ledger has, for the links of other pages."""
    return statements.entries_of(session, references=references)


def latest_of_deposits(session: Session, *, lot: str) -> dict[str, int]:
    """Return the last entry of each deposit of a lot, by registration."""
    found = statements.lines(session, scope=Scope(lot=lot))
    return {one.holder: one.entry for one in found if one.holder and one.kind.startswith("deposit.")}
