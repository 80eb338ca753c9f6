"""A part of the papers' font with the characters of one paper: setting it costs what it says, not the whole font.

The font has fifty thousand glyphs, a paper some hundreds of characters. The whole is opened once in a process; each
paper gets a small font of its own, made of the same glyphs.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont

#: Said of all glyphs of the font, and the same for a part of it.
_OF_THE_WHOLE = ("head", "hhea", "maxp", "OS/2", "fpgm", "prep", "cvt ", "name")
#: The whole reads its glyphs when they are asked for, one reader at a time.
_reading = Lock()


@contextmanager
def excerpt(font: Path, characters: Collection[str]) -> Iterator[Path]:
    """Lend a font file that has those of some characters which a font has, for as long as a paper is set."""
    with TemporaryDirectory(prefix="auction-font-") as folder:
        file = Path(folder) / "excerpt.ttf"
        with _reading:
            _part(_whole(font), characters).save(file)
        yield file


@lru_cache(maxsize=1)
def _whole(font: Path) -> TTFont:
    return TTFont(BytesIO(font.read_bytes()), fontNumber=0, lazy=True, recalcTimestamp=False)


def _part(whole: TTFont, characters: Collection[str]) -> TTFont:
    known, glyphs = whole.getBestCmap(), whole["glyf"]
    cmap = {ord(char): known[ord(char)] for char in sorted(characters) if ord(char) in known}
    order = [".notdef", *sorted(_with_components(glyphs, cmap.values()), key=whole.getGlyphID)]
    made = FontBuilder(whole["head"].unitsPerEm, isTTF=True)
    made.setupGlyphOrder(order)
    for table in _OF_THE_WHOLE:
        if table in whole:
            made.font[table] = copy.deepcopy(whole[table])
    made.setupCharacterMap(cmap)
    made.setupGlyf({name: copy.deepcopy(glyphs[name]) for name in order})
    made.setupHorizontalMetrics({name: whole["hmtx"].metrics[name] for name in order})
    made.setupPost(keepGlyphNames=False)
    # The font's own measures stand, whichever of its glyphs are here.
    made.font.recalcBBoxes = False
    return made.font


def _with_components(glyphs: object, names: Collection[str]) -> set[str]:
    """Return glyphs with those they are put together from."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name != ".notdef":
            found.add(name)
            waiting += glyphs[name].getComponentNames(glyphs)  # type: ignore[index]
    return found
