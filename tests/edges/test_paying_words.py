"""What each method of a payment service does with an amount, said before one pays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from auction.edges.web import paying_words
from auction.gateways.stripe_service.methods import METHODS
from auction.procedure.treasury.ways_rules import GATEWAYS, Purpose

NOW = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
ALL = tuple(METHODS)


def told(*, amount_minor: int, days: float | None, names: tuple[str, ...] = ALL) -> tuple[list[str], bool]:
    until = None if days is None else NOW + timedelta(days=days)
    lines, takes = paying_words.methods_of(names, amount_minor=amount_minor, now=NOW, until=until)
    return [en for _, en in lines], takes


def test_a_card_is_held_where_its_window_reaches_and_charged_where_not() -> None:
    assert told(amount_minor=1_000_00, days=3)[0][0] == "Card: held, not charged"
    assert told(amount_minor=1_000_00, days=30)[0][0] == "Card: charged now, given back the same way"


def test_a_wallet_that_cannot_take_so_much_or_give_back_so_late_is_named() -> None:
    lines, takes = told(amount_minor=50_000_01, days=3)
    assert takes
    assert lines[2] == "WeChat Pay: at most ¥50,000.00 at once, so not for this"
    lines, takes = told(amount_minor=50_000_00, days=120)
    assert takes
    assert lines[1] == "Alipay: cannot be given back so late, so not for this"
    assert lines[2] == "WeChat Pay: charged now, given back the same way"


def test_where_no_method_takes_it_that_is_said() -> None:
    assert told(amount_minor=50_000_01, days=3, names=("wechat_pay",))[1] is False
    assert told(amount_minor=1_000_000_00, days=None)[1] is False


def test_a_price_is_never_held() -> None:
    assert told(amount_minor=100, days=None)[0] == ["Card", "Alipay", "WeChat Pay"]


@pytest.mark.parametrize("reason", [None, "", "<b>", "card_declined", "x" * 500, "payer.gave_up", "付款"])
def test_a_refusal_is_said_in_words_and_never_repeats_what_nobody_knows(reason: str | None) -> None:
    zh, en = paying_words.refusal(reason)
    assert zh
    assert en
    assert "<" not in zh + en


def test_every_way_has_its_name_and_what_happens() -> None:
    for gateway in GATEWAYS:
        assert all(paying_words.name_of(gateway))
        for purpose in (Purpose.DEPOSIT, Purpose.BALANCE):
            assert all(paying_words.how(gateway, purpose)), (gateway, purpose)
