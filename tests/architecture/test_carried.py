"""From article to code: every rule of the rulebook is carried by something that says so, and promises it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import auction
from auction.edges import explaining
from auction.rulebook import Provision, rulebook
from auction.rulebook.carried import carried_keys, carriers, carries_out, kinds_seen

_ROOT = Path(auction.__file__).parent
for _file in sorted((_ROOT / "procedure").glob("*/*.py")):
    import_module(".".join(("auction", *_file.relative_to(_ROOT).with_suffix("").parts)))
RULES = [one for one in rulebook().provisions if one.until is None]


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.key)
def test_every_rule_is_carried(rule: Provision) -> None:
    found = carriers(rule.key)

    assert found, f"nothing carries {rule.key} ({rule.article.zh}: {rule.title.zh})"
    for one in found:
        assert one.path.startswith("auction.procedure."), one.path
        assert one.promise, one.path


def test_what_is_carried_is_a_rule() -> None:
    assert carried_keys() - {one.key for one in rulebook().provisions} == set()


def test_every_act_of_a_docket_is_explained_by_a_rule_there_is() -> None:
    named = {*explaining.RULE_OF_ENTRY.values(), *explaining.GROUNDS.values()}

    assert named - {one.key for one in rulebook().provisions} == set()


@pytest.fixture
def key() -> Iterator[str]:
    from auction.rulebook import carried  # noqa: PLC0415 - to take out again what the test put in

    yield "nobody.knows"
    carried._CARRIERS.pop("nobody.knows", None)


def test_a_carrier_is_itself_and_named_by_what_it_promises_first(key: str) -> None:
    def promise() -> int:
        """Keep a promise
        over two lines.

        And say more.
        """
        return 7

    declared = carries_out(key, seen_in=("lot.closed",))(promise)

    assert declared is promise
    (one,) = carriers(key)
    assert one.promise == "Keep a promise over two lines."
    assert one.path.endswith("promise")
    assert kinds_seen(key) == {"lot.closed"}
    assert carries_out(key)(promise) is promise
    assert len(carriers(key)) == 1
