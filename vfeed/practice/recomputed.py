"""The analysis of a clip again, in the light of what a person said of it: in milliseconds and without the video."""

from __future__ import annotations

from collections.abc import Sequence

from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.person_labels import found_again
from vfeed.dyad.verdicts import Verdict
from vfeed.perception.metrics import Metrics
from vfeed.practice.overrides import ManualOverrides


def recomputed(metrics: Metrics, overrides: ManualOverrides, decisions: Sequence[Verdict] = ()) -> ClipAnalysis:
    """Return the analysis in the light of what a person said and decided, from its measurements."""
    named = found_again(metrics, overrides.named)
    return recompute(
        metrics, named=named, swap_roles=overrides.swapped, setup_kind=overrides.setup, decisions=decisions
    )
