"""What the commands of the platform promise as a whole."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from auction import capabilities
from auction.foundation.database.acts import REGISTER, Act
from auction.foundation.kernel.roles import Role

ROOT = Path(__file__).resolve().parents[2] / "auction"


def _modules() -> list[ModuleType]:
    capabilities.load()
    files = (ROOT / "procedure").glob("*/*.py")
    names = [".".join(("auction", *file.relative_to(ROOT).with_suffix("").parts)) for file in files]
    return [import_module(name) for name in sorted(names) if not name.endswith("__init__")]


def _acting(module: ModuleType) -> list[str]:
    """Return the public functions of a module that take an act: what changes something."""
    found = []
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        first = next(iter(inspect.signature(function).parameters.values()), None)
        if first is not None and first.annotation in {Act, "Act"} and module.__name__.endswith(".commands"):
            found.append(f"{module.__name__}.{name}")
    return found


@pytest.mark.parametrize("module", _modules(), ids=lambda module: module.__name__)
def test_every_command_declares_who_may_use_it(module: ModuleType) -> None:
    for name in _acting(module):
        assert name in REGISTER, f"{name} is not declared with @command"


def test_no_command_edits_a_bid_blocks_a_bidder_or_moves_an_end_by_hand() -> None:
    capabilities.load()
    for name, entry in REGISTER.items():
        moving = any(word in name for word in ("edit_bid", "delete", "remove_bid", "block_bidder", "set_end"))
        assert not moving, name
        if name.endswith((".move_end", ".mark_closed", ".mark_opened", ".close_lot", ".admit", ".place_bids")):
            assert entry.by == frozenset(), f"{name} is for the platform itself"


def test_nobody_but_bidders_bids() -> None:
    capabilities.load()
    assert REGISTER["auction.procedure.bidding.commands.bid"].by == {Role.BIDDER}


@pytest.mark.parametrize("folder", sorted((ROOT / "procedure").glob("*/__init__.py")), ids=lambda p: p.parent.name)
def test_every_capability_says_its_words_and_invariants(folder: Path) -> None:
    text = folder.read_text(encoding="utf-8")
    assert "Invariants" in text
    assert "Words" in text


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_grows_beyond_what_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330
