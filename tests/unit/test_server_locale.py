"""Reading vfeed in another language: the catalogues are whole, and the pages speak them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import hatch_build
from vfeed.server.web.words import catalogue_file, offered

ROOT = Path(hatch_build.__file__).parent
PLACE = re.compile(r"%\(\w+\)s")
EVERY = hatch_build.catalogue_files(ROOT)


def test_the_catalogues_hold_the_words_of_today() -> None:
    words = {message.id for message in hatch_build.read_words(ROOT) if message.id}
    for path in (ROOT / hatch_build.TRANSLATIONS / "messages.pot", *EVERY):
        held = {message.id for message in read_po(io.BytesIO(path.read_bytes())) if message.id}
        assert not words - held, f"{path.name} lacks words; run “make messages”"
        assert not held - words, f"{path.name} has words that are gone; run “make messages”"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.parts[-3]))
def test_every_word_is_translated_with_the_same_places_to_fill_in(path: Path) -> None:
    catalogue = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert forms and all(forms), f"no {catalogue.locale} for {ids[0]!r}"
        for form in forms:
            # A form for one may leave the number out.
            assert set(PLACE.findall(str(form))) <= set(PLACE.findall(ids[-1])), form
        assert set(PLACE.findall(str(forms[-1]))) == set(PLACE.findall(ids[-1])), ids


def test_the_islands_words_are_in_the_page_with_a_form_for_each_number_of_the_language() -> None:
    assert "cy" in offered()
    held = json.loads(catalogue_file("cy").read_text(encoding="utf-8"))
    assert held["language"] == "cy"
    assert len(held["words"]) > 500
    assert set(held["words"]["%(num)s minute"]) == {"zero", "one", "two", "few", "many", "other"}
    assert held["words"]["%(num)s minute"]["two"] == "%(num)s funud"
