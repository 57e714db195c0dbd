"""What a document says is on the page that it is shown on: a second account confirms by the page what leaves."""

from dataclasses import fields
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import vfeed.server
from vfeed.documents.document import Block, Document, Paragraph, Quote

TEMPLATES = Path(vfeed.server.__file__).parent / "templates"


@pytest.mark.parametrize("of_kind", get_args(Block))
def test_every_kind_of_block_is_drawn_with_all_its_words(of_kind: type[Block]) -> None:
    given: dict[str, object] = {"beside": (Paragraph("Said of it."), Quote("I never saw that before."))}
    words = {name: given.get(name, f"words of {name}") for name in (each.name for each in fields(of_kind))}
    document = Document("A title", "en-GB", (of_kind(**words),))
    drawn = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    ).get_template("records/blocks.html")
    page = unescape(str(drawn.make_module().__dict__["blocks"](document, {"words of name": "/still.jpg"})))
    said = list(document.texts())[1:]
    assert said and [each for each in said if each not in page] == []
