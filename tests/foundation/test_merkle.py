"""The log's tree: the standard's own hashes, and proofs that hold for what is so and for nothing else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.docket import merkle


class Log:
    """A log kept as its full subtrees, as the database keeps it."""

    def __init__(self, leaves: int) -> None:
        self.nodes: dict[tuple[int, int], str] = {}
        for index in range(leaves):
            for level, place, value in merkle.completed(self.leaf(index), index=index, node=self.node):
                self.nodes[level, place] = value

    @staticmethod
    def leaf(index: int) -> str:
        return merkle.leaf_hash(f"leaf {index}".encode())

    def node(self, level: int, index: int) -> str:
        return self.nodes[level, index]

    def root(self, size: int) -> str:
        return merkle.root(size, node=self.node)


def by_definition(leaves: list[str]) -> str:
    """The root, straight from the definition in RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return merkle.node_hash(by_definition(leaves[:left]), by_definition(leaves[left:]))


def test_the_empty_log_and_one_empty_leaf_have_the_known_hashes() -> None:
    assert merkle.root(0, node=Log(0).node) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.property
@given(st.integers(1, 200))
def test_the_root_is_the_one_of_the_definition(size: int) -> None:
    assert Log(size).root(size) == by_definition([Log.leaf(index) for index in range(size)])


@pytest.mark.property
@given(st.integers(1, 130), st.data())
def test_every_leaf_is_shown_to_be_in_and_no_other(size: int, data: st.DataObject) -> None:
    log = Log(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(index, size, node=log.node)
    root = log.root(size)

    def shown(leaf: str, place: int, path: list[str]) -> bool:
        return merkle.included(leaf=leaf, index=place, size=size, proof=path, root=root)

    assert shown(log.leaf(index), index, proof)
    other = data.draw(st.integers(0, size + 3))
    assert shown(log.leaf(index), other, proof) is (other == index)
    assert not shown(merkle.leaf_hash(b"another"), index, proof)
    assert not shown(log.leaf(index), index, [*proof, log.leaf(0)])


@pytest.mark.property
@given(st.integers(1, 130), st.data())
def test_a_log_is_shown_to_go_on_from_its_beginning(second: int, data: st.DataObject) -> None:
    log = Log(second)
    first = data.draw(st.integers(1, second))
    proof = merkle.consistency(first, second, node=log.node)

    def shown(path: list[str], old: str, new: str) -> bool:
        return merkle.consistent(first=first, second=second, proof=path, first_root=old, second_root=new)

    assert shown(proof, log.root(first), log.root(second))
    wrong = hashlib.sha256(b"wrong").hexdigest()
    assert not shown(proof, wrong, log.root(second))
    assert not shown(proof, log.root(first), wrong)
    if proof:
        assert not shown([*proof[:-1], wrong], log.root(first), log.root(second))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(index, size, node=Log(max(size, 1)).node)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency(first, second, node=Log(3).node)


@pytest.mark.parametrize("text", ["", "zz", "E3B0" * 16, "é" * 64])
def test_what_is_no_hash_proves_nothing(text: str) -> None:
    log = Log(2)
    assert not merkle.included(leaf=log.leaf(0), index=0, size=2, proof=[text], root=log.root(2))
