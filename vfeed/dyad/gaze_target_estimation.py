"""From metrics to where both look: readings, targets by set-up, calibration by the clip, likelihoods."""

from __future__ import annotations

import numpy as np

from vfeed.dyad.calibration import calibrate
from vfeed.dyad.camera_setup import CameraSetup, SetupEstimate, across_the_seam, possible_setups, weigh_setups
from vfeed.dyad.gaze_evidence import GazeEvidence, gaze_evidence
from vfeed.dyad.gaze_targets import Targets, beyond_the_lens, in_one_view
from vfeed.dyad.head_positions import head_position_of
from vfeed.dyad.held_objects import in_between, occluded
from vfeed.dyad.observations import observe_person
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles
from vfeed.dyad.verdicts import FrameConstraints
from vfeed.perception.metrics import Metrics


def estimate_gaze(
    metrics: Metrics,
    roles: Roles,
    rules: DyadParameters,
    *,
    given: CameraSetup | None = None,
    constraints: FrameConstraints | None = None,
) -> tuple[SetupEstimate, GazeEvidence, GazeEvidence]:
    """Return the set-up, and the infant's and the adult's looking, given the metrics and who is who.

    `given` is the set-up that a person has named, `constraints` what their decisions leave possible.
    """
    infant = observe_person(metrics, roles.infant, rules.infant_facial_line_deg, rules)
    caregiver = observe_person(metrics, roles.caregiver, rules.caregiver_facial_line_deg, rules)
    kinds = [given] if given is not None else [kind for kind in possible_setups(metrics, roles) if kind is not None]
    targets = {kind: _targets(metrics, roles, kind, rules) for kind in kinds}
    found = {
        kind: calibrate((infant, of_infant), (caregiver, of_caregiver), metrics["time_us"], constraints, rules)
        for kind, (of_infant, of_caregiver) in targets.items()
    }
    if given is not None:
        setup = SetupEstimate(given, 1.0, given=True)
    else:
        setup = weigh_setups(metrics, roles, {kind: evidence for kind, (_, _, evidence) in found.items()})
    (of_infant, of_caregiver), calibrations = targets[setup.kind], found[setup.kind]
    between = in_between(metrics, of_infant.held, roles.caregiver, rules)
    seen_between = occluded(metrics, roles.caregiver, rules)
    nothing = np.zeros(len(caregiver.seen))
    return (
        setup,
        gaze_evidence(infant, of_infant, calibrations[0], between, seen_between, rules),
        gaze_evidence(caregiver, of_caregiver, calibrations[1], nothing, nothing, rules),
    )


def _targets(metrics: Metrics, roles: Roles, kind: CameraSetup, rules: DyadParameters) -> tuple[Targets, Targets]:
    if kind is CameraSetup.ONE_VIEW:
        return in_one_view(metrics, roles, rules)
    towards = across_the_seam(metrics, roles) * rules.across_seam_deg if kind is CameraSetup.SPLIT_SCREEN else 0.0
    infant_mm = head_position_of(metrics, roles.infant, rules.infant_face_scale, rules)[0]
    adult_mm = head_position_of(metrics, roles.caregiver, 1.0, rules)[0]
    return beyond_the_lens(infant_mm, (-towards, 0.0), rules), beyond_the_lens(adult_mm, (towards, 0.0), rules)
