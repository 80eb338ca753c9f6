"""Choosing the agencies and their order: by agreement of the parties, or by a draw anyone can check (第16、34条)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auction.foundation.database.acts import Act, command
from auction.foundation.database.sealing import decrypt, encrypt
from auction.foundation.kernel.refusal import InputMalformed
from auction.foundation.kernel.roles import Role
from auction.procedure.inputs import Checks
from auction.procedure.valuation import drawing, journal, periods, refusals
from auction.procedure.valuation.recording import held, numbers_of
from auction.procedure.valuation.standing import Draw

_ARTICLE = "法释〔2018〕15号 第16条"
_ARTICLE_OF_THE_DRAW = "法释〔2018〕15号 第16、34条"
_LIST_MAX = 500
_WORDS_MAX = 20


@dataclass(frozen=True, slots=True)
class ChoiceRecord:
    """The agencies in their order; empty while a draw is only committed to."""

    property: str
    agencies: tuple[str, ...]
    commitment: str | None = None


@command("agree_agencies", by={Role.OFFICER})
def agree_agencies(act: Act, *, property: str, agencies: Sequence[str]) -> ChoiceRecord:  # noqa: A002 - the law's word
    """Record the agencies the parties agreed on, in their order (第16条).

    :raises AgenciesChosen: they are fixed already
    :raises AgenciesWrong: another number than the law asks for
    """
    named = _names("agencies", agencies, most=_LIST_MAX)
    thing = held(act, property)
    periods.check_agencies(numbers_of(act), journal.standing_of(act.session, property), named)
    journal.enter(act, "agencies_agreed", thing=thing.id, case=thing.case, article=_ARTICLE, public={"agencies": named})
    return ChoiceRecord(thing.id, tuple(named))


@command("commit_draw", by={Role.OFFICER})
def commit_draw(act: Act, *, property: str, agencies: Sequence[str]) -> ChoiceRecord:  # noqa: A002 - the law's word
    """Enter the published list and the digest of a fresh seed; nobody learns the seed before the draw.

    Committed anew, the earlier digest serves for nothing any more; the docket keeps both.

    :raises AgenciesChosen: they are fixed already
    :raises AgenciesWrong: fewer than are to be drawn
    """
    named = _names("agencies", agencies, most=_LIST_MAX)
    thing = held(act, property)
    periods.check_list(numbers_of(act), journal.standing_of(act.session, property), named)
    seed = drawing.new_seed()
    digest = drawing.commitment(seed)
    journal.enter(
        act, "draw_committed", thing=thing.id, case=thing.case, article=_ARTICLE_OF_THE_DRAW,
        public={"commitment": digest, "list": named}, private={"sealed_seed": encrypt(seed)},
    )  # fmt: skip
    return ChoiceRecord(thing.id, (), digest)


@command("draw_agencies", by={Role.OFFICER})
def draw_agencies(act: Act, *, property: str, words: Sequence[str] = ()) -> ChoiceRecord:  # noqa: A002 - the law's word
    """Draw the agencies and their order from the committed list; the seed is revealed with the result.

    :param words: what those present added, so that whoever knew the seed could not have chosen the outcome
    :raises AgenciesChosen: they are fixed already
    :raises DrawNotCommitted: no list and digest stand in the docket, or they were drawn from
    """
    said = _names("words", words, most=_WORDS_MAX)
    thing = held(act, property)
    now = journal.standing_of(act.session, property)
    if now.agency is not None:
        raise refusals.AgenciesChosen(agencies=list(now.agencies))
    draw = now.draw
    if draw is None or draw.seed is not None:
        raise refusals.DrawNotCommitted
    seed = decrypt(draw.sealed_seed)
    result = drawing.drawn(draw.agencies, seed=seed, words=said, count=numbers_of(act).agencies_to_pick)
    journal.enter(
        act, "agencies_drawn", thing=thing.id, case=thing.case, article=_ARTICLE_OF_THE_DRAW,
        public={"commitment": draw.commitment, "seed": seed, "words": said, "agencies": list(result)},
    )  # fmt: skip
    return ChoiceRecord(thing.id, result, draw.commitment)


def draw_holds(draw: Draw, *, seed: str | None = None) -> bool:
    """Recompute a draw from what is published; another seed than the revealed one may be tried."""
    tried = seed or draw.seed
    return tried is not None and drawing.holds(
        published=draw.commitment, seed=tried, words=draw.words, agencies=draw.agencies, result=draw.drawn
    )


def _names(field: str, given: Sequence[str], *, most: int) -> list[str]:
    checks = Checks()
    named = checks.names(field, given, longest=100)
    if not checks.errors and len(named) != len(given):
        checks.wrong(field, "名称重复 / a name is given twice")
    if len(named) > most:
        checks.wrong(field, f"最多{most}项 / at most {most}")
    if checks.errors:
        raise InputMalformed(errors=checks.errors)
    return named
