"""Agreeing on one coding out of two, stretch by stretch: both stay as they are, and the agreed one is a third."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from vfeed.errors import VfeedError
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id, Micros
from vfeed.practice.pack_parts import Paragraph
from vfeed.practice.parts import changed_parts
from vfeed.research.agreement import Pair
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.differing import Stretch
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.research.scheme import CANNOT_SEE, NONE, Lane
from vfeed.research.units import watched
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

Choice = Literal["first", "second", "new", "leave"]


class Settled(Payload):
    """What holds in a stretch on which two coders differed; `code` only with "new", `reason` as people choose."""

    lane: Id
    start_us: Micros
    end_us: Micros
    choice: Choice
    code: str = ""
    reason: Paragraph = ""

    @property
    def key(self) -> str:
        """Its place among the disagreements."""
        return f"{self.lane}:{self.start_us}"


STEP_TYPES: dict[str, type[Payload]] = {"settled": Settled, "undone": Undone}


@dataclass(frozen=True)
class ConsensusState:
    """What was agreed, by lane and start of the stretch."""

    settled: Mapping[str, Settled] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"settled": {key: each.model_dump(mode="json") for key, each in self.settled.items()}}

    def changes_since(self, before: ConsensusState) -> dict[str, Any]:
        """JSON-able: the settled stretches as a whole, where anything differs."""
        return changed_parts(before.as_dict(), self.as_dict())

    def of(self, lane: Lane) -> list[Settled]:
        """What was agreed in a lane, in order of time."""
        return sorted((each for each in self.settled.values() if each.lane == lane.id), key=lambda each: each.start_us)


def apply(state: ConsensusState, event: Event) -> ConsensusState:
    """Return the state after an event."""
    match event.payload:
        case Settled() as payload:
            return replace(state, settled={**state.settled, payload.key: payload})
        case _:
            return state


def describe(_state: ConsensusState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case Settled() as payload:
            return Entry(event.type, {"choice": payload.choice, "at_us": payload.start_us}, payload.key)
        case _:
            return Entry(event.type)


CONSENSUS = Journal(STEP_TYPES, ConsensusState(), apply, describe)
"""What people agreed of one clip."""


def check(payload: Payload, differs: Mapping[str, Sequence[Stretch]], lanes: Sequence[Lane]) -> None:
    """Refuse what is about no disagreement or names no code of its lane; raises VfeedError `invalid_input`."""
    if not isinstance(payload, Settled):
        return
    known = [(each.start_us, each.end_us) for each in differs.get(payload.lane, ())]
    if (payload.start_us, payload.end_us) not in known:
        raise VfeedError("invalid_input", "The coders do not differ there.", hint="Load the page again.")
    lane = next(each for each in lanes if each.id == payload.lane)
    if payload.choice == "new" and not (lane.has(payload.code) and payload.code != "not_coded"):
        raise VfeedError("invalid_input", "The scheme holds no such code here.", hint="Choose one of the codes.")


def agreed(pair: Pair, lane: Lane, settled: Sequence[Settled], about: Provenance) -> Coding:
    """Return the agreed coding of a lane.

    Where the coders agree, or differ for less than is looked at, the first one's marks stand. What was left, and what
    only one of them watched, is outside its window.
    """
    left = Timeline(_span(each) for each in settled if each.choice == "leave")
    both = watched(pair.first).intersection(watched(pair.second))
    end_us = max((each.end_us for each in both), default=0)
    window = both.intersection(_rest(left, end_us)) if end_us else both
    changed = Timeline(_span(each) for each in settled if each.choice in ("second", "new"))
    marks = _cut(pair.first.marks, window.intersection(_rest(changed, end_us)) if end_us else window)
    for each in settled:
        if each.choice == "second":
            marks += _cut(pair.second.marks, Timeline([_span(each)]).intersection(window))
        elif each.choice == "new" and each.code != NONE:
            code = UNSEEN if each.code == CANNOT_SEE else each.code
            marks.append(Mark(each.start_us, each.end_us, lane.who, lane.title, code))
    return Coding(pair.clip, "consensus", tuple(marks), tuple(window), pair.first.length_us, provenance=about)


def _span(each: Settled) -> Interval:
    return Interval(each.start_us, each.end_us)


def _rest(timeline: Timeline, end_us: int) -> Timeline:
    return timeline.gaps(Interval(0, end_us))


def _cut(marks: Sequence[Mark], window: Timeline) -> list[Mark]:
    return [
        replace(mark, start_us=part.start_us, end_us=part.end_us)
        for mark in marks
        if not mark.point
        for part in Timeline([mark.interval]).intersection(window)
    ]
