"""A study: what is laid down before anybody codes, its phases, and when blind coding is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.pack_parts import Label, Paragraph
from vfeed.practice.retention import NOTICE
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.rules import TOLERANCES_US, Rules
from vfeed.research.scheme import CANNOT_SEE, LOOKING, Scheme
from vfeed.research.units import UNIT_US

Phase = Literal["training", "test", "main", "recalibration"]
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


class KeepingLaid(Payload):
    """Until when its films, the key from names to films, and what is left after it, are kept; None: nobody has said."""

    key_until: date | None = None
    tables_until: date | None = None
    films_until: date | None = None


class FilmsAnnounced(Payload):
    """That the films are to be destroyed was told on this day: not before `NOTICE` later are they."""

    on: date


class StudyHeld(Payload):
    """Everything is kept whatever the days say."""

    reason: Annotated[str, StringConstraints(min_length=10, max_length=500, strip_whitespace=True)]


class HoldEnded(Payload):
    """The days hold again."""


class KeyDestroyed(Payload):
    """Nothing leads from the study's names to films any more; its tables are what is left."""


class TablesDeleted(Payload):
    """Its tables are gone, too."""


STEP_TYPES: dict[str, type[Payload]] = {
    "study_begun": StudyBegun,
    "assigning": Assigning,
    "coder_paused": CoderPaused,
    "coder_taken_up": CoderTakenUp,
    "coding_closed": CodingClosed,
    "keeping_laid": KeepingLaid,
    "films_announced": FilmsAnnounced,
    "study_held": StudyHeld,
    "hold_ended": HoldEnded,
    "key_destroyed": KeyDestroyed,
    "tables_deleted": TablesDeleted,
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
    keeping: KeepingLaid = field(default_factory=KeepingLaid)
    films_announced: date | None = None
    held: str = ""
    key_destroyed: bool = False
    tables_deleted: bool = False

    def due(self, today: date) -> tuple[bool, bool]:
        """Whether its key, and its tables, are to be destroyed today: coding is closed, their day is over, no hold.

        A key without which its films cannot be found waits for them.
        """
        if self.held or not self.closed:
            return False, False
        key, tables = self.keeping.key_until, self.keeping.tables_until
        key_due = not self.key_destroyed and key is not None and key < today and self.keeping.films_until is None
        tables_due = self.key_destroyed and not self.tables_deleted and tables is not None and tables < today
        return key_due, tables_due

    def films_go_on(self, today: date) -> date | None:
        """The day on which its films are destroyed as things stand; None without a day, with a hold, or afterwards."""
        day = self.keeping.films_until
        if day is None or self.held or self.key_destroyed:
            return None
        return max(day, (self.films_announced or max(today, day - NOTICE)) + NOTICE)

    def films_to_be_announced(self, today: date) -> bool:
        """Whether the time of notice begins today."""
        day = self.films_go_on(today)
        return day is not None and self.films_announced is None and today >= day - NOTICE

    def films_due(self, today: date) -> bool:
        """Whether its films are to be destroyed today: announced long enough ago, and nothing holds the study."""
        day = self.films_go_on(today)
        return day is not None and self.films_announced is not None and day <= today


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
            return _kept(state, event.payload)


def _kept(state: StudyState, payload: Payload) -> StudyState:
    """The state after what is about keeping; any other step changes nothing."""
    match payload:
        case KeepingLaid():
            same = payload.films_until == state.keeping.films_until
            return replace(state, keeping=payload, films_announced=state.films_announced if same else None)
        case FilmsAnnounced():
            return replace(state, films_announced=payload.on)
        case HoldEnded() if state.films_announced:
            # While it was held nobody had to reckon with it: it is announced anew.
            return replace(state, held="", films_announced=None)
        case StudyHeld():
            return replace(state, held=payload.reason)
        case HoldEnded():
            return replace(state, held="")
        case KeyDestroyed():
            return replace(state, key_destroyed=True)
        case TablesDeleted():
            return replace(state, tables_deleted=True)
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


LASTING = frozenset({"study_begun", "assigning", "coding_closed", "films_announced", "key_destroyed", "tables_deleted"})
STUDY = Journal(STEP_TYPES, StudyState(), apply, describe, LASTING)
"""A study; its first event is `study_begun`."""


def _films_late(payload: KeepingLaid) -> bool:
    films, key = payload.films_until, payload.key_until
    return films is not None and key is not None and key < films


def _out_of_order(payload: KeepingLaid) -> bool:
    key = payload.key_until or payload.films_until
    return payload.tables_until is not None and (key is None or payload.tables_until < key)


def check(payload: Payload, state: StudyState) -> None:
    """Refuse a step that does not fit; raises VfeedError `conflict` or `invalid_input` with the fix."""
    match payload:
        case StudyBegun() if state.plan is not NO_PLAN:
            raise VfeedError("conflict", _("This study has begun already."), hint=_("Begin another one."))
        case Assigning() | CoderPaused() | CoderTakenUp() | CodingClosed() if state.closed:
            raise VfeedError("conflict", _("Coding is closed in this study."), hint=_("Begin another study."))
        case KeyDestroyed() if not state.closed:
            raise VfeedError(
                "conflict", _("Coding is not closed yet."), hint=_("Close it first: nothing can be coded after.")
            )
        case KeyDestroyed() | TablesDeleted() if state.held:
            raise VfeedError(
                "conflict", _("The study is held: %(reason)s"), hint=_("End the hold first."), reason=state.held
            )
        case KeyDestroyed() if state.key_destroyed:
            raise VfeedError(
                "conflict", _("The key is destroyed already."), hint=_("There is nothing left to destroy.")
            )
        case KeepingLaid() if _films_late(payload):
            raise VfeedError(
                "invalid_input",
                _("The key would go before the films, which nobody could find then."),
                hint=_("Give the key the later day, or none: it goes with the films at the latest."),
            )
        case KeepingLaid() if _out_of_order(payload):
            raise VfeedError(
                "invalid_input",
                _("The tables would go before the key."),
                hint=_("Give the tables the later day, or none."),
            )
        case _:
            pass
