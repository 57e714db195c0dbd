"""Where the parts of a measure's plot lie: a line through dated numbers, and the worker's own cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vfeed.practice.measures import Measure
from vfeed.server.web.context import short_day

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, FOOT = 48, 24, 20, 34
# Room above the highest and below the lowest, as a share of the range.
ROOM = 0.08


@dataclass(frozen=True)
class Point:
    """A number's place in the picture, and its words."""

    x: float
    y: float
    number: str
    day: str


@dataclass(frozen=True)
class Rule:
    """A line across the picture."""

    y: float
    words: str


@dataclass(frozen=True)
class Plot:
    """All parts of a picture of `WIDTH` by `HEIGHT`."""

    points: tuple[Point, ...]
    path: str
    ticks: tuple[Rule, ...]
    cut_offs: tuple[Rule, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_x: int = WIDTH - RIGHT
    foot_y: int = HEIGHT - FOOT


def plot_of(measure: Measure) -> Plot | None:
    """The plot of a measure's numbers; None while there are none. What is in words has no place in it."""
    numbers = [(each.on, each.value) for each in measure.numbers if each.value is not None]
    if not numbers:
        return None
    cut_offs = [each.value for each in measure.named.cut_offs]
    low, high = _range([*(value for _on, value in numbers), *cut_offs], measure)
    days = [on for on, _value in numbers]

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - FOOT - TOP), 1)

    points = tuple(Point(_x(on, days), y(value), f"{value:g}", short_day(on)) for on, value in numbers)
    path = "M" + " L".join(f"{point.x} {point.y}" for point in points)
    ticks = tuple(Rule(y(value), f"{value:g}") for value in _ticks(low, high))
    lines = tuple(Rule(y(each.value), f"{each.words} ({each.value:g})") for each in measure.named.cut_offs)
    return Plot(points, path, ticks, lines)


def _x(day: date, days: Sequence[date]) -> float:
    first, span = days[0], (days[-1] - days[0]).days
    inner = WIDTH - LEFT - RIGHT - 40
    return round(LEFT + 20 + (inner / 2 if span == 0 else (day - first).days / span * inner), 1)


def _range(values: Sequence[float], measure: Measure) -> tuple[float, float]:
    low = min(values) if measure.named.lowest is None else measure.named.lowest
    high = max(values) if measure.named.highest is None else measure.named.highest
    # A range that was narrowed after numbers were entered hides none of them.
    low, high = min(low, *values), max(high, *values)
    room = (high - low or 1.0) * ROOM
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0**-6
    while (high - low) / step > 5:
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    first = -(-low // step) * step
    return [first + number * step for number in range(6) if first + number * step <= high]
