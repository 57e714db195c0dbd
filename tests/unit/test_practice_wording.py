"""The words that are asked about, and what could be said instead."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from pydantic import ValidationError

from vfeed.practice.invitation import found_in
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
    ("text", "words"),
    [
        ("A lazy mum", ["lazy"]),
        ("Laziness, and neglectful parents", ["Laziness", "neglectful"]),
        ("Insecure, avoidant and disorganised", ["Insecure", "avoidant", "disorganised"]),
        ("an insecurely attached child", ["insecurely"]),
        ("There was no eye contact.", ["no eye contact"]),
        ("They are bad mothers and a bad father", ["bad mothers", "bad father"]),
        ("She failed to answer, refuses help and is failing", ["failed", "refuses", "failing"]),
        ("Cold and unresponsive", ["Cold", "unresponsive"]),
        ("You should’ve waited; she should have, too", ["should've", "should have"]),
        ("Sŵn mawr a mam ddrwg", ["mam ddrwg"]),
        ("Mae’n ei hanwybyddu, ac yn methu â setlo", ["hanwybyddu", "methu"]),
        ("Dydy hi ddim yn edrych: diog, efallai; dylai aros", ["ddim yn", "diog", "dylai"]),
        ("Dim cyswllt llygad; mae’n osgoi ei fam", ["Dim cyswllt llygad", "osgoi"]),
        ("Gwrthododd, ac esgeuluswyd ef", ["Gwrthododd", "esgeuluswyd"]),
    ],
)
def test_labels_are_asked_about_in_every_form_and_once(text: str, words: list[str]) -> None:
    assert sorted(each.word for each in found_in(text)) == sorted(words)


@pytest.mark.parametrize(
    "text",
    ["Mae hi’n aros am ei ateb", "Edrychodd i ffwrdd a daeth yn ôl", "Maent yn chwerthin gyda’i gilydd", "Am byth"],
)
def test_welsh_words_about_what_is_there_are_left_alone(text: str) -> None:
    assert found_in(text) == [] and hits(text) == []


def test_a_welsh_word_is_answered_in_welsh() -> None:
    [found] = found_in("Mae’n anwybyddu ei babi.")
    assert found.instead.startswith("Dywedwch")


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
