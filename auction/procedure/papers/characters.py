"""Which characters the fonts of the papers can show: a name with a box in it is no name."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

from auction.procedure.papers.blocks import Content, content_json

_PACKAGE, _FILE = "paperang_p2_fonts_cjk", "fonts/wqy-microhei.ttc"
#: Characters that need no picture of their own.
_UNDRAWN = frozenset("\n\t")

_added: list[Path] = []


def use_fonts(folder: Path) -> None:
    """Let the fonts an operator has put into a folder stand in for what the papers' own font lacks."""
    found = sorted(one for one in folder.glob("*") if one.suffix.lower() in {".ttf", ".ttc", ".otf"})
    _added[:] = found


def main_font() -> Path:
    """Return the file of the papers' own font, from its package."""
    return Path(str(files(_PACKAGE).joinpath(_FILE)))


def fonts() -> list[Path]:
    """Return every font file in the order in which they are asked for a character."""
    return [main_font(), *_added]


@lru_cache(maxsize=8)
def known(font: Path) -> frozenset[int]:
    """Return the code points a font file can show."""
    with TTFont(font, fontNumber=0, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def missing(content: Content) -> list[str]:
    """Return the characters of a paper, in either language, that no font can show, in order of appearance."""
    text = json.dumps(content_json(content), ensure_ascii=False)
    return missing_in(text.replace("\\n", "\n"))


def missing_in(text: str) -> list[str]:
    """Return the characters of a text that no font can show, in order of appearance, each once."""
    maps = [known(font) for font in fonts()]
    return [
        char
        for char in dict.fromkeys(unicodedata.normalize("NFC", text))
        if char not in _UNDRAWN and not any(ord(char) in one for one in maps)
    ]
