"""What a person has marked in a clip: moments, those that still run, and stills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeVar

from vfeed.journal.events import Payload
from vfeed.journal.journal import Entry, Param
from vfeed.practice.chain import ANCHORS, newly_set
from vfeed.practice.events import Moment, MomentOpened, MomentRemoved, Still, StillRemoved

NONE_SET = (None,) * len(ANCHORS)
Kept = TypeVar("Kept")


class Timed(Protocol):
    """Whatever has a start and an end."""

    @property
    def start_us(self) -> int:
        """Where it begins."""

    @property
    def end_us(self) -> int:
        """Where it ends."""


@dataclass(frozen=True)
class Annotations:
    """The annotations that hold now, each kind by id."""

    moments_by_id: Mapping[str, Moment] = field(default_factory=dict)
    open_by_id: Mapping[str, MomentOpened] = field(default_factory=dict)
    stills_by_id: Mapping[str, Still] = field(default_factory=dict)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Tagged moments in the order of time."""
        return tuple(sorted(self.moments_by_id.values(), key=lambda moment: (moment.start_us, moment.moment_id)))

    @cached_property
    def running(self) -> tuple[MomentOpened, ...]:
        """Moments whose end is still to come, in the order of time."""
        return tuple(sorted(self.open_by_id.values(), key=lambda moment: (moment.start_us, moment.moment_id)))

    @cached_property
    def stills(self) -> tuple[Still, ...]:
        """Stills in the order of time."""
        return tuple(sorted(self.stills_by_id.values(), key=lambda still: (still.at_us, still.still_id)))

    def apply(self, payload: Payload) -> Annotations:
        """Return the annotations after an event; themselves for an event that is not about any."""
        match payload:
            case Moment():
                moments = {**self.moments_by_id, payload.moment_id: payload}
                return replace(self, moments_by_id=moments, open_by_id=_but(self.open_by_id, payload.moment_id))
            case MomentOpened():
                return replace(self, open_by_id={**self.open_by_id, payload.moment_id: payload})
            case MomentRemoved() if payload.moment_id in self.moments_by_id:
                return replace(self, moments_by_id=_but(self.moments_by_id, payload.moment_id))
            case MomentRemoved():
                return replace(self, open_by_id=_but(self.open_by_id, payload.moment_id))
            case Still():
                return replace(self, stills_by_id={**self.stills_by_id, payload.still_id: payload})
            case StillRemoved():
                return replace(self, stills_by_id=_but(self.stills_by_id, payload.still_id))
            case _:
                return self

    def describe(self, type_: str, payload: Payload) -> Entry | None:
        """Return what an event does to these annotations; None for an event that is not about any."""
        match payload:
            case Moment():
                return self._tagged(type_, payload)
            case MomentOpened(anchors=None):
                return _about("moment_opened", payload)
            case MomentOpened():
                before = self.open_by_id.get(payload.moment_id)
                step = newly_set((before.anchors if before else None) or NONE_SET, payload.anchors or NONE_SET)
                return _about("chain_step_set", payload, step=step)
            case MomentRemoved():
                gone = self.moments_by_id.get(payload.moment_id) or self.open_by_id.get(payload.moment_id)
                return _about("moment_removed", gone) if gone else Entry("moment_removed", about=payload.moment_id)
            case Still():
                kept = self.stills_by_id.get(payload.still_id)
                code = "still_captioned" if kept is not None and kept.at_us == payload.at_us else "still_taken"
                return Entry(code, {"at_us": payload.at_us}, payload.still_id)
            case StillRemoved():
                still = self.stills_by_id.get(payload.still_id)
                return Entry("still_removed", {"at_us": still.at_us} if still else {}, payload.still_id)
            case _:
                return None

    def _tagged(self, type_: str, payload: Moment) -> Entry:
        before = self.moments_by_id.get(payload.moment_id)
        if payload.moment_id in self.open_by_id:
            return _about("moment_ended", payload)
        if type_ == "moment_tagged" or before is None:
            return _about("moment_tagged", payload)
        if before.code_ref != payload.code_ref:
            return _about("moment_recoded", before)
        if (before.anchors or NONE_SET) != (payload.anchors or NONE_SET):
            return _about("moment_steps_moved", payload)
        if (before.start_us, before.end_us) != (payload.start_us, payload.end_us):
            return _about("moment_moved", payload, edge=edge_moved(before, payload))
        return _about("moment_note_changed" if before.note != payload.note else "moment_words_changed", payload)


def edge_moved(before: Timed | None, after: Timed) -> str:
    """Return which edge of a span has changed: "start", "end" or "both"."""
    same_start = before is not None and before.start_us == after.start_us
    same_end = before is not None and before.end_us == after.end_us
    if same_start == same_end:
        return "both"
    return "end" if same_start else "start"


def _but(kept: Mapping[str, Kept], name: str) -> Mapping[str, Kept]:
    return {key: value for key, value in kept.items() if key != name} if name in kept else kept


def _about(code: str, moment: Moment | MomentOpened, **more: Param) -> Entry:
    return Entry(code, {"code_ref": moment.code_ref, "start_us": moment.start_us, **more}, moment.moment_id)
