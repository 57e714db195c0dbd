"""What is read of a person: the head's lead over the eyes, and where it must not be looked ahead to."""

import numpy as np
from synthetic_heads import CAREGIVER, scene

from vfeed.dyad.observations import observe_person
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

RULES = DyadParameters()


def lag_frames(metrics: Metrics) -> int:
    return int(np.searchsorted(metrics["time_us"], metrics["time_us"][0] + RULES.head_lag_us, side="right")) - 1


def test_the_last_frames_before_somebody_is_out_of_sight_do_not_speak_for_those_before_them() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    usual = observe_person(metrics, CAREGIVER, 0.0, RULES).head[0, 0]
    metrics["sight"][10:, CAREGIVER] = Visibility.COVERED
    metrics["forward"][9, CAREGIVER] = np.array([0.0, 0.0, 1.0])
    head = observe_person(metrics, CAREGIVER, 0.0, RULES).head[:10, 0]
    assert np.flatnonzero(np.abs(head - usual) > 10).tolist() == [9 - lag_frames(metrics), 9]


def test_a_head_is_read_a_little_later_while_the_person_is_seen() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["forward"][10, CAREGIVER] = np.array([0.0, 0.0, 1.0])
    head = observe_person(metrics, CAREGIVER, 0.0, RULES).head
    assert np.argmin(np.abs(head[:, 0])) == 10 - lag_frames(metrics)
