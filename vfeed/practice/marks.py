"""What a person has marked in a clip: moments, those that still run, and stills."""

from __future__ import annotations

from typing import Protocol

from vfeed.practice.chain import ANCHORS, newly_set
from vfeed.practice.events import Moment, MomentOpened, MomentRemoved, Payload, Still, StillRemoved
from vfeed.practice.library import Library

NONE_SET = (None,) * len(ANCHORS)


class Timed(Protocol):
    """Whatever has a start and an end."""

    @property
    def start_us(self) -> int:
        """Where it begins."""

    @property
    def end_us(self) -> int:
        """Where it ends."""


class Marks:
    """The marks under construction, one event after the other."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._moments: dict[str, Moment] = {}
        self._open: dict[str, MomentOpened] = {}
        self._stills: dict[str, Still] = {}

    def moments(self) -> tuple[Moment, ...]:
        """Tagged moments in the order of time."""
        return tuple(sorted(self._moments.values(), key=lambda moment: (moment.start_us, moment.moment_id)))

    def running(self) -> tuple[MomentOpened, ...]:
        """Moments whose end is still to come, in the order of time."""
        return tuple(sorted(self._open.values(), key=lambda moment: (moment.start_us, moment.moment_id)))

    def stills(self) -> tuple[Still, ...]:
        """Stills in the order of time."""
        return tuple(sorted(self._stills.values(), key=lambda still: (still.at_us, still.still_id)))

    def apply(self, type_: str, payload: Payload) -> str | None:
        """Do what an event does; returns it in words, None for an event that is not about marks."""
        match payload:
            case Moment():
                return self._tag(type_, payload)
            case MomentOpened():
                return self._begin(payload)
            case MomentRemoved():
                gone = self._moments.pop(payload.moment_id, None) or self._open.pop(payload.moment_id, None)
                return f"removed {self._words(gone)}" if gone else "removed a moment"
            case Still():
                before = self._stills.get(payload.still_id)
                self._stills[payload.still_id] = payload
                if before is not None and before.at_us == payload.at_us:
                    return f"changed the caption of the still at {clock(payload.at_us)}"
                return f"took a still at {clock(payload.at_us)}"
            case StillRemoved():
                still = self._stills.pop(payload.still_id, None)
                return f"removed the still at {clock(still.at_us)}" if still else "removed a still"
            case _:
                return None

    def _begin(self, payload: MomentOpened) -> str:
        before = self._open.get(payload.moment_id)
        self._open[payload.moment_id] = payload
        if payload.anchors is None:
            return f"began {self._words(payload)}"
        step = newly_set((before.anchors if before else None) or NONE_SET, payload.anchors)
        return f"set {step or 'the steps'} in {self._words(payload)}"

    def _tag(self, type_: str, payload: Moment) -> str:
        ran = self._open.pop(payload.moment_id, None)
        before = self._moments.get(payload.moment_id)
        self._moments[payload.moment_id] = payload
        words = self._words(payload)
        if ran is not None:
            return f"ended {words}"
        if type_ == "moment_tagged" or before is None:
            return f"tagged {words}"
        if before.strength != payload.strength:
            return f"changed the strength of {self._words(before)}"
        if (before.anchors or NONE_SET) != (payload.anchors or NONE_SET):
            return f"moved the steps of {words}"
        if (before.start_us, before.end_us) != (payload.start_us, payload.end_us):
            return f"{moved(before, payload)} of {words}"
        return f"changed the {'note' if before.note != payload.note else 'words for the parent'} of {words}"

    def _words(self, moment: Moment | MomentOpened) -> str:
        return f"the moment “{self._library.label(moment.strength)}” at {clock(moment.start_us)}"


def moved(before: Timed | None, after: Timed) -> str:
    """Which edge of a span has changed, in words."""
    same_start = before is not None and before.start_us == after.start_us
    same_end = before is not None and before.end_us == after.end_us
    if same_start == same_end:
        return "changed the times"
    return "moved the end" if same_start else "moved the start"


def clock(time_us: int) -> str:
    """A time in words.

    >>> clock(61_900_000)
    '1:01'
    """
    minutes, seconds = divmod(time_us // 1_000_000, 60)
    return f"{minutes}:{seconds:02d}"
