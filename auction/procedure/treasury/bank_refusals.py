"""Why something is not done at the bank desk."""

from __future__ import annotations

from auction.foundation.kernel.refusal import Refusal

_FUNDS = "法发〔2017〕6号 第4条"


class NotOnTheDesk(Refusal):
    """What is matched, assigned or on its way back is decided."""

    code = "bank.not_on_the_desk"
    article = _FUNDS
    title_zh, title_en = "该笔款项已处理", "This line is decided already"
    zh = "该笔银行流水状态为“{status}”，不在待认领之列；未作改动。"
    en = "The bank line is “{status}” and no longer on the desk; nothing was changed."


class LineDoesNotFit(Refusal):
    """A line goes to an order as a whole and to the fen, or not at all."""

    code = "bank.line_does_not_fit"
    article = _FUNDS
    title_zh, title_en = "该笔款项与指令不符", "The line does not fit"
    zh = "流水金额 {line_minor:money} 元与所选对象 {wanted_minor:money} 元不符，或该指令已不待银行执行；未作改动。"
    en = (
        "The line of {line_minor:money} yuan and what was chosen ({wanted_minor:money} yuan) differ in amount or "
        "direction, or the order no longer waits for the bank; nothing was changed."
    )


class SecondLookNeeded(Refusal):
    """Money of a payer with another name is assigned by two persons."""

    code = "bank.second_person_needed"
    article = _FUNDS
    title_zh, title_en = "须由另一人复核", "Another person has to agree"
    zh = "付款人与应付款人姓名不一致，或付款文件须双人办理：须由提出人以外的另一人复核。"
    en = "The payer has another name, or a payment file is released by two: another person than who proposed it agrees."


class NoAccountToPay(Refusal):
    """Nobody can be paid whose account is not known."""

    code = "bank.no_account_to_pay"
    article = _FUNDS
    title_zh, title_en = "缺少收款账户", "No account to pay to"
    zh = "没有可以付款的账户：{who}。请先登记收款账户。"
    en = "There is no account to pay to: {who}. Put the account on record first."


class HolderDiffers(Refusal):
    """An account in another name is not the person's own."""

    code = "bank.holder_differs"
    article = "法发〔2017〕6号 第10条"
    title_zh, title_en = "账户户名与本人姓名不一致", "The account is in another name"
    zh = "案款只能汇入本人名下的账户；户名与登记的实名不一致，未登记。"
    en = "Money is paid only to an account in the person’s own name; the holder’s name differs, and nothing was kept."


class BatchNotDrafted(Refusal):
    """Only a draft is released or cancelled."""

    code = "bank.batch_not_drafted"
    article = _FUNDS
    title_zh, title_en = "付款文件不是草稿", "The payment file is no draft"
    zh = "该付款文件状态为“{status}”，只有草稿可以复核放行或撤销。"
    en = "The payment file is “{status}”; only a draft is released or cancelled."


class BatchNotReleased(Refusal):
    """A draft is not handed to the bank."""

    code = "bank.batch_not_released"
    article = _FUNDS
    title_zh, title_en = "付款文件尚未放行", "The payment file is not released"
    zh = "该付款文件状态为“{status}”，放行后方可下载。"
    en = "The payment file is “{status}”; it can be fetched once it is released."


class NothingToPay(Refusal):
    """No order waits for the bank with everything it needs."""

    code = "bank.nothing_to_pay"
    article = _FUNDS
    title_zh, title_en = "没有可以付款的指令", "Nothing to pay"
    zh = "没有等待银行付款且账户齐全、未列入其他文件的指令。"
    en = "No order waits for the bank with its account known and in no other file."


class BatchOutdated(Refusal):
    """What a draft holds has changed since: it is cancelled and drafted again."""

    code = "bank.batch_outdated"
    article = _FUNDS
    title_zh, title_en = "付款文件已过时", "The payment file is outdated"
    zh = "文件中的指令或收款账户已变动（{orders}）；请撤销后重新制作。"
    en = "Orders or accounts in the file have changed ({orders}); cancel it and draft it again."


class NoCourtAccount(Refusal):
    """Without the court's own account on record no file of its bank is read and none written."""

    code = "bank.no_court_account"
    article = _FUNDS
    title_zh, title_en = "法院账户未登记", "The court’s account is not on record"
    zh = "法院尚未登记案款账户，不能导入银行文件或制作付款文件。"
    en = "The court has no account on record yet; no bank file is read and no payment file written."
