"""The instructions to bidders with the special reminders (网拍规定第14条): what a bidder should know before he bids."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from auction.procedure.bidding.undertakings import undertakings_of
from auction.procedure.papers.blocks import Block, Content, Items, Pairs, Paragraph, Text
from auction.procedure.papers.texts import terms
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, Folder, folder
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.outline import sections
from auction.procedure.papers.words import say

KIND = "instructions"
_HOUR = timedelta(hours=1)


def instructions(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the instructions for bidders on a lot.

    :raises PaperNotYet: before the panel has decided on the terms
    """
    found = folder(session, subject, now=now)
    lot = found.lot
    if lot.approved_at is None:
        raise not_yet(KIND, terms.UNDECIDED)
    undertaken = tuple(Text(one.text.zh, one.text.en) for one in undertakings_of(lot))
    reminded = [Paragraph(one, strong=True) for one in terms.reminders(found, now=now)]
    blocks = [
        Paragraph(_opening(found)),
        *sections(
            (Text("特别提示", "Special reminders"), [*reminded, Paragraph(terms.no_warranty(), strong=True)]),
            (Text("价格和保证金", "Prices and deposit"), [Pairs(terms.prices(found))]),
            (Text("报名和竞买资格", "Registration and who may bid"), [Items(terms.qualification(found))]),
            (Text("竞买人的承诺", "What a bidder declares"), _declared(undertaken)),
            (Text("竞价", "Bidding"), [Items(terms.bidding(found))]),
            (Text("优先购买权", "Priority to purchase"), [Items(terms.priority(found))]),
            (Text("付款和贷款", "Payment and loans"), [Items((*terms.payment(found), _loan()))]),
            (Text("税费", "Taxes and fees"), [Items(_taxes())]),
            (Text("裁定、过户和交付", "Ruling, transfer of title and hand-over"), [Items(_after(found))]),
            (Text("悔拍的后果", "Not paying after the sale"), [Paragraph(_default(), strong=True)]),
            (Text("暂缓、中止、撤回和撤销", "Stay, withdrawal and revocation"), [Paragraph(_stays(found))]),
            (Text("咨询和监督", "Enquiries and supervision"), [Pairs(terms.contact(found))]),
        ),
    ]
    title = Text("变卖须知", "Instructions for the sale") if lot.round == "sale" else say(
        "竞买须知（{round}）", "Instructions for bidders ({round})", round=ROUNDS[lot.round]
    )  # fmt: skip
    return Content(
        kind=KIND,
        court=lot.court_name,
        title=title,
        number=None,
        to=Text("各竞买人", "All bidders"),
        blocks=tuple(blocks),
        signers=(),
        dated=lot.announced_at or now,
    )


def _opening(found: Folder) -> Text:
    return say(
        "{court}就{number}一案中的{title}公开进行{kind}。参加竞买前请仔细阅读本须知和公告；参加竞买即视为知悉并同意其全部内容。",
        "In case {number} the {court} holds a public {kind} of {title}. Read these instructions and the announcement "
        "before you bid; by bidding you are taken to know and accept all of both.",
        court=found.lot.court_name,
        number=found.lot.case_number,
        title=found.title,
        kind=found.kind,
    )


def _declared(undertaken: tuple[Text, ...]) -> list[Block]:
    return [Items(undertaken)] if undertaken else []


def _loan() -> Text:
    return Text(
        "买受人拟以贷款支付余款的，应当在竞买前自行向银行确认能否贷款、额度和放款时间；未获准贷款或者放款迟延，"
        "不影响付款期限，也不是不付余款的理由。",
        "A buyer who means to borrow asks his bank before he bids whether, how much and when it lends; a loan "
        "refused or "
        "late neither extends the time for the balance nor excuses not paying it.",
    )


def _taxes() -> tuple[Text, ...]:
    return (
        say(
            "过户产生的税费，依照{law}，由法律、行政法规规定的纳税（费）义务人各自承担；没有规定或者规定不明的，由本院根据"
            "法律原则和案件实际情况确定。",
            "Taxes and fees of the transfer are borne, under {law}, by whom the law lays each of them on; where it is "
            "silent or unclear the court decides by its principles and the facts of the case.",
            law=cite(("online_auction", (30,))),
        ),
        Text(
            "买受人一方负担的税费（如契税、印花税）由买受人向税务机关申报缴纳；出卖人一方负担的税费从案款中支付，买受人不承担。",
            "What falls on the buyer (deed tax and stamp duty, where they apply) he declares and pays to the tax "
            "office; "
            "what falls on the seller is paid from the proceeds, not by the buyer.",
        ),
        Text(
            "水、电、燃气、物业服务等费用的已知欠缴情况见公告；未列明的，竞买人应当自行查询。",
            "Known arrears of water, power, gas and services stand in the announcement; for others a bidder asks "
            "himself.",
        ),
    )


def _after(found: Folder) -> tuple[Text, ...]:
    numbers = found.numbers.settlement
    return (
        say(
            "价款付清后{days}日内，本院作出裁定并送达买受人；标的物权利自裁定送达买受人时转移。",
            "Within {days} days of payment in full the court makes its ruling and serves it; title passes with the "
            "service.",
            days=numbers.ruling_service_days,
        ),
        Text(
            "本院向登记机构发出协助执行通知书，买受人持裁定书和协助执行通知书办理过户登记；标的物上的担保物权因拍卖消灭，"
            "查封由本院解除。",
            "The court sends the registry an assistance notice; the buyer has the title registered with it and the "
            "ruling. Security on the property ends with the sale, and the court lifts its seizure.",
        ),
        say(
            "裁定送达后{days}日内，本院将标的物移交买受人；占有人拒不移交的，依法强制执行。",
            "Within {days} days of service the court hands the property over; against who refuses to leave it "
            "enforces.",
            days=numbers.handover_days,
        ),
    )


def _default() -> Text:
    return say(
        "买受人逾期未付清余款的，本院可以裁定重新拍卖：已缴保证金不予退还，依照{law}依次用于支付拍卖产生的费用损失、"
        "弥补重新拍卖价款低于原拍卖价款的差价、冲抵本案被执行人的债务和与拍卖财产相关的被执行人的债务；"
        "原买受人不得参加重新拍卖。",
        "When the balance is not paid in time, the court may order the property auctioned again. The deposit is not "
        "returned; under {law} it pays, in this order, the cost of the auction, what the re-auction brings less, the "
        "debtor's debt in this case, and his debts connected with the property. The buyer may not bid again for it.",
        law=cite(("online_auction", (24,))),
    )


def _stays(found: Folder) -> Text:
    return say(
        "{kind}可能因法定事由暂缓、中止、撤回；成交后有{law}所列情形的，可以撤销。撤回或者撤销的，竞买人和买受人已缴款项退还；"
        "撤回的，保证金于{hours}小时内退还。",
        "The {kind} may be stayed or withdrawn on grounds of law, and a sale be revoked in the cases of {law}. Then "
        "what "
        "was paid goes back; after a withdrawal within {hours} hours.",
        kind=found.kind,
        law=cite(("online_auction", (31,))),
        hours=found.numbers.auction.loser_release // _HOUR,
    )
