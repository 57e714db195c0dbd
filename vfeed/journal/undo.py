"""The algebra of undo and redo: which events stand, and which one undo or redo would act on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from operator import attrgetter

from vfeed.journal.events import UNDONE, Event, Undone

_id_of = attrgetter("id")


def standing(events: Sequence[Event]) -> list[Event]:
    """Return the events that have not been taken back, in their order.

    >>> from vfeed.journal.events import Payload
    >>> swap, back = Event(1, "swapped", Payload()), Event(2, "undone", Undone(event_id=1))
    >>> [event.id for event in standing([swap, back])]
    [2]
    """
    # Backwards, because whatever takes an event back comes after it.
    dead: set[int] = set()
    live: list[Event] = []
    for event in reversed(events):
        if event.id in dead:
            continue
        live.append(event)
        if isinstance(event.payload, Undone):
            dead.add(event.payload.event_id)
    return live[::-1]


def next_steps(events: Sequence[Event], lasting: Collection[str] = ()) -> tuple[Event | None, Event | None]:
    """Return the event that undo would take back and the `undone` event that redo would take back.

    Undo and redo pass by events of the types `lasting`; anything else that is new leaves nothing to redo.
    """
    dead: set[int] = set()
    redo: Event | None = None
    nothing_new = True
    for event in reversed(events):
        if isinstance(event.payload, Undone):
            if event.id not in dead:
                dead.add(event.payload.event_id)
                if nothing_new and redo is None and find(events, event.payload.event_id).type != UNDONE:
                    redo = event
        elif event.type not in lasting:
            nothing_new = False
            if event.id not in dead:
                return event, redo
    return None, redo


def find(events: Sequence[Event], event_id: int) -> Event:
    """Return the event with this id among events in the order of their ids; raises KeyError without one."""
    place = bisect_left(events, event_id, key=_id_of)
    if place == len(events) or events[place].id != event_id:
        raise KeyError(event_id)
    return events[place]


def root(events: Sequence[Event], event: Event) -> Event:
    """Return the event that an `undone` takes back or does again in the end; any other event itself."""
    while isinstance(event.payload, Undone):
        event = find(events, event.payload.event_id)
    return event
