"""Measures that a service uses, as dated numbers that the worker enters: never reckoned here, never compared.

A measure has the worker's own name and own cut-offs. vfeed knows no questionnaire, reads no item and gives no meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Id, Payload, Reason, Undone
from vfeed.practice.journal import Offered, offered
from vfeed.practice.review import standing

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
            raise ValueError("the lowest number must be below the highest")
        return self


class NumberEntered(Payload):
    """A dated number of a measure."""

    number_id: Id
    measure_id: Id
    on: date
    value: Number
    note: Reason = ""


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
    last_event_id: int = 0
    offered: Offered = field(default_factory=Offered)

    def number(self, number_id: str) -> NumberEntered | None:
        """The number with this id, or None."""
        return next((n for each in self.measures.values() for n in each.numbers if n.number_id == number_id), None)


def fold(events: Sequence[Event]) -> MeasuresState:
    """What holds after these steps."""
    named: dict[str, MeasureNamed] = {}
    numbers: dict[str, NumberEntered] = {}
    for event in standing(events):
        match event.payload:
            case MeasureNamed() as payload:
                named[payload.measure_id] = payload
            case NumberEntered() as payload:
                numbers[payload.number_id] = payload
            case NumberRemoved() as payload:
                numbers.pop(payload.number_id, None)
            case _:
                pass
    measures = {
        measure_id: Measure(
            each, tuple(sorted((n for n in numbers.values() if n.measure_id == measure_id), key=lambda n: n.on))
        )
        for measure_id, each in named.items()
    }
    return MeasuresState(measures, events[-1].id if events else 0, offered(events, label))


def label(event: Event) -> str:
    """What a step did, in words."""
    match event.payload:
        case MeasureNamed() as payload:
            return f"named the measure {payload.name}"
        case NumberEntered() as payload:
            return f"entered the number {payload.value:g}"
        case NumberRemoved():
            return "took out a number"
        case _:
            return ""


def check(payload: Payload, state: MeasuresState, today: date) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case MeasureNamed() if payload.measure_id not in state.measures and len(state.measures) >= MAX_MEASURES:
            raise _refused(f"There are {MAX_MEASURES} measures already.", "Use one that is there.")
        case NumberEntered():
            _number(payload, state, today)
        case NumberRemoved() if state.number(payload.number_id) is None:
            raise _refused("There is no such number.", "Load the page again.")
        case Undone():
            state.offered.check(payload)
        case _:
            pass


def _number(payload: NumberEntered, state: MeasuresState, today: date) -> None:
    measure = state.measures.get(payload.measure_id)
    if measure is None:
        raise _refused("There is no such measure.", "Add the measure first.")
    if state.number(payload.number_id) is not None:
        raise _refused("This number is entered already.", "Load the page again.")
    if payload.on > today:
        raise _refused("That day is still to come.", "Enter the day on which it was filled in.")
    named = measure.named
    low = -math.inf if named.lowest is None else named.lowest
    high = math.inf if named.highest is None else named.highest
    if not low <= payload.value <= high:
        raise _refused(f"{named.name} goes from {low:g} to {high:g}.", "Correct the number, or the measure's range.")


def _refused(message: str, hint: str) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint)
