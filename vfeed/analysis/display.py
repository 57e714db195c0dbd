"""What the pages draw of an analysis: lanes and head boxes, small and JSON-able."""

from __future__ import annotations

import numpy as np

from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.gaze_evidence import AWAY, OBJECT, PARTNER
from vfeed.dyad.people import Roles
from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Metrics
from vfeed.timeline.smoothing import runs

_COLUMN = {"partner": PARTNER, "object": OBJECT, "away": AWAY}


def states_for_display(result: ClipAnalysis) -> dict[str, list[list[object]]]:
    """Return both people's lanes: `{"infant": [[start_us, end_us, state, confidence], ...], "parent": [...]}`.

    States are partner, object, away and unseen; the confidence is the state's mean probability, 1 for unseen.
    """
    states = result.states
    lanes: dict[str, list[list[object]]] = {}
    for name, mine, p in (("infant", states.infant, states.p_infant), ("parent", states.caregiver, states.p_caregiver)):
        lanes[name] = [
            [run.interval.start_us, run.interval.end_us, run.state, _confidence(p[run.first : run.last], run.state)]
            for run in runs(mine, states.time_us, states.end_us)
        ]
    return lanes


def heads_for_display(result: ClipAnalysis) -> dict[str, list[object]]:
    """Face boxes per analysed frame: `{"time_us": [...], "infant": [[x, y, w, h] | None, ...], "parent": [...]}`.

    Boxes are shares of the frame's width and height, 0 to 1 from the top left; None where nothing was found.
    """
    return head_boxes(result.metrics, result.roles)


def head_boxes(metrics: Metrics, roles: Roles) -> dict[str, list[object]]:
    """As `heads_for_display`, from measurements and who is who."""
    width, height = (int(side) for side in metrics["picture_px"])
    heads: dict[str, list[object]] = {"time_us": metrics["time_us"].tolist()}
    for name, person in (("infant", roles.infant), ("parent", roles.caregiver)):
        if person is None:
            heads[name] = [None] * len(metrics["time_us"])
            continue
        shares = metrics["box_px"][:, person].astype(float) / [width, height, width, height]
        heads[name] = [[round(v, 4) for v in box] if np.isfinite(box[0]) else None for box in shares.tolist()]
    return heads


def _confidence(p: FloatArray, state: str) -> float:
    if state not in _COLUMN:
        return 1.0
    return round(float(p[:, _COLUMN[state]].mean()), 3)
