"""Protocol packs: the code sets of a programme, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

SCHEMA: Literal[1] = 1
ID_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
MAX_CODES = 100

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]

Part = Literal["child", "parent", "both"]
Timing = Literal["interval", "point", "chain"]
Shape = Literal["circle", "square", "triangle", "diamond", "star", "cross"]


class PackPart(BaseModel):
    """The base of every part of a pack: exactly the fields named, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Code(PackPart):
    """One code.

    `label` is what the practitioner reads, `parent_words` the sentence that a parent may read (empty: none, the code
    is for workers). `part` says in whom it is seen. `timing`: an interval has a start and an end, a point is one
    picture, a chain holds the six anchors of initiative and reception. `key` is the letter that tags it, with Shift.
    """

    id: Id
    label: Label
    parent_words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    part: Part
    timing: Timing = "interval"
    group: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    key: Annotated[str, StringConstraints(pattern=r"^[a-z]?$")] = ""
    colour: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-f]{6})?$")] = ""
    shape: Shape | Literal[""] = ""


class CodeSet(PackPart):
    """Codes that belong together under one title."""

    id: Id
    title: Label
    codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MAX_CODES)]


class Pack(PackPart):
    """A programme's code sets, with what has to be said of owner, training and licence.

    `version` counts up whenever the content changes; an `id` never changes once released: stored tags refer to it.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")] = SCHEMA
    id: Id
    version: Annotated[int, Field(ge=1, strict=True)] = 1
    title: Label
    owner: Line
    about: Paragraph = ""
    training: Paragraph = ""
    licence: Paragraph = ""
    code_sets: Annotated[tuple[CodeSet, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _told_apart(self) -> Pack:
        codes = list(self.codes())
        _once("two code sets have the id", (each.id for each in self.code_sets))
        _once("two codes have the id", (each.id for each in codes))
        _once("two codes have the label", (each.label for each in codes))
        _once("two codes have the key", (each.key for each in codes if each.key))
        if len(codes) > MAX_CODES:
            raise ValueError(f"a pack holds at most {MAX_CODES} codes")
        return self

    def codes(self) -> Iterator[Code]:
        """Every code, in the pack's order."""
        for each in self.code_sets:
            yield from each.codes


def _once(trouble: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{trouble} “{twice[0]}”")
