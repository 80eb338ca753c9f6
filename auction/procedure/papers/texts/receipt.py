"""The receipt for a deposit (网拍规定第17、18条): for who paid it alone, and without the code he bids under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.gateways.port import OrderKind
from auction.procedure.bidding import queries as bidding
from auction.procedure.deposits import queries as deposits
from auction.procedure.deposits.queries import DepositRecord
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Pairs, Paragraph, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import Buyer, Folder, buyers, folder, names_of
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.words import say
from auction.procedure.treasury import queries as treasury

KIND = "deposit_receipt"
_WAYS: Mapping[str, Text] = {
    "bank": Text("银行转账", "bank transfer"),
    "stripe": Text("网上支付", "payment on line"),
    "sandbox": Text("演示支付（非真实款项）", "demonstration payment (no real money)"),
}


def deposit_receipt(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the receipt for the deposit of a registration.

    Before the close nobody may connect a bidder with his code, so the code stands on no receipt.

    :raises PaperNotYet: while no deposit has arrived
    """
    registration = bidding.registration(session, subject)
    deposit = deposits.deposit_of(session, registration=registration.id)
    if deposit is None or deposit.held_at is None:
        raise not_yet(KIND, Text("保证金尚未到账", "no deposit has arrived"))
    found = folder(session, registration.lot, now=now)
    payers = buyers(session, lot=registration.lot, person=registration.person)
    return Content(
        kind=KIND,
        court=found.lot.court_name,
        title=Text("保证金收据", "Deposit receipt"),
        number=None,
        to=names_of(payers),
        blocks=(
            Paragraph(_received(found, deposit, payers=payers)),
            Pairs(tuple(_rows(session, found, deposit, payers=payers))),
            Paragraph(_note()),
        ),
        signers=(),
        dated=deposit.held_at,
    )


def _received(found: Folder, deposit: DepositRecord, *, payers: tuple[Buyer, ...]) -> Text:
    return say(
        "今收到{payer}为参加{number}一案{title}的{kind}缴纳的{what}{amount}。",
        "Received of {payer}, for taking part in the {kind} of {title} in case {number}, a {what} of {amount}.",
        payer=names_of(payers),
        number=found.lot.case_number,
        title=found.title,
        kind=found.kind,
        what=Text("变卖预缴款", "prepayment") if found.lot.round == "sale" else Text("竞买保证金", "deposit"),
        amount=words.amount(deposit.amount_minor),
    )


def _rows(
    session: Session, found: Folder, deposit: DepositRecord, *, payers: tuple[Buyer, ...]
) -> list[tuple[Text, Text]]:
    order = treasury.done_order(session, subject=deposit.id, kind=OrderKind.HOLD)
    rows = [
        (Text("缴款人", "Paid by"), words.joined((one.told(full=False) for one in payers), zh="；", en="; ")),
        (Text("金额", "Amount"), words.amount(deposit.amount_minor)),
        (Text("到账时间", "Received at"), words.instant(deposit.held_at or deposit.requested_at)),
        (Text("收款法院", "Received by"), Text.same(found.lot.court_name)),
    ]
    if order is not None and order.gateway is not None:
        rows.append((Text("支付方式", "Paid by way of"), _WAYS.get(order.gateway, Text.same(order.gateway))))
        rows.append((Text("支付凭证号", "Reference of the payment"), Text.same(order.gateway_reference or order.id)))
    if deposit.status is DepositStatus.RELEASED and deposit.released_at is not None:
        rows.append((Text("退还时间", "Given back at"), words.instant(deposit.released_at)))
    if deposit.status is DepositStatus.APPLIED and deposit.applied_at is not None:
        rows.append((Text("抵作价款时间", "Counted toward the price at"), words.instant(deposit.applied_at)))
    return rows


def _note() -> Text:
    return say(
        "依照{law}，成交的，保证金抵作价款；未成交的，于竞价结束后退还；买受人悔拍的，不予退还。",
        "Under {law} the deposit counts toward the price when its payer buys and goes back to him after the close "
        "when he "
        "does not; it is not returned to a buyer who does not pay.",
        law=cite(("online_auction", (23, 24, 25))),
    )
