"""Protocol packs: what a programme's work follows (codes, plan, clip rules, prompts, forms), and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from vfeed.practice.pack_parts import Id, Label, Line, PackPart, Paragraph, once
from vfeed.practice.plan import ClipRules, Outcome, Plan, Prompts, RecordPart
from vfeed.practice.sheet_form import Form

SCHEMAS = (1, 2)
"""1 holds code sets alone; 2 may hold everything here."""
MAX_CODES = 100
SINCE_2 = ("plan", "clip_rules", "prompts", "forms", "record", "outcomes")

Part = Literal["child", "parent", "both"]
Timing = Literal["interval", "point", "chain"]
COLOURS: dict[str, str] = {
    "teal": "#1f8a8c",
    "blue": "#3b7dd8",
    "green": "#3d8b40",
    "orange": "#c4631c",
    "red": "#cf4444",
    "purple": "#8f5fc9",
    "pink": "#c94f93",
    "brown": "#97693d",
}
"""Colours that are offered for codes: seen on light and on dark pages (3 to 1). A file may name any other."""
Shape = Literal["circle", "square", "triangle", "diamond", "star", "cross"]


class Code(PackPart):
    """One code.

    `label` is what the practitioner reads, `parent_words` the sentence that a parent may read (empty: none, the code
    is for workers). `part` says in whom it is seen. `timing`: an interval has a start and an end, a point is one
    frame, a chain holds the six anchors of initiative and reception. `key` is the letter that tags it, with Shift.
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
    """A programme's code sets, plan, clip rules, prompts, forms and record, with owner, training and licence.

    `version` counts up whenever the content changes; an `id` never changes once released: stored tags, ticked
    sessions and filled forms refer to it. `record` names what a session's record shows, in its order.
    """

    schema_: Annotated[Literal[1, 2], Field(alias="schema")] = 1
    id: Id
    version: Annotated[int, Field(ge=1, strict=True)] = 1
    title: Label
    owner: Line
    about: Paragraph = ""
    training: Paragraph = ""
    licence: Paragraph = ""
    code_sets: Annotated[tuple[CodeSet, ...], Field(max_length=20)] = ()
    plan: Plan | None = None
    clip_rules: ClipRules | None = None
    prompts: Prompts | None = None
    forms: Annotated[tuple[Form, ...], Field(max_length=10)] = ()
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=20)] = ()
    record: Annotated[tuple[RecordPart, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> Pack:
        codes = list(self.codes())
        once("two code sets have the id", (each.id for each in self.code_sets))
        once("two codes have the id", (each.id for each in codes))
        once("two codes have the label", (each.label for each in codes))
        once("two codes have the key", (each.key for each in codes if each.key))
        once("two forms have the id", (each.id for each in self.forms))
        once("two forms have the title", (each.title for each in self.forms))
        once("the record names twice", self.record)
        once("two outcomes have the id", (each.id for each in self.outcomes))
        if len(codes) > MAX_CODES:
            raise ValueError(f"a pack holds at most {MAX_CODES} codes")
        if not (codes or self.plan or self.forms):
            raise ValueError("a pack holds code sets, a plan or forms")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Pack:
        newer = [name for name in SINCE_2 if getattr(self, name)]
        if newer and self.schema_ == 1:
            raise ValueError(f"“{newer[0]}” needs “schema: 2”")
        known = {form.id for form in self.forms}
        for session in self.plan.sessions if self.plan else ():
            for form_id in session.forms:
                if form_id not in known:
                    raise ValueError(f"the session “{session.id}” names a form that is not there: “{form_id}”")
        return self

    def codes(self) -> Iterator[Code]:
        """Every code, in the pack's order."""
        for each in self.code_sets:
            yield from each.codes

    def form(self, form_id: str) -> Form | None:
        """The form with this id, or None."""
        return next((each for each in self.forms if each.id == form_id), None)
