"""Whether a film is put together from the views of several cameras: seams that stand still in every frame."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from vfeed.media.planar_image import FloatArray, PlanarImage

STUDY_SIDE_PX = 240
"""Longer side of the image in which seams are looked for."""
MOST_FRAMES = 24
"""Frames that are kept: when more come, every second one is let go."""
EDGE_FROM = 6.0
"""Levels of a colour (0-255) between the two sides of a seam from which a pixel shows it."""
SHOWN_QUANTILE = 0.25
SEAM_SHARE, INSET_SHARE = 0.7, 0.9
"""Share of a seam's length that shows it. A door frame or a table edge seldom runs through the whole image."""
CLEARER = 0.3
"""By how much more a seam shows than the columns beside it: patterned walls have edges everywhere."""
MIDDLE_WITHIN = 0.008
"""A split screen's seam lies in the middle, to this share of the side."""
INSET_SIDES = (0.15, 0.5)
"""An inset's sides, as shares of the whole image's."""
INSET_MARGIN = 0.06
"""Greatest distance of an inset from the corner that it lies in."""


class PaneFinder:
    """Gathers small copies of frames spread over a film, then tells which views it is made of."""

    def __init__(self) -> None:
        self._kept: list[FloatArray] = []
        self._every, self._count = 1, 0

    def add(self, image: PlanarImage) -> None:
        """Take a frame into account; most frames cost nothing."""
        if self._count % self._every == 0:
            scale = STUDY_SIDE_PX / max(image.width_px, image.height_px)
            size = round(image.width_px * scale), round(image.height_px * scale)
            self._kept.append(image.rgb(size).astype(np.float32))
            if len(self._kept) > MOST_FRAMES:
                self._kept, self._every = self._kept[::2], self._every * 2
        self._count += 1

    def panes(self, frame_px: tuple[int, int]) -> NDArray[np.int32]:
        """Return (N, 4) left, top, width, height in px of an image of that (width, height); one row for one camera."""
        width, height = frame_px
        whole = np.array([[0, 0, width, height]], np.int32)
        if not self._kept:
            return whole
        frames = np.stack(self._kept)
        across, down = _edges(frames, axis=2), _edges(frames, axis=1)
        if (at := _middle_seam(across)) is not None:
            left = round(at * width)
            return np.array([[0, 0, left, height], [left, 0, width - left, height]], np.int32)
        if (at := _middle_seam(down.T)) is not None:
            top = round(at * height)
            return np.array([[0, 0, width, top], [0, top, width, height - top]], np.int32)
        if (inset := _inset(across, down)) is not None:
            scaled = np.rint(np.array(inset) * [width, height, width, height]).astype(np.int32)
            return np.concatenate([whole, scaled[None]])
        return whole


def _edges(frames: FloatArray, axis: int) -> NDArray[np.bool_]:
    """(H, W): where neighbours two elements apart along `axis` differ in most frames; the first and last stay False."""
    ahead, behind = np.roll(frames, -1, axis), np.roll(frames, 1, axis)
    usual = np.quantile(np.abs(ahead - behind), SHOWN_QUANTILE, axis=0)
    edges: NDArray[np.bool_] = usual.max(axis=-1) > EDGE_FROM
    rim = (slice(None),) * (axis - 1)
    edges[(*rim, 0)] = edges[(*rim, -1)] = False
    return edges


def _middle_seam(edges: NDArray[np.bool_]) -> float | None:
    """Where a seam runs down the middle, as a share of the width; None for none."""
    share = edges.mean(axis=0)
    count = len(share)
    near = np.flatnonzero(np.abs((np.arange(count) + 0.5) / count - 0.5) <= MIDDLE_WITHIN)
    best = int(near[np.argmax(share[near])])
    beside = np.concatenate([share[best - 8 : best - 3], share[best + 4 : best + 9]])
    if share[best] < SEAM_SHARE or share[best] - float(np.median(beside)) < CLEARER:
        return None
    shown = near[share[near] >= share[best] - 0.1]
    return float((shown.mean() + 0.5) / count)


def _inset(across: NDArray[np.bool_], down: NDArray[np.bool_]) -> tuple[float, float, float, float] | None:
    """A small view in a corner: left, top, width and height as shares; None for none."""
    best, found = INSET_SHARE, None
    for flip_x, flip_y in product((False, True), repeat=2):
        turn = (slice(None, None, -1 if flip_y else 1), slice(None, None, -1 if flip_x else 1))
        score, (left, top, right, bottom) = _corner(across[turn], down[turn])
        if score <= best:
            continue
        best = score
        found = (1 - right if flip_x else left, 1 - bottom if flip_y else top, right - left, bottom - top)
    return found


def _corner(across: NDArray[np.bool_], down: NDArray[np.bool_]) -> tuple[float, tuple[float, float, float, float]]:
    """The best inset in the upper left corner: the share of its weakest seam, and its edges as shares."""
    height, width = across.shape
    columns = np.cumsum(np.pad(_thick(across, 1), ((1, 0), (0, 0))), axis=0)
    rows = np.cumsum(np.pad(_thick(down, 0), ((0, 0), (1, 0))), axis=1)
    best, where = 0.0, (0.0, 0.0, 0.0, 0.0)
    for margin in range(round(INSET_MARGIN * max(width, height)) + 1):
        rights = np.arange(margin + int(INSET_SIDES[0] * width), margin + int(INSET_SIDES[1] * width))
        bottoms = np.arange(margin + int(INSET_SIDES[0] * height), margin + int(INSET_SIDES[1] * height))
        right = (columns[bottoms][:, rights] - columns[margin, rights]) / (bottoms - margin)[:, None]
        under = (rows[bottoms][:, rights] - rows[bottoms, margin][:, None]) / (rights - margin)
        score = np.minimum(right, under)
        if margin:
            left = (columns[bottoms, margin] - columns[margin, margin]) / (bottoms - margin)
            above = (rows[margin, rights] - rows[margin, margin]) / (rights - margin)
            score = np.minimum(score, np.minimum(left[:, None], above))
        at = np.unravel_index(int(np.argmax(score)), score.shape)
        if score[at] > best:
            best = float(score[at])
            where = (margin / width, margin / height, float(rights[at[1]] / width), float(bottoms[at[0]] / height))
    return best, where


def _thick(edges: NDArray[np.bool_], axis: int) -> NDArray[np.int64]:
    """Edges made one element thicker to both sides: a seam between two elements shows on either."""
    return (edges | np.roll(edges, 1, axis) | np.roll(edges, -1, axis)).astype(np.int64)
