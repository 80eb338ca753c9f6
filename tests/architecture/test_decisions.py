from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_names_what_enforces_it_and_that_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    _, found, enforced = text.partition("**Enforced by")
    assert found, "a decision says what enforces it"
    paths = re.findall(r"`([\w./-]+\.(?:py|toml|md|mjs|sql|json))`", enforced)
    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path
