"""States that a program lists as single starts and stops, joined into stretches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from vfeed.research.formats.seam import Losses, at

START, STOP, POINT, TURN = "START", "STOP", "POINT", ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a program that lists events; `status` is START, STOP, POINT, or empty where states take turns."""

    time_us: int
    who: str
    code: str
    modifiers: tuple[str, ...] = ()
    note: str = ""
    status: str = TURN
    lane: str = ""
    where: str = ""

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What a start and its stop have in common."""
        return self.who, self.lane, self.code, self.modifiers


def paired(events: Iterable[Event], losses: Losses) -> list[tuple[Event, int]]:
    """Return each state's start with its end time, and each point with its own; what has no partner is reported.

    A stop closes the open start of the same person, code and modifiers. A state that both starts and stops at one
    time, or touches the next of its kind, is told by the order of the lines at that time not mattering.
    """
    by_key: dict[tuple[str, str, str, tuple[str, ...]], list[Event]] = defaultdict(list)
    found: list[tuple[Event, int]] = []
    for event in events:
        if event.status == POINT:
            found.append((event, event.time_us))
        else:
            by_key[event.key].append(event)
    for group in by_key.values():
        found += _states(sorted(group, key=lambda event: event.time_us), losses)
    return sorted(found, key=lambda pair: (pair[0].time_us, pair[1]))


def _states(events: list[Event], losses: Losses) -> list[tuple[Event, int]]:
    opened: Event | None = None
    found = []
    todo = list(events)
    while todo:
        event = todo.pop(0)
        starts = event.status == START or (event.status == TURN and opened is None)
        if starts and opened is not None:
            later = _same_time(todo, event.time_us, STOP)
            if later is None:
                _unpaired(opened, losses)
            else:
                # The stop of the one before is listed after this start: take it first.
                found.append((opened, todo.pop(later).time_us))
            opened = event
        elif starts:
            opened = event
        elif opened is not None:
            found.append((opened, event.time_us))
            opened = None
        else:
            later = _same_time(todo, event.time_us, START)
            if later is None:
                _unpaired(event, losses)
            else:
                opened = todo.pop(later)
                todo.insert(0, event)
    if opened is not None:
        _unpaired(opened, losses)
    return found


def _same_time(events: list[Event], time_us: int, status: str) -> int | None:
    for number, event in enumerate(events):
        if event.time_us != time_us:
            return None
        if event.status == status:
            return number
    return None


def _unpaired(event: Event, losses: Losses) -> None:
    what = event.status.lower() or "event"
    losses.dropped(
        event.where or at(event.time_us),
        f"The {what} of '{event.code}' at {at(event.time_us)} has no partner. Give every state a start and a stop.",
    )
