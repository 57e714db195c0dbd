"""An image as a film stores it, brightness and colours apart: colours are reckoned only where somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.floating[Any]]

SAMPLED_FROM = 8
"""Brought down by more than this, an image is looked at in every n-th row and column: noise is averaged out anyway."""
TO_HALF = np.array([[2.0, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
"""From places in a plane of half the sides to places in the whole one."""


@dataclass(frozen=True, eq=False)
class PlanarImage:
    """One image, upright, with square pixels; nothing is copied in making it, and nothing may be written into it.

    `planes` is the brightness (h, w) and two colours of half its sides, rounded up; `to_rgb` (3, 4) makes red, green
    and blue, 0 to 255, from them and 1. Or it is (h, w, 3) RGB alone, and `to_rgb` is empty.
    """

    planes: tuple[Image, ...]
    to_rgb: FloatArray

    @classmethod
    def of(cls, image_rgb: Image) -> PlanarImage:
        """Return the image of an (h, w, 3) RGB array."""
        return cls((image_rgb,), np.zeros((0, 0)))

    @property
    def width_px(self) -> int:
        """Width of the image."""
        return self.planes[0].shape[1]

    @property
    def height_px(self) -> int:
        """Height of the image."""
        return self.planes[0].shape[0]

    def rgb(self, size_px: tuple[int, int], box_px: tuple[int, int, int, int] | None = None) -> Image:
        """Return the part inside `box_px` (left, top, right, bottom), or the whole, as (height, width, 3) RGB of
        `size_px`.
        """

        def look(plane: Image, step: int) -> Image:
            return _resized(_part(plane, box_px, step), size_px)

        return self._seen(look)

    def warped(self, matrix: FloatArray, size_px: tuple[int, int], then_px: tuple[int, int]) -> Image:
        """Return what an affine `matrix` (2, 3) brings into an image of `size_px`, shrunk to `then_px`, as RGB.

        Past the edge the last px go on. Planes of half the sides are brought into half of that size, if it is enough.
        """

        def look(plane: Image, step: int) -> Image:
            placed = matrix if step == 1 else matrix @ TO_HALF
            size = max(then_px[0], size_px[0] // step), max(then_px[1], size_px[1] // step)
            placed = _for_another_size(placed, np.divide(size, size_px))
            cut = np.asarray(cv2.warpAffine(plane, placed, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
            return _resized(cut, then_px)

        return self._seen(look)

    def brightness(self, size_px: tuple[int, int], box_px: tuple[int, int, int, int] | None = None) -> FloatArray:
        """As `rgb`, but grey: (height, width) float32, 0 to 255."""
        part = _part(self.planes[0], box_px, 1)
        step = max(1, int(part.shape[1] / size_px[0] * 2 / SAMPLED_FROM))
        small = _resized(np.ascontiguousarray(part[::step, ::step]), size_px)
        if len(self.planes) == 1:
            return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
        grey = np.array([128.0, 128.0, 1.0])
        return np.asarray(np.clip(small * self.to_rgb[0, 0] + self.to_rgb[0, 1:] @ grey, 0, 255), np.float32)

    def colours_at(self, x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> FloatArray:
        """Return (N, 3) red, green and blue, 0 to 255, at places inside the image."""
        if len(self.planes) == 1:
            return self.planes[0][y, x].astype(np.float64)
        light, first, second = self.planes
        told = np.stack([light[y, x], first[y // 2, x // 2], second[y // 2, x // 2], np.ones_like(x)], axis=1)
        colours: FloatArray = np.clip(told @ self.to_rgb.T, 0, 255)
        return colours

    def _seen(self, look: Callable[[Image, int], Image]) -> Image:
        """RGB of what `look` makes of each plane, given how many px of the image one of the plane's stands for."""
        if len(self.planes) == 1:
            return look(self.planes[0], 1)
        seen = cv2.merge([look(plane, 2 if at else 1) for at, plane in enumerate(self.planes)])
        return np.asarray(cv2.transform(seen, self.to_rgb), np.uint8)


def _for_another_size(matrix: FloatArray, by: FloatArray) -> FloatArray:
    """What brings the same into an image whose sides are `by` (2,) times as long."""
    scaled = matrix * by[:, None]
    scaled[:, 2] += (by - 1) / 2
    return scaled


def _part(plane: Image, box_px: tuple[int, int, int, int] | None, step: int) -> Image:
    if box_px is None:
        return plane
    left, top, right, bottom = box_px
    return plane[top // step : -(-bottom // step), left // step : -(-right // step)]


def _resized(plane: Image, size_px: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(plane, size_px, interpolation=cv2.INTER_AREA), np.uint8)
