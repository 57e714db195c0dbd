"""Where each of the two looks in the frame, frame by frame, with how far that may be off: for drawing only."""

from __future__ import annotations

import numpy as np

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles
from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

READABLE = (Visibility.SEEN, Visibility.PARTLY)
VAGUEST_DEG = 45.0
"""A wedge wider than this to either side says nothing about where in the frame somebody looks: none is drawn."""


def gaze_lines(metrics: Metrics, roles: Roles, rules: DyadParameters | None = None) -> dict[str, list[object]]:
    """`{"time_us": [...], "infant": [[right, down, spread_deg, by_eyes] | None, ...], "parent": [...]}`, one a frame.

    `right` and `down` are the look's direction as the frame shows it, -1 to 1; together they are the shorter, the
    more it comes towards the camera or goes away from it. `spread_deg` is one standard deviation to either side in
    the frame: a look along the camera's axis has a wide one, since its direction in the frame is then uncertain.
    `by_eyes` is whether the eyes were read; else it is the head's direction, and the spread holds what eyes may do
    beside it (`DyadParameters`: `rest_sd_deg`, `head_idle_sd_deg`, and `head_stays_sd_deg` in a share of looks).
    None where nothing can be told.
    """
    rules = rules or DyadParameters()
    lines: dict[str, list[object]] = {"time_us": metrics["time_us"].tolist()}
    for name, person in (("infant", roles.infant), ("parent", roles.caregiver)):
        lines[name] = [None] * len(metrics["time_us"]) if person is None else _lines_of(metrics, person, rules)
    return lines


def _lines_of(metrics: Metrics, person: int, rules: DyadParameters) -> list[object]:
    by_eyes = np.isfinite(metrics["gaze"][:, person, 0])
    towards = np.where(by_eyes[:, None], metrics["gaze"][:, person], metrics["forward"][:, person]).astype(float)
    sd_deg = np.where(
        by_eyes,
        _spread(metrics["gaze_sd_deg"][:, person], rules.gaze_sd_deg**2),
        _spread(metrics["head_sd_deg"][:, person], _beside_the_head(rules)),
    )
    right, down = towards[:, 0], -towards[:, 1]
    sd = np.radians(np.minimum(sd_deg, 90.0))
    spread_deg = np.degrees(np.arctan2(np.sin(sd), np.hypot(right, down) * np.cos(sd)))
    told = np.isin(metrics["sight"][:, person], READABLE) & (spread_deg <= VAGUEST_DEG)
    return [
        [round(float(x), 3), round(float(y), 3), round(float(spread), 1), bool(eyes)] if known else None
        for x, y, spread, eyes, known in zip(right, down, spread_deg, by_eyes, told, strict=True)
    ]


def _spread(sd_deg: FloatArray, more: float) -> FloatArray:
    """Yaw and pitch as one standard deviation, their mean square; `more` is a variance on top."""
    spread: FloatArray = np.sqrt((sd_deg.astype(float) ** 2).mean(axis=1) + more)
    return spread


def _beside_the_head(rules: DyadParameters) -> float:
    rest = (rules.rest_sd_deg[0] ** 2 + rules.rest_sd_deg[1] ** 2) / 2
    return rest + rules.head_idle_sd_deg**2 + rules.head_stays_share * rules.head_stays_sd_deg**2
