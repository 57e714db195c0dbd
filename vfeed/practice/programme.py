"""The programme that the work with a family follows: which pack, what of its plan is held, which films are a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Id, Payload, Undone
from vfeed.practice.journal import Line, Offered, offered, told
from vfeed.practice.library import Library
from vfeed.practice.pack_parts import Id as PackId
from vfeed.practice.pack_parts import Label
from vfeed.practice.plan import MAX_ROUNDS, Plan, PlannedSession
from vfeed.practice.protocol import Pack
from vfeed.practice.review import standing

Round = Annotated[int, Field(ge=1, le=MAX_ROUNDS, strict=True)]


class ProgrammeChosen(Payload):
    """The pack that the work follows from now on; empty: none. `title` is its title on that day."""

    pack: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,39})?$")]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class SessionTicked(Payload):
    """A session of a pack's plan was held on this day; None: it was not."""

    pack: PackId
    session: PackId
    round: Round = 1
    title: Label
    held_on: date | None


class FilmsPaired(Payload):
    """Two of the family's films that are looked at side by side; None: none there."""

    before: Id | None = None
    after: Id | None = None

    @model_validator(mode="after")
    def _two(self) -> FilmsPaired:
        if self.before is not None and self.before == self.after:
            raise ValueError("the same film stands there twice")
        return self


STEP_TYPES: dict[str, type[Payload]] = {
    "programme_chosen": ProgrammeChosen,
    "session_ticked": SessionTicked,
    "films_paired": FilmsPaired,
    "undone": Undone,
}


class Place(NamedTuple):
    """A session of a plan in one of its rounds."""

    pack: str
    session: str
    round: int


@dataclass(frozen=True)
class ProgrammeState:
    """What holds now; `pack` is empty while no programme is chosen. Ticks of an earlier programme stay."""

    pack: str = ""
    title: str = ""
    held: Mapping[Place, date] = field(default_factory=dict)
    before: str | None = None
    after: str | None = None
    last_event_id: int = 0
    offered: Offered = field(default_factory=Offered)


@dataclass(frozen=True)
class PlanLine:
    """A session of the plan as it stands for a family; `is_next` is true for the first that is not held."""

    session: PlannedSession
    round: int
    held_on: date | None
    is_next: bool = False


def fold(events: Sequence[Event]) -> ProgrammeState:
    """What holds after these steps."""
    chosen, paired = ProgrammeChosen(pack=""), FilmsPaired()
    held: dict[Place, date] = {}
    for event in standing(events):
        match event.payload:
            case ProgrammeChosen() as payload:
                chosen = payload
            case SessionTicked() as payload:
                place = Place(payload.pack, payload.session, payload.round)
                held.pop(place, None)
                if payload.held_on is not None:
                    held[place] = payload.held_on
            case FilmsPaired() as payload:
                paired = payload
            case _:
                pass
    return ProgrammeState(
        pack=chosen.pack,
        title=chosen.title,
        held=held,
        before=paired.before,
        after=paired.after,
        last_event_id=events[-1].id if events else 0,
        offered=offered(events, label),
    )


def plan_lines(pack: Pack, state: ProgrammeState) -> list[PlanLine]:
    """The plan with what is held and what comes next.

    Rounds are shown as far as they have come: one more than those in which everything was held, up to the last.
    """
    if pack.plan is None:
        return []
    lines = [
        PlanLine(session, number, state.held.get(Place(pack.id, session.id, number)))
        for number in range(1, _rounds_shown(pack, pack.plan, state) + 1)
        for session in in_round(pack.plan, number)
    ]
    first = next((number for number, line in enumerate(lines) if line.held_on is None), None)
    if first is not None:
        lines[first] = PlanLine(lines[first].session, lines[first].round, None, is_next=True)
    return lines


def in_round(plan: Plan, number: int) -> Iterator[PlannedSession]:
    """The sessions of one round, counted from 1."""
    return (each for each in plan.sessions if number == 1 or not each.once)


def _rounds_shown(pack: Pack, plan: Plan, state: ProgrammeState) -> int:
    if plan.rounds is None:
        return 1
    ticked = {place.round for place in state.held if place.pack == pack.id}
    shown = max(ticked, default=1)
    if all(Place(pack.id, each.id, shown) in state.held for each in in_round(plan, shown)):
        shown += 1
    return min(shown, plan.rounds.most)


def history(events: Sequence[Event]) -> list[Line]:
    """Every step in words, in order."""
    return told(events, label)


def label(event: Event) -> str:
    """What a step did, in words."""
    match event.payload:
        case ProgrammeChosen() as payload:
            return f"chose {payload.title}" if payload.pack else "chose no programme"
        case SessionTicked() as payload:
            return f"{'ticked' if payload.held_on else 'took the tick from'} “{payload.title}”"
        case FilmsPaired():
            return "chose the films before and after"
        case _:
            return ""


def check(payload: Payload, state: ProgrammeState, library: Library) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case ProgrammeChosen() if payload.pack and not library.has_pack(payload.pack):
            raise VfeedError(
                "invalid_input", "There is no such programme.", hint="Load the page again and choose from the list."
            )
        case SessionTicked():
            _planned(payload, state, library)
        case Undone():
            state.offered.check(payload)
        case _:
            pass


def _planned(payload: SessionTicked, state: ProgrammeState, library: Library) -> None:
    if payload.pack != state.pack:
        raise VfeedError(
            "invalid_input", "Another programme has been chosen meanwhile.", hint="Load the page again and look."
        )
    plan = library.pack(payload.pack).plan if library.has_pack(payload.pack) else None
    most = plan.rounds.most if plan and plan.rounds else 1
    if plan is None or payload.round > most or payload.session not in {s.id for s in in_round(plan, payload.round)}:
        raise VfeedError("invalid_input", "The plan holds no such session.", hint="Load the page again and choose.")
    if payload.held_on is not None and payload.held_on > date.today():
        raise VfeedError("invalid_input", "That day is still to come.", hint="Tick a session once it was held.")
