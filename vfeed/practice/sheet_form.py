"""Forms of a protocol pack: what a worker fills in for a session. Nothing in them is added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from vfeed.practice.pack_parts import Id, Label, Line, PackPart, Paragraph, once

MAX_ITEMS = 60
Filling = Literal["choice", "counter", "entry", "text"]


class Option(PackPart):
    """One of the answers to choose from, or one of the marks to count."""

    id: Id
    label: Label


class Item(PackPart):
    """One line of a form.

    `filling`: a choice among the form's answers; a counter for each of the form's marks; an entry of a few characters
    that the worker takes from elsewhere, such as an own rating; or a text.
    """

    id: Id
    label: Label
    filling: Filling = "choice"
    about: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    group: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class Form(PackPart):
    """A form: `answers` are those of every choice, `marks` those of every counter."""

    id: Id
    title: Label
    about: Paragraph = ""
    answers: Annotated[tuple[Option, ...], Field(max_length=8)] = ()
    marks: Annotated[tuple[Option, ...], Field(max_length=4)] = ()
    films: Line | None = None
    """Which two films are looked at beside the comparison, in words; None: no films belong to it."""
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    @model_validator(mode="after")
    def _told_apart(self) -> Form:
        once("two items have the id", (each.id for each in self.items))
        once("two items have the label", (each.label for each in self.items))
        for options in (self.answers, self.marks):
            once("two options have the id", (each.id for each in options))
            once("two options have the label", (each.label for each in options))
        fillings = {each.filling for each in self.items}
        if ("choice" in fillings) != (len(self.answers) > 1):
            raise ValueError("“answers” are two or more where an item is a choice, and none elsewhere")
        if ("counter" in fillings) != bool(self.marks):
            raise ValueError("“marks” are there where an item is a counter, and only there")
        return self

    def item(self, item_id: str) -> Item | None:
        """The item with this id, or None."""
        return next((each for each in self.items if each.id == item_id), None)

    def answer(self, answer_id: str) -> Option | None:
        """The answer with this id, or None."""
        return next((each for each in self.answers if each.id == answer_id), None)

    def places(self) -> Iterator[str]:
        """The name of everything that can be filled in: an item's id, for a counter with each mark's."""
        for item in self.items:
            if item.filling == "counter":
                yield from (key(item.id, mark.id) for mark in self.marks)
            else:
                yield item.id


def key(item_id: str, mark_id: str = "") -> str:
    """What an answer is kept under.

    >>> key("delight", "on_target"), key("m1")
    ('delight.on_target', 'm1')
    """
    return f"{item_id}.{mark_id}" if mark_id else item_id
