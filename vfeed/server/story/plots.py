"""Where the parts of a measure's plot lie: a line through dated numbers, and the worker's own cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vfeed.practice.measures import Measure
from vfeed.server.web.context import short_day

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, FOOT = 48, 24, 20, 34
NUMBER_ABOVE = 10
"""How far above its point a number stands."""
LETTER_WIDTH, LETTER_HEIGHT = 7, 15
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
    """A line across the picture; a cut-off's words stand at its left or right end, on `words_y`."""

    y: float
    words: str
    words_y: float = 0.0
    words_left: bool = False


@dataclass(frozen=True)
class Foot:
    """A day below the picture, and which end of its words stands at `x`."""

    x: float
    words: str
    anchor: str


@dataclass(frozen=True)
class Plot:
    """All parts of a picture of `WIDTH` by `HEIGHT`."""

    points: tuple[Point, ...]
    path: str
    ticks: tuple[Rule, ...]
    cut_offs: tuple[Rule, ...]
    foot: tuple[Foot, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_x: int = WIDTH - RIGHT
    foot_y: int = HEIGHT - FOOT
    number_above: int = NUMBER_ABOVE


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
    ys, lines = [y(value) for value in cut_offs], list[Rule]()
    for each, at in zip(measure.named.cut_offs, ys, strict=True):
        lines.append(_cut_off(at, f"{each.words} ({each.value:g})", points, ys, lines))
    first, last = points[0], points[-1]
    foot = [Foot(first.x, first.day, "start"), Foot(last.x, last.day, "end")]
    if min(days) == max(days):
        foot = [Foot(first.x, first.day, "middle")]
    return Plot(points, path, ticks, tuple(lines), tuple(foot))


def _cut_off(y: float, words: str, points: Sequence[Point], ys: Sequence[float], placed: Sequence[Rule]) -> Rule:
    """A cut-off with its words above or below the line, right or left: where they cover nothing, if there is such.

    `ys` is where all cut-offs lie, `placed` those that have their words.
    """
    ways = [Rule(y, words, words_y, left) for left in (False, True) for words_y in (y - 5, y + LETTER_HEIGHT + 5)]

    def is_free(way: Rule) -> bool:
        on_a_line = any(way.words_y - LETTER_HEIGHT < other < way.words_y + 3 for other in ys if other != y)
        on_words = any(
            each.words_left == way.words_left and abs(each.words_y - way.words_y) < LETTER_HEIGHT for each in placed
        )
        return not on_a_line and not on_words and not any(_meet(way, point) for point in points)

    return next(filter(is_free, ways), ways[0])


def _meet(rule: Rule, point: Point) -> bool:
    """Whether a cut-off's words run into a point or the number above it."""
    width, half = LETTER_WIDTH * len(rule.words), LETTER_WIDTH * len(point.number) / 2
    ends = (LEFT, LEFT + width) if rule.words_left else (WIDTH - RIGHT - width, WIDTH - RIGHT)
    beside = point.x + half < ends[0] or point.x - half > ends[1]
    # From the top of the number to the foot of the point.
    return not beside and point.y - NUMBER_ABOVE - LETTER_HEIGHT < rule.words_y < point.y + LETTER_HEIGHT + 5


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
