"""Agreeing on one coding out of two, stretch by stretch: both stay as they are, and the agreed one is a third."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id, Micros
from vfeed.practice.pack_parts import Paragraph
from vfeed.practice.parts import changed_parts
from vfeed.research.agreement import Pair
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.differing import PointDiffers, Stretch
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.research.scheme import CANNOT_SEE, NONE, Lane, LaneKind
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


class Finished(Payload):
    """Everything was looked at: the agreed coding stands, and goes into tables and beside later codings."""


class TakenUpAgain(Payload):
    """An agreed coding is worked on again."""


STEP_TYPES: dict[str, type[Payload]] = {
    "settled": Settled,
    "finished": Finished,
    "taken_up_again": TakenUpAgain,
    "undone": Undone,
}


@dataclass(frozen=True)
class ConsensusState:
    """What was agreed, by lane and start of the stretch, and whether it stands.

    `touched` names, for each stretch, the step that settled it last.
    """

    settled: Mapping[str, Settled] = field(default_factory=dict)
    finished: bool = False
    touched: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        settled = {key: each.model_dump(mode="json") for key, each in self.settled.items()}
        return {"settled": settled, "finished": self.finished, "touched": dict(self.touched)}

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
            settled, touched = {**state.settled, payload.key: payload}, {**state.touched, payload.key: event.id}
            return replace(state, settled=settled, touched=touched)
        case Finished():
            return replace(state, finished=True)
        case TakenUpAgain():
            return replace(state, finished=False)
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


def check(
    payload: Payload, state: ConsensusState, differs: Mapping[str, Sequence[Stretch]], lanes: Sequence[Lane]
) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input`, `conflict` while it stands finished."""
    if isinstance(payload, Settled):
        if state.finished:
            raise VfeedError("conflict", _("This coding is finished."), hint=_("Take it up again to change it."))
        _check_settled(payload, differs, lanes)
    elif isinstance(payload, Finished):
        left = len(open_ones(state, differs))
        if left:
            raise VfeedError(
                "invalid_input",
                _("%(left)s differences are still open."),
                hint=_("Settle each of them first."),
                left=left,
            )


def open_ones(state: ConsensusState, differs: Mapping[str, Sequence[Stretch]]) -> list[tuple[str, Stretch]]:
    """The differences that nobody has settled, with their lanes."""
    return [
        (lane, each) for lane, own in differs.items() for each in own if f"{lane}:{each.start_us}" not in state.settled
    ]


def _check_settled(payload: Settled, differs: Mapping[str, Sequence[Stretch]], lanes: Sequence[Lane]) -> None:
    known = [(each.start_us, each.end_us) for each in differs.get(payload.lane, ())]
    if (payload.start_us, payload.end_us) not in known:
        raise VfeedError("invalid_input", _("The coders do not differ there."), hint=_("Load the page again."))
    lane = next(each for each in lanes if each.id == payload.lane)
    absent = lane.kind == LaneKind.POINT and payload.code == NONE
    if payload.choice == "new" and not absent and not (lane.has(payload.code) and payload.code != "not_coded"):
        raise VfeedError("invalid_input", _("The scheme holds no such code here."), hint=_("Choose one of the codes."))


def agreed(pair: Pair, lane: Lane, settled: Sequence[Settled], about: Provenance) -> Coding:
    """Return the agreed coding of a lane.

    Where the coders agree, or differ for less than is looked at, the first one's marks stand. What was left, and what
    only one of them watched, is outside its window.
    """
    left = Timeline(_span(each) for each in settled if each.choice == "leave")
    both = _both_watched(pair, lane)
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
    return _coding(pair, lane, marks, window, about)


def agreed_points(
    pair: Pair, lane: Lane, differs: Sequence[PointDiffers], settled: Sequence[Settled], about: Provenance
) -> Coding:
    """Return the agreed points of a lane.

    Where both have a point, or nobody has settled a difference, the first one's stands. A point that was left out is
    outside the window, as what only one of them watched.
    """
    left = Timeline(_span(each) for each in settled if each.choice == "leave")
    both = _both_watched(pair, lane)
    end_us = max((each.end_us for each in both), default=0)
    window = both.intersection(_rest(left, end_us)) if end_us else both
    by_start = {each.start_us: each for each in settled}
    differing = {each.first for each in differs if each.first is not None}
    marks = [mark for mark in pair.first.marks if mark.point and mark not in differing]
    for each in differs:
        said = by_start.get(each.stretch.start_us)
        mark = each.second if said is not None and said.choice == "second" else each.first
        if said is not None and said.choice == "new":
            place = each.first or each.second
            assert place is not None
            mark = None if said.code == NONE else replace(place, code=said.code)
        marks += [mark] if mark is not None else []
    return _coding(pair, lane, [mark for mark in marks if window.contains(mark.start_us)], window, about)


def _both_watched(pair: Pair, lane: Lane) -> Timeline:
    return watched(pair.first, *lane.name).intersection(watched(pair.second, *lane.name))


def _coding(pair: Pair, lane: Lane, marks: Iterable[Mark], window: Timeline, about: Provenance) -> Coding:
    return Coding(
        pair.clip,
        "consensus",
        tuple(marks),
        (),
        pair.first.length_us,
        provenance=about,
        lanes={lane.name: window.intervals},
    )


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
