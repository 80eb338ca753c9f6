"""What is refused on the way to a price and after it, beside the refusals of the four modes themselves."""

from __future__ import annotations

from auction.foundation.kernel.refusal import Refusal


class FactsUnknown(Refusal):
    """Platforms or an agency were to be asked before the facts of the thing were found out."""

    code = "valuation.facts_unknown"
    article = "法释〔2018〕15号 第3条"
    title_zh, title_en = "尚未查明财产状况", "The facts come first"
    zh = "委托询价、评估前，应先查明财产的权属、权利负担、占有使用、欠缴税费和瑕疵，并予记录。"
    en = "Before platforms or an agency are asked, ownership, encumbrances, possession, taxes and defects are recorded."


class AgenciesWrong(Refusal):
    """Another number of agencies than the law asks for."""

    code = "valuation.agencies_wrong"
    article = "法释〔2018〕15号 第16条"
    title_zh, title_en = "评估机构数量不符", "Another number of agencies is needed"
    zh = "应确定{wanted}家评估机构及其顺序，现为{given}家。"
    en = "{wanted} agencies in their order are needed, not {given}."


class AgenciesChosen(Refusal):
    """The agencies and their order are fixed once, as long as one of them still has its turn."""

    code = "valuation.agencies_chosen"
    article = "法释〔2018〕15号 第16条"
    title_zh, title_en = "评估机构已经确定", "The agencies are chosen already"
    zh = "评估机构及顺序已经确定：{agencies}；不得重复确定。"
    en = "The agencies and their order are fixed already: {agencies}."


class DrawNotCommitted(Refusal):
    """Lots were to be drawn before a seed was committed to, or a second time from the same seed."""

    code = "valuation.draw_not_committed"
    article = "法释〔2018〕15号 第16、34条"
    title_zh, title_en = "尚未固定摇号种子", "No seed was committed to"
    zh = "摇号前应先固定名单和种子的摘要并记入卷宗；每一摘要只能摇号一次。"
    en = "Before lots are drawn the list and the digest of a seed are entered in the docket; each serves for one draw."


class NoAgency(Refusal):
    """No agency is left whose turn it is."""

    code = "valuation.no_agency"
    article = "法释〔2018〕15号 第16、17条"
    title_zh, title_en = "没有可委托的评估机构", "No agency has its turn"
    zh = "请先由当事人协商确定评估机构及顺序，或者摇号确定。"
    en = "First the parties agree on the agencies and their order, or lots are drawn."


class EntrustedAlready(Refusal):
    """Something is entrusted and its time has not ended."""

    code = "valuation.entrusted_already"
    article = "法释〔2018〕15号 第11、19条"
    title_zh, title_en = "已有委托尚未完成", "Entrusted already"
    zh = "已委托{to}，应于 {until:instant} 前出具报告；完成、撤回或者更换后方可再次委托。"
    en = "{to} was asked already and has until {until:instant}; that ends first."


class NothingEntrusted(Refusal):
    """The step belongs to an inquiry or appraisal that is running, and none is."""

    code = "valuation.nothing_entrusted"
    article = "法释〔2018〕15号 第11、17条"
    title_zh, title_en = "没有进行中的询价或评估", "Nothing is entrusted"
    zh = "该财产没有进行中的网络询价或者委托评估。"
    en = "No inquiry or appraisal of this property is running."


class NotEntrustedTo(Refusal):
    """A report came from somebody who was not asked."""

    code = "valuation.not_entrusted_to"
    article = "法释〔2018〕15号 第10、17条"
    title_zh, title_en = "并非受托机构", "Not the one that was asked"
    zh = "受托的是{to}，{given}并未受托。"
    en = "{to} was asked, not {given}."


class ReportLate(Refusal):
    """An agency's report came after its time; the materials go back and the next agency is asked."""

    code = "valuation.report_late"
    article = "法释〔2018〕15号 第19、20条"
    title_zh, title_en = "报告逾期", "The report is late"
    zh = "报告应于 {by:instant} 前出具；逾期且未申请延长的，应退还材料，另行委托下一顺序机构。"
    en = "The report was due by {by:instant}; without more time the materials go back and the next one is asked."


class TimeLeft(Refusal):
    """Whoever was asked still has time to answer."""

    code = "valuation.time_left"
    article = "法释〔2018〕15号 第11、19、23条"
    title_zh, title_en = "期限尚未届满", "The time has not ended"
    zh = "{to}的期限至 {by:instant} 届满，此前不得视为未出具。"
    en = "{to} has until {by:instant}; before that nothing has failed."


class ExtensionLate(Refusal):
    """More time was asked for when less than the law's days were left."""

    code = "valuation.extension_late"
    article = "法释〔2018〕15号 第19条"
    title_zh, title_en = "申请延长过迟", "More time was asked for too late"
    zh = "应在期限届满{days}日前申请延长，即不晚于 {latest:instant}。"
    en = "More time is asked for {days} days before the end, that is by {latest:instant}."


class ExtensionTooLong(Refusal):
    """More days were asked for than one extension may have."""

    code = "valuation.extension_too_long"
    article = "法释〔2018〕15号 第19条"
    title_zh, title_en = "延长过久", "Too long an extension"
    zh = "每次延长不得超过{max_days}日。"
    en = "One extension is at most {max_days} days."


class ExtensionsSpent(Refusal):
    """The agency has had all its extensions."""

    code = "valuation.extensions_spent"
    article = "法释〔2018〕15号 第19条"
    title_zh, title_en = "延长次数已用尽", "No further extension"
    zh = "延长不得超过{max_times}次。"
    en = "A period is extended {max_times} times at most."


