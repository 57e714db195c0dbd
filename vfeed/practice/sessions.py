"""A shared review with a parent: what was shown, in which words, and what comes next.

`went_well` is the own log of whoever began the record. It is kept apart by its name: nothing for a parent reads it, and
no colleague does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id, Text
from vfeed.practice.parts import changed_parts

Words = Literal["helping_question", "working_point", "went_well"]
Day = Literal["held_on", "next_on"]
WORDS: tuple[Words, ...] = get_args(Words)
DAYS: tuple[Day, ...] = get_args(Day)
PARTS: tuple[str, ...] = (*WORDS, *DAYS, "reels")
"""What a record consists of; each is set by itself, and two people may write at two of them."""
MAX_SHOWN = 6
OWN_LOG: Words = "went_well"


class ShownReel(Payload):
    """A reel of one of the family's clips."""

    clip_id: Id
    reel_id: Id


Shown = Annotated[tuple[ShownReel, ...], Field(max_length=MAX_SHOWN)]


class Begun(Payload):
    """How a session's record begins: its day, the question agreed on, and what is shown."""

    held_on: date
    helping_question: Text = ""
    reels: Shown = ()


class WordsSet(Payload):
    """Words under one heading of the record, instead of those before; empty takes them out."""

    name: Words
    text: Text


class DaySet(Payload):
    """A day of the record; only the next date may be left open."""

    name: Day
    day: date | None

    @model_validator(mode="after")
    def _held_some_day(self) -> DaySet:
        if self.name == "held_on" and self.day is None:
            raise ValueError(_("the review was on some day"))
        return self


class ReelsSet(Payload):
    """The reels that were shown, in their order."""

    reels: Shown

    @model_validator(mode="after")
    def _once_each(self) -> ReelsSet:
        if len({(reel.clip_id, reel.reel_id) for reel in self.reels}) != len(self.reels):
            raise ValueError(_("a film stands there twice"))
        return self


STEP_TYPES: dict[str, type[Payload]] = {
    "session_begun": Begun,
    "words_set": WordsSet,
    "day_set": DaySet,
    "reels_set": ReelsSet,
    "undone": Undone,
}


@dataclass(frozen=True)
class SessionState:
    """What holds now. `touched` names, for each part, the step that set it last (0: only the beginning did)."""

    held_on: date
    next_on: date | None = None
    words: Mapping[Words, str] = field(default_factory=dict)
    reels: tuple[ShownReel, ...] = ()
    touched: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, days as YYYY-MM-DD."""
        return {
            "held_on": self.held_on.isoformat(),
            "next_on": self.next_on.isoformat() if self.next_on else None,
            **{name: self.words.get(name, "") for name in WORDS},
            "reels": [reel.model_dump() for reel in self.reels],
            "touched": {name: self.touched.get(name, 0) for name in PARTS},
        }

    def changes_since(self, before: SessionState) -> dict[str, Any]:
        """JSON-able: what of `as_dict` differs from an earlier state; of `touched` only what differs."""
        return changed_parts(before.as_dict(), self.as_dict(), keyed={"touched"})


def apply(state: SessionState, event: Event) -> SessionState:
    """Return the state after an event."""
    touched = {**state.touched, part_of(event.payload) or "": event.id}
    match event.payload:
        case Begun() as payload:
            words: Mapping[Words, str] = {"helping_question": payload.helping_question}
            return SessionState(payload.held_on, words=words, reels=payload.reels)
        case WordsSet() as payload:
            return replace(state, words={**state.words, payload.name: payload.text}, touched=touched)
        case DaySet(name="held_on", day=date() as day):
            return replace(state, held_on=day, touched=touched)
        case DaySet() as payload:
            return replace(state, next_on=payload.day, touched=touched)
        case ReelsSet() as payload:
            return replace(state, reels=payload.reels, touched=touched)
        case _:
            return state


def describe(_state: SessionState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case WordsSet() as payload:
            return Entry("part_written" if payload.text else "part_taken_out", {"part": payload.name}, payload.name)
        case DaySet() as payload:
            return Entry("part_set" if payload.day else "part_taken_out", {"part": payload.name}, payload.name)
        case ReelsSet():
            return Entry("reels_chosen", about="reels")
        case _:
            return Entry("session_begun")


def part_of(payload: Payload) -> str | None:
    """The part of the record that a step sets, as in `SessionState.touched`; None for any other step."""
    match payload:
        case WordsSet() | DaySet():
            return payload.name
        case ReelsSet():
            return "reels"
        case _:
            return None


def check(payload: Payload, state: SessionState) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case Begun():
            raise VfeedError("invalid_input", _("This record has begun already."), hint=_("Change its parts instead."))
        case DaySet() if payload.name == "next_on" and payload.day is not None and payload.day < state.held_on:
            raise VfeedError(
                "invalid_input", _("The next date is before this review."), hint=_("Choose a day after the review.")
            )
        case _:
            pass


SESSION = Journal(STEP_TYPES, SessionState(date.min), apply, describe, frozenset({"session_begun"}))
"""The record of a shared review; its first event is `session_begun`."""
