"""Figures over people: each person counts once, and every group is told apart so that an unfairness shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.heads import Rows
from bench.truth import PEOPLE

FloatArray = NDArray[np.floating[Any]]
WITHIN_90 = 1.645
"""Half the width of a normal 90 % interval in standard deviations."""
FEWEST_FRAMES = 5
"""A person with fewer frames in a group does not count there."""
FAIR_PX, FAIR_COVER = 40.0, 0.5
"""Both heads ought to be found where both are at least this wide and at most this far covered."""

Pick = Callable[[Rows], NDArray[np.bool_]]
Value = Callable[[Rows], FloatArray]


def found_share(rows: Rows) -> FloatArray:
    """1 where the head was found, 0 where not."""
    return rows.found.astype(float)


def yaw_error(rows: Rows) -> FloatArray:
    """Absolute error of head yaw."""
    off: FloatArray = np.abs(rows.off[:, 0])
    return off


def pitch_error(rows: Rows) -> FloatArray:
    """Absolute error of head pitch."""
    off: FloatArray = np.abs(rows.off[:, 1])
    return off


def gaze_error(rows: Rows) -> FloatArray:
    """Absolute error of the horizontal gaze."""
    off: FloatArray = np.abs(rows.gaze_off[:, 0])
    return off


def gaze_pitch_error(rows: Rows) -> FloatArray:
    """Absolute error of the vertical gaze."""
    off: FloatArray = np.abs(rows.gaze_off[:, 1])
    return off


def yaw_covered(rows: Rows) -> FloatArray:
    """1 where the true yaw lies in the stated 90 % interval, 0 where not."""
    return _within(rows.off[:, 0], rows.sd[:, 0])


def pitch_covered(rows: Rows) -> FloatArray:
    """1 where the true pitch lies in the stated 90 % interval, 0 where not."""
    return _within(rows.off[:, 1], rows.sd[:, 1])


def gaze_covered(rows: Rows) -> FloatArray:
    """1 where the true horizontal gaze lies in the stated 90 % interval, 0 where not; NaN where no eye was read."""
    return _within(rows.gaze_off[:, 0], rows.gaze_sd[:, 0])


def age_told(rows: Rows) -> FloatArray:
    """1 where the stated probability of an infant is on the right side, 0 where not."""
    right = (rows.infant > 0.5) == (rows.who == "infant")
    return np.where(np.isfinite(rows.infant), right.astype(float), np.nan)


def _within(off: FloatArray, sd: FloatArray) -> FloatArray:
    inside = (np.abs(off) <= WITHIN_90 * sd).astype(float)
    return np.where(np.isfinite(off) & np.isfinite(sd), inside, np.nan)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over people of their own means, with how many people and frames stand behind it."""

    group: str
    people: int
    frames: int
    mean: float

    def as_list(self) -> list[Any]:
        """JSON-able, in the order of the fields."""
        return [self.group, self.people, self.frames, self.mean]


def figure(group: str, table: Sequence[Rows], value: Value, pick: Pick) -> Figure | None:
    """The mean of `value` over the frames that `pick` chooses, each person counting once; None without any."""
    means, frames = [], 0
    for rows in table:
        values = value(rows)[pick(rows)]
        values = values[np.isfinite(values)]
        if len(values) >= FEWEST_FRAMES:
            means.append(float(values.mean()))
            frames += len(values)
    return Figure(group, len(means), frames, round(float(np.mean(means)), 3)) if means else None


def _between(values: Value, low: float, high: float) -> Pick:
    def pick(rows: Rows) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = rows.seen & (values(rows) >= low) & (values(rows) < high)
        return inside

    return pick


def _named(name: str, wanted: str) -> Pick:
    def pick(rows: Rows) -> NDArray[np.bool_]:
        belongs: bool = getattr(rows, name) == wanted
        return rows.seen & np.bool_(belongs)

    return pick


def groups(table: Sequence[Rows]) -> dict[str, list[tuple[str, Pick]]]:
    """Everything that figures are told apart by, chosen among the frames in which the face can be seen."""

    def ranges(value: Value, unit: str, *edges: float) -> list[tuple[str, Pick]]:
        pairs = list(pairwise([*edges, np.inf]))
        names = [f"{low:g}-{high:g}{unit}" if np.isfinite(high) else f"{low:g}{unit} and more" for low, high in pairs]
        return [(name, _between(value, low, high)) for name, (low, high) in zip(names, pairs, strict=True)]

    found = {
        "head width": ranges(lambda rows: rows.width_px, " px", 0, 40, 80, 120),
        "yaw from the lens": ranges(lambda rows: rows.yaw, " deg", 0, 30, 60, 110),
        "covered share": ranges(lambda rows: rows.cover, "", 0, 0.1, 0.5),
    }
    for title, name in (
        ("person", "who"),
        ("age", "age"),
        ("skin tone", "tone"),
        ("light", "light"),
        ("kind of shot", "kind"),
    ):
        values = sorted({str(getattr(rows, name)) for rows in table}, key=_age_order)
        found[title] = [(value, _named(name, value)) for value in values]
    return found


def _age_order(name: str) -> tuple[bool, int, str]:
    number = name.split("-")[0]
    order = {"light": 0, "middle": 1, "dark": 2}
    return "years" in name, int(number) if number.isdigit() else order.get(name, 0), name


def both_tracked(table: Sequence[Rows]) -> Figure | None:
    """Share of frames with both heads found among those that are fair to ask for; each clip counts once."""
    shares, frames = [], 0
    for clip in sorted({rows.clip for rows in table}):
        infant, parent = (next(rows for rows in table if rows.clip == clip and rows.who == who) for who in PEOPLE)
        fair = np.logical_and.reduce(
            [rows.seen & (rows.width_px >= FAIR_PX) & (rows.cover <= FAIR_COVER) for rows in (infant, parent)]
        )
        if fair.sum() >= FEWEST_FRAMES:
            shares.append(float((infant.found & parent.found)[fair].mean()))
            frames += int(fair.sum())
    return Figure("both heads", len(shares), frames, round(float(np.mean(shares)), 3)) if shares else None
