"""Who would get what at any hammer price: the order of the law asked price by price; pure.

Words: a *taker* is who gets part of the money, or several of the same part together; it is *full* from the least price
on at which it gets all it ever gets; where other lots hold money too, a fen of it may wander a price later: to an
equal, or between the lots in proportion to which the costs are borne.
Nothing is reckoned here a second time: every amount is a waterfall's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from auction.procedure.distribution import fees, rules
from auction.procedure.distribution.rules import Claim, File, Line, Part, Waterfall
from auction.procedure.distribution.sharing import to_the_queue
from auction.rulebook.numbers import DistributionNumbers

#: More takers than these are put together by part; a picture of more cannot be read.
_TAKERS_MAX = 10
_APART_MAX = 2

#: Who is paid, and whether it is doubled interest, which counts apart from the sum itself.
_Payee: TypeAlias = "tuple[str, bool]"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a lot's price would be distributed by; the pool of the lot is in ``file`` with any amount.

    ``fee_on`` are the claims the enforcement fee counts, where one is taken.
    """

    file: File
    lot: str
    queues: Mapping[str, Sequence[str]]
    needs: Mapping[str, int]
    numbers: DistributionNumbers
    fee_on: Sequence[Claim] | None = None

    def at(self, price_minor: int) -> Waterfall:
        """Return the plan there would be at a price."""
        pools = [replace(pool, minor=price_minor) if pool.lot == self.lot else pool for pool in self.file.pools]
        fee = 0 if self.fee_on is None else fees.fee_of(pools, self.fee_on, numbers=self.numbers)
        plan = rules.waterfall(replace(self.file, pools=pools, enforcement_fee_minor=fee))
        return to_the_queue(plan, queues=self.queues, needs=self.needs)

    @property
    def others_minor(self) -> int:
        """What there is already of other lots and payments."""
        return sum(pool.minor for pool in self.file.pools if pool.lot != self.lot)

    @property
    def enough_minor(self) -> int:
        """A price at which everyone has got all he ever gets.

        Costs of no lot are taken from every lot in proportion: with money of others, its last fen of them leaves only
        when this lot's price is beyond measure.
        """
        file = self.file
        claimed = sum(claim.minor + claim.interest_minor for claim in file.claims)
        first = sum(cost.minor for cost in file.costs) + sum(one.minor for one in file.setasides)
        fee = 0
        if self.fee_on is not None:
            fee = fees.enforcement_fee(sum(claim.minor for claim in self.fee_on), numbers=self.numbers)
        spread = 2 * len(file.pools) * (first + fee) * self.others_minor
        return claimed + first + fee + sum(self.needs.values()) + spread + 1


@dataclass(frozen=True, slots=True)
class Taker:
    """Who gets part of the money: one payee, or several of the same part; ``rank`` is his place in the order."""

    part: str
    payees: tuple[str, ...]
    rank: int
    article: str
    most_minor: int
    begins_minor: int | None
    full_minor: int | None

    @property
    def keys(self) -> list[_Payee]:
        """The payees; doubled interest counts apart from the sum itself."""
        return [(one, self.part == Part.DOUBLED_INTEREST.value) for one in self.payees]


@dataclass(frozen=True, slots=True)
class Split:
    """One price and what each taker would get of it and of what is there already."""

    price_minor: int
    amounts: tuple[int, ...]
    surplus_minor: int


