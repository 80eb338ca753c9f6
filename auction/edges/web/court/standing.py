"""What the panel may decide about a lot that is public: stop it, let it go on, take it back, revoke its sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auction.procedure.lots import grounds
from auction.procedure.lots.queries import LotRecord
from auction.rulebook import Rules

#: A verb of the panel: its name on the button, and the grounds it knows.
_VERBS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "suspend": ("中止", "Suspend", grounds.SUSPEND),
    "defer": ("暂缓", "Defer", grounds.DEFER),
    "withdraw": ("撤回", "Withdraw", grounds.WITHDRAW),
    "revoke": ("撤销成交", "Revoke the sale", grounds.REVOKE),
    "resume": ("恢复", "Resume", ()),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "platform_fault": ("平台故障", "a fault of the platform"),
    "panel": ("合议庭决定", "the panel decides so"),
    "outsider_objection": ("案外人异议", "an outsider objects"),
    "act_objection": ("执行行为异议", "an act is objected to"),
    "retrial": ("再审", "retrial"),
    "settlement_talks": ("执行和解协商", "the parties negotiate"),
    "debtor_own_sale": ("被执行人自行处置", "the debtor sells himself"),
    "debtor_paid": ("被执行人已全部清偿", "the debtor has paid all"),
    "settlement": ("达成执行和解", "the parties settled"),
    "applicant_withdrew": ("申请执行人撤回申请", "the applicant withdrew"),
    "basis_revoked": ("执行依据被撤销", "the judgment was revoked"),
    "outsider_upheld": ("案外人异议成立", "the outsider was right"),
    "collusion": ("恶意串通", "collusion"),
    "proceeds_suffice": ("已成交价款足以清偿", "the proceeds suffice"),
    "31-1": ("第31条第1项 重大误解", "31(1) seriously untrue description"),
    "31-2": ("第31条第2项 系统故障", "31(2) fault of the system"),
    "31-3": ("第31条第3项 恶意串通", "31(3) collusion"),
    "31-4": ("第31条第4项 买受人不具资格", "31(4) buyer not qualified"),
    "31-5": ("第31条第5项 违法限制竞买", "31(5) bidders restricted"),
    "31-6": ("第31条第6项 其他严重违法", "31(6) another serious breach"),
}

#: The rule each ground of article 31 is.
_PROVISIONS: Mapping[str, str] = {
    "31-1": "auction.revoked_untrue",
    "31-2": "auction.revoked_system",
    "31-3": "auction.revoked_collusion",
    "31-4": "auction.revoked_unqualified",
    "31-5": "auction.revoked_unequal",
    "31-6": "auction.revoked_serious",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A verb with the grounds it may be decided on, each with its words."""

    verb: str
    zh: str
    en: str
    grounds: tuple[tuple[str, str, str], ...]


def choices(lot: LotRecord) -> list[Choice]:
    """Return what may be decided about a lot where it stands."""
    match lot.status:
        case "announced" | "open":
            verbs = ["suspend", "defer", "withdraw"]
        case "deferred" | "suspended":
            verbs = ["resume", "withdraw"]
        case _:
            verbs = []
    return [_choice(verb) for verb in verbs]


def revocation(lot: LotRecord) -> Choice | None:
    """Return on which grounds the sale of a lot may be revoked, or None where there is none that stands."""
    return _choice("revoke") if lot.status == "closed" and lot.outcome == "sold" else None


def explained(ground: str, *, rules: Rules) -> tuple[str, str]:
    """Return what the article says of a ground of revocation, in both languages."""
    text = rules.provision(_PROVISIONS[ground]).text
    return text.zh, text.en


def words(ground: str) -> tuple[str, str]:
    """Return what a ground is called in both languages."""
    return _WORDS.get(ground, (ground, ground))


def _choice(verb: str) -> Choice:
    zh, en, known = _VERBS[verb]
    return Choice(verb=verb, zh=zh, en=en, grounds=tuple((ground, *words(ground)) for ground in known))
