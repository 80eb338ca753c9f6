"""Why a mode may be skipped, an inquiry deferred or withdrawn: closed lists, each reason with its article."""

from __future__ import annotations

from dataclasses import dataclass

from auction.procedure.valuation.rules import Mode


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of the law: its key, its words, its article, and the modes it leads to."""

    key: str
    zh: str
    en: str
    article: str
    leads_to: tuple[Mode, ...] = ()


_BEYOND_NEGOTIATION = (Mode.DIRECTED_INQUIRY, Mode.ONLINE_INQUIRY, Mode.APPRAISAL)
_BEYOND_AUTHORITY = (Mode.ONLINE_INQUIRY, Mode.APPRAISAL)

#: Legal reasons to take a mode before the earlier ones were tried (第4至7、14条).
SKIPS = (
    Reason("law_requires_appraisal", "法律、行政法规规定必须委托评估", "a law requires an appraisal",
           "法释〔2018〕15号 第14条第1项", (Mode.APPRAISAL,)),
    Reason("both_ask_appraisal", "双方当事人要求委托评估", "both parties ask for an appraisal",
           "法释〔2018〕15号 第14条第2项", (Mode.APPRAISAL,)),
    Reason("platform_not_able", "不具备网络询价条件", "online inquiry is not possible for this thing",
           "法释〔2018〕15号 第7条、第14条第3项", (Mode.APPRAISAL,)),
    Reason("survey_needed", "需要由专业人员现场勘验或者鉴定", "a survey on the spot or an expert is needed",
           "法释〔2018〕15号 第7条", (Mode.APPRAISAL,)),
    Reason("no_official_price", "没有计税基准价、政府定价或者政府指导价", "there is no official price",
           "法释〔2018〕15号 第5条、第7条", _BEYOND_AUTHORITY),
    Reason("party_missing", "一方当事人下落不明", "a party cannot be found",
           "法释〔2018〕15号 第4条", _BEYOND_NEGOTIATION),
    Reason("party_refuses", "一方当事人拒绝议价", "a party refuses to negotiate",
           "法释〔2018〕15号 第4条", _BEYOND_NEGOTIATION),
    Reason("negotiation_failed", "议价不能或者不成", "negotiation is impossible or failed",
           "法释〔2018〕15号 第5条", _BEYOND_NEGOTIATION),
)  # fmt: skip

#: When inquiry and appraisal rest (第28条).
DEFER = (
    Reason("stayed", "案件暂缓执行或者中止执行", "the case is deferred or suspended", "法释〔2018〕15号 第28条第1项"),
    Reason("materials_differ", "评估材料与事实严重不符", "the materials seriously differ from the facts",
           "法释〔2018〕15号 第28条第2项"),
    Reason("other", "人民法院认为应当暂缓的其他情形", "another reason the court sees", "法释〔2018〕15号 第28条第3项"),
)  # fmt: skip

#: When they are taken back (第29条).
WITHDRAW = (
    Reason("applicant_withdrew", "申请执行人撤回执行申请", "the applicant withdrew", "法释〔2018〕15号 第29条第1项"),
    Reason("performed", "生效法律文书确定的义务已全部执行完毕", "the debt is fully performed",
           "法释〔2018〕15号 第29条第2项"),
    Reason("basis_revoked", "据以执行的生效法律文书被撤销或者裁定不予执行", "the judgment was set aside",
           "法释〔2018〕15号 第29条第3项"),
    Reason("parties_agreed", "当事人就参考价达成一致，或者议定不再处置",
           "the parties agreed on a price, or not to dispose of it", "法释〔2018〕15号 第29条第2款"),
    Reason("other", "人民法院认为应当撤回的其他情形", "another reason the court sees", "法释〔2018〕15号 第29条第4项"),
)  # fmt: skip

#: Why a platform leaves the list (第9条).
STRIKE = (
    Reason("refused", "无正当理由拒绝询价", "it refused without reason", "法释〔2018〕15号 第9条第2款第1项"),
    Reason("late", "一年内多次无正当理由逾期", "it was late without reason again and again",
           "法释〔2018〕15号 第9条第2款第2项"),
    Reason("collusion", "恶意串通、弄虚作假、泄露秘密", "collusion, fraud or a leak",
           "法释〔2018〕15号 第9条第2款第3项"),
    Reason("unqualified", "经评审不符合入库条件", "a review found it unfit", "法释〔2018〕15号 第9条第2款第4项"),
    Reason("other", "其他应当除名的情形", "another reason", "法释〔2018〕15号 第9条第2款第5项"),
)  # fmt: skip


def keys(reasons: tuple[Reason, ...]) -> frozenset[str]:
    """Return the keys of a list."""
    return frozenset(reason.key for reason in reasons)


def reason_of(reasons: tuple[Reason, ...], key: str) -> Reason | None:
    """Return the reason of a key, or None for a clerk's own words."""
    return next((reason for reason in reasons if reason.key == key), None)


def skips_to(mode: Mode) -> tuple[Reason, ...]:
    """Return the reasons by which a mode may be taken at once."""
    return tuple(reason for reason in SKIPS if mode in reason.leads_to)
