"""The finder on a sample clip: it proposes the heads that are there, whichever way the picture lies."""

import numpy as np
import pytest
from sample_analysis import picture, truth

from vfeed.perception.finder import MOST_HEADS, Finder
from vfeed.perception.heads import iou

TIME_US = 4_000_000


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


def heads() -> list[tuple[float, float, float, float]]:
    frame = truth()["frames"][TIME_US // 40_000]
    corners = [frame[who]["head_box_px"] for who in ("parent", "infant")]
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_it_proposes_both_heads_large_and_small(finder: Finder, scale: float) -> None:
    canvas = np.full((720, 1280, 3), 128, np.uint8)
    shown = picture(time_us=TIME_US)
    if scale < 1:
        shown = shown[:: round(1 / scale), :: round(1 / scale)]
    canvas[: shown.shape[0], : shown.shape[1]] = shown
    found = finder.find(canvas)
    assert len(found) <= MOST_HEADS
    for x, y, width, height in heads():
        box = (x * scale, y * scale, width * scale, height * scale)
        assert max(iou(head.box_px, box) for head in found) > 0.3
    assert all(np.isnan(head.keypoints_px).all() and 0.4 <= head.score <= 1 for head in found)


def test_it_finds_them_in_a_picture_held_upright(finder: Finder) -> None:
    tall = np.ascontiguousarray(picture(time_us=TIME_US)[:, 440:840])
    found = finder.find(np.vstack([tall, tall])[:1200])
    assert all(0 <= head.centre_px[0] <= 400 and 0 <= head.centre_px[1] <= 1200 for head in found)


def test_an_empty_wall_holds_no_head(finder: Finder) -> None:
    assert finder.find(np.full((720, 1280, 3), 90, np.uint8)) == []
