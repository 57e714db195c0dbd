"""The PDF of a document, read back as a screen reader meets it."""

from __future__ import annotations

import io
from typing import Any, Literal

import pytest
from pdf_reading import ReadBack, read_back
from PIL import Image

from vfeed.documents.document import RECORD, Block, Document, Fetch, Figure, Heading, Paragraph, Quote
from vfeed.documents.pdf import render
from vfeed.documents.tagged import TaggedPdf, align_of
from vfeed.errors import VfeedError


def a_figure(name: str) -> tuple[bytes, float]:
    out = io.BytesIO()
    Image.new("RGB", (160, 90), (200, 120, 60)).save(out, "JPEG")
    return out.getvalue(), 90 / 160


def a_document(*blocks: Block, title: str = "Looking together") -> Document:
    return Document(title, "en-GB", blocks, "3 March 2026")


def made(document: Document) -> ReadBack:
    return read_back(bytes(render(document, a_figure).output()))


BLOCKS: tuple[Block, ...] = (
    Heading("What we saw"),
    Figure("one", "You waited for her.", (Paragraph("You waited for her."), Quote("She looks at me!"))),
    Heading("What I want to try"),
    Quote("I wait a little."),
)


def test_it_says_its_title_language_and_that_it_is_tagged() -> None:
    read = made(a_document(*BLOCKS))
    assert (read.title, read.language, read.marked, read.shows_title) == ("Looking together", "en-GB", True, True)


def test_every_piece_has_its_kind_in_reading_order() -> None:
    read = made(a_document(*BLOCKS))
    assert [piece.kind for piece in read.pieces] == ["H1", "P", "H2", "Figure", "P", "BlockQuote", "H2", "BlockQuote"]
    assert [piece.alt for piece in read.pieces if piece.kind == "Figure"] == ["You waited for her."]


def test_the_headings_are_its_outline() -> None:
    assert made(a_document(*BLOCKS)).outline == ["Looking together", "What we saw", "What I want to try"]


def test_three_moments_with_all_that_a_family_takes_home_are_one_sheet() -> None:
    question = "What helps her to calm down after her bath, and how do I see that she wants a pause?"
    moments = [Figure(f"{at}", "You waited.", (Paragraph("You waited."), Quote("She looks."))) for at in range(3)]
    blocks: list[Block] = [
        Heading("What we wanted to find out"),
        Quote(question),
        Heading("What we saw"),
        *moments,
    ]
    blocks += [
        Heading("What I want to try"),
        Quote(question),
        Heading("We meet again"),
        Paragraph("17 December"),
    ]
    assert len(made(a_document(*blocks)).texts) == 1


def test_nothing_is_drawn_outside_a_tag_on_any_page() -> None:
    read = made(a_document(*BLOCKS * 8))
    assert len(read.texts) > 2
    assert read.untagged == []


def test_a_picture_and_the_words_beside_it_stay_together() -> None:
    read = made(a_document(*BLOCKS * 12))
    figures = [index for index, piece in enumerate(read.pieces) if piece.kind == "Figure"]
    assert len(figures) == 12
    for index in figures:
        # Its heading before, its sentence and the quote after it.
        assert len({piece.page for piece in read.pieces[index - 1 : index + 3]}) == 1


@pytest.mark.parametrize("words", [60, 800])
def test_long_words_go_on_over_the_page_and_none_is_lost(words: int) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    for block in (Quote(text), Paragraph(text), Figure("one", "A picture", (Quote(text),))):
        read = made(a_document(block))
        found = set(" ".join(read.texts).split())
        assert found >= {f"word{number}" for number in range(words)}, type(block).__name__
        assert read.untagged == []


@pytest.mark.parametrize(
    ("text", "side"),
    [("She looks", "L"), ("هي تنظر إلي", "R"), ("«היא מחכה»", "R"), ("12 Äpfel", "L"), ("", "L"), ("وہ مسکرائی", "R")],
)
def test_words_begin_at_the_side_of_their_script(text: str, side: Literal["L", "R"]) -> None:
    assert align_of(text) == side


@pytest.mark.parametrize(
    "words", ["Mae hi'n edrych, ŵyn a tŷ", "żółć", "هي تنظر إلي", "Вона її бачить", "She 👶 looks"]
)
def test_words_in_other_scripts_are_read_out_as_written(words: str) -> None:
    assert words in made(a_document(Quote(words))).words


def test_words_that_would_lose_letters_are_refused() -> None:
    with pytest.raises(VfeedError, match="ہ ے") as error:
        made(a_document(Quote("وہ مجھے دیکھتی ہے")))
    assert "print it from the browser" in error.value.hint


def test_the_reader_notices_what_is_not_tagged() -> None:
    pdf = render(a_document(*BLOCKS), a_figure)
    pdf.text(20, 200, "stray words")
    assert len(read_back(bytes(pdf.output())).untagged) == 1


def upright(name: str) -> tuple[bytes, float]:
    out = io.BytesIO()
    Image.new("RGB", (90, 160), (200, 120, 60)).save(out, "JPEG")
    return out.getvalue(), 160 / 90


@pytest.mark.parametrize("figure", [a_figure, upright], ids=["wide", "upright"])
def test_nothing_is_drawn_where_the_foot_of_the_page_stands(figure: Fetch) -> None:
    places: list[tuple[int, float]] = []
    moments = tuple(Figure(f"m{number}", "Still", (Quote("He looks up."),)) for number in range(6))
    document = Document("Moments", "en-GB", moments, foot="Confidential")

    class Watched(TaggedPdf):
        def image(self, *args: Any, **kwargs: Any) -> Any:
            drawn = super().image(*args, **kwargs)
            places.append((self.page, kwargs["y"] + drawn["rendered_height"]))
            return drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vfeed.documents.pdf.TaggedPdf", Watched)
        bytes(render(document, figure).output())
    assert len(places) == 6 and max(end for _page, end in places) <= 297 - RECORD.margin_mm
    # Two at least on every page but the last, whichever way the phone was held.
    pages = [page for page, _end in places]
    assert all(pages.count(page) >= 2 for page in set(pages) - {max(pages)})


def test_each_page_says_which_of_how_many_it_is_and_whom_it_is_for() -> None:
    long = Document("Moments", "en-GB", BLOCKS * 8, foot="Confidential")
    read = read_back(bytes(render(long, a_figure).output()))
    pages = len(read.texts)
    assert pages > 2 and read.untagged == []
    assert [f"{number} / {pages}" in text for number, text in enumerate(read.texts, 1)] == [True] * pages
    assert all("Confidential" in text for text in read.texts)
    [alone] = made(a_document(*BLOCKS)).texts
    assert "1 / 1" not in alone and "Confidential" not in alone
