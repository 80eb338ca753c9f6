"""Paying the deposit: the amount, where it goes, when it comes back; the sandbox says that it is one."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from auction.edges.inbox import cashier
from auction.edges.problems import status_of
from auction.edges.web.visitor import BIDDERS, known_visitor, open_to, own_person, platform, t
from auction.foundation.kernel.refusal import Refusal
from auction.procedure.bidding import queries as bidding
from auction.procedure.bidding.queries import RegistrationRecord
from auction.procedure.deposits import commands as deposits
from auction.procedure.deposits import queries
from auction.procedure.deposits.rules import DepositStatus
from auction.procedure.lots import queries as lots
from auction.procedure.treasury.rules import OrderStatus

pages = Blueprint("deposit", __name__)


class PaymentRefused(Refusal):
    """The bank or payment service said no; nothing was taken."""

    code = "deposit.payment_refused"
    article = "法释〔2016〕18号 第17条"
    title_zh, title_en = "付款未成功", "The payment did not go through"
    zh = "银行或支付机构拒绝了付款（{reason}），未扣款；请核对限额后重试或换一种付款方式。"
    en = "The bank or payment service refused ({reason}) and nothing was taken; check your limit and try again."


def _own(lot: str) -> RegistrationRecord | None:
    with platform().read() as session:
        lots.public_lot(session, lot)
        return bidding.registration_of(session, lot=lot, person=own_person())


@pages.get("/lots/<lot>/deposit")
@open_to(BIDDERS)
def form(lot: str) -> str | Response:
    """Show what is due and pay it, or that one is admitted."""
    own = _own(lot)
    if own is None:
        return redirect(url_for("registering.form", lot=lot))
    return _page(own)


def _page(own: RegistrationRecord, *, refusal: Refusal | None = None) -> str:
    with platform().read() as session:
        deposit = queries.deposit_of(session, registration=own.id)
        return render_template(
            "bidder/deposit.html",
            section="my",
            lot=lots.lot(session, own.lot),
            registration=own,
            ways=ways(),
            pending=deposit is not None and deposit.status is DepositStatus.REQUESTED,
            refusal=refusal,
        )


def ways() -> list[dict[str, str]]:
    """Return the ways to pay that the platform's gateway offers; the sandbox says that it is one."""
    if platform().gateways.of(None).name == "sandbox":
        name = t("演示付款", "Demonstration payment")
        text = t("沙箱环境，不会动用真实资金，点击后立即到账。", "A sandbox: no real money moves; it arrives at once.")
    else:
        name = t("在线支付", "Pay on line")
        text = t("由法院指定的支付机构办理。", "By the payment service the court has named.")
    return [{"key": platform().gateways.of(None).name, "name": name, "text": text}]


@pages.post("/lots/<lot>/deposit")
@open_to(BIDDERS)
def pay(lot: str) -> Response:
    """Pay exactly the deposit that is due; sent twice it is paid once."""
    own = _own(lot)
    if own is None:
        return redirect(url_for("registering.form", lot=lot))
    try:
        with platform().act(known_visitor()) as act:
            paid = deposits.pay_deposit(act, lot=lot, registration=own.id, amount_minor=own.deposit_due_minor)
        if paid.order is not None:
            carry_out(paid.order)
    except Refusal as refusal:
        return make_response(_page(own, refusal=refusal), int(status_of(refusal)))
    return redirect(url_for("deposit.form", lot=lot))


def carry_out(order: str) -> None:
    """Ask the gateway at once, so that the payer need not wait for the next sweep.

    :raises PaymentRefused: when it said no
    """
    done = cashier.carry_out(platform(), order)
    if done.status is OrderStatus.FAILED:
        raise PaymentRefused(reason=done.last_error or "")
