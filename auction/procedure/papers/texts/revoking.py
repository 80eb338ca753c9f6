"""The ruling that revokes a sale (网拍规定第31条): on which ground, and what becomes of price and property."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.docket import queries as docket
from auction.procedure.papers import words
from auction.procedure.papers.blocks import Content, Text
from auction.procedure.papers.texts.builder import not_yet
from auction.procedure.papers.texts.folder import ROUNDS, buyers, folder, names_of
from auction.procedure.papers.texts.law import cite
from auction.procedure.papers.texts.ruling import ruling
from auction.procedure.papers.words import say
from auction.procedure.settlement import queries as settlement

KIND = "revocation_ruling"
#: What the court finds of a sale, by the item of article 31.
FOUND: Mapping[str, Text] = {
    "31-1": Text(
        "文字、照片、视频展示或者瑕疵说明严重失实，致使买受人产生重大误解",
        "its description, pictures or statement of defects were so untrue that the buyer was seriously misled",
    ),
    "31-2": Text(
        "因系统故障、病毒、黑客攻击或者数据错误等原因致使结果错误，严重损害当事人或者其他竞买人利益",
        "a fault of the system, a virus, an intruder or an error of the data made its result wrong, to the serious "
        "harm "
        "of a party or another bidder",
    ),
    "31-3": Text(
        "竞买人之间或者竞买人与平台之间恶意串通，损害当事人或者其他竞买人利益",
        "bidders colluded with each other or with the platform, to the harm of a party or another bidder",
    ),
    "31-4": Text("买受人不具备法律规定的竞买资格", "the buyer lacks a qualification the law asks of him"),
    "31-5": Text(
        "违法限制竞买人参加竞买，或者对享有同等权利的竞买人规定不同的竞买条件",
        "bidders were unlawfully kept out, or bidders of equal right were given different conditions",
    ),
    "31-6": Text(
        "有其他严重违反网络司法拍卖程序、损害当事人或者竞买人利益的情形",
        "the procedure was otherwise seriously broken, to the harm of a party or a bidder",
    ),
}


def revocation_ruling(session: Session, *, subject: str, now: datetime) -> Content:
    """Return the ruling that revokes a sale: on which ground of article 31, and what becomes of the price.

    :raises PaperNotYet: unless the sale was revoked
    """
    found = folder(session, subject, now=now)
    entries = docket.of_kinds(session, f"lot:{subject}", ["lot.revoked"])
    deal = settlement.settlement(session, subject)
    if not entries or deal is None:
        raise not_yet(KIND, Text("该次成交没有被撤销", "no sale was revoked"))
    entry = entries[-1]
    who = buyers(session, lot=subject, person=deal.buyer_person)
    course = say(
        "本院在执行申请执行人{applicants}与被执行人{debtor}一案（案号{number}）中，{title}（{round}）由买受人{buyer}以{price}竞得。"
        "经查，该次{kind}中，{ground}。",
        "In the enforcement case {number}, {applicants} against {debtor}, the buyer {buyer} won {title} ({round}) for "
        "{price}. The court finds of this {kind} that {ground}.",
        applicants=found.applicants,
        debtor=found.case.debtor.name,
        number=found.lot.case_number,
        title=found.title,
        round=ROUNDS[found.lot.round],
        buyer=names_of(who),
        price=words.amount(deal.price_minor),
        kind=found.kind,
        ground=FOUND[str(entry.public["ground"])],
    )
    ordered = (
        say(
            "撤销{title}的网络司法{kind}；",
            "the online judicial {kind} of {title} is revoked;",
            title=found.title,
            kind=found.kind,
        ),
        say("买受人{buyer}已付的价款予以退还；", "what the buyer {buyer} has paid is given back;", buyer=names_of(who)),
        Text(
            "标的物恢复由本院控制，依法重新处置。",
            "the property is under the court's control again, to be disposed of anew.",
        ),
    )
    return ruling(
        found,
        kind=KIND,
        dated=entry.at,
        role=Text("买受人", "Buyer"),
        who=who,
        course=course,
        law=cite(("online_auction", (31,))),
        ordered=ordered,
        closing=Text(
            "当事人、利害关系人认为本裁定违反法律规定的，可以依法提出异议。",
            "A party or person concerned who holds that this ruling breaks the law may object to it.",
        ),
    )
