"""A parent's own good moments of an unflagged film: what they marked, and what they say of it.

It is a journal of its own, so that nothing that a machine or a worker made of the film can reach the room where it is
made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vfeed.errors import VfeedError
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id, Micros, Span, Text

BEFORE_US = 6_000_000
"""How much of the film before the press belongs to a mark: one presses once something was seen."""
AFTER_US = 2_000_000
MAX_MARKS = 20
NEAR_US = 1_000_000
"""Presses this close together are one mark: a finger that slips makes no second one."""


class OwnMarked(Span):
    """A stretch of the film that the parent likes; `at_us` is where the film stood when they pressed."""

    mark_id: Id
    at_us: Micros


class OwnRemoved(Payload):
    """A mark that was taken away."""

    mark_id: Id


class OwnWords(Payload):
    """What the parent says about a mark; empty takes it back."""

    mark_id: Id
    text: Text


class WorkerJoined(Payload):
    """The parent has asked the worker to join: from here on the marks are looked at together."""


STEP_TYPES: dict[str, type[Payload]] = {
    "own_marked": OwnMarked,
    "own_removed": OwnRemoved,
    "own_words": OwnWords,
    "worker_joined": WorkerJoined,
    "undone": Undone,
}


@dataclass(frozen=True)
class OwnMoments:
    """What holds now: marks by id, words by mark, and whether a worker has joined."""

    by_id: Mapping[str, OwnMarked] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    joined: bool = False

    @property
    def marks(self) -> tuple[OwnMarked, ...]:
        """The marks in the order of time."""
        return tuple(sorted(self.by_id.values(), key=lambda mark: (mark.start_us, mark.mark_id)))


def span_around(at_us: int, duration_us: int) -> Span:
    """The stretch that a press at a time of the film stands for, inside the film.

    >>> span_around(10_000_000, 11_000_000)
    Span(start_us=4000000, end_us=11000000)
    """
    at_us = min(max(at_us, 0), duration_us - 1)
    return Span(start_us=max(0, at_us - BEFORE_US), end_us=min(duration_us, at_us + AFTER_US))


def apply(state: OwnMoments, event: Event) -> OwnMoments:
    """Return the state after an event."""
    match event.payload:
        case OwnMarked() as payload:
            return replace(state, by_id={**state.by_id, payload.mark_id: payload})
        case OwnRemoved() as payload:
            rest = {name: mark for name, mark in state.by_id.items() if name != payload.mark_id}
            words = {name: text for name, text in state.words.items() if name != payload.mark_id}
            return replace(state, by_id=rest, words=words)
        case OwnWords() as payload:
            words = {name: text for name, text in state.words.items() if name != payload.mark_id}
            return replace(state, words={**words, payload.mark_id: payload.text} if payload.text else words)
        case WorkerJoined():
            return replace(state, joined=True)
        case _:
            return state


def describe(_state: OwnMoments, event: Event) -> Entry:
    """Return what an event does."""
    return Entry(event.type)


def check(payload: Payload, state: OwnMoments, duration_us: int) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case OwnMarked():
            if payload.end_us > duration_us:
                raise _refused("This lies beyond the end of the film.", "Load the page and mark it again.")
            if payload.mark_id in state.by_id:
                raise _refused("This is marked already.", "Take the mark away first.")
            if len(state.by_id) >= MAX_MARKS:
                raise _refused(f"There are {MAX_MARKS} marks already.", "Take one away first.")
            if any(abs(mark.at_us - payload.at_us) < NEAR_US for mark in state.by_id.values()):
                raise _refused("This place is marked already.", "Play on, and mark another.")
        case OwnRemoved() | OwnWords():
            if payload.mark_id not in state.by_id:
                raise _refused("There is no such mark.", "It was taken away before.")
        case WorkerJoined():
            if not state.by_id:
                raise _refused("Nothing is marked yet.", "Mark a moment first, or finish.")
        case _:
            pass


def _refused(message: str, hint: str) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint)


OWN_MOMENTS = Journal(STEP_TYPES, OwnMoments(), apply, describe)
"""A parent's own moments of one film."""
