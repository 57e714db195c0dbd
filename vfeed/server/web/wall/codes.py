"""The shapes of codes to tag with."""

from __future__ import annotations

from typing import Literal

from vfeed.practice.protocol import Timing
from vfeed.server.web.wall.base import Shape


class Code(Shape):
    """A code to tag with; `id` is what a tag keeps of it, `key` the letter pressed with Shift (empty: one is given)."""

    id: str
    label: str
    parent_words: str
    part: Literal["child", "parent", "both"]
    timing: Timing
    group: str
    key: str
    colour: str
    shape: str


class CodeSet(Shape):
    """Codes that belong together."""

    id: str
    title: str
    codes: list[Code]


class Pack(Shape):
    """The codes of a programme; `own`: one of the service's own."""

    id: str
    version: int
    title: str
    owner: str
    about: str
    training: str
    licence: str
    own: bool
    code_sets: list[CodeSet]


class WordingHint(Shape):
    """Words that tell what somebody lacks (`*`: any ending), and what could be said instead."""

    words: list[str]
    instead: str


class Codes(Shape):
    """Every pack on offer that has codes, and hints for words."""

    packs: list[Pack]
    wording: list[WordingHint]
