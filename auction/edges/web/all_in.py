"""What a lot costs in all, as its page says it: read from the address, so that it works without script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from auction.edges.web import visitor
from auction.edges.web.reading import errors_of, typed, yuan
from auction.edges.web.visitor import t
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement.all_in import PRICE_MAX, AllIn, Levied
from auction.procedure.settlement.costs import Costs, costs, price
from auction.rulebook.taxes import BUYERS, taxes

_HOME_BUYERS = {
    "only_home": ("个人，家庭唯一住房", "A person, the family’s only home"),
    "second_home": ("个人，家庭第二套住房", "A person, the family’s second home"),
    "person": ("个人，第三套及以上", "A person, a third home or more"),
    "organisation": ("单位", "A company or other body"),
}
_BUYERS = {"person": ("个人", "A person"), "organisation": ("单位", "A company or other body")}
_PCT = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """The section of the page: the costs at a price, what was typed, and what was wrong with it."""

    found: Costs
    whole: AllIn
    typed: str
    errors: dict[str, str]

    @property
    def dated(self) -> str:
        """The day of the rates."""
        return taxes().dated.isoformat()

    @property
    def price_max(self) -> int:
        """The greatest price there can be."""
        return PRICE_MAX

    @property
    def buyers(self) -> list[tuple[str, str]]:
        """Who may be chosen as buyer, with nobody first."""
        words = _HOME_BUYERS if self.found.of_home else _BUYERS
        return [("", t("还不确定", "Not decided")), *((key, t(zh, en)) for key, (zh, en) in words.items())]

    def rate(self, levy: Levied) -> str:
        """Return the rate as people write it: ``1%–5%``; nothing where it is no part of the price."""
        if not levy.known or not levy.most:
            return ""
        least, most = _pct(levy.least), _pct(levy.most)
        if not levy.least:
            return t(f"至多 {most}", f"up to {most}")
        return most if least == most else f"{least}–{most}"

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the script needs to reckon again while one types; it uses the same formula."""
        return [
            {
                "key": levy.key,
                "name": levy.title.in_language(visitor.language()),
                "least": levy.least,
                "most": levy.most,
                "vat": levy.vat,
                "leastMinor": levy.least_minor,
                "mostMinor": levy.most_minor,
                "known": levy.known,
            }
            for levy in self.found.levies
            if levy.side == "buyer"
        ]


def section(session: Session, lot: LotRecord, *, at_minor: int, deposit_minor: int | None) -> Shown:
    """Return the section for a lot; what was typed wrong stays in its field with the reason, at the lot's own price."""
    errors: dict[str, str] = {}
    amount, wish = request.args.get("price", "").strip()[:40], request.args.get("buyer", "")[:40]
    at = at_minor
    if amount:
        try:
            at = price(yuan(amount, field="amount_minor"))
        except InputMalformed as fault:
            why = errors_of(fault, language=visitor.language())
            errors["price"] = why["amount_minor"]
    if wish and wish not in BUYERS:
        errors["buyer"] = t("请选择购买人类型", "Choose who buys")
        wish = ""
    found = costs(session, lot=lot, now=visitor.now(), buyer=wish or None, deposit_minor=deposit_minor)
    return Shown(found=found, whole=found.at(at), typed=amount or typed(at), errors=errors)


def _pct(myriads: int) -> str:
    whole, rest = divmod(myriads, _PCT)
    return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"
