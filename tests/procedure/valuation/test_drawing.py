from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.procedure.valuation import drawing

NAMES = st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12), min_size=3)
WORDS = st.lists(st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=6), max_size=4)
SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def test_anyone_can_recompute_a_draw_with_nothing_of_ours() -> None:
    agencies, words, seed = ["甲评估", "乙评估", "丙评估", "丁评估"], ["赵某的词"], "ab" * 32
    result = drawing.drawn(agencies, seed=seed, words=words, count=3)

    def ticket(agency: str) -> str:
        text = json.dumps([seed, words, agency], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    assert list(result) == sorted(agencies, key=ticket)[:3]
    assert drawing.commitment(seed) == hashlib.sha256(seed.encode()).hexdigest()


def test_a_seed_is_fresh_each_time() -> None:
    assert len({drawing.new_seed() for _ in range(50)}) == 50


@pytest.mark.property
@given(agencies=NAMES, seed=SEEDS, words=WORDS, data=st.data())
def test_the_order_of_the_list_plays_no_part(
    agencies: list[str], seed: str, words: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(agencies))
    result = drawing.drawn(agencies, seed=seed, words=words, count=3)
    assert drawing.drawn(shuffled, seed=seed, words=words, count=3) == result
    assert len(result) == min(3, len(set(agencies)))
    assert set(result) <= set(agencies)


@pytest.mark.property
@given(agencies=NAMES, seed=SEEDS, other=SEEDS, words=WORDS)
def test_only_the_committed_seed_holds(agencies: list[str], seed: str, other: str, words: list[str]) -> None:
    published = drawing.commitment(seed)
    result = drawing.drawn(agencies, seed=seed, words=words, count=3)
    assert drawing.holds(published=published, seed=seed, words=words, agencies=agencies, result=result)
    if other != seed:
        assert not drawing.holds(published=published, seed=other, words=words, agencies=agencies, result=result)
    if len(result) > 1:
        turned = tuple(reversed(result))
        assert not drawing.holds(published=published, seed=seed, words=words, agencies=agencies, result=turned)


def test_every_agency_is_drawn_about_as_often_as_any_other() -> None:
    agencies = [f"第{n}评估公司" for n in range(6)]
    first = [drawing.drawn(agencies, seed=str(n), words=[], count=3)[0] for n in range(3000)]
    for agency in agencies:
        assert 400 < first.count(agency) < 600
