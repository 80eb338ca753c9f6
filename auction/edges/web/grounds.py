"""What the ground of a stay, a withdrawal or a revocation is called, wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping

_CALLED: Mapping[str, tuple[str, str]] = {
    "platform_fault": ("平台故障", "a fault of the platform"),
    "panel": ("合议庭决定", "the panel decides so"),
    "outsider_objection": ("案外人提出异议", "an outsider objects"),
    "act_objection": ("对执行行为提出异议", "an act is objected to"),
    "retrial": ("原判决进入再审", "the judgment is being retried"),
    "settlement_talks": ("执行和解协商", "the parties negotiate"),
    "debtor_own_sale": ("被执行人自行处置", "the debtor sells himself"),
    "debtor_paid": ("被执行人已全部清偿", "the debtor has paid all"),
    "settlement": ("达成执行和解", "the parties settled"),
    "applicant_withdrew": ("申请执行人撤回申请", "the applicant withdrew"),
    "basis_revoked": ("执行依据被撤销", "the judgment was revoked"),
    "outsider_upheld": ("案外人异议成立", "the outsider was right"),
    "collusion": ("恶意串通", "collusion"),
    "bankruptcy": ("移送破产审查", "the case was referred to the bankruptcy court"),
    "proceeds_suffice": ("已成交价款足以清偿", "the proceeds suffice"),
    "31-1": ("第31条第1项 重大误解", "31(1) seriously untrue description"),
    "31-2": ("第31条第2项 系统故障", "31(2) fault of the system"),
    "31-3": ("第31条第3项 恶意串通", "31(3) collusion"),
    "31-4": ("第31条第4项 买受人不具资格", "31(4) buyer not qualified"),
    "31-5": ("第31条第5项 违法限制竞买", "31(5) bidders restricted"),
    "31-6": ("第31条第6项 其他严重违法", "31(6) another serious breach"),
}


def called(ground: str) -> tuple[str, str]:
    """Return what a ground is called in both languages; one we do not know is called by its key."""
    return _CALLED.get(ground, (ground, ground))
