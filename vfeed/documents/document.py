"""A document as blocks in reading order: the page in the browser and the PDF are both made of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Heading:
    """The heading of a part."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Plain words; `soft` for what stands back."""

    kind: ClassVar[str] = "paragraph"
    text: str
    soft: bool = False


@dataclass(frozen=True)
class Quote:
    """Somebody's own words."""

    kind: ClassVar[str] = "quote"
    text: str


@dataclass(frozen=True)
class Figure:
    """An image with the words that belong to it. `name` says which one to whoever fetches it; `alt` what it shows."""

    kind: ClassVar[str] = "figure"
    name: str
    alt: str
    beside: tuple[Paragraph | Quote, ...] = ()


Block = Heading | Paragraph | Quote | Figure


@dataclass(frozen=True)
class Document:
    """A titled document in one language (a BCP 47 tag such as en-GB); `foot` stands at the foot of each page."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    lead: str = ""
    foot: str = ""

    def texts(self) -> Iterator[str]:
        """Every word a reader meets, in reading order."""
        yield self.title
        if self.lead:
            yield self.lead
        for block in self.blocks:
            match block:
                case Figure():
                    yield block.alt
                    yield from (each.text for each in block.beside)
                case _:
                    yield block.text


Fetch = Callable[[str], tuple[bytes, float]]
"""From a figure's name to its JPEG bytes and its height for a width of 1."""


@dataclass(frozen=True)
class Paper:
    """A size of paper; on a `wide` one a figure fills the width and its words stand under it."""

    size_mm: tuple[float, float]
    margin_mm: float
    wide: bool = False


RECORD = Paper((210, 297), 20.0)
CARD = Paper((148, 210), 14.0, wide=True)
