"""Journals: steps that are only ever added, what still stands of them, and what undo and redo would do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import cast

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Undone
from vfeed.practice.review import Step, standing

Label = Callable[[Event], str]


@dataclass(frozen=True)
class Offered:
    """What undo and redo would act on now."""

    undo: Step | None = None
    redo: Step | None = None

    def check(self, payload: Undone) -> None:
        """Raise VfeedError `invalid_input` unless this takes back what may be taken back now."""
        if payload.event_id not in {step.event_id for step in (self.undo, self.redo) if step is not None}:
            raise VfeedError(
                "invalid_input", "Only the last step can be taken back.", hint="Take back the later steps first."
            )


@dataclass(frozen=True)
class Line:
    """A step in words; `stands` is false once it was taken back."""

    event_id: int
    label: str
    stands: bool


def offered(events: Sequence[Event], label: Label, fixed: Collection[str] = ()) -> Offered:
    """What undo and redo would do; steps of the types `fixed` cannot be made not to have happened."""
    live = standing(events)
    types = {event.id: event.type for event in events}
    new = [event.id for event in events if event.type != "undone" and event.type not in fixed]
    undoable = [event for event in live if event.id in set(new)]
    redoable = [
        event
        for event in live
        if isinstance(event.payload, Undone)
        and types[event.payload.event_id] != "undone"
        and event.id > max(new, default=0)
    ]
    undo = Step(undoable[-1].id, label(undoable[-1])) if undoable else None
    redo = Step(redoable[-1].id, label(_target(events, redoable[-1]))) if redoable else None
    return Offered(undo, redo)


def told(events: Sequence[Event], label: Label) -> list[Line]:
    """Every step in words, in order."""
    stands = {event.id for event in standing(events)}
    by_id = {event.id: event for event in events}
    lines = []
    for event in events:
        words, back = label(event), event
        if isinstance(event.payload, Undone):
            again = by_id[event.payload.event_id].type == "undone"
            while isinstance(back.payload, Undone):
                back = _target(events, back)
            words = f"{'did again' if again else 'took back'}: {label(back)}"
        lines.append(Line(event.id, words, event.id in stands))
    return lines


def _target(events: Sequence[Event], undo: Event) -> Event:
    target = cast(Undone, undo.payload).event_id
    return next(event for event in events if event.id == target)
