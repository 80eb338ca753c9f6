"""Reading what a lot costs in all: its things, the day's levies, the deposit and the last day for the balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auction.foundation.kernel.calendar import day_of
from auction.foundation.kernel.refusal import InputMalformed
from auction.procedure.assets import queries as assets
from auction.procedure.inputs import Checks
from auction.procedure.lots.queries import LotRecord
from auction.procedure.settlement import all_in, queries, rules
from auction.procedure.settlement.all_in import PRICE_MAX, AllIn, Levied, Thing
from auction.rulebook.taxes import BUYERS, taxes


@dataclass(frozen=True, slots=True)
class Costs:
    """What a lot costs, before any price is named; ``final`` says that it has closed and the day is fixed."""

    lot: str
    sorts: tuple[str, ...]
    buyer: str | None
    levies: tuple[Levied, ...]
    deposit_minor: int
    balance_due_by: datetime
    final: bool

    @property
    def of_home(self) -> bool:
        """Say whether it matters for the rate which home of the buyer's it is."""
        return "home" in self.sorts

    def at(self, price_minor: int) -> AllIn:
        """Return everything at a price."""
        return all_in.all_in(
            self.levies,
            price_minor=price_minor,
            deposit_minor=self.deposit_minor,
            balance_due_by=self.balance_due_by,
        )


def costs(
    session: Session, *, lot: LotRecord, now: datetime, buyer: str | None = None, deposit_minor: int | None = None
) -> Costs:
    """Return what a lot costs beside its price, by the levies of today (法释〔2016〕18号 第13、30条).

    :param buyer: who would buy, as far as a rate depends on it: one of ``rulebook.taxes.BUYERS``
    :param deposit_minor: what this bidder has to pay as deposit, where it is not the announced one
    :raises InputMalformed: for a kind of buyer there is not
    """
    if buyer is not None and buyer not in BUYERS:
        raise InputMalformed(errors={"buyer": "请选择购买人类型 / choose who buys"})
    records = [assets.property_record(session, thing) for thing in lot.properties]
    # The first thing's facts are the lot's own, as announced.
    facts = [lot.facts, *(record.facts for record in records[1:])]
    things = [
        Thing(
            sort=all_in.sort_of(kind=record.kind, category=record.category, facts=known),
            area_m2=all_in.area_of(known),
            facts=known,
        )
        for record, known in zip(records, facts, strict=True)
    ]
    deal = queries.settlement(session, lot.id)
    due_by = deal.balance_due_by if deal else rules.balance_due_by(lot.ends_at, days=lot.balance_days)
    return Costs(
        lot=lot.id,
        sorts=tuple(dict.fromkeys(thing.sort for thing in things)),
        buyer=buyer,
        levies=all_in.levied(taxes().on(day_of(now)), things=things, buyer=buyer),
        deposit_minor=lot.deposit_minor if deposit_minor is None else deposit_minor,
        balance_due_by=due_by,
        final=deal is not None,
    )


def price(value: object) -> int:
    """Read the price to reckon with.

    :raises InputMalformed: for what is no amount, nothing, less than nothing, or beyond measure
    """
    checks = Checks()
    found = checks.whole("amount_minor", value, least=1, most=PRICE_MAX)
    checks.refuse()
    return found
