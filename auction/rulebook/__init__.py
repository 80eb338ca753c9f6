"""The law as dated data: every number and duty with its article, since when, and in plain words.

Words: an *instrument* is a law, interpretation or notice; a *provision* is one rule
of it; *numbers* are the typed values in force on one day.

Invariants: the file is read once and checked whole; every number of the road is
given; each stands on an article; a rule is never changed, a later version is added
with the day it came into force, so the rules of a past day stay what they were.
"""

from auction.rulebook.book import BeforeTheRulebookError, Rulebook, Rules, RuleUnknownError
from auction.rulebook.loader import frozen_numbers, read_rulebook, rulebook
from auction.rulebook.model import Article, Instrument, Kind, Passage, Provision, Round, Words
from auction.rulebook.numbers import Numbers
from auction.rulebook.reading import RulebookMalformedError, numbers_from_json

__all__ = [
    "Article",
    "BeforeTheRulebookError",
    "Instrument",
    "Kind",
    "Numbers",
    "Passage",
    "Provision",
    "Round",
    "RuleUnknownError",
    "Rulebook",
    "RulebookMalformedError",
    "Rules",
    "Words",
    "frozen_numbers",
    "numbers_from_json",
    "read_rulebook",
    "rulebook",
]
