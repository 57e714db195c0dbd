"""A study: what is laid down before anybody codes, its phases, and when blind coding is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from vfeed.errors import VfeedError
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.pack_parts import Label, Paragraph
from vfeed.research.agreement import TOLERANCES_US, Rules
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.scheme import CANNOT_SEE, LOOKING, Scheme
from vfeed.research.units import UNIT_US

Phase = Literal["training", "test", "main", "recalibration"]
PHASES: tuple[Phase, ...] = get_args(Phase)
WindowRule = Literal["whole", "first", "best"]
MINUTE_US = 60_000_000

Share = Annotated[float, Field(ge=0, le=1)]
Limit = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class Plan(Payload):
    """What a study lays down: question, frozen scheme, window, unit, leeways, and the limit it holds itself to."""

    title: Label
    question: Paragraph = ""
    scheme: Scheme
    window: WindowRule = "whole"
    window_us: Annotated[int, Field(ge=1_000_000, le=3_600_000_000, strict=True)] = 3 * MINUTE_US
    unit_us: Annotated[int, Field(ge=1_000, le=10_000_000, strict=True)] = UNIT_US
    tolerances_us: Annotated[tuple[int, ...], Field(min_length=1, max_length=12)] = TOLERANCES_US
    least_kappa: Limit = 0.6
    second_share: Share = 0.25
    repeat_share: Share = 0.05
    gold_share: Share = 0.05

    def rules(self, *, with_gamma: bool = True) -> Rules:
        """The same as rules for comparing."""
        codes = tuple(dict.fromkeys(code.id for lane in self.scheme.lanes for code in lane.codes))
        known = {CANNOT_SEE: UNSEEN}
        return Rules(
            unit_us=self.unit_us,
            tolerances_us=self.tolerances_us,
            codes=(*codes, *known.values()),
            with_gamma=with_gamma,
        )


class StudyBegun(Payload):
    """How a study begins: nothing of its plan changes any more."""

    plan: Plan


class Assigning(Payload):
    """A round of assigning: for which phase, to whom, and what gives the same again."""

    phase: Phase
    coders: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)]
    everyone: bool
    seed: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    algorithm: int
    codings: int


class CoderPaused(Payload):
    """A coder gets no further film until somebody says so."""

    coder: Name
    why: Paragraph = ""


class CoderTakenUp(Payload):
    """A paused coder goes on."""

    coder: Name


class CodingClosed(Payload):
    """Blind coding is over: nothing more is handed in, and the machine may be set beside it."""


STEP_TYPES: dict[str, type[Payload]] = {
    "study_begun": StudyBegun,
    "assigning": Assigning,
    "coder_paused": CoderPaused,
    "coder_taken_up": CoderTakenUp,
    "coding_closed": CodingClosed,
    "undone": Undone,
}
NO_PLAN = Plan.model_construct(title="", scheme=LOOKING)


@dataclass(frozen=True)
class StudyState:
    """What holds now; `paused` says why, by coder."""

    plan: Plan = NO_PLAN
    rounds: tuple[Assigning, ...] = ()
    paused: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False


def apply(state: StudyState, event: Event) -> StudyState:
    """Return the state after an event."""
    match event.payload:
        case StudyBegun() as payload:
            return StudyState(payload.plan)
        case Assigning() as payload:
            return replace(state, rounds=(*state.rounds, payload))
        case CoderPaused() as payload:
            return replace(state, paused={**state.paused, payload.coder: payload.why})
        case CoderTakenUp() as payload:
            return replace(state, paused={name: why for name, why in state.paused.items() if name != payload.coder})
        case CodingClosed():
            return replace(state, closed=True)
        case _:
            return state


def describe(_state: StudyState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case Assigning() as payload:
            return Entry(event.type, {"codings": payload.codings})
        case CoderPaused() | CoderTakenUp() as payload:
            return Entry(event.type, {"coder": payload.coder})
        case _:
            return Entry(event.type)


LASTING = frozenset({"study_begun", "assigning", "coding_closed"})
STUDY = Journal(STEP_TYPES, StudyState(), apply, describe, LASTING)
"""A study; its first event is `study_begun`."""


def check(payload: Payload, state: StudyState) -> None:
    """Refuse a step that does not fit; raises VfeedError `conflict` or `invalid_input` with the fix."""
    match payload:
        case StudyBegun() if state.plan is not NO_PLAN:
            raise VfeedError("conflict", "This study has begun already.", hint="Begin another one.")
        case CodingClosed() if not state.rounds:
            raise VfeedError("invalid_input", "Nothing was coded yet.", hint="Give the films to coders first.")
        case Assigning() | CoderPaused() | CoderTakenUp() | CodingClosed() if state.closed:
            raise VfeedError("conflict", "Coding is closed in this study.", hint="Begin another study.")
        case _:
            pass
