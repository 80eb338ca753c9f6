"""How the parts of a plan are called at the desk."""

from __future__ import annotations

PARTS: dict[str, tuple[str, str]] = {
    "costs": ("执行费用", "Costs"),
    "enforcement_fee": ("申请执行费", "Enforcement fee"),
    "living_setaside": ("生活保障", "Living set-aside"),
    "queue": ("轮候查封", "Waiting seizure"),
    "bankruptcy": ("移交破产", "To the bankruptcy court"),
    "bankruptcy_administrator": ("破产管理人", "Bankruptcy administrator"),
    "medical": ("人身损害医疗费", "Medical costs"),
    "construction": ("建设工程价款", "Construction"),
    "priority": ("优先受偿", "Priority"),
    "restitution": ("退赔被害人", "Restitution"),
    "ordinary": ("普通债权", "Ordinary"),
    "doubled_interest": ("加倍利息", "Doubled interest"),
    "fine": ("罚金", "Fine"),
    "confiscation": ("没收财产", "Confiscation"),
    "surplus": ("退还被执行人", "Back to the debtor"),
}
#: Who gets a line that is no claim of the case: the account of a case that waited, or that seized first.
OTHER_CASE = ("其他案件的案款账户", "The account of another case")
