"""Stories up to a paper, for tests of what it says."""

from __future__ import annotations

from datetime import datetime

import pytest

from auction.edges.jobs.sweep import settle
from auction.edges.platform import Platform
from auction.foundation.kernel.money import in_capitals
from auction.foundation.kernel.roles import PLATFORM
from auction.procedure.identity.commands import enrol_person
from auction.procedure.papers import characters
from auction.procedure.papers.blocks import Content
from auction.procedure.papers.texts.builder import PaperNotYet
from auction.procedure.settlement import commands as settlement
from tests.procedure.papers.telling import check_complete, drawn
from tests.procedure.selling import DEPOSIT_MINOR, INCREMENT_MINOR, START_MINOR, Sale

#: A number that is right in form: born on 31 December 1949, a woman.
RESIDENT = "11010519491231002X"
PRICE_MINOR = START_MINOR + 3 * INCREMENT_MINOR
BALANCE_MINOR = PRICE_MINOR - DEPOSIT_MINOR
BEFORE_THE_SALE = ("announcement", "instructions", "notice")


def opened(platform: Platform) -> Sale:
    """Return a case with an announced lot that 张三, whose number is on record, may bid for."""
    made = Sale(platform)
    made.open()
    with platform.act(PLATFORM) as act:
        enrol_person(act, name="张三", id_number=RESIDENT, id="A")
    made.announce()
    return made


def paper(sale: Sale, kind: str, subject: str = "L1") -> Content:
    """Draw a paper up, and hold it to be whole in both languages."""
    with sale.platform.read() as session:
        content = drawn(session, kind, subject, now=sale.platform.clock.now())
        check_complete(session, content)
    assert content.kind == kind
    assert characters.missing(content) == []
    return content


def refusal(sale: Sale, kind: str, subject: str = "L1") -> PaperNotYet:
    """Return how a paper that cannot be drawn up is refused."""
    with sale.platform.read() as session, pytest.raises(PaperNotYet) as refused:
        drawn(session, kind, subject, now=sale.platform.clock.now())
    return refused.value


def both(minor: int) -> str:
    """Say a sum as a paper must, reckoned here for itself."""
    return f"{minor // 100:,}.{minor % 100:02d}元（{in_capitals(minor)}）"


def sold(sale: Sale) -> datetime:
    return sale.sold(price_minor=PRICE_MINOR)


def ruled(sale: Sale) -> None:
    sold(sale)
    sale.after(days=2)
    with sale.platform.act(PLATFORM) as act:
        settlement.pay_balance(act, lot="L1", amount_minor=BALANCE_MINOR)
    settle(sale.platform)
    sale.after(days=1)
    with sale.platform.act(PLATFORM) as act:
        settlement.rule(act, lot="L1")


def served(sale: Sale) -> None:
    ruled(sale)
    with sale.platform.act(PLATFORM) as act:
        settlement.serve_ruling(act, lot="L1")
