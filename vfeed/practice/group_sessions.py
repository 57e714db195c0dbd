"""What a session of a group is called and on which day it is: mended by steps that can be taken back."""

from __future__ import annotations

from datetime import date

from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Title


class SessionNamed(Payload):
    """A session's name and day."""

    title: Title
    held_on: date


STEP_TYPES: dict[str, type[Payload]] = {
    "session_named": SessionNamed,
    "session_mended": SessionNamed,
    "undone": Undone,
}


def apply(state: SessionNamed | None, event: Event) -> SessionNamed | None:
    """Return the state after an event."""
    return event.payload if isinstance(event.payload, SessionNamed) else state


def describe(_state: SessionNamed | None, event: Event) -> Entry:
    """Return what an event does, with the name and the day that it sets."""
    match event.payload:
        case SessionNamed() as payload:
            return Entry(event.type, {"title": payload.title, "held_on": payload.held_on})
        case _:
            return Entry(event.type)


GROUP_SESSION: Journal[SessionNamed | None] = Journal(STEP_TYPES, None, apply, describe, frozenset({"session_named"}))
"""Name and day of a group's session; its first event, `session_named`, holds them as they were before any mending."""
