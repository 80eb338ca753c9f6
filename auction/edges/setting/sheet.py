"""The sheet: an A4 document with the court's margins, page numbers, the fonts of the papers and, on drafts, a mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont
from typing_extensions import override

from auction.foundation.kernel.calendar import in_shanghai
from auction.procedure.papers import characters

LEFT, RIGHT, TOP, BOTTOM = 28.0, 26.0, 30.0, 26.0
BODY = 12.0
SMALL = 9.0
_FAMILY = "papers"
_BOLD_STROKE = 0.15
_MARK_GREY = 228


#: What the sheet itself writes.
_MARKS = {"zh": "草 稿", "en": "DRAFT"}
_PAGES = {"zh": "第{here}页 共{{pages}}页", "en": "Page {here} of {{pages}}"}
OWN_CHARACTERS = frozenset("0123456789" + "".join([*_MARKS.values(), *_PAGES.values()]))


class NotInExcerptError(LookupError):
    """The part of the font that was lent lacks a character of the paper; the whole font has it."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A font file that stands in for the papers' own, and the characters it was made for."""

    file: Path
    characters: frozenset[str]


class Sheet(FPDF):
    """One paper in one language while it is set; lengths in millimetres.

    :raises NotInExcerptError: (when written on or measured with) for a character that ``lent`` was not made for
    """

    def __init__(
        self, *, language: str, title: str, author: str, subject: str, made: datetime, draft: bool, lent: Lent | None
    ) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.lent = lent
        self.widths: dict[str, float] = {}
        self.language = language
        self.draft = draft
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(auto=False)
        self.faces = characters.fonts()
        for place, face in enumerate(self.faces):
            file = lent.file if lent is not None and place == 0 else face
            self.add_font(f"{_FAMILY}{place}", fname=file, collection_font_number=0)
        self.set_font(f"{_FAMILY}0", size=BODY)
        self.set_lang("en" if language == "en" else "zh-CN")
        self.set_title(title)
        self.set_author(author)
        self.set_subject(subject)
        self.set_creator("judicial-auction")
        self.set_producer("fpdf2")
        self.set_creation_date(in_shanghai(made).replace(microsecond=0))
        self.set_display_mode("fullwidth")
        self.alias_nb_pages("{pages}")
        self.add_page()

    def let_go(self) -> None:
        """Close the files of the fonts: a paper that is set does so itself, one that is broken off does not."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    @property
    def width(self) -> float:
        """The width between the margins."""
        return float(self.w) - LEFT - RIGHT

    @property
    def room(self) -> float:
        """The height left on the page."""
        return float(self.h) - BOTTOM - float(self.y)

    @override
    def header(self) -> None:
        """Lay the mark of a draft under the text."""
        if not self.draft:
            return
        words = _MARKS["en" if self.language == "en" else "zh"]
        with self.local_context():
            self.set_text_color(_MARK_GREY)
            self.set_font_size(110)
            wide = self.get_string_width(words)
            with self.rotation(40, x=self.w / 2, y=self.h / 2):
                self.text(x=(self.w - wide) / 2, y=self.h / 2 + 15, text=words)
        self.set_font_size(BODY)

    @override
    def footer(self) -> None:
        """Number the page."""
        words = _PAGES["en" if self.language == "en" else "zh"].format(here=self.page_no())
        with self.local_context():
            self.set_font_size(SMALL)
            self.set_text_color(90)
            self.set_xy(LEFT, self.h - 16)
            self.cell(w=self.width, h=5, text=words, align="C")

    def need(self, height: float) -> None:
        """Go on to a new page when less than a height is left."""
        if self.room < height:
            size = self.font_size_pt
            self.add_page()
            self.set_font_size(size)

    def measure(self, text: str) -> float:
        """Return the width of a text in the present size: that of its characters, each measured once."""
        return sum(self._width(char) for char in text) * float(self.font_size)

    def _width(self, char: str) -> float:
        """Return how wide a character is in a size of one."""
        known = self.widths.get(char)
        if known is None:
            known = 0.0
            for face, run in self._runs(char):
                with self._in_face(face):
                    known = float(self.get_string_width(run)) / float(self.font_size)
            self.widths[char] = known
        return known

    def put(self, text: str, *, x: float, y: float, strong: bool = False) -> None:
        """Write one line with its top left corner at a place; a strong one is drawn heavier."""
        baseline = y + float(self.font_size) * 0.88
        for face, run in self._runs(text):
            with self._in_face(face):
                self._put_run(run, x=x, baseline=baseline, strong=strong)
                x += float(self.get_string_width(run))

    def _put_run(self, run: str, *, x: float, baseline: float, strong: bool) -> None:
        if not strong:
            self.text(x=x, y=baseline, text=run)
            return
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=_BOLD_STROKE):
            self.set_draw_color(0)
            self.text(x=x, y=baseline, text=run)

    @contextmanager
    def _in_face(self, face: int) -> Iterator[None]:
        """Write in one of the fonts; the papers' own comes back afterwards."""
        if face == 0:
            yield
            return
        self.set_font(f"{_FAMILY}{face}")
        try:
            yield
        finally:
            self.set_font(f"{_FAMILY}0")

    def _runs(self, text: str) -> list[tuple[int, str]]:
        """Return a text in runs of one font each: the first that can show the character, the papers' own before all."""
        if self.lent is not None and not self.lent.characters.issuperset(text):
            raise NotInExcerptError(text)
        if len(self.faces) == 1 or not text:
            return [(0, text)] if text else []
        found: list[tuple[int, str]] = []
        for char in text:
            face = next((at for at, file in enumerate(self.faces) if ord(char) in characters.known(file)), 0)
            if found and found[-1][0] == face:
                found[-1] = (face, found[-1][1] + char)
            else:
                found.append((face, char))
        return found
