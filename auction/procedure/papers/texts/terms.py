"""The terms of a lot as its announcement, its instructions and its notice tell them: each number from the record."""

from __future__ import annotations

from datetime import datetime, timedelta

from auction.foundation.kernel.calendar import day_of
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Text
from auction.procedure.papers.texts.folder import Folder
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.words import say
from auction.rulebook import rulebook

#: What a paper that precedes the auction waits for.
UNDECIDED = Text("合议庭尚未就拍卖条件作出决定", "the panel has not decided on the terms")
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


def prices(found: Folder) -> tuple[tuple[Text, Text], ...]:
    """Return the sums of a lot by name."""
    lot = found.lot
    sale = lot.round == "sale"
    rows = [(Text("参考价", "Reference price"), words.amount(lot.reference_price_minor))]
    if lot.reference_price_minor == 0:
        rows = [(Text("参考价", "Reference price"), Text("无法评估，未确定", "none: it could not be appraised"))]
    start = Text("变卖价（保留价）", "Sale price (reserve)") if sale else Text(
        "起拍价（保留价）", "Start price (reserve)"
    )  # fmt: skip
    deposit = Text("变卖预缴款", "Paid beforehand") if sale else Text("保证金", "Deposit")
    return (
        *rows,
        (start, words.amount(lot.start_price_minor)),
        (deposit, words.amount(lot.deposit_minor)),
        (Text("加价幅度", "Increment"), words.amount(lot.increment_minor)),
    )


def bidding(found: Folder) -> tuple[Text, ...]:
    """Return when and how bids are made, by the numbers of the round."""
    lot, numbers = found.lot, found.numbers.auction
    sale = lot.round == "sale"
    window = numbers.sale_extension if sale else numbers.extension_window
    points = [
        say(
            "竞价自{opens}起至{closes}止；出价以进入平台系统的时间为准。",
            "Bidding runs from {opens} to {closes}; a bid counts from when it enters the platform.",
            opens=words.instant(lot.opens_at),
            closes=words.instant(lot.closes_at),
        ),
        say(
            "{kind}采取增价方式，以起始价格{start}元起，每次加价为加价幅度的整数倍；起始价格即为保留价，不到保留价不成交。",
            "Bids rise from CNY {start} in whole increments; the start price is the reserve, and nothing is sold "
            "below it.",
            kind=found.kind,
            start=words.figures(lot.start_price_minor),
        ),
        say(
            "竞价结束前{minutes}分钟内有人出价的，自该出价时起顺延{length}分钟，次数不限。",
            "A bid within the last {minutes} minutes extends the bidding by {length} minutes from that bid, without "
            "limit.",
            minutes=window // _MINUTE,
            length=(numbers.sale_extension if sale else numbers.extension_length) // _MINUTE,
        ),
        say(
            "{bidders}人以上参加竞买且出价不低于保留价的，即为成交。",
            "{bidders} bidder at the reserve or above is enough for a sale.",
            bidders=numbers.bidders_min,
        ),
    ]
    if sale:
        points.insert(
            1,
            say(
                "变卖期为{days}日；变卖期内首次出价后，竞价时间为{hours}小时。",
                "The sale stands for {days} days; from the first bid there are {hours} hours for others to bid.",
                days=numbers.sale_period_days,
                hours=numbers.sale_contest // _HOUR,
            ),
        )
    return tuple(points)


def qualification(found: Folder) -> tuple[Text, ...]:
    """Return who may bid and what each must do before."""
    lot = found.lot
    points = [
        Text(
            "竞买人应当具备完全民事行为能力；法律、行政法规对竞买人资格有特殊规定的，应当同时具备该资格。",
            "A bidder has full civil capacity, and any qualification the law asks of a buyer of such property.",
        ),
        say(
            "竞买人应当在竞价程序结束前实名报名并足额缴纳{what}{deposit}；未缴纳的，不得参加竞买。申请执行人参加竞买的，"
            "可以不交保证金，但债权数额小于保证金数额的按差额缴纳。",
            "A bidder registers in his real name and pays {deposit} in full before bidding ends; without it nobody "
            "bids. "
            "An applicant for enforcement pays only what the deposit exceeds his claim by.",
            what="变卖预缴款" if lot.round == "sale" else "保证金",
            deposit=words.amount(lot.deposit_minor),
        ),
        Text(
            "委托他人代为竞买或者与他人共同竞买的，应当在竞价程序开始前经本院确认。",
            "An agent, and who buys together and for which shares, is confirmed by the court before bidding begins.",
        ),
    ]
    if lot.conditions.purchase_limited:
        points.append(
            Text(
                "标的物所在地实行住房限购政策，竞买人应当具备购房资格，并自报名至裁定持续具备。",
                "Purchase limits apply to this home: a bidder must qualify under them, from registration to the "
                "ruling.",
            )
        )
    if lot.conditions.approval:
        points.append(
            say(
                "标的物的转让须经批准（{approval}），买受人取得批准后本院方作出成交裁定。",
                "The transfer needs an approval ({approval}); the ruling is made when the buyer has it.",
                approval=lot.conditions.approval,
            )
        )
    return tuple(points)


