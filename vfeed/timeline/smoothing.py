"""From a value per frame to runs of states: smoothing that keeps true times and never fills what was not seen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

UNSEEN = "unseen"
"""The state of time of which nothing is known."""
HELD_US = 500_000
"""What a frame shows is taken to hold for so long and no longer. Phones leave up to 0.45 s between two frames in bad
light; the shortest look that is counted lasts about as long."""

FloatArray = NDArray[np.floating[Any]]
State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Run(Generic[State]):
    """A state that holds over `interval`; `first` up to, but without, `last` are its frame numbers (none: equal)."""

    state: State
    interval: Interval
    first: int
    last: int


def frame_ends(time_us: NDArray[np.int64], end_us: int) -> NDArray[np.int64]:
    """End of each frame's stretch: the next frame's time or `HELD_US` after its own, whichever comes first.

    `time_us` is (N,), rising, microseconds; the last frame lasts to `end_us` at most, and at least one microsecond.

    >>> frame_ends(np.array([0, 40, 80]), 120)
    array([ 40,  80, 120])
    >>> frame_ends(np.array([0, 2_000_000]), 9_000_000)
    array([ 500000, 2500000])
    """
    if len(time_us) == 0:
        return np.zeros(0, np.int64)
    following = np.append(time_us[1:], max(end_us, int(time_us[-1]) + 1))
    return np.minimum(following, time_us + HELD_US).astype(np.int64)


def without_frames(time_us: NDArray[np.int64], end_us: int) -> Timeline:
    """Return where no frame is near enough to say anything: from `HELD_US` after a frame to the next, or to `end_us`.

    >>> [(each.start_us, each.end_us) for each in without_frames(np.array([0, 2_000_000]), 2_040_000)]
    [(500000, 2000000)]
    """
    following = np.append(time_us[1:], end_us)
    gaps = zip(frame_ends(time_us, end_us).tolist(), following.tolist(), strict=False)
    return Timeline(Interval(start_us, stop_us) for start_us, stop_us in gaps if start_us < stop_us)


def runs(states: Sequence[State], time_us: NDArray[np.int64], end_us: int) -> list[Run[State | str]]:
    """Join frames of equal state into runs; together they cover the time from the first frame to `end_us`.

    `states` and `time_us` are one per frame. Time without frames (`without_frames`) is `UNSEEN`, whatever the
    frames around it say. Raises VfeedError `invalid_input` when they differ in length.

    >>> [(run.state, run.interval.end_us) for run in runs(["a", "a", "b"], np.array([0, 10, 20]), 30)]
    [('a', 20), ('b', 30)]
    >>> [(run.state, run.interval.start_us) for run in runs(["a", "a"], np.array([0, 2_000_000]), 2_040_000)]
    [('a', 0), ('unseen', 500000), ('a', 2000000)]
    """
    if len(states) != len(time_us):
        raise VfeedError(
            "invalid_input", _("States and times differ in number."), hint=_("Give one state for each frame.")
        )
    starts, ends = time_us.tolist(), frame_ends(time_us, end_us).tolist()
    found: list[Run[State | str]] = []
    for index, (state, start_us, stop_us) in enumerate(zip(states, starts, ends, strict=True)):
        _append(found, Run(state, Interval(start_us, stop_us), index, index + 1))
        following_us = starts[index + 1] if index + 1 < len(starts) else end_us
        if stop_us < following_us:
            _append(found, Run(UNSEEN, Interval(stop_us, following_us), index + 1, index + 1))
    return found


def stretches(wanted: Sequence[bool], time_us: NDArray[np.int64], end_us: int) -> Timeline:
    """Return the time of the frames that are `wanted` (one per frame), each as long as in `runs`.

    >>> [(each.start_us, each.end_us) for each in stretches([True, True, False], np.array([0, 10, 20]), 30)]
    [(0, 20)]
    """
    flags = [bool(flag) for flag in wanted]
    return Timeline(run.interval for run in runs(flags, time_us, end_us) if run.state is True)


def _append(found: list[Run[Any]], run: Run[Any]) -> None:
    """Add a run, or lengthen the last one when it is of the same state."""
    if found and found[-1].state == run.state:
        last = found.pop()
        run = Run(run.state, Interval(last.interval.start_us, run.interval.end_us), last.first, run.last)
    found.append(run)


def median(values: FloatArray, time_us: NDArray[np.int64], window_us: int, *, step_us: int = 0) -> FloatArray:
    """Median over a window centred on each frame; NaN neighbours are left out, NaN frames stay NaN.

    `values` is (N,); the window is measured in true time, so frame gaps do not widen it. With `step_us` it is taken at
    frames about that far apart and drawn straight between them: enough for what changes slowly.

    >>> median(np.array([1.0, 9.0, 1.0]), np.array([0, 10, 20]), 20)
    array([5., 1., 5.])
    """
    result = np.array(values, dtype=float)
    known = np.flatnonzero(~np.isnan(result))
    if not len(known):
        return result
    kept, kept_us = result[known], time_us[known]
    at = np.unique(kept_us // step_us, return_index=True)[1] if step_us else np.arange(len(known))
    first = np.searchsorted(kept_us, kept_us[at] - window_us // 2, side="left")
    last = np.searchsorted(kept_us, kept_us[at] + window_us // 2, side="right")
    medians = [_middle(kept[start:end]) for start, end in zip(first, last, strict=True)]
    result[known] = np.interp(kept_us, kept_us[at], medians)
    return result


def _middle(values: FloatArray) -> float:
    """The median; numpy's own takes ten times as long for a few values."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
