"""timeline.png: where each of the two looked, the candidates, what could not be seen, and stills with their times."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from vfeed.analysis.display import states_for_display
from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.candidate_kinds import Kind
from vfeed.dyad.recording_facts import sentences_of
from vfeed.media.frames import frames_at
from vfeed.timeline.clock import clock

INK, QUIET, PAPER = "#22303c", "#5d6b78", "#ffffff"
THUMBS = 8
THUMB_SIDE_PX = 320
ROW_US = 180_000_000
"""Film shown on one row of lanes: three minutes are still readable at a second's grain."""
MOST_ROWS = 20
WIDTH_IN = 15.0
ROW_GAP_IN, AXIS_IN = 0.14, 0.3
NUMBER_TAKES = 0.02  # share of a row's width
DPI = 130


@dataclass(frozen=True, slots=True)
class _Look:
    """Colour and hatching of a state: either alone tells it (colour blindness, a grey print)."""

    face: str
    edge: str
    hatch: str
    words: str


_STATES = {
    "partner": _Look("#0f7b6c", "#0a5248", "", "at the other’s face"),
    "object": _Look("#f2b84b", "#8a5a00", "..", "between them, where a toy would be"),
    "away": _Look("#b9cbe4", "#44618a", "///", "elsewhere"),
    "unseen": _Look("#f4f4f2", "#b4b4ae", "xxx", "cannot see or tell"),
}
_CANDIDATES: Mapping[str, _Look] = {
    Kind.GAZE_CONTACT: _Look("#0f7b6c", "#0a5248", "", "gaze contact"),
    Kind.GAZE_AVERSION: _Look("#b9cbe4", "#44618a", "///", "infant looking away"),
    Kind.JOINT_ATTENTION: _Look("#f2b84b", "#8a5a00", "..", "both to one place"),
    Kind.LOOK_TO_CAREGIVER: _Look("#0f7b6c", "#0a5248", "", "infant to the parent"),
    Kind.CAREGIVER_WAITING: _Look("#d8c7e8", "#5d3f80", "\\\\\\", "parent waits and watches"),
    Kind.REPAIR: _Look("#8fd0c5", "#0a5248", "++", "contact again"),
}
_LANES = ("infant", "parent")


def draw_timeline(result: ClipAnalysis, file: BinaryIO) -> bytes:
    """Return the picture as PNG bytes; stills are read from `file`, the clip itself."""
    spans = _spans(result.states.end_us)
    kinds = [kind for kind in _CANDIDATES if any(candidate.kind == kind for candidate in result.candidates)]
    thumb_in = WIDTH_IN / THUMBS * _height_share(result) * 0.92
    heights = [value for _ in spans for value in (thumb_in, 0.42 * len(_LANES) + 0.3 * max(1, len(kinds)) + 0.5)]
    notes = sentences_of(result.filming)
    head_in, foot_in = 0.95, 0.42 + 0.19 * len(notes)
    total_in = head_in + foot_in + sum(heights) + ROW_GAP_IN * len(spans)
    figure = Figure(figsize=(WIDTH_IN, total_in), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    _title(figure, result, total_in)
    lanes = states_for_display(result)
    top = total_in - head_in
    for row, (start_us, end_us) in enumerate(spans):
        size = (top, total_in, heights[2 * row], heights[2 * row + 1])
        top = _row(figure, result, file, lanes, kinds, (start_us, end_us), size)
    _foot(figure, notes, total_in)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=PAPER)
    return out.getvalue()


def _spans(end_us: int) -> list[tuple[int, int]]:
    """The rows' stretches of time, all of one length."""
    rows = min(MOST_ROWS, max(1, math.ceil(end_us / ROW_US)))
    step = math.ceil(end_us / rows)
    return [(row * step, (row + 1) * step) for row in range(rows)]


def _height_share(result: ClipAnalysis) -> float:
    width, height = (int(side) for side in result.metrics["picture_px"])
    return min(1.2, height / width)


def _row(
    figure: Figure,
    result: ClipAnalysis,
    file: BinaryIO,
    lanes: dict[str, list[list[object]]],
    kinds: list[str],
    span: tuple[int, int],
    sizes: tuple[float, float, float, float],
) -> float:
    """Stills and lanes of one stretch of time; returns where the next row begins, in inches from the foot."""
    top, total_in, thumb_in, lanes_in = sizes
    left, width = 1.35 / WIDTH_IN, 1 - 1.75 / WIDTH_IN
    bottom = top - thumb_in
    _stills(figure, result, file, span, (left, bottom / total_in, width, thumb_in / total_in))
    bottom -= lanes_in
    axes = figure.add_axes((left, (bottom + AXIS_IN) / total_in, width, (lanes_in - AXIS_IN) / total_in))
    _draw_lanes(axes, lanes, span)
    _draw_candidates(axes, result, kinds, span)
    _dress(axes, kinds, span)
    return bottom - ROW_GAP_IN


def _stills(
    figure: Figure,
    result: ClipAnalysis,
    file: BinaryIO,
    span: tuple[int, int],
    place: tuple[float, float, float, float],
) -> None:
    """Evenly spaced stills, each centred over its time."""
    last_us = min(span[1], result.states.end_us)
    count = max(1, min(THUMBS, round(THUMBS * (last_us - span[0]) / (span[1] - span[0]))))
    step = (span[1] - span[0]) / THUMBS
    times = [int(span[0] + (index + 0.5) * step) for index in range(count)]
    times = [min(time_us, max(span[0], result.states.end_us - 1)) for time_us in times]
    width = place[2] / THUMBS
    for index, frame in enumerate(frames_at(file, times, THUMB_SIDE_PX)):
        axes = figure.add_axes((place[0] + index * width + 0.002, place[1], width - 0.004, place[3]))
        axes.imshow(frame.image_bgr[..., ::-1], aspect="equal")
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.text(
            0.04,
            0.05,
            clock(times[index]),
            transform=axes.transAxes,
            fontsize=8,
            color="white",
            va="bottom",
            bbox={"facecolor": "#000000b0", "edgecolor": "none", "pad": 2.0},
        )