def priority(found: Folder) -> tuple[Text, ...]:
    """Return the priority rights by rank and nature, never by person."""
    rights = sorted(found.lot.priority, key=lambda one: one.rank)
    if not rights:
        return (
            Text(
                "截至公告之日，本院未查明优先购买权人；主张优先购买权的，应当在竞价程序开始前向本院提出并经确认。",
                "No priority purchaser is known to the court; who claims such a right has the court confirm it before "
                "bidding begins.",
            ),
        )
    known = (
        say(
            "第{rank}顺位优先购买权人：{nature}",
            "Priority purchaser of rank {rank}: {nature}",
            rank=Text(words.numeral(one.rank), str(one.rank)),
            nature=one.nature or one.reason or words.TO_BE_STATED,
        )
        for one in rights
    )
    return (
        *known,
        Text(
            "优先购买权人经本院确认后取得优先竞买资格；同等价格下顺位在先的优先，顺位相同的先出价的优先。"
            "经通知未参加竞买的，视为放弃优先购买权。",
            "A priority purchaser bids as one when the court has confirmed him; at the same price the better rank goes "
            "before, among equals the earlier bid. Who was notified and does not take part has waived the right.",
        ),
    )


def payment(found: Folder) -> tuple[Text, ...]:
    """Return how deposit and balance are paid, and what goes back when."""
    lot, numbers = found.lot, found.numbers.auction
    return (
        Text(
            "款项按平台付款页面载明的方式付至法院指定账户，付款人须为竞买人本人；请勿向任何个人账户付款。",
            "Money is paid to the court's account as the payment page says, by the bidder himself; never pay into a "
            "private account.",
        ),
        say(
            "成交后，买受人已缴款项抵作价款，余款应于成交之日起{days}日内付清。",
            "What the buyer has paid counts toward the price; the balance is due within {days} days of the close.",
            days=lot.balance_days,
        ),
        say(
            "未成交的竞买人所缴款项，于竞价结束后{hours}小时内退还；流拍的，全部退还。",
            "Every other bidder has his money back within {hours} hours of the close; when nothing is sold, all have.",
            hours=numbers.loser_release // _HOUR,
        ),
    )


def reminders(found: Folder, *, now: datetime) -> tuple[Text, ...]:
    """Return the seven special reminders in the words of the rules of the day (article 14)."""
    today = rulebook().on(day_of(found.lot.announced_at or now))
    return tuple(
        words.say(
            "{title}：{text}", "{title}: {text}", title=Text(one.title.zh, one.title.en),
            text=Text(one.text.zh, one.text.en),
        )
        for one in today.reminders
    )  # fmt: skip


def contact(found: Folder) -> tuple[tuple[Text, Text], ...]:
    """Return how the court is reached and where its work is complained of."""
    court = found.court
    phones = (
        (Text("咨询、看样电话", "Enquiries and viewing"), court.phone),
        (Text("监督举报电话", "Supervision"), court.supervision_phone),
    )
    return (
        (Text("执行法院", "Enforcing court"), Text.same(court.name)),
        *((name, Text.same(number)) for name, number in phones if number),
    )


def no_warranty() -> Text:
    """Return what the court does not answer for (article 15)."""
    return say(
        "标的物以实物现状为准。本院已公示查明的瑕疵和权利负担，不能保证标的物的真伪和品质，依照{law}不承担瑕疵担保责任。",
        "The property is sold as it stands. The court has disclosed the defects and encumbrances it found, cannot "
        "vouch "
        "for genuineness or quality, and under {law} does not answer for defects.",
        law=cite(("online_auction", (15,))),
    )
