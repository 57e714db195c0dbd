"""The programme that the work with a family follows: which pack, what of its plan is held, which films are a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id
from vfeed.practice.library import Library
from vfeed.practice.pack_parts import Id as PackId
from vfeed.practice.pack_parts import Label
from vfeed.practice.plan import MAX_ROUNDS, Known, Plan, PlannedSession
from vfeed.practice.protocol import Pack

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
            raise ValueError(_("the same film stands there twice"))
        return self


class OutcomePointed(Payload):
    """What of the service's outcomes was seen on a day, in words; no amount, and nothing is made of several."""

    pack: PackId
    outcome: PackId
    label: Label
    on: date
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


STEP_TYPES: dict[str, type[Payload]] = {
    "programme_chosen": ProgrammeChosen,
    "session_ticked": SessionTicked,
    "films_paired": FilmsPaired,
    "outcome_pointed": OutcomePointed,
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
    pointed: tuple[OutcomePointed, ...] = ()


@dataclass(frozen=True)
class PlanLine:
    """A session of the plan as it stands for a family; `is_next` is true for the first that is not held."""

    session: PlannedSession
    round: int
    held_on: date | None
    is_next: bool = False


def apply(state: ProgrammeState, event: Event) -> ProgrammeState:
    """Return the state after an event."""
    match event.payload:
        case ProgrammeChosen() as payload:
            return replace(state, pack=payload.pack, title=payload.title)
        case SessionTicked() as payload:
            place = Place(payload.pack, payload.session, payload.round)
            held = {each: day for each, day in state.held.items() if each != place}
            return replace(state, held=held if payload.held_on is None else {**held, place: payload.held_on})
        case OutcomePointed() as payload:
            return replace(state, pointed=(*state.pointed, payload))
        case FilmsPaired() as payload:
            return replace(state, before=payload.before, after=payload.after)
        case _:
            return state


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


def shown_to_be_held(
    pack: Pack, state: ProgrammeState, days: Mapping[Known, Sequence[date]]
) -> list[tuple[PlanLine, date]]:
    """The next sessions of the plan that something in vfeed shows to have been held, with the day, in their order.

    `days` are those on which each thing was done; a day that a tick already stands for is not offered again. It ends at
    the first session that nothing shows.
    """
    left = {kind: sorted(each) for kind, each in days.items()}
    for place, held_on in state.held.items():
        session = pack.plan.session(place.session) if pack.plan and place.pack == pack.id else None
        known = left.get(session.known_by) if session and session.known_by else None
        if known:
            known.remove(held_on if held_on in known else known[0])
    found = []
    while line := next((each for each in plan_lines(pack, state) if each.is_next), None):
        known = left.get(line.session.known_by) if line.session.known_by else None
        if not known:
            break
        found.append((line, known.pop(0)))
        place = Place(pack.id, line.session.id, line.round)
        state = replace(state, held={**state.held, place: found[-1][1]})
    return found


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


def describe(_state: ProgrammeState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case ProgrammeChosen() as payload:
            return Entry("programme_chosen", {"title": payload.title}) if payload.pack else Entry("programme_left")
        case SessionTicked() as payload:
            code = "session_ticked" if payload.held_on else "session_unticked"
            return Entry(code, {"title": payload.title}, payload.session)
        case OutcomePointed() as payload:
            return Entry("outcome_pointed", {"label": payload.label}, payload.outcome)
        case _:
            return Entry(event.type)


def check(payload: Payload, state: ProgrammeState, library: Library) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case ProgrammeChosen() if payload.pack and not library.has_pack(payload.pack):
            raise VfeedError(
                "invalid_input",
                _("There is no such programme."),
                hint=_("Load the page again and choose from the list."),
            )
        case SessionTicked():
            _planned(payload, state, library)
        case OutcomePointed():
            _hoped_for(payload, state, library)
        case _:
            pass


def _planned(payload: SessionTicked, state: ProgrammeState, library: Library) -> None:
    if payload.pack != state.pack:
        raise VfeedError(
            "invalid_input", _("Another programme has been chosen meanwhile."), hint=_("Load the page again and look.")
        )
    plan = library.pack(payload.pack).plan if library.has_pack(payload.pack) else None
    most = plan.rounds.most if plan and plan.rounds else 1
    if plan is None or payload.round > most or payload.session not in {s.id for s in in_round(plan, payload.round)}:
        raise VfeedError(
            "invalid_input", _("The plan holds no such session."), hint=_("Load the page again and choose.")
        )
    if payload.held_on is not None and payload.held_on > date.today():
        raise VfeedError("invalid_input", _("That day is still to come."), hint=_("Tick a session once it was held."))


def _hoped_for(payload: OutcomePointed, state: ProgrammeState, library: Library) -> None:
    outcomes = library.pack(payload.pack).outcomes if library.has_pack(payload.pack) else ()
    if payload.pack != state.pack or payload.outcome not in {each.id for each in outcomes}:
        raise VfeedError("invalid_input", _("The programme names no such outcome."), hint=_("Load the page again."))
    if payload.on > date.today():
        raise VfeedError("invalid_input", _("That day is still to come."), hint=_("Point to what was seen."))


PROGRAMME = Journal(STEP_TYPES, ProgrammeState(), apply, describe)
"""The programme that the work with a family follows."""
