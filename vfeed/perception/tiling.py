"""Where in an image detectors look: the whole, its squares, and turned by a quarter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vfeed.perception.head_detector import FloatArray, Image


def tiles(image: Image) -> Iterator[tuple[int, int, Image]]:
    """Yield the whole image and its squares, as (left, top, image); views, not copies.

    Squares of the shorter side, overlapping, along the longer side: faces too small in the whole fill more of a square.
    """
    height, width = image.shape[:2]
    side = min(height, width)
    yield 0, 0, image
    spare = max(height, width) - side
    if spare < side // 8:
        return
    steps = max(2, -(-spare // side) + 1)
    for step in range(steps):
        at = round(spare * step / (steps - 1))
        left, top = (at, 0) if width > height else (0, at)
        yield left, top, image[top : top + side, left : left + side]


def to_image_frame(points: FloatArray, width: int, height: int, quarter_turns: int) -> FloatArray:
    """Return points (N, 2) of an image turned by `np.rot90` in the image before; `width` and `height` are the turned
    one's.

    >>> to_image_frame(np.array([[0.0, 10.0]]), 720, 1280, 1).tolist()
    [[1270.0, 0.0]]
    """
    x, y = points[:, 0], points[:, 1]
    if quarter_turns == 1:
        return np.stack([height - y, x], axis=1)
    if quarter_turns == 3:
        return np.stack([y, width - x], axis=1)
    return points


LEANS_DEG = {0: 0.0, 1: 90.0, 3: -90.0}
"""How far a head leans to the right that stands upright in an image turned by so many quarters (`np.rot90`)."""
