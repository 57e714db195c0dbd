"""A shared review with a parent: what was shown, in which words, and what comes next.

`went_well` is the worker's own log. It is kept apart by its name: nothing for a parent reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import Field, model_validator

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Id, Payload, Text, Undone
from vfeed.practice.journal import Line, Offered, offered, told
from vfeed.practice.review import standing

Words = Literal["helping_question", "working_point", "went_well"]
Day = Literal["held_on", "next_on"]
WORDS: tuple[Words, ...] = get_args(Words)
DAYS: tuple[Day, ...] = get_args(Day)
NAMES: Mapping[str, str] = {
    "helping_question": "the helping question",
    "working_point": "the working point",
    "went_well": "what went well",
    "held_on": "the day of the review",
    "next_on": "the next date",
    "reels": "what was shown",
}
MAX_SHOWN = 6


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
            raise ValueError("the review was on some day")
        return self


class ReelsSet(Payload):
    """The reels that were shown, in their order."""

    reels: Shown

    @model_validator(mode="after")
    def _once_each(self) -> ReelsSet:
        if len({(reel.clip_id, reel.reel_id) for reel in self.reels}) != len(self.reels):
            raise ValueError("a film stands there twice")
        return self


STEP_TYPES: dict[str, type[Payload]] = {
    "session_begun": Begun,
    "words_set": WordsSet,
    "day_set": DaySet,
    "reels_set": ReelsSet,
    "undone": Undone,
}
FIXED = frozenset({"session_begun"})


@dataclass(frozen=True)
class SessionState:
    """What holds now. `touched` names, for each part, the step that set it last (0: only the beginning did)."""

    held_on: date
    next_on: date | None = None
    words: Mapping[Words, str] = field(default_factory=dict)
    reels: tuple[ShownReel, ...] = ()
    touched: Mapping[str, int] = field(default_factory=dict)
    last_event_id: int = 0
    offered: Offered = field(default_factory=Offered)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, days as YYYY-MM-DD."""
        return {
            "held_on": self.held_on.isoformat(),
            "next_on": self.next_on.isoformat() if self.next_on else None,
            **{name: self.words.get(name, "") for name in WORDS},
            "reels": [reel.model_dump() for reel in self.reels],
            "touched": {name: self.touched.get(name, 0) for name in NAMES},
            "last_event_id": self.last_event_id,
            "undo": asdict(self.offered.undo) if self.offered.undo else None,
            "redo": asdict(self.offered.redo) if self.offered.redo else None,
        }


def fold(events: Sequence[Event]) -> SessionState:
    """What holds after these steps; the first of them is `session_begun`."""
    begun = cast(Begun, events[0].payload)
    days: dict[str, date | None] = {"held_on": begun.held_on, "next_on": None}
    words: dict[Words, str] = {"helping_question": begun.helping_question}
    reels = begun.reels
    touched: dict[str, int] = {}
    for event in standing(events):
        match event.payload:
            case WordsSet() as payload:
                words[payload.name] = payload.text
                touched[payload.name] = event.id
            case DaySet() as payload:
                days[payload.name] = payload.day
                touched[payload.name] = event.id
            case ReelsSet() as payload:
                reels = payload.reels
                touched["reels"] = event.id
            case _:
                pass
    return SessionState(
        held_on=cast(date, days["held_on"]),
        next_on=days["next_on"],
        words=words,
        reels=reels,
        touched=touched,
        last_event_id=events[-1].id,
        offered=offered(events, label, FIXED),
    )


def history(events: Sequence[Event]) -> list[Line]:
    """Every step in words, in order."""
    return told(events, label)


def label(event: Event) -> str:
    """What a step did, in words."""
    match event.payload:
        case WordsSet() as payload:
            return f"{'wrote' if payload.text else 'took out'} {NAMES[payload.name]}"
        case DaySet() as payload:
            return f"{'set' if payload.day else 'took out'} {NAMES[payload.name]}"
        case ReelsSet():
            return "chose what was shown"
        case Begun():
            return "began this record"
        case _:
            return ""


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
            raise VfeedError("invalid_input", "This record has begun already.", hint="Change its parts instead.")
        case DaySet() if payload.name == "next_on" and payload.day is not None and payload.day < state.held_on:
            raise VfeedError(
                "invalid_input", "The next date is before this review.", hint="Choose a day after the review."
            )
        case Undone():
            state.offered.check(payload)
        case _:
            pass
