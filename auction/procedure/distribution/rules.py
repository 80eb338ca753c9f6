"""The order of the law as arithmetic: who is paid before whom, to the fen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from auction.foundation.kernel.money import share
from auction.procedure.distribution.pools import Draw, Pool, Pools, merged, of_lot, with_thing
from auction.rulebook.carried import carries_out


class ClaimKind(StrEnum):
    """What a claim is by its ground."""

    ORDINARY = "ordinary"
    SECURED = "secured"
    TAX = "tax"
    CONSTRUCTION = "construction"
    MEDICAL = "medical"
    RESTITUTION = "restitution"
    FINE = "fine"
    CONFISCATION = "confiscation"


class Part(StrEnum):
    """Which part of the order a line belongs to."""

    COSTS = "costs"
    ENFORCEMENT_FEE = "enforcement_fee"
    LIVING_SETASIDE = "living_setaside"
    MEDICAL = "medical"
    CONSTRUCTION = "construction"
    PRIORITY = "priority"
    RESTITUTION = "restitution"
    ORDINARY = "ordinary"
    DOUBLED_INTEREST = "doubled_interest"
    FINE = "fine"
    CONFISCATION = "confiscation"
    #: What a sale leaves over goes to the cases that waited for the thing, and only then to the debtor.
    QUEUE = "queue"
    #: Everything, to the administrator, once the bankruptcy court has taken the case over.
    BANKRUPTCY = "bankruptcy"


#: The article each part stands on; secured claims, taxes and the ordinary claims of enterprises name their own.
ARTICLES: Mapping[Part, str] = {
    Part.COSTS: "法释〔1998〕15号 第34条",
    Part.ENFORCEMENT_FEE: "《诉讼费用交纳办法》第14、20、38条",
    Part.LIVING_SETASIDE: "法释〔2015〕10号 第20条",
    Part.MEDICAL: "法释〔2014〕13号 第13条",
    Part.CONSTRUCTION: "《民法典》第807条",
    Part.PRIORITY: "《民法典》第414、456条",
    Part.RESTITUTION: "法释〔2014〕13号 第13条",
    Part.ORDINARY: "法释〔2015〕5号 第508条",
    Part.DOUBLED_INTEREST: "法释〔2014〕8号 第4条",
    Part.FINE: "法释〔2014〕13号 第13条",
    Part.CONFISCATION: "法释〔2014〕13号 第13条",
    Part.QUEUE: "查封规定 第26、27条",
    Part.BANKRUPTCY: "法释〔2015〕5号 第513条",
}
TAX_ARTICLE = "《税收征收管理法》第45条"
ENTERPRISE_ARTICLE = "法释〔2015〕5号 第514条"
SURPLUS_ARTICLE = "法释〔1998〕15号 第34条"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with what is still unpaid of it; claims are given in the order of the file.

    ``only`` names the thing in whose money alone it takes part: a first seizure's claim after a transfer (2016-6, 4).
    """

    id: str
    kind: ClaimKind
    minor: int
    rank: int | None = None
    property: str | None = None
    seizure_order: int | None = None
    interest_minor: int = 0
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """A recorded cost; one that names a lot is taken from that lot's money first."""

    minor: int
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Setaside:
    """What a debtor keeps for his living out of the sale of his sole home."""

    property: str
    minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plan. Lines with the same ``rank`` share; a smaller rank was full before."""

    to: str
    part: Part
    amount_minor: int
    rank: int
    article: str
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The whole plan; ``lines`` and ``surplus`` add up to exactly the pools."""

    lines: tuple[Line, ...]
    surplus: tuple[Draw, ...]

    @property
    def surplus_minor(self) -> int:
        """What goes back to the debtor."""
        return sum(draw.minor for draw in self.surplus)


@dataclass(frozen=True, slots=True)
class File:
    """What the plan is made from."""

    pools: Sequence[Pool]
    claims: Sequence[Claim]
    enterprise: bool
    costs: Sequence[Cost] = ()
    enforcement_fee_minor: int = 0
    setasides: Sequence[Setaside] = ()


