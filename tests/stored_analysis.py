"""An analysis in the form in which the worker keeps it, reckoned from heads made of numbers."""

from __future__ import annotations

import json
from typing import Any, cast

from synthetic_heads import CAREGIVER, INFANT, scene

from vfeed.analysis.display import heads_for_display, states_for_display
from vfeed.analysis.result import recompute
from vfeed.perception.metrics import Metrics, metrics_to_npz
from vfeed.store.analyses import Findings

BEAT = ["partner"] * 25 + ["toy"] * 15 + ["partner"] * 20
# Arrays of two or more dimensions that are not by person.
DERIVED_ROLES = ("moved_px", "panes_px", "hand_px", "hand_score")


def in_order(metrics: Metrics, *people: int) -> Metrics:
    """The same clip as another analysis may number its people."""
    arrays: Any = metrics
    ordered = {
        name: array[:, people].copy() if array.ndim >= 2 and name not in DERIVED_ROLES else array.copy()
        for name, array in arrays.items()
    }
    return cast(Metrics, ordered)


def three(*order: int) -> Metrics:
    """An infant (2) and two adults: the one (1) with whom the infant plays, and another (0) at the picture's right."""
    metrics = in_order(scene(BEAT, ["partner"] * 60), CAREGIVER, CAREGIVER, INFANT)
    metrics["box_px"][:, 0, 0] += 900
    metrics["px_per_mm"][:, 0] *= 0.97
    return in_order(metrics, *order)


def analysis_of(metrics: Metrics) -> Findings:
    """What `vfeed.jobs.handlers.analyse` would keep."""
    result = recompute(metrics)
    return Findings(
        version=result.version,
        filming=result.filming,
        roles=result.roles.as_dict(),
        states_display=states_for_display(result),
        candidates=[each.as_dict() for each in result.candidates],
        metrics=metrics_to_npz(result.metrics),
        files={"heads": ("application/json", json.dumps(heads_for_display(result)).encode())},
    )
