"""Special conditions under which some things are sold: homes under purchase limits, equity; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.inputs import Checks
from auction.rulebook.carried import carries_out

_REASON_LONGEST = 1_000
_SHAREHOLDERS_MAX = 50


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a lot's things ask for beyond the ordinary.

    ``purchase_limited``: only who may buy a home here may buy (法释〔2021〕18号). ``unappraisable``: why equity cannot
    be appraised, so that it starts above the costs (法释〔2021〕20号 第12条). ``company`` and ``shareholders``: the
    persons who are told and have twenty days (公司法 第85条). ``approval``: whose approval the transfer needs (第15条).
    """

    purchase_limited: bool = False
    unappraisable: str | None = None
    company: str | None = None
    shareholders: tuple[str, ...] = ()
    approval: str | None = None

    @property
    def persons_of_equity(self) -> tuple[str, ...]:
        """The company and its shareholders, each once."""
        named = (self.company, *self.shareholders)
        return tuple(dict.fromkeys(one for one in named if one))

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the lot; nothing where nothing is special."""
        kept: dict[str, Any] = {
            "purchase_limited": self.purchase_limited,
            "unappraisable": self.unappraisable,
            "company": self.company,
            "shareholders": list(self.shareholders),
            "approval": self.approval,
        }
        return {key: value for key, value in kept.items() if value}

    def public(self) -> dict[str, Any]:
        """Return what the announcement says of them: no person."""
        kept: dict[str, Any] = {
            "purchase_limited": self.purchase_limited,
            "unappraisable": self.unappraisable,
            "approval": self.approval,
        }
        return {key: value for key, value in kept.items() if value}


def conditions_from(kept: Mapping[str, Any]) -> Conditions:
    """Return the conditions as they were kept."""
    return Conditions(
        purchase_limited=bool(kept.get("purchase_limited")),
        unappraisable=kept.get("unappraisable"),
        company=kept.get("company"),
        shareholders=tuple(kept.get("shareholders", ())),
        approval=kept.get("approval"),
    )


def read_conditions(
    *,
    purchase_limited: object,
    unappraisable: object,
    company: object,
    shareholders: object,
    approval: object = None,
) -> Conditions:
    """Read conditions as a caller gave them.

    :raises InputMalformed: naming every field that is wrong
    """
    checks = Checks()
    limited = checks.truth("purchase_limited", purchase_limited)
    reason = checks.text_or_none("unappraisable", unappraisable, longest=_REASON_LONGEST)
    who = checks.text_or_none("company", company, longest=80)
    others = checks.names("shareholders", shareholders)
    needed = checks.text_or_none("approval", approval, longest=_REASON_LONGEST)
    if len(others) > _SHAREHOLDERS_MAX:
        checks.wrong("shareholders", f"最多{_SHAREHOLDERS_MAX}人 / at most {_SHAREHOLDERS_MAX}")
    checks.refuse()
    return Conditions(
        purchase_limited=limited, unappraisable=reason, company=who, shareholders=tuple(others), approval=needed
    )


@carries_out("valuation.equity_start_price", "auction.purchase_limits")
def check_conditions(conditions: Conditions, *, categories: Collection[str], priced: bool) -> None:
    """Refuse a condition that the things of the lot cannot be under.

    :raises InputMalformed: a purchase limit on what is no home; equity's conditions on what is no equity; "cannot be
        appraised" where there is a reference price
    """
    errors = {}
    if conditions.purchase_limited and "home" not in categories:
        errors["purchase_limited"] = "限购只适用于住房 / purchase limits are for homes"
    of_equity = {
        "unappraisable": conditions.unappraisable,
        "company": conditions.company,
        "shareholders": conditions.shareholders,
        "approval": conditions.approval,
    }
    if set(categories) != {"equity"}:
        errors |= {name: "只适用于股权 / is for equity alone" for name, value in of_equity.items() if value}
    elif conditions.unappraisable and priced:
        errors["unappraisable"] = "已有参考价 / there is a reference price"
    if errors:
        raise InputMalformed(errors=errors)