@carries_out(
    "distribution.costs_first",
    "distribution.construction_priority",
    "distribution.criminal_order",
    "distribution.interest_last",
    "distribution.pro_rata",
    "distribution.enterprise_order",
    "distribution.several_creditors",
)
def waterfall(file: File) -> Waterfall:
    """Distribute the pools over costs, fee, set-aside and claims; what is left is the debtor's.

    Order: costs, enforcement fee, living set-aside, medical costs, construction price, secured claims and taxes
    by rank, restitution, ordinary claims (pro rata against a person, by the order of seizure against an
    enterprise), doubled interest, fines, confiscation. What a prior right did not get from its own thing
    takes part among the ordinary claims.
    """
    paying = _Paying.of(file)
    _costs(paying, file)
    _one_by_one(paying, _of(file, ClaimKind.MEDICAL), part=Part.MEDICAL)
    rest = _one_by_one(paying, _of(file, ClaimKind.CONSTRUCTION), part=Part.CONSTRUCTION)
    prior = sorted(_of(file, ClaimKind.SECURED, ClaimKind.TAX), key=lambda claim: _last_if_none(claim.rank))
    rest |= _one_by_one(paying, prior, part=Part.PRIORITY)
    _one_by_one(paying, _of(file, ClaimKind.RESTITUTION), part=Part.RESTITUTION)
    ordinary = [
        replace(claim, minor=rest.get(claim.id, claim.minor))
        for claim in file.claims
        if claim.kind is ClaimKind.ORDINARY or claim.id in rest
    ]
    _among_equals(paying, ordinary, part=Part.ORDINARY, enterprise=file.enterprise)
    interest = [replace(claim, minor=claim.interest_minor) for claim in file.claims if claim.interest_minor]
    _among_equals(paying, interest, part=Part.DOUBLED_INTEREST, enterprise=file.enterprise)
    _one_by_one(paying, _of(file, ClaimKind.FINE), part=Part.FINE)
    _one_by_one(paying, _of(file, ClaimKind.CONFISCATION), part=Part.CONFISCATION)
    return Waterfall(lines=tuple(paying.lines), surplus=paying.pools.draw(paying.pools.total()))


@dataclass(slots=True)
class _Paying:
    """The pools while they are being emptied, and the lines written so far."""

    pools: Pools
    rank: int = 0
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, file: File) -> _Paying:
        encumbered = frozenset(claim.property for claim in file.claims if claim.property is not None)
        # Money on which nobody has a prior right goes first, so that a general claim spares the secured ones.
        return cls(Pools(sorted(file.pools, key=lambda pool: bool(pool.properties & encumbered))))

    def write(self, *, to: str, part: Part, draws: Collection[Draw], article: str | None = None) -> int:
        """Enter a line unless it is empty; return its amount."""
        minor = sum(draw.minor for draw in draws)
        if minor:
            line = Line(
                to=to,
                part=part,
                amount_minor=minor,
                rank=self.rank,
                article=article or ARTICLES[part],
                draws=merged(draws),
            )
            self.lines.append(line)
        return minor


def _costs(paying: _Paying, file: File) -> None:
    """Pay the costs, each lot's own from its own money first, then the fee and the set-aside."""
    draws: list[Draw] = []
    common = sum(cost.minor for cost in file.costs if cost.lot is None)
    for cost in file.costs:
        if cost.lot is not None:
            own = paying.pools.draw(cost.minor, within=of_lot(cost.lot))
            common += cost.minor - sum(draw.minor for draw in own)
            draws.extend(own)
    paying.rank += 1
    paying.write(to=Part.COSTS.value, part=Part.COSTS, draws=[*draws, *paying.pools.draw_evenly(common)])
    paying.rank += 1
    fee = paying.pools.draw_evenly(file.enforcement_fee_minor)
    paying.write(to=Part.ENFORCEMENT_FEE.value, part=Part.ENFORCEMENT_FEE, draws=fee)
    paying.rank += 1
    kept = [draw for one in file.setasides for draw in paying.pools.draw(one.minor, within=with_thing(one.property))]
    paying.write(to=Part.LIVING_SETASIDE.value, part=Part.LIVING_SETASIDE, draws=kept)


def _one_by_one(paying: _Paying, claims: Iterable[Claim], *, part: Part) -> dict[str, int]:
    """Pay claims one after the other; return what stays unpaid of each."""
    unpaid: dict[str, int] = {}
    for claim in claims:
        paying.rank += 1
        draws = paying.pools.draw(claim.minor, within=with_thing(claim.property) if claim.property else None)
        article = TAX_ARTICLE if claim.kind is ClaimKind.TAX else None
        rest = claim.minor - paying.write(to=claim.id, part=part, draws=draws, article=article)
        if rest:
            unpaid[claim.id] = rest
    return unpaid


def _among_equals(paying: _Paying, claims: Sequence[Claim], *, part: Part, enterprise: bool) -> None:
    """Pay ordinary claims: by the order of seizure against an enterprise, else in proportion."""
    if enterprise:
        for claim in sorted(claims, key=lambda one: _last_if_none(one.seizure_order)):
            paying.rank += 1
            article = ENTERPRISE_ARTICLE if part is Part.ORDINARY else None
            draws = paying.pools.draw(claim.minor, within=with_thing(claim.only) if claim.only else None)
            paying.write(to=claim.id, part=part, draws=draws, article=article)
        return
    paying.rank += 1
    weights = [claim.minor for claim in claims]
    parts = share(min(paying.pools.total(), sum(weights)), weights)
    for claim, minor in zip(claims, parts, strict=True):
        paying.write(to=claim.id, part=part, draws=paying.pools.draw(minor))


def _of(file: File, *kinds: ClaimKind) -> list[Claim]:
    return [claim for claim in file.claims if claim.kind in kinds]


def _last_if_none(rank: int | None) -> tuple[bool, int]:
    return (rank is None, rank or 0)