class StillValid(Refusal):
    """A new report was asked for while the old one still stands."""

    code = "valuation.still_valid"
    article = "法释〔2018〕15号 第11、19条"
    title_zh, title_en = "报告尚在有效期内", "The report is still valid"
    zh = "报告有效期至 {valid_until:instant}，届满未使用的方可要求重新出具。"
    en = "The report stands until {valid_until:instant}; only one that ran out unused is made anew."


class NoReport(Refusal):
    """There is no platform's or agency's report that the step could be about."""

    code = "valuation.no_report"
    article = "法释〔2018〕15号 第20、21条"
    title_zh, title_en = "没有询价或评估报告", "There is no report"
    zh = "该财产没有有效的网络询价报告或者评估报告。"
    en = "There is no standing report by platforms or an agency."


class Deferred(Refusal):
    """Inquiry and appraisal rest."""

    code = "valuation.deferred"
    article = "法释〔2018〕15号 第28条"
    title_zh, title_en = "询价、评估暂缓中", "The valuation is deferred"
    zh = "询价、评估自 {since:instant} 起暂缓；恢复后方可继续，期间不计入期限。"
    en = "Inquiry and appraisal rest since {since:instant}; let them go on first. The time does not count."


class NotDeferred(Refusal):
    """Nothing rests that could go on."""

    code = "valuation.not_deferred"
    article = "法释〔2018〕15号 第28条"
    title_zh, title_en = "询价、评估并未暂缓", "Nothing is deferred"
    zh = "该财产的询价、评估并未暂缓。"
    en = "The inquiry or appraisal of this property is not deferred."


class ObjectionLate(Refusal):
    """An objection after the days that follow the receipt of the report."""

    code = "valuation.objection_late"
    article = "法释〔2018〕15号 第22、24条"
    title_zh, title_en = "异议逾期", "The objection is late"
    zh = "应在收到报告后{days}日内提出异议，即不晚于 {until:instant}；逾期提出的不予受理。"
    en = "An objection is filed within {days} days of receipt, here by {until:instant}; a late one is not heard."


class ObjectionPending(Refusal):
    """The result is no reference price yet: an objection against its report awaits the decision."""

    code = "valuation.objection_pending"
    article = "法释〔2018〕15号 第26条"
    title_zh, title_en = "对报告的异议尚未审查完毕", "An objection against the report is pending"
    zh = "对报告的异议 {objections} 尚未处理完毕，结果尚不能作为参考价；处理后方可发布公告。"
    en = "Objection {objections} against the report is pending, so its result is no reference price yet."


class NotExamined(Refusal):
    """The decision comes after the agency's explanation or the association's review."""

    code = "valuation.not_examined"
    article = "法释〔2018〕15号 第23条"
    title_zh, title_en = "尚未经说明或者评审", "Neither explained nor reviewed yet"
    zh = "对评估标准、方法或者结果的异议，应先由评估机构说明；仍有异议的，由行业协会作出专业技术评审。"
    en = "An objection to standard, method or result is first explained by the agency or reviewed by its association."


class ReviewBinds(Refusal):
    """The court decides as the association's review found."""

    code = "valuation.review_binds"
    article = "法释〔2018〕15号 第23、26条"
    title_zh, title_en = "应采纳评审结论", "The review decides"
    zh = "专业技术评审已有结论，人民法院应当据此处理。"
    en = "The association has concluded its review, and the court follows it."


class PlatformUnfit(Refusal):
    """A platform does not meet the conditions of the list."""

    code = "valuation.platform_unfit"
    article = "法释〔2018〕15号 第8条"
    title_zh, title_en = "不符合入库条件", "Not fit for the list"
    zh = "入库平台应整合至少{kinds_min}类价格数据，询价数据至少保存{years_min}年。"
    en = "A listed platform draws on at least {kinds_min} kinds of price data and keeps them {years_min} years."


class PlatformBarred(Refusal):
    """A platform struck off the list stays off for years."""

    code = "valuation.platform_barred"
    article = "法释〔2018〕15号 第9条"
    title_zh, title_en = "除名期限未满", "Struck off for the time being"
    zh = "该平台已被除名，{until:instant} 前不得再次入库。"
    en = "The platform was struck off and stays off the list until {until:instant}."


class PlatformNotLate(Refusal):
    """A platform is not struck off for lateness before it was late often enough."""

    code = "valuation.platform_not_late"
    article = "法释〔2018〕15号 第9条"
    title_zh, title_en = "逾期次数不足", "Not late often enough"
    zh = "一年内无正当理由逾期{wanted}次的方可除名，现为{found}次。"
    en = "A platform is struck off when late {wanted} times within a year; this one was {found} times."


class FeeSettled(Refusal):
    """The fee of a report is settled once."""

    code = "valuation.fee_settled"
    article = "法释〔2018〕15号 第31、32条"
    title_zh, title_en = "费用已经结算", "The fee is settled"
    zh = "该报告的费用已经结算。"
    en = "The fee of this report is settled already."


class ConclusionStands(Refusal):
    """Nothing is heard against what a correction, an explanation or a review came to."""

    code = "valuation.conclusion_stands"
    article = "法释〔2018〕15号 第24条"
    title_zh, title_en = "对补正、说明、评审结论不再受理", "The conclusion stands"
    zh = "对补正、说明或者专业技术评审结论提出异议的，人民法院不予受理。"
    en = "No objection is heard against a correction, an explanation or a review's conclusion."