def _draw_lanes(axes: Axes, lanes: dict[str, list[list[object]]], span: tuple[int, int]) -> None:
    for lane, name in enumerate(_LANES):
        for start_us, end_us, state, _ in lanes[name]:
            assert isinstance(start_us, int) and isinstance(end_us, int)
            _bar(axes, (start_us, end_us), lane, 0.84, _STATES[str(state)], span)


def _draw_candidates(axes: Axes, result: ClipAnalysis, kinds: list[str], span: tuple[int, int]) -> None:
    """Bars of each kind on a line of its own; a number that would run into the one before is left out."""
    said_us = dict.fromkeys(kinds, -span[1])
    for candidate in result.candidates:
        shown = (candidate.interval.start_us, candidate.interval.end_us)
        y = len(_LANES) + 0.18 + 0.72 * kinds.index(candidate.kind)
        at_us = max(span[0], shown[0])
        drawn = _bar(axes, shown, y, 0.5, _CANDIDATES[candidate.kind], span)
        if drawn and at_us - said_us[candidate.kind] > NUMBER_TAKES * (span[1] - span[0]):
            said_us[candidate.kind] = at_us
            axes.text(at_us / 1e6, y + 0.56, f"{candidate.confidence:.2f}", fontsize=6.5, color=QUIET, va="top")
    if not kinds:
        axes.text(span[0] / 1e6, len(_LANES) + 0.5, " no candidates in this clip", fontsize=9, color=QUIET, va="center")


def _bar(axes: Axes, shown_us: tuple[int, int], y: float, height: float, look: _Look, span: tuple[int, int]) -> bool:
    """A hatched bar cropped to the row; False when it lies outside."""
    start, end = max(shown_us[0], span[0]), min(shown_us[1], span[1])
    if start >= end:
        return False
    axes.add_patch(
        Rectangle(
            (start / 1e6, y + (1 - height) / 2 if y < len(_LANES) else y),
            (end - start) / 1e6,
            height,
            facecolor=look.face,
            edgecolor=look.edge,
            hatch=look.hatch,
            linewidth=0.6,
        )
    )
    return True


def _dress(axes: Axes, kinds: list[str], span: tuple[int, int]) -> None:
    """Names, time marks and the calm frame."""
    axes.set_xlim(span[0] / 1e6, span[1] / 1e6)
    axes.set_ylim(len(_LANES) + 0.22 + 0.72 * max(1, len(kinds)), -0.05)
    ticks = [lane + 0.5 for lane in range(len(_LANES))]
    ticks += [len(_LANES) + 0.43 + 0.72 * index for index in range(len(kinds))]
    names = [name.capitalize() for name in _LANES] + [_CANDIDATES[kind].words for kind in kinds]
    axes.set_yticks(ticks, names)
    for index, label in enumerate(axes.get_yticklabels()):
        label.set_fontsize(11 if index < len(_LANES) else 8.5)
        label.set_color(INK if index < len(_LANES) else QUIET)
    step_s = _tick_step_s((span[1] - span[0]) / 1e6)
    marks = np.arange(math.ceil(span[0] / 1e6 / step_s), math.floor(span[1] / 1e6 / step_s) + 1) * step_s
    axes.set_xticks(marks, [clock(int(mark * 1e6), tenths=step_s < 1) for mark in marks])
    axes.tick_params(axis="both", length=0)
    axes.tick_params(axis="x", labelsize=8.5, labelcolor=QUIET)
    axes.grid(axis="x", color="#00000014", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axhline(len(_LANES) + 0.06, color="#00000022", linewidth=0.8)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _tick_step_s(length_s: float) -> float:
    for step in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0):
        if length_s / step <= 20:
            return step
    return 300.0


def _title(figure: Figure, result: ClipAnalysis, total_in: float) -> None:
    left = 0.3 / WIDTH_IN
    figure.text(
        left, 1 - 0.36 / total_in, "Where each of them looked", fontsize=16, color=INK, va="center", weight="bold"
    )
    figure.text(
        left,
        1 - 0.66 / total_in,
        f"{_length(result.states.end_us)} of film. Bars below the lanes are candidates: "
        "a person confirms, rejects or moves each. The small number is how sure the frames are, 0 to 1.",
        fontsize=9.5,
        color=QUIET,
        va="center",
    )
    patches: list[Any] = [
        Patch(facecolor=look.face, edgecolor=look.edge, hatch=look.hatch, linewidth=0.6, label=look.words)
        for look in _STATES.values()
    ]
    figure.legend(
        handles=patches,
        loc="center right",
        bbox_to_anchor=(1 - 0.3 / WIDTH_IN, 1 - 0.36 / total_in),
        ncols=len(patches),
        frameon=False,
        fontsize=9.5,
        labelcolor=INK,
        handlelength=2.4,
        handleheight=1.3,
        columnspacing=1.6,
    )


def _foot(figure: Figure, notes: list[str], total_in: float) -> None:
    for index, note in enumerate(notes):
        figure.text(0.3 / WIDTH_IN, (0.3 + 0.19 * (len(notes) - 1 - index)) / total_in, note, fontsize=9, color=QUIET)


def _length(length_us: int) -> str:
    seconds = round(length_us / 1e6)
    return f"{seconds} s" if seconds < 100 else f"{seconds // 60} min {seconds % 60} s"
