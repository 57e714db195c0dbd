"""What a programme plans: its sessions in their order, how it films, and what is asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from vfeed.practice.pack_parts import Id, Label, Line, PackPart, Paragraph, once

MAX_SESSIONS = 30
MAX_ROUNDS = 20
MAX_QUESTION = 160
"""A question at a pause stands beside the frame in large letters (the same limit as `events.MAX_QUESTION`)."""

RecordPart = Literal["plan", "shown", "helping_question", "parents_words", "working_point", "next_date", "forms"]


Known = Literal["question", "film", "moments", "review", "visit"]
"""What in vfeed shows that a session was held: a visit's helping question, a film, chosen moments, a shared review, or
the visit itself."""


class Range(PackPart):
    """From so many to so many, both counted in."""

    least: Annotated[int, Field(ge=1, le=120, strict=True)]
    most: Annotated[int, Field(ge=1, le=120, strict=True)]

    @model_validator(mode="after")
    def _forwards(self) -> Range:
        if self.most < self.least:
            raise ValueError("“most” is smaller than “least”")
        return self


class PlannedSession(PackPart):
    """One meeting or step of the plan.

    `once`: only in the first round. `prompts` remind the worker, `forms` are ids of the pack's forms filled there.
    `known_by`: what in vfeed shows that it was held, to offer the tick; None: nothing does.
    """

    id: Id
    title: Label
    purpose: Paragraph = ""
    once: bool = False
    known_by: Known | None = None
    prompts: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    forms: Annotated[tuple[Id, ...], Field(max_length=10)] = ()


class Plan(PackPart):
    """The sessions in their order; with `rounds` they are gone through again so many times."""

    about: Paragraph = ""
    rounds: Range | None = None
    sessions: Annotated[tuple[PlannedSession, ...], Field(min_length=1, max_length=MAX_SESSIONS)]

    @model_validator(mode="after")
    def _told_apart(self) -> Plan:
        once("two sessions have the id", (each.id for each in self.sessions))
        once("two sessions have the title", (each.title for each in self.sessions))
        if self.rounds is None and any(each.once for each in self.sessions):
            raise ValueError("“once” says nothing in a plan without rounds")
        if self.rounds is not None and self.rounds.most > MAX_ROUNDS:
            raise ValueError(f"a plan has at most {MAX_ROUNDS} rounds")
        if all(each.once for each in self.sessions):
            raise ValueError("a plan with rounds needs a session that comes again")
        return self

    def session(self, session_id: str) -> PlannedSession | None:
        """The session with this id, or None."""
        return next((each for each in self.sessions if each.id == session_id), None)


class Outcome(PackPart):
    """What a service hopes for, in its own words: soon (short) or later (medium). A session can point to it."""

    id: Id
    label: Label
    term: Literal["short", "medium"] = "short"


class ClipRules(PackPart):
    """How long is filmed, and how many moments of which length are shown; None: the programme does not say.

    `parent_led`: the parent looks through the whole film first and marks own moments, before anybody else has chosen.
    """

    film_minutes: Range | None = None
    moments: Range | None = None
    parent_led: bool = False
    moment_seconds: Annotated[int, Field(ge=1, le=3600, strict=True)] | None = None
    about: Paragraph = ""


class Prompts(PackPart):
    """How the helping question and the working point are asked for, and open questions for the pauses of a film."""

    helping_question: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    pauses: Annotated[
        tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)], ...],
        Field(max_length=12),
    ] = ()
    working_point: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    @model_validator(mode="after")
    def _told_apart(self) -> Prompts:
        once("a question stands there twice:", self.pauses)
        return self
