"""Heads read wrong on purpose, and what a set's decisions are summed up to."""

import math

import numpy as np
from synthetic_heads import scene

from bench.decisions import AfterDecisions, summed_up
from bench.misread import MISREAD_PITCH_DEG, MISREAD_YAW_DEG, misread


def test_every_head_of_a_person_is_turned_by_the_same_angle_and_nothing_else_changes() -> None:
    metrics = scene(["partner", "toy", "unseen", "camera"], ["toy", "partner", "camera", "camera"], eyes=True)
    turned = misread(metrics, seed=3)
    for name in ("forward", "gaze"):
        before, after = metrics[name].astype(float), turned[name].astype(float)
        assert np.array_equal(np.isnan(before), np.isnan(after))
        assert np.allclose(np.linalg.norm(after, axis=-1), np.linalg.norm(before, axis=-1), atol=1e-5, equal_nan=True)
    level = np.degrees(np.arccos((metrics["forward"].astype(float) * turned["forward"]).sum(axis=-1)))
    assert np.nanmin(level) > MISREAD_PITCH_DEG - 1 and np.nanmax(level) < MISREAD_YAW_DEG + MISREAD_PITCH_DEG
    assert np.array_equal(metrics["box_px"], turned["box_px"], equal_nan=True)


def test_the_hardest_quarter_is_what_was_worst_before_any_decision() -> None:
    def clip(before: float, after: float, elsewhere: float = math.nan) -> AfterDecisions:
        return AfterDecisions((before, after, after, after), (elsewhere,) * 4, 50.0)

    told = summed_up([clip(0.9, 0.9), clip(0.1, 0.7, 0.4), clip(0.8, 0.9), clip(0.7, 0.7), clip(math.nan, math.nan)])
    names = {name: (clips, values) for name, clips, values in told["kappa"]}
    assert names["hardest quarter"] == (1, [0.1, 0.7, 0.7, 0.7])
    assert names["all clips"] == (4, [0.625, 0.8, 0.8, 0.8])
    assert names["time without a decision"] == (1, [0.4] * 4) and told["refit_ms"] == 50.0
