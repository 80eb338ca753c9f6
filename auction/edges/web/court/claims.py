"""Reading the claims of a desk form."""

from __future__ import annotations

from typing import Any

from auction.edges.web.court.fields import Form
from auction.foundation.kernel.ids import new_id

#: What makes a row a claim; everything else of it may be left out.
PARTS = ("creditor", "amount")


def read_claims(form: Form) -> list[dict[str, Any]]:
    """Return the claims filled in; those on the same collateral name the same thing, seized already or later."""
    collateral: dict[str, str] = {}
    claims = []
    numbers = form.rows("claims", PARTS)
    if not numbers:
        form.checks.wrong("claims-0-creditor", "至少一项债权 / at least one claim")
    for n in numbers:
        at = f"claims-{n}-"
        on = form.raw(f"{at}on")
        due, price_due = form.day_or_none(f"{at}performance_due"), form.day_or_none(f"{at}price_due")
        claims.append(
            {
                "creditor": form.text(f"{at}creditor", longest=100),
                "amount_minor": form.yuan(f"{at}amount"),
                "kind": form.raw(f"{at}kind") or "ordinary",
                "applicant": form.ticked(f"{at}applicant"),
                "rank": form.whole_or_none(f"{at}rank"),
                "property": form.raw(f"{at}thing") or (collateral.setdefault(on, new_id("property")) if on else None),
                "seizure_order": form.whole_or_none(f"{at}seizure_order"),
                "principal_minor": form.yuan_or_none(f"{at}principal"),
                "performance_due": due.isoformat() if due else None,
                "price_due": price_due.isoformat() if price_due else None,
                "title": form.text_or_none(f"{at}title"),
            }
        )
    return claims
