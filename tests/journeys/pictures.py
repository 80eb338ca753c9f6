"""Pictures of every page the journeys inspect: ``python -m tests.journeys.pictures FOLDER``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.journeys.looks import PICTURES


def main() -> int:
    """Walk the journeys with pictures on."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m tests.journeys.pictures FOLDER\n")
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[PICTURES] = str(folder)
    return pytest.main(["-q", "-m", "journey", str(Path(__file__).parent)])


if __name__ == "__main__":
    sys.exit(main())
