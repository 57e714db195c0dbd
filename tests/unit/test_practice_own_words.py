"""A service's own words beside the numbers of a licensed sheet."""

from __future__ import annotations

import pytest

from vfeed.errors import VfeedError
from vfeed.practice import library
from vfeed.practice.own_words import MOST_LETTERS, open_lines, with_words, words_in

MASSAGE = library.shipped().pack("infant_massage")


def test_every_number_of_the_massage_sheet_is_open_and_its_text_is_not() -> None:
    assert [place for place, _form, _item in open_lines(MASSAGE)] == [f"sheet.m{number}" for number in range(1, 16)]


def test_words_stand_beside_the_number_and_change_nothing_else() -> None:
    worded = with_words(MASSAGE, {"sheet.m1": "  Looks for the face ", "sheet.own_words": "no", "sheet.m99": "no"})
    assert words_in(worded) == {"sheet.m1": "Looks for the face"}
    assert with_words(worded, {}) == worded
    cleared = worded.model_dump()
    cleared["forms"][0]["items"][0]["about"] = ""
    assert cleared == MASSAGE.model_dump()


def test_what_is_as_long_as_a_description_is_refused() -> None:
    with pytest.raises(VfeedError, match="M3 are too long"):
        with_words(MASSAGE, {"sheet.m3": "a" * (MOST_LETTERS + 1)})
