"""Simulated dyads that are as hard to read as home film, and how the rules hold on them."""

import numpy as np
import pytest

from bench.homes import score
from bench.simulate import HELD, HOMES, INFANT, simulate
from vfeed.perception.metrics import ARRAYS

CLIPS = range(100, 105)


@pytest.mark.parametrize("kind", sorted(HOMES))
def test_a_seed_draws_the_same_clip_with_every_array(kind: str) -> None:
    one, again = (simulate(HOMES[kind], 3) for _ in range(2))
    assert ARRAYS.keys() <= one.metrics.keys()
    assert all(np.array_equal(one.metrics[name], again.metrics[name], equal_nan=True) for name in ARRAYS)
    assert (one.looks == again.looks).all() and one.looks.shape == (2, len(one.metrics["time_us"]))
    assert (one.looks[INFANT] == HELD).any() == bool(HOMES[kind].held)


def test_what_is_drawn_is_as_hard_as_home_film() -> None:
    metrics = simulate(HOMES["all of it"], 1).metrics
    stated = np.nanmedian(metrics["head_sd_deg"][..., 0], axis=0)
    assert 10 < stated[0] < 25 < stated[1] < 35
    assert 0.2 < (metrics["sight"] == 0).mean() < 0.8
    assert np.diff(metrics["time_us"]).min() > 0


@pytest.mark.parametrize(
    ("kind", "least"), [("usual", 0.5), ("read 30 and 15 wrong", 0.5), ("parent vague", 0.45), ("all of it", 0.4)]
)
def test_contact_is_found_where_heads_are_vague_read_wrong_or_missing(kind: str, least: float) -> None:
    assert score(HOMES[kind], CLIPS).pooled >= least