@dataclass(slots=True)
class Outlook:
    """The whole picture: the takers in the order of payment, and their amounts at any price."""

    setting: Setting
    takers: tuple[Taker, ...] = ()
    surplus_from_minor: int | None = None
    _known: dict[int, Waterfall] = field(default_factory=dict)

    def plan(self, price_minor: int) -> Waterfall:
        """Return the plan at a price, computed once."""
        if price_minor not in self._known:
            self._known[price_minor] = self.setting.at(price_minor)
        return self._known[price_minor]

    def split(self, price_minor: int) -> Split:
        """Return who gets what at a price; the amounts and the surplus add up to the price and what is there."""
        plan = self.plan(price_minor)
        got = _by_payee(plan)
        return Split(
            price_minor=price_minor,
            amounts=tuple(sum(got.get(key, 0) for key in taker.keys) for taker in self.takers),
            surplus_minor=plan.surplus_minor,
        )

    @property
    def breaks(self) -> list[int]:
        """Every price at which something begins or is full, in order."""
        found = {price for taker in self.takers for price in (taker.begins_minor, taker.full_minor)}
        return sorted(price for price in found | {self.surplus_from_minor} if price)

    def least(self, holds: Callable[[Waterfall], bool]) -> int | None:
        """Return the least price from which on something holds, or None when it never does.

        What is asked must hold at every price above one at which it holds. Plans already made narrow the search.
        """
        high = self.setting.enough_minor
        if not holds(self.plan(high)):
            return None
        if holds(self.plan(0)):
            return 0
        prices = sorted(price for price in self._known if price <= high)
        place = bisect_left(prices, 1, key=lambda price: int(holds(self._known[price])))
        low, high = prices[place - 1], prices[place]
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(self.plan(middle)) else (middle, high)
        return high


def outlook(setting: Setting) -> Outlook:
    """Return the picture of a lot: everyone who would get something, from which price, and from which price all."""
    found = Outlook(setting=setting)
    whole = found.plan(setting.enough_minor)
    found.takers = tuple(_measured(found, taker) for taker in _takers(whole))
    found.surplus_from_minor = found.least(lambda plan: plan.surplus_minor > 0)
    return found


def _takers(plan: Waterfall) -> list[Taker]:
    """Return who gets something, in the order of payment; many of one part stand together."""
    amounts = _by_payee(plan)
    first: dict[_Payee, Taker] = {}
    for line in plan.lines:
        key = _payee(line)
        if key not in first:
            first[key] = Taker(
                part=line.part.value,
                payees=(line.to,),
                rank=line.rank,
                article=line.article,
                most_minor=amounts[key],
                begins_minor=None,
                full_minor=None,
            )
    each = list(first.values())
    if len(each) <= _TAKERS_MAX:
        return each
    grouped = []
    for part in dict.fromkeys(taker.part for taker in each):
        same = [taker for taker in each if taker.part == part]
        grouped.extend(same if len(same) <= _APART_MAX else [_together(same)])
    return grouped


def _together(takers: Sequence[Taker]) -> Taker:
    return replace(
        takers[0],
        payees=tuple(one for taker in takers for one in taker.payees),
        most_minor=sum(taker.most_minor for taker in takers),
    )


def _measured(found: Outlook, taker: Taker) -> Taker:
    """Return a taker with the prices at which it begins and is full.

    Equals begin together and are full together: who gets the first and the last fen is a matter of rounding.
    """
    whole = found.plan(found.setting.enough_minor)
    ranks: dict[_Payee, list[int]] = {key: [] for key in taker.keys}
    for line in whole.lines:
        if _payee(line) in ranks:
            ranks[_payee(line)].append(line.rank)
    # Of several together any may be the first: another lot's money reaches a later rank whose property is not this one.
    first = _of_ranks(whole, {held[0] for held in ranks.values()})
    equals = _of_ranks(whole, {rank for held in ranks.values() for rank in held})
    most = _sum(whole, equals)
    return replace(
        taker,
        begins_minor=found.least(lambda plan: _sum(plan, first) > 0),
        full_minor=found.least(lambda plan: _sum(plan, equals) >= most),
    )


def _of_ranks(plan: Waterfall, ranks: Collection[int]) -> set[_Payee]:
    return {_payee(line) for line in plan.lines if line.rank in ranks}


def _sum(plan: Waterfall, keys: Iterable[_Payee]) -> int:
    got = _by_payee(plan)
    return sum(got.get(key, 0) for key in keys)


def _by_payee(plan: Waterfall) -> dict[_Payee, int]:
    """Return what each payee gets, whatever part it comes by: of a prior right what is left is an ordinary claim."""
    got: dict[_Payee, int] = {}
    for line in plan.lines:
        key = _payee(line)
        got[key] = got.get(key, 0) + line.amount_minor
    return got


def _payee(line: Line) -> _Payee:
    return line.to, line.part is Part.DOUBLED_INTEREST
