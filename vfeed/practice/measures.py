"""Measures that a service uses, as dated numbers that the worker enters: never reckoned here, never compared.

A measure has the worker's own name and own cut-offs. vfeed knows no questionnaire, reads no item and gives no meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.practice.events import Id, Reason
from vfeed.practice.programme import ProgrammeState, plan_lines
from vfeed.practice.protocol import Pack

MAX_CUT_OFFS = 3
MAX_MEASURES = 20
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class CutOff(Payload):
    """A number at which the worker wants a line, and what they call it."""

    value: Number
    words: Name


class MeasureNamed(Payload):
    """A measure, a new one or a known one anew; the range is that of its possible numbers."""

    measure_id: Id
    name: Name
    lowest: Number | None = None
    highest: Number | None = None
    cut_offs: Annotated[tuple[CutOff, ...], Field(max_length=MAX_CUT_OFFS)] = ()

    @model_validator(mode="after")
    def _forwards(self) -> MeasureNamed:
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError(_("the lowest number must be below the highest"))
        return self


When = Literal["", "before", "after"]
"""Whether a number belongs to the start or to the end of a course; empty: neither."""


class NumberEntered(Payload):
    """A dated number of a measure, or a class in words where the measure gives no number (a value or words).

    `version` is that of the questionnaire, `filled_by` who filled it in, as the worker writes it.
    """

    number_id: Id
    measure_id: Id
    on: date
    value: Number | None = None
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    version: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    filled_by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    when: When = ""
    note: Reason = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> NumberEntered:
        if (self.value is None) == (not self.words):
            raise ValueError(_("either a number or words stand there"))
        return self


class NumberRemoved(Payload):
    """A number that was entered by mistake."""

    number_id: Id


STEP_TYPES: dict[str, type[Payload]] = {
    "measure_named": MeasureNamed,
    "number_entered": NumberEntered,
    "number_removed": NumberRemoved,
    "undone": Undone,
}


@dataclass(frozen=True)
class Measure:
    """A measure with its numbers, oldest first."""

    named: MeasureNamed
    numbers: tuple[NumberEntered, ...] = ()


@dataclass(frozen=True)
class MeasuresState:
    """What holds now, the measures in the order in which they were first named."""

    measures: Mapping[str, Measure] = field(default_factory=dict)

    def number(self, number_id: str) -> NumberEntered | None:
        """The number with this id, or None."""
        return next((n for each in self.measures.values() for n in each.numbers if n.number_id == number_id), None)


def apply(state: MeasuresState, event: Event) -> MeasuresState:
    """Return the state after an event."""
    match event.payload:
        case MeasureNamed() as payload:
            known = state.measures.get(payload.measure_id)
            return _with(state, Measure(payload, known.numbers if known else ()))
        case NumberEntered() as payload:
            measure = state.measures[payload.measure_id]
            numbers = sorted((*measure.numbers, payload), key=lambda number: number.on)
            return _with(state, replace(measure, numbers=tuple(numbers)))
        case NumberRemoved() as payload:
            for measure in state.measures.values():
                kept = tuple(number for number in measure.numbers if number.number_id != payload.number_id)
                if kept != measure.numbers:
                    return _with(state, replace(measure, numbers=kept))
            return state
        case _:
            return state


def _with(state: MeasuresState, measure: Measure) -> MeasuresState:
    return MeasuresState({**state.measures, measure.named.measure_id: measure})


def describe(state: MeasuresState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case MeasureNamed() as payload:
            code = "measure_corrected" if payload.measure_id in state.measures else "measure_named"
            return Entry(code, {"name": payload.name}, payload.measure_id)
        case NumberEntered() as payload:
            if payload.value is None:
                return Entry("words_entered", {"words": payload.words}, payload.measure_id)
            return Entry("number_entered", {"value": payload.value}, payload.measure_id)
        case _:
            return Entry(event.type)


def check(payload: Payload, state: MeasuresState, today: date) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case MeasureNamed() if payload.measure_id not in state.measures and len(state.measures) >= MAX_MEASURES:
            raise _refused(_("There are %(most)s measures already."), _("Use one that is there."), most=MAX_MEASURES)
        case MeasureNamed() if payload.measure_id in state.measures:
            for number in state.measures[payload.measure_id].numbers:
                _within(payload, number)
        case NumberEntered():
            _number(payload, state, today)
        case NumberRemoved() if state.number(payload.number_id) is None:
            raise _refused(_("There is no such number."), _("Load the page again."))
        case _:
            pass


def _number(payload: NumberEntered, state: MeasuresState, today: date) -> None:
    measure = state.measures.get(payload.measure_id)
    if measure is None:
        raise _refused(_("There is no such measure."), _("Add the measure first."))
    if state.number(payload.number_id) is not None:
        raise _refused(_("This number is entered already."), _("Load the page again."))
    if payload.on > today:
        raise _refused(_("That day is still to come."), _("Enter the day on which it was filled in."))
    _within(measure.named, payload)


def _within(named: MeasureNamed, number: NumberEntered) -> None:
    """Refuse a number that the measure's range leaves out."""
    low = -math.inf if named.lowest is None else named.lowest
    high = math.inf if named.highest is None else named.highest
    if number.value is not None and not low <= number.value <= high:
        raise _refused(
            _("The number %(value)s does not fit: %(name)s goes from %(low)s to %(high)s."),
            _("Correct the number, or the measure’s range."),
            value=f"{number.value:g}",
            name=named.name,
            low=f"{low:g}",
            high=f"{high:g}",
        )


def due(state: MeasuresState, *, has_begun: bool, has_ended: bool) -> list[tuple[str, When]]:
    """Which measures still lack their number for the start or the end of a course, in the order of their naming."""
    times: list[When] = [*(["before"] if has_begun else []), *(["after"] if has_ended else [])]  # type: ignore[list-item]
    return [
        (measure.named.name, when)
        for measure in state.measures.values()
        for when in times
        if when not in {number.when for number in measure.numbers}
    ]


def due_in_course(state: MeasuresState, pack: Pack | None, held: ProgrammeState) -> list[tuple[str, When]]:
    """What `due` says of a course: begun once a programme with a plan is chosen, ended once all of it is held."""
    lines = plan_lines(pack, held) if pack else []
    return due(state, has_begun=bool(lines), has_ended=bool(lines) and all(line.held_on for line in lines))


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)


MEASURES = Journal(STEP_TYPES, MeasuresState(), apply, describe)
"""The measures of a family."""
