"""The colours somebody wears, seen below the head: tells two people of one clip apart, and is never stored."""

from __future__ import annotations

import math

import numpy as np

from vfeed.media.planar_image import FloatArray, PlanarImage

BELOW_FROM, BELOW_TO = 0.9, 2.1
"""The clothed area lies this far below the middle of the face, in its sizes: past the chin, above the lap..."""
ASIDE = 0.6
"""...and this far to both sides: within an infant's shoulders."""
SAMPLES = 16
LEAST_INSIDE = 0.5
"""Less of the area inside the image says nothing."""
DARK_SUM = 30.0
"""Sum of red, green and blue that is added to each sample's own: noise has colours of its own in the dark."""
COLOUR_BINS, LIGHT_BINS = 7, 4
COLOUR_REACH = 0.45
"""Colour coordinates beyond this share of the light are as saturated as cloth gets."""

SAME_CLOTHES = 0.15
"""Distance up to which two stretches show one person's clothes: on the sample clips one person's halves of a clip are
at most .13 apart (.07 in good light), and a parent and infant dressed in about one colour .18..."""
LIKE_CLOTHES = 0.3
"""...up to which they may be the same clothes in another light or from another side..."""
OTHERS_CLOTHES = 0.5
"""...and beyond which they are somebody else's: single looks at one person differ by up to .32, in bad light."""


def clothing_of(
    image: PlanarImage, box_px: tuple[float, float, float, float], roll_deg: float = 0.0
) -> FloatArray | None:
    """Return the histogram (COLOUR_BINS, COLOUR_BINS, LIGHT_BINS) of the area below a face, sum 1; None when that is
    out of
    view.

    The first two axes are red against green and yellow against blue as shares of the light, so that a dimmer lamp
    changes little; the third is the light itself, coarsely. `roll_deg` leans the area with the head, + to the image's
    right. Bins are softened by half into their neighbours.
    """
    size = max(box_px[2:])
    down, across = np.meshgrid(
        np.linspace(BELOW_FROM, BELOW_TO, SAMPLES) * size, np.linspace(-ASIDE, ASIDE, SAMPLES) * size, indexing="ij"
    )
    cos, sin = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    x = np.rint(box_px[0] + box_px[2] / 2 + across * cos - down * sin).astype(np.int64)
    y = np.rint(box_px[1] + box_px[3] / 2 + across * sin + down * cos).astype(np.int64)
    inside = (x >= 0) & (x < image.width_px) & (y >= 0) & (y < image.height_px)
    if inside.mean() < LEAST_INSIDE:
        return None
    return _histogram(image.colours_at(x[inside], y[inside]))


def hellinger_distance(first: FloatArray, second: FloatArray) -> float:
    """Return the Hellinger distance of two histograms: 0 the same, 1 nothing in common.

    >>> one = np.array([1.0, 0.0])
    >>> hellinger_distance(one, one), hellinger_distance(one, 1 - one)
    (0.0, 1.0)
    """
    return math.sqrt(max(0.0, 1.0 - float(np.sqrt(first * second).sum())))


def _histogram(colours: FloatArray) -> FloatArray:
    red, green, blue = colours.T
    light = red + green + blue + DARK_SUM
    coordinates = np.stack([(red - green) / light, (red + green - 2 * blue) / (2 * light), light / (3 * 255)], axis=1)
    coordinates[:, :2] = (coordinates[:, :2] / COLOUR_REACH + 1) / 2
    bins = np.array([COLOUR_BINS, COLOUR_BINS, LIGHT_BINS])
    at = np.clip((coordinates * bins).astype(np.int64), 0, bins - 1)
    row = (at[:, 0] * COLOUR_BINS + at[:, 1]) * LIGHT_BINS + at[:, 2]
    counts = np.bincount(row, minlength=int(np.prod(bins))).reshape(tuple(bins)) / len(at)
    counts = np.tensordot(_SOFTER[0], counts, axes=1)
    counts = np.einsum("ij,kjl->kil", _SOFTER[0], counts) @ _SOFTER[1]
    soft: FloatArray = counts / counts.sum()
    return soft


def _soften(bins: int) -> FloatArray:
    """(bins, bins): what gives each bin half of its own and a quarter of either neighbour's, at the ends of its own."""
    half = 0.5 * np.eye(bins) + 0.25 * (np.eye(bins, k=1) + np.eye(bins, k=-1))
    half[0, 0] = half[-1, -1] = 0.75
    return half


_SOFTER = _soften(COLOUR_BINS), _soften(LIGHT_BINS)
