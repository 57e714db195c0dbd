"""A journal: the event types of a stream and how they fold into a state. It knows no words and no database.

What an event did is told as an `Entry`, a code with parameters, which whoever shows it puts into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import UNDONE, Event, EventTypes, Payload, Undone, parse
from vfeed.journal.undo import find, next_steps, root, standing

RECENT_STATES = 16
"""So many of the last states are kept at hand: taking back one of the last events folds nothing anew."""
CHECKPOINT_EVENTS = 512
"""Further back one state in so many is kept, and the events after it are folded again."""

Change = Literal["done", "undone", "redone"]
Param = str | int | float | date | tuple[str, ...] | None
"""What an entry says something with: texts, codes and their kinds, numbers, times in microseconds, days."""
State = TypeVar("State")
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an event did, as things stood then: a code, its parameters, and the id of the thing it is `about`."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    about: str | None = None

    def param(self, name: str, kind: type[Kind], otherwise: Kind | None = None) -> Kind:
        """Return a parameter, or `otherwise` where it has none of that name; raises TypeError where it is no `kind`.

        >>> Entry("pointed", {"at_us": 5}).param("at_us", int)
        5
        """
        value = self.params.get(name, otherwise)
        if not isinstance(value, kind):
            raise TypeError(f"{self.code}: {name} is {value!r}")
        return value


@dataclass(frozen=True, slots=True)
class Step:
    """What undo or redo would act on: the id of the event that it takes back, and what it would undo or do again."""

    event_id: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class AvailableUndo:
    """What undo and redo would act on now."""

    undo: Step | None = None
    redo: Step | None = None

    def check(self, payload: Undone) -> None:
        """Raise VfeedError `invalid_input` unless this takes back what may be taken back now."""
        if payload.event_id not in {step.event_id for step in (self.undo, self.redo) if step is not None}:
            raise VfeedError(
                "invalid_input", _("Only the last step can be taken back."), hint=_("Take back the later steps first.")
            )


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event of a history: what it did, or what it took back or did again; `stands` is false once taken back."""

    event: Event
    entry: Entry
    change: Change
    stands: bool


@dataclass(frozen=True)
class Journal(Generic[State]):
    """The rules of a stream.

    `apply` returns the state after an event and changes nothing; `describe` tells what an event does to the state
    before it. Undo passes by events of the types `lasting`.
    """

    types: EventTypes
    initial: State
    apply: Callable[[State, Event], State]
    describe: Callable[[State, Event], Entry]
    lasting: frozenset[str] = frozenset()

    def parse(self, type_: str, payload: Mapping[str, Any]) -> Payload:
        """Return the payload of an event; raises VfeedError `invalid_input` naming what does not fit."""
        return parse(type_, payload, self.types)

    def fold(self, events: Iterable[Event] = ()) -> Folded[State]:
        """Return the events of a stream, from its first on, with the state after them."""
        folded = Folded(self, (), (), (), self.initial)
        return folded.extended(events)


@dataclass(frozen=True)
class Folded(Generic[State]):
    """The events of a stream so far and the state after them.

    `live` are the events that stand, `entries` what each event did. `states` are some earlier states, each with the
    number of live events before it, so that taking an event back costs no fold from the beginning.
    """

    journal: Journal[State]
    events: tuple[Event, ...]
    live: tuple[Event, ...]
    entries: tuple[Entry, ...]
    state: State
    states: tuple[tuple[int, State], ...] = ()

    @property
    def last_id(self) -> int:
        """The id of the last event; 0 before the first."""
        return len(self.events)

    @cached_property
    def available_undo(self) -> AvailableUndo:
        """What undo and redo would act on now."""
        return available_undo(self, self.events, self.journal.lasting)

    def after(self, event: Event) -> Folded[State]:
        """Return the stream with one more event; raises ValueError unless its id is the next."""
        return self.extended((event,))

    def extended(self, events: Iterable[Event]) -> Folded[State]:
        """Return the stream with more events; raises ValueError unless their ids follow on."""
        known, live = list(self.events), list(self.live)
        entries, states, state = list(self.entries), list(self.states), self.state
        for event in events:
            if event.id != len(known) + 1:
                raise ValueError(f"event {event.id} does not follow {len(known)}")
            known.append(event)
            if isinstance(event.payload, Undone):
                entries.append(entries[root(known, event).id - 1])
                before, live = live, _without(live, known, event.payload)
                state = self._refolded(before, live, states)
            else:
                entries.append(self.journal.describe(state, event))
                live.append(event)
                state = self.journal.apply(state, event)
                _remember(states, len(live), state)
        return Folded(self.journal, tuple(known), tuple(live), tuple(entries), state, tuple(states))

    def history(self) -> list[HistoryEntry]:
        """Return every event with what it did, in order."""
        stands = {event.id for event in self.live}
        return [
            HistoryEntry(event, entry, self._change(event), event.id in stands)
            for event, entry in zip(self.events, self.entries, strict=True)
        ]

    def _change(self, event: Event) -> Change:
        if not isinstance(event.payload, Undone):
            return "done"
        return "redone" if self.events[event.payload.event_id - 1].type == UNDONE else "undone"

    def _refolded(self, before: list[Event], live: list[Event], states: list[tuple[int, State]]) -> State:
        """The state after `live`, from the last known state before the first difference from `before`."""
        pairs = zip(before, live, strict=False)
        shared = next((place for place, (one, two) in enumerate(pairs) if one is not two), min(len(before), len(live)))
        while states and states[-1][0] > shared:
            states.pop()
        start, state = states[-1] if states else (0, self.journal.initial)
        for count, event in enumerate(live[start:], start + 1):
            if not isinstance(event.payload, Undone):
                state = self.journal.apply(state, event)
            _remember(states, count, state)
        return state


@dataclass(frozen=True)
class Added(Generic[State]):
    """An event that was added, with the stream before and after it."""

    event: Event
    before: Folded[State]
    after: Folded[State]


def _without(live: list[Event], known: list[Event], payload: Undone) -> list[Event]:
    """What stands after the last of `known` took back another one."""
    target = find(known, payload.event_id)
    if isinstance(target.payload, Undone) or not any(event is target for event in live[-RECENT_STATES:]):
        return standing(known)
    return [*(event for event in live if event is not target), known[-1]]


def _remember(states: list[tuple[int, State]], count: int, state: State) -> None:
    states.append((count, state))
    if len(states) > RECENT_STATES and states[-RECENT_STATES - 1][0] % CHECKPOINT_EVENTS:
        del states[-RECENT_STATES - 1]


def available_undo(
    folded: Folded[Any], events: Sequence[Event], lasting: frozenset[str] = frozenset()
) -> AvailableUndo:
    """Return what undo and redo would do among some `events` of a stream, such as one person's own."""
    undo, redo = next_steps(events, lasting)
    entries = folded.entries
    return AvailableUndo(
        Step(undo.id, entries[undo.id - 1]) if undo else None,
        Step(redo.id, entries[redo.id - 1]) if redo else None,
    )
