"""What is known of a clip, reckoned from the stored metrics alone, in milliseconds and without the video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vfeed.analysis.version import analysis_version
from vfeed.dyad.camera_setup import CameraSetup, SetupEstimate
from vfeed.dyad.candidates import Candidate, find_candidates
from vfeed.dyad.gaze_evidence import GazeEvidence
from vfeed.dyad.gaze_states import States, states_of
from vfeed.dyad.gaze_target_estimation import estimate_gaze
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import NOBODY_NAMED, NamedRoles, Roles, find_roles
from vfeed.dyad.recording_facts import recording_facts
from vfeed.dyad.verdicts import Verdict, constraints_from_verdicts
from vfeed.perception.metrics import Metrics
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters


@dataclass(frozen=True, eq=False)
class ClipAnalysis:
    """All that is known of a clip.

    `metrics` are the arrays of perception.metrics.ARRAYS; everything else is computed from them. `version` names code,
    models and parameters, `filming` the filming facts, `setup` who is in which view.
    `states`, `infant` and `caregiver` are per analysed frame.
    """

    metrics: Metrics
    version: dict[str, object]
    filming: dict[str, object]
    roles: Roles
    setup: SetupEstimate
    states: States
    infant: GazeEvidence
    caregiver: GazeEvidence
    candidates: list[Candidate]


def recompute(
    metrics: Metrics,
    *,
    named: NamedRoles = NOBODY_NAMED,
    swap_roles: bool = False,
    setup_kind: CameraSetup | None = None,
    decisions: Sequence[Verdict] = (),
    params: DyadParameters | None = None,
    perception: PerceptionParameters = PERCEPTION,
) -> ClipAnalysis:
    """Roles, states, candidates and filming facts from stored metrics, in milliseconds.

    What a person said goes before what is reckoned: `named` is who is who, `swap_roles` exchanges the infant and adult
    that come of it, `setup_kind` is the set-up (with the parent at the camera nobody in view is the parent, whoever was
    named), `decisions` refit the clip's reference, so that everything else is seen in their light. `params` replaces
    the rules' numbers; `perception` are those that
    the metrics were made with.
    """
    rules = params or DyadParameters()
    at_camera = setup_kind is CameraSetup.CAREGIVER_AT_CAMERA
    roles = find_roles(metrics, swap=swap_roles, named=named, caregiver_at_camera=at_camera)
    times = metrics["time_us"]
    end_us = max(int(metrics["duration_us"][0]), int(times[-1]) + 1 if len(times) else 1)
    constraints = constraints_from_verdicts(decisions, times, end_us)
    setup, infant, caregiver = estimate_gaze(metrics, roles, rules, given=setup_kind, constraints=constraints)
    states = states_of(times, end_us, infant, caregiver, rules, constraints)
    return ClipAnalysis(
        metrics,
        analysis_version(metrics, rules, perception),
        recording_facts(metrics, roles, setup),
        roles,
        setup,
        states,
        infant,
        caregiver,
        find_candidates(states, infant, caregiver, setup, rules),
    )


def with_overrides(
    result: ClipAnalysis,
    *,
    named: NamedRoles = NOBODY_NAMED,
    swap_roles: bool = False,
    setup_kind: CameraSetup | None = None,
) -> ClipAnalysis:
    """Return the same analysis as a person says that the film is; see `recompute`."""
    again = recompute(result.metrics, named=named, swap_roles=swap_roles, setup_kind=setup_kind)
    return replace(again, version=result.version)
