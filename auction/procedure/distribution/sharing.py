"""What a sale leaves over for those who waited for the thing, and what a judgment makes of a reserved share; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auction.procedure.assets.waiting import share_of_rest
from auction.procedure.distribution.disputed import share_of, split
from auction.procedure.distribution.pools import Draw
from auction.procedure.distribution.rules import Line, Part, Waterfall
from auction.rulebook.carried import carries_out

QUEUE_ARTICLE = "查封规定 第26、27条"


@carries_out("distribution.presiding_court")
def to_the_queue(plan: Waterfall, *, queues: Mapping[str, Sequence[str]], needs: Mapping[str, int]) -> Waterfall:
    """Give what is left of a lot to the cases that waited for its things, each in full before the next.

    :param queues: the waiting cases of each lot, in the order of the queue
    :param needs: what each of those cases still lacks
    """
    left = dict(needs)
    gained: dict[str, list[Draw]] = {}
    surplus: list[Draw] = []
    for draw in plan.surplus:
        rest = draw
        line = queues.get(draw.lot or "", ())
        for case, minor in share_of_rest(draw.minor, needs=[(case, left.get(case, 0)) for case in line]):
            taken, remaining = split([rest], minor=minor)
            gained.setdefault(case, []).extend(taken)
            left[case] -= minor
            rest = remaining[0] if remaining else Draw(lot=draw.lot, minor=0)
        if rest.minor:
            surplus.append(rest)
    last = plan.lines[-1].rank if plan.lines else 0
    added = [
        Line(
            to=case,
            part=Part.QUEUE,
            amount_minor=sum(one.minor for one in draws),
            rank=last + place,
            article=QUEUE_ARTICLE,
            draws=tuple(draws),
        )
        for place, (case, draws) in enumerate(gained.items(), start=1)
    ]
    return Waterfall(lines=(*plan.lines, *added), surplus=tuple(surplus))


def confirmed_share(lines: Sequence[Line], *, claim: str, claimed_minor: int, confirmed_minor: int) -> int:
    """Return what of a reserved share its creditor gets, once a judgment has confirmed less, or all, of his claim.

    Where he shares with others of the same rank, the others keep the proportion to each other; a broken fen stays
    with them. He never gets more than was confirmed, nor more than was reserved (法释〔2016〕6号 第4条).
    """
    reserved = share_of(lines, claim=claim)
    if reserved == 0 or confirmed_minor == 0:
        return 0
    own = [line for line in lines if line.to == claim]
    pot = sum(line.amount_minor for line in lines if (line.part, line.rank) == (own[0].part, own[0].rank))
    others = pot - own[0].amount_minor
    fair = pot * confirmed_minor * reserved // (confirmed_minor * reserved + others * claimed_minor)
    return min(fair, confirmed_minor, reserved)


def without(lines: Sequence[Line], *, settled: Sequence[Line]) -> list[Line]:
    """Return the lines of a plan less what was kept in escrow and has been decided since."""
    gone: dict[tuple[str, Part], int] = {}
    for line in settled:
        gone[line.to, line.part] = gone.get((line.to, line.part), 0) + line.amount_minor
    left = [replace(line, amount_minor=line.amount_minor - gone.get((line.to, line.part), 0)) for line in lines]
    return [line for line in left if line.amount_minor]
