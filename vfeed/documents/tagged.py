"""A PDF whose every piece says what it is: headings, paragraphs, quotes and figures in reading order; or decoration.

fpdf2 tags figures only; the other kinds are written here with the same parts of it. The tests read the files back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from fontTools.ttLib import TTFont
from fpdf import FPDF, ViewerPreferences
from fpdf.fonts import TTFFont

from vfeed.errors import VfeedError

Kind = Literal["H1", "H2", "P", "BlockQuote", "Figure"]
FONT = "DejaVu"
FOOT_PT, FOOT_MM = 9, 5.0
SOFT = (93, 87, 77)
BYTE_ORDER = "\ufeff"
RIGHT_TO_LEFT = frozenset({"R", "AL"})


class TaggedPdf(FPDF):
    """An FPDF in which everything is drawn inside `tagged` or `decoration`; lengths are in millimetres."""

    def __init__(
        self, *, title: str, language: str, size_mm: tuple[float, float], margin_mm: float, foot: str = ""
    ) -> None:
        super().__init__(orientation="portrait", unit="mm", format=size_mm)
        self._foot = foot
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("vfeed")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margin(margin_mm)
        self.c_margin = 0.0
        # Breaks are made between tagged pieces only: see `room_for`.
        self.set_auto_page_break(False, margin_mm)
        for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font(FONT, style, _fonts() / file)
        self.set_font(FONT, size=11)
        self.set_text_shaping(True)

    @contextmanager
    def tagged(self, kind: Kind, *, alt: str | None = None, words: str = "") -> Iterator[None]:
        """What is drawn inside is one piece of this kind; `alt` is what a figure shows, `words` what a text says."""
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=mcid, alt_text=alt)
        # Drawn lines lose the blank at their end, and scripts that join are drawn backwards: the words as written.
        written = f" /ActualText <{f'{BYTE_ORDER}{words}'.encode('utf-16-be').hex()}>" if words else ""
        self._out(f"/{kind} <</MCID {mcid}{written}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn inside says nothing and is not read out."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    def _feet(self) -> None:
        """At the foot of every page what the paper is, and which page of how many: a single page has no number."""
        last = self.page
        for number in range(1, last + 1):
            self.page = number
            self.set_y(-self.b_margin / 2 - FOOT_MM)
            page, self.font_family = self.pages[number], ""
            # Drawn before what stands on the page: after it, programs that copy text join it to the last word.
            body, foot = page.contents, bytearray()
            assert isinstance(body, bytearray)
            page.contents = foot
            self.set_font(FONT, size=FOOT_PT)
            self.set_text_color(*SOFT)
            with self.decoration():
                if self._foot:
                    self.set_x(self.l_margin)
                    self.cell(0, FOOT_MM, self._foot, align="L")
                if last > 1:
                    self.set_x(self.l_margin)
                    self.cell(0, FOOT_MM, f"{number} / {last}", align="R")
            foot += body

    def output(self, *args: Any, **kwargs: Any) -> Any:
        """As FPDF's, with feet on the pages, and closes the font files."""
        try:
            self._feet()
            return super().output(*args, **kwargs)
        finally:
            self.shut()

    def shut(self) -> None:
        """Close the font files, which FPDF leaves open; nothing can be drawn afterwards."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    @property
    def room_mm(self) -> float:
        """How much of the page is left."""
        return float(self.h - self.b_margin - self.get_y())

    def room_for(self, height_mm: float) -> None:
        """Go to a new page unless this much fits on the one at hand."""
        if height_mm > self.room_mm:
            self.add_page()


def align_of(text: str) -> Literal["L", "R"]:
    """The side at which a text begins, by its first letter that has a direction."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in RIGHT_TO_LEFT:
            return "R"
        if direction == "L":
            return "L"
    return "L"


def refuse_letters_without_shape(texts: Iterable[str]) -> None:
    """Raise VfeedError `invalid_input` for letters that the font does not have: words must not lose some silently."""
    lacking = sorted({letter for text in texts for letter in text if _is_letter(letter)} - _shapes())
    if lacking:
        raise VfeedError(
            "invalid_input",
            f"A PDF made here has no shapes for these letters: {' '.join(lacking)}",
            hint="Open the record as a page and print it from the browser, which draws them.",
        )


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"


@cache
def _shapes() -> frozenset[str]:
    with TTFont(_fonts() / "DejaVuSans.ttf") as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def _fonts() -> Path:
    # matplotlib brings DejaVu, whose letters reach from Welsh to Urdu; the package itself need not be loaded for them.
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
