"""Filming facts in numbers and plain words."""

import json

import numpy as np
import pytest
from synthetic_heads import ADULT, INFANT, empty, scene

from vfeed.analysis.result import recompute
from vfeed.perception.sight import Sight


def words(metrics: dict[str, np.ndarray]) -> str:
    return " ".join(recompute(metrics).filming["words"])  # type: ignore[arg-type]


@pytest.mark.parametrize("frames", [0, 1, 30])
def test_a_clip_with_nobody_is_unseen_throughout_and_says_so(frames: int) -> None:
    result = recompute(empty(frames, 0))
    assert "Nobody's face was found" in result.filming["words"][0]  # type: ignore[index]
    assert set(result.states.infant + result.states.adult) <= {"unseen"} and result.candidates == []


def test_shares_count_frames_in_which_a_face_can_be_read() -> None:
    result = recompute(scene(["partner"] * 30 + ["unseen"] * 10, ["partner"] * 20 + ["unseen"] * 20))
    assert result.filming["parent"]["seen_share"] == 0.75  # type: ignore[index]
    assert result.filming["infant"]["seen_share"] == 0.5  # type: ignore[index]
    assert result.filming["both_seen_share"] == 0.5
    json.dumps(result.filming)


def test_the_main_reason_for_not_seeing_is_named() -> None:
    metrics = scene(["partner"] * 20 + ["unseen"] * 20, ["partner"] * 40)
    metrics["sight"][20:, ADULT] = Sight.TURNED_AWAY
    assert "mostly turned away from the camera" in words(metrics)


@pytest.mark.parametrize(
    "array, value, said",
    [("light", 30.0, "The infant's face is dark"), ("sharpness", 0.006, "The infant's face is soft")],
)
def test_poor_light_and_softness_are_said(array: str, value: float, said: str) -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    assert said not in words(metrics)
    metrics[array][:, INFANT] = value
    assert said in words(metrics)


def test_small_faces_and_a_third_person_are_said() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["box_px"][:, INFANT, 2:] = 44.0
    assert "The infant's face is small (44 px wide)" in words(metrics)
    for name, array in list(metrics.items()):
        if array.ndim >= 2:
            metrics[name] = np.concatenate([array, array[:, [ADULT]]], axis=1)
    assert "One more person is in the picture" in words(metrics)


def test_one_person_alone_is_said_to_be_a_guess() -> None:
    assert "Only one person was found and is taken to be the infant" in words(scene(["unseen"] * 9, ["camera"] * 9))
