"""What a person's verdicts on candidates say of where both look: constraints on the frames that they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.candidate_kinds import Kind
from vfeed.perception.geometry import FloatArray
from vfeed.timeline.interval import Interval
from vfeed.timeline.smoothing import frame_ends

HARDLY = 0.02
"""How far what a person ruled out stays possible: edges are set by hand, and everybody slips."""
_NOT_CONTACT = (0.15, 1.0, 1.0), (0.5, 1.0, 1.0)
"""No contact: at least one looks elsewhere, more often the infant than the adult, who mostly watches the infant."""
_ANY = (1.0, 1.0, 1.0)
_AT_PARTNER, _AT_THING, _AWAY = (1.0, HARDLY, HARDLY), (HARDLY, 1.0, HARDLY), (HARDLY, 0.3, 1.0)
_SAYS: dict[tuple[str, bool], tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    (Kind.GAZE_CONTACT, True): (_AT_PARTNER, _AT_PARTNER),
    (Kind.GAZE_CONTACT, False): _NOT_CONTACT,
    (Kind.LOOK_TO_CAREGIVER, True): (_AT_PARTNER, _ANY),
    (Kind.LOOK_TO_CAREGIVER, False): ((HARDLY, 1.0, 1.0), _ANY),
    (Kind.GAZE_AVERSION, True): (_AWAY, _ANY),
    (Kind.GAZE_AVERSION, False): ((1.0, 1.0, 0.15), _ANY),
    (Kind.JOINT_ATTENTION, True): (_AT_THING, _AT_THING),
}
"""By kind and whether it was kept: how far it leaves partner, object and elsewhere possible, for infant and adult."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person kept a candidate of `kind`, with the times they gave it, or refused it.

    "Here they look at each other" is a gaze contact that was kept.
    """

    kind: str
    interval: Interval
    kept: bool


@dataclass(frozen=True, eq=False)
class FrameConstraints:
    """What a person's verdicts leave possible, frame by frame.

    `infant`, `caregiver` (T, 3): how far partner, object and elsewhere are left possible, 1 where nothing was decided.
    `verdict` (T,): number of the decision that the frame lies in, -1 for none.
    """

    infant: FloatArray
    caregiver: FloatArray
    verdict: NDArray[np.int64]


def constraints_from_verdicts(
    decisions: Sequence[Verdict], time_us: NDArray[np.int64], end_us: int
) -> FrameConstraints | None:
    """Return the constraints that verdicts put on the clip's frames, a later one over an earlier; None for none."""
    told = [verdict for verdict in decisions if (verdict.kind, verdict.kept) in _SAYS]
    if not told or not len(time_us):
        return None
    infant, caregiver = np.ones((len(time_us), 3)), np.ones((len(time_us), 3))
    number = np.full(len(time_us), -1, np.int64)
    middle = (time_us + frame_ends(time_us, end_us)) // 2
    for index, verdict in enumerate(told):
        inside = (middle >= verdict.interval.start_us) & (middle < verdict.interval.end_us)
        infant[inside], caregiver[inside] = _SAYS[verdict.kind, verdict.kept]
        number[inside] = index
    return FrameConstraints(infant, caregiver, number)
