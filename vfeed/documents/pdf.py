"""A document as a PDF on A4: title, parts, stills with the words beside them."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from typing import Literal

from fpdf.enums import EncryptionMethod, MethodReturnValue

from vfeed.documents.document import RECORD, Block, Document, Fetch, Figure, Heading, Paper, Paragraph, Quote
from vfeed.documents.tagged import FONT, SOFT, Kind, TaggedPdf, align_of, refuse_letters_without_shape

# Three of them with question, working point and next date are one sheet.
FIGURE_MM = 70.0
GAP_MM = 6.0
MOST_OF_A_PAGE = 0.6
# Two figures of a phone held upright, each with its words beside it, fit on a page.
MOST_BESIDE = 0.38
BAR_MM = 1.2
QUOTE_INDENT_MM = 5.0
# A heading at the foot of a page with nothing under it would belong to nothing.
UNDER_HEADING_MM = 30.0
TITLE_PT, HEADING_PT, QUOTE_PT, TEXT_PT, LEAD_PT = 20, 14, 12, 11, 12
LINE = 1.45
PT_MM = 25.4 / 72
INK, ACCENT = (35, 33, 29), (11, 90, 94)


def render(document: Document, fetch: Fetch, paper: Paper = RECORD) -> TaggedPdf:
    """The document as a PDF that `bytes(pdf.output())` writes out.

    Raises VfeedError `invalid_input` for words in letters that it cannot draw.
    """
    refuse_letters_without_shape(document.texts())
    pdf = TaggedPdf(
        title=document.title,
        language=document.language,
        size_mm=paper.size_mm,
        margin_mm=paper.margin_mm,
        foot=document.foot,
    )
    try:
        _Page(pdf, fetch, paper).draw(document)
    except BaseException:
        pdf.shut()
        raise
    return pdf


def lock(pdf: TaggedPdf, passphrase: str) -> None:
    """Encrypt the PDF with AES-256: whoever opens it with the passphrase may print it and have it read out."""
    pdf.set_encryption(
        owner_password=secrets.token_urlsafe(32),
        user_password=passphrase,
        encryption_method=EncryptionMethod.AES_256,
        encrypt_metadata=True,
    )


class _Page:
    def __init__(self, pdf: TaggedPdf, fetch: Fetch, paper: Paper) -> None:
        self._pdf = pdf
        self._wide = paper.wide
        self._fetch = fetch
        # Shaping long words takes a while, and each text is measured several times.
        self._laid_out: dict[tuple[str, float, float, str], list[str]] = {}

    def draw(self, document: Document) -> None:
        pdf = self._pdf
        pdf.add_page()
        pdf.start_section(document.title)
        self._text("H1", document.title, TITLE_PT, bold=True)
        if document.lead:
            self._text("P", document.lead, LEAD_PT, colour=SOFT)
        for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=True):
            match block:
                case Heading():
                    pdf.ln(GAP_MM)
                    pdf.room_for(self._with_what_follows(block, after))
                    pdf.start_section(block.text, level=1)
                    self._text("H2", block.text, HEADING_PT, bold=True)
                case Figure():
                    self._figure(block)
                case _:
                    self._words(block, pdf.l_margin, pdf.epw)

    def _with_what_follows(self, heading: Heading, after: Block | None) -> float:
        if not isinstance(after, Paragraph | Quote):
            return UNDER_HEADING_MM
        size, width = (
            (QUOTE_PT, self._pdf.epw - QUOTE_INDENT_MM) if isinstance(after, Quote) else (TEXT_PT, self._pdf.epw)
        )
        both = self._height(heading.text, HEADING_PT, self._pdf.epw, bold=True) + self._height(after.text, size, width)
        return min(UNDER_HEADING_MM, both + GAP_MM)

    def _words(self, block: Paragraph | Quote, left_mm: float, width_mm: float) -> None:
        if isinstance(block, Paragraph):
            self._text("P", block.text, TEXT_PT, colour=SOFT if block.soft else INK, at=(left_mm, width_mm))
            return
        pdf = self._pdf
        begins_right = align_of(block.text) == "R"
        inner = (left_mm + (0 if begins_right else QUOTE_INDENT_MM), width_mm - QUOTE_INDENT_MM)
        bar = left_mm + (width_mm - BAR_MM if begins_right else 0)
        height = self._height(block.text, QUOTE_PT, inner[1])
        pdf.room_for(min(height, pdf.eph))
        top = pdf.get_y()
        if height <= pdf.room_mm:
            with pdf.decoration():
                pdf.set_fill_color(*ACCENT)
                pdf.rect(bar, top, BAR_MM, height, style="F")
        self._text("BlockQuote", block.text, QUOTE_PT, at=inner)

    def _figure(self, block: Figure) -> None:
        pdf = self._pdf
        jpeg, ratio = self._fetch(block.name)
        # A tall figure of a phone held upright leaves room for its words.
        widest, highest = (pdf.epw, MOST_OF_A_PAGE) if self._wide else (FIGURE_MM, MOST_BESIDE)
        across = min(widest, highest * pdf.eph / ratio)
        height = across * ratio
        left = pdf.l_margin + FIGURE_MM + GAP_MM
        width = pdf.epw if self._wide else pdf.epw - FIGURE_MM - GAP_MM
        sizes = [(each.text, QUOTE_PT if isinstance(each, Quote) else TEXT_PT) for each in block.beside]
        beside = sum(self._height(text, size, width - QUOTE_INDENT_MM) + 2 for text, size in sizes)
        # Words too long to stand beside the figure go under it.
        under = self._wide or beside > pdf.eph - GAP_MM
        pdf.room_for(height if under else max(height, beside))
        top, page = pdf.get_y(), pdf.page
        with pdf.tagged("Figure", alt=block.alt):
            pdf.image(io.BytesIO(jpeg), x=pdf.l_margin, y=top, w=across)
        pdf.set_y(top + height + GAP_MM / 2 if under else top)
        for each in block.beside:
            self._words(each, *((pdf.l_margin, pdf.epw) if under else (left, width)))
        foot = top + height if pdf.page == page else 0.0
        pdf.set_y(max(pdf.get_y(), foot) + GAP_MM)

    def _text(
        self,
        kind: Kind,
        text: str,
        size_pt: float,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        at: tuple[float, float] | None = None,
    ) -> None:
        pdf = self._pdf
        left, width = at or (pdf.l_margin, pdf.epw)
        pdf.set_font(FONT, style="B" if bold else "", size=size_pt)
        for part in self._parts(text, size_pt, width):
            pdf.room_for(min(self._height(part, size_pt, width, bold=bold), pdf.eph))
            pdf.set_x(left)
            pdf.set_font(FONT, style="B" if bold else "", size=size_pt)
            pdf.set_text_color(*colour)
            with pdf.tagged(kind, words=part):
                pdf.multi_cell(width, size_pt * PT_MM * LINE, part, align=align_of(part), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)

    def _parts(self, text: str, size_pt: float, width_mm: float) -> Sequence[str]:
        """The text in pieces that each fit on a page."""
        if self._height(text, size_pt, width_mm) <= self._pdf.eph:
            return [text]
        lines = self._lines(text, width_mm, size_pt)
        fit = int(self._pdf.eph / (size_pt * PT_MM * LINE))
        return ["\n".join(lines[start : start + fit]) for start in range(0, len(lines), fit)]

    def _height(self, text: str, size_pt: float, width_mm: float, *, bold: bool = False) -> float:
        return len(self._lines(text, width_mm, size_pt, "B" if bold else "")) * size_pt * PT_MM * LINE

    def _lines(self, text: str, width_mm: float, size_pt: float, style: Literal["", "B"] = "") -> list[str]:
        key = (text, width_mm, size_pt, style)
        if key not in self._laid_out:
            self._pdf.set_font(FONT, style=style, size=size_pt)
            found = self._pdf.multi_cell(
                width_mm, size_pt * PT_MM * LINE, text, dry_run=True, output=MethodReturnValue.LINES
            )
            self._laid_out[key] = [str(line) for line in found]  # type: ignore[union-attr]
        return self._laid_out[key]
