"""The figures of the head network's card, on answers made up with a known error."""

from dataclasses import replace

import numpy as np
import pytest

from models.headpose.judge import Told, _auc, judged

COUNT = 4000


@pytest.fixture
def told() -> Told:
    """Heads all the way round, read 10 degrees off with a stated spread of 10; half are infants."""
    rng = np.random.default_rng(3)
    off, true = rng.normal(0, 10, (COUNT, 2)), rng.uniform(-180, 180, COUNT)
    return Told(
        off=off,
        sd=np.full((COUNT, 2), 10.0),
        angle=np.hypot(*off.T),
        yaw=np.stack([true, true + off[:, 0]], 1),
        hidden=np.stack([np.repeat([0.1, 0.9], COUNT // 2)] * 2, 1),
        sharp=rng.uniform(0, 0.05, COUNT),
        infant=np.arange(COUNT) % 2 == 0,
        head=np.full(COUNT, 0.9),
        other=np.full(100, 0.1),
    )


def test_what_is_stated_right_holds_as_often_as_stated(told: Told) -> None:
    found = judged(told)
    for name in ("all", "infant", "adult", "yaw 30-60 infant", "sharp 0.012-0.025", "covered"):
        assert found[name]["within the stated 90 %"] == pytest.approx([0.9, 0.9], abs=0.06)
        assert found[name]["yaw, pitch off"] == pytest.approx([8, 8], abs=1.2)
    assert found["all"]["heads"] == COUNT // 2 and found["covered"]["heads"] == COUNT // 2
    assert found["auc of head"] == 1 and found["head, no head told"] == [1, 1]
    assert found["auc of covered"] == 1 and found["hidden off by"] == 0


def test_a_spread_stated_too_small_is_found_out(told: Told) -> None:
    found = judged(replace(told, sd=told.sd / 2))["all"]
    assert found["within the stated 90 %"] == pytest.approx([0.59, 0.59], abs=0.04)
    assert found["stated sd of yaw, quartiles"] == [5, 5, 5]


def test_heads_turned_far_are_told_from_others_the_better_the_nearer_the_reading(told: Told) -> None:
    near = judged(replace(told, yaw=told.yaw[:, [0, 0]]))["auc of far"]
    assert near == 1 > judged(told)["auc of far"] > 0.85


@pytest.mark.parametrize(
    ("higher", "lower", "auc"),
    [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1, 4], [2, 3], 0.5), ([5], [1, 9], 0.5)],
)
def test_auc_is_how_often_one_is_above_the_other(higher: list[float], lower: list[float], auc: float) -> None:
    assert _auc(np.array(higher, float), np.array(lower, float)) == auc
