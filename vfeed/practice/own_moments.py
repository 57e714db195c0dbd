"""A parent's own good moments of an unflagged film: what they marked, and what they say of it.

It is a journal of its own, so that nothing that a machine or a worker made of the film can reach the room where it is
made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import StringConstraints

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import MAX_ID, Micros, Span, Text

TAKEN_UP = "own-"
"""What the id of a tagged moment begins with that a mark was taken up as."""
MarkId = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9_-]{{1,{MAX_ID - len(TAKEN_UP)}}}$")]

BEFORE_US = 6_000_000
"""How much of the film before the press belongs to a mark: one presses once something was seen."""
AFTER_US = 2_000_000
MAX_MARKS = 20
TOGETHER = timedelta(hours=2)
"""So long looking together goes on where nobody ended it, such as on a tablet that was just put away: a long visit."""
NEAR_US = 1_000_000
"""Presses this close together are one mark: a finger that slips makes no second one."""


class OwnMarked(Span):
    """A stretch of the film that the parent likes; `at_us` is where the film stood when they pressed."""

    mark_id: MarkId
    at_us: Micros


class OwnRemoved(Payload):
    """A mark that was taken away."""

    mark_id: MarkId


class OwnWords(Payload):
    """What the parent says about a mark; empty takes it back."""

    mark_id: MarkId
    text: Text


class WorkerJoined(Payload):
    """The parent has asked the worker to join: from here on the marks are looked at together."""


class WorkerLeft(Payload):
    """Looking together has ended: the parent finds the whole film the next time."""


STEP_TYPES: dict[str, type[Payload]] = {
    "own_marked": OwnMarked,
    "own_removed": OwnRemoved,
    "own_words": OwnWords,
    "worker_joined": WorkerJoined,
    "worker_left": WorkerLeft,
    "undone": Undone,
}


@dataclass(frozen=True)
class OwnMoments:
    """What holds now: marks by id, words by mark, and when a worker joined (None: nobody is there now)."""

    by_id: Mapping[str, OwnMarked] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    joined_at: datetime | None = None

    def is_together(self, now: datetime) -> bool:
        """Whether worker and parent are looking together; it ends when the room is left, or after `TOGETHER`."""
        return self.joined_at is not None and now - self.joined_at < TOGETHER

    @property
    def marks(self) -> tuple[OwnMarked, ...]:
        """The marks in the order of time."""
        return tuple(sorted(self.by_id.values(), key=lambda mark: (mark.start_us, mark.mark_id)))


def taken_up_id(mark_id: str) -> str:
    """The id of the tagged moment that a mark becomes: never that of a tag which was there before.

    >>> taken_up_id("m1")
    'own-m1'
    """
    return TAKEN_UP + mark_id


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
            return replace(state, joined_at=event.at)
        case WorkerLeft():
            return replace(state, joined_at=None)
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
                raise _refused(_("This lies beyond the end of the film."), _("Load the page and mark it again."))
            if payload.mark_id in state.by_id:
                raise _refused(_("This is marked already."), _("Take the mark away first."))
            if len(state.by_id) >= MAX_MARKS:
                raise _refused(_("There are %(most)s marks already."), _("Take one away first."), most=MAX_MARKS)
            if any(abs(mark.at_us - payload.at_us) < NEAR_US for mark in state.by_id.values()):
                raise _refused(_("This place is marked already."), _("Play on, and mark another."))
        case OwnRemoved() | OwnWords():
            if payload.mark_id not in state.by_id:
                raise _refused(_("There is no such mark."), _("It was taken away before."))
        case WorkerJoined():
            if not state.by_id:
                raise _refused(_("Nothing is marked yet."), _("Mark a moment first, or finish."))
        case _:
            pass


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)


OWN_MOMENTS = Journal(STEP_TYPES, OwnMoments(), apply, describe)
"""A parent's own moments of one film."""
