"""Upright boxes (x, y, width, height) in px of an image (x right, y down): the one place for their arithmetic."""

from __future__ import annotations

import math

Box = tuple[float, float, float, float]
NOWHERE: Box = (math.nan,) * 4


def centre(box: Box) -> tuple[float, float]:
    """Return the middle (x, y) of a box.

    >>> centre((10, 20, 4, 8))
    (12.0, 24.0)
    """
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def size(box: Box) -> float:
    """Return the longer side of a box."""
    return max(box[2:])


def distance(a: Box, b: Box) -> float:
    """Return how far the middles of two boxes lie apart, px."""
    return math.dist(centre(a), centre(b))


def size_ratio(a: Box, b: Box) -> float:
    """Return the larger box's longer side over the smaller's, 1 or more.

    >>> size_ratio((0, 0, 10, 8), (5, 5, 20, 9))
    2.0
    """
    larger, smaller = max(size(a), size(b)), min(size(a), size(b))
    return larger / max(smaller, 1e-6)


def moved(box: Box, right_px: float, down_px: float) -> Box:
    """Return the box moved to the right and down."""
    return box[0] + right_px, box[1] + down_px, box[2], box[3]


def scaled(box: Box, scale: float) -> Box:
    """Return the box made larger or smaller about its middle.

    >>> scaled((10.0, 20.0, 40.0, 20.0), 0.5)
    (20.0, 25.0, 20.0, 10.0)
    """
    x, y, width, height = box
    return x + width * (1 - scale) / 2, y + height * (1 - scale) / 2, width * scale, height * scale


def iou(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes, 0 to 1.

    >>> iou((0, 0, 2, 2), (1, 0, 2, 2))
    0.3333333333333333
    """
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)
