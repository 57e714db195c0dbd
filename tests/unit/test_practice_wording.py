"""The words that are asked about, and what could be said instead."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from pydantic import ValidationError

from vfeed.practice.library import shipped
from vfeed.practice.wording import Hint, hints


def hits(text: str) -> list[str]:
    """As the review room looks for them."""
    found = []
    for word in (word for hint in hints() for word in hint.words):
        stem = re.escape(word.removesuffix("*")) + (r"[\w']*" if word.endswith("*") else "")
        if re.search(rf"(?<![\w']){stem}(?![\w'])", text.lower()):
            found.append(word)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Mother ignores the baby",
        "He is avoidant",
        "she doesn't respond",
        "Too little praise",
        "insensitive",
        "a poor start",
    ],
)
def test_words_about_what_is_missing_are_asked_about(text: str) -> None:
    assert hits(text)


@pytest.mark.parametrize(
    "text",
    ["She waits for his answer", "He looks away and comes back", "Both laugh", "A long warm look", "Not yet, soon"],
)
def test_words_about_what_is_there_are_left_alone(text: str) -> None:
    assert hits(text) == []


def test_no_word_stands_twice() -> None:
    assert [word for word, count in Counter(word for hint in hints() for word in hint.words).items() if count > 1] == []


def test_what_is_proposed_would_not_be_asked_about_itself() -> None:
    for hint in hints():
        examples = re.findall("“(.*?)”", hint.instead)
        assert all(hits(example) == [] for example in examples), hint.instead


def test_no_code_that_ships_would_be_asked_about() -> None:
    for pack in shipped().packs:
        for code in pack.codes():
            assert hits(f"{code.label}. {code.parent_words}") == [], code.label


@pytest.mark.parametrize("word", ["", "Upper", "a*b", "(x"])
def test_a_word_that_could_not_be_looked_for_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        Hint(words=(word,), instead="Say what is there.")
