"""What lies between a rendered head and a picture of it: what is behind and before it, the film's edge, a camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Size = tuple[int, int]
"""Width and height in px."""

EDGE_SHARE = 0.16
"""How often the film's edge goes through a crop."""
DARK_SHARE, MOVED_SHARE, SOFT_SHARE = 0.2, 0.3, 0.5
"""How often a film is dark, a head moves while a picture is taken, and the lens is not sharp on it."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What can be behind and before heads.

    `pictures` (RGB), each with the boxes (left, top, right, bottom) of the `heads` in it; `hands` (N, 64, 64, 4) RGBA
    with colour times alpha.
    """

    pictures: list[NDArray[np.uint8]]
    heads: list[Array]
    hands: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 64, 64, 4), np.uint8))

    def patch(self, rng: np.random.Generator, size: Size, *, without_head: bool) -> NDArray[np.float32]:
        """A piece of one of the pictures (height, width, 3), or a play of colours."""
        if rng.random() < 0.1:
            cells = int(rng.integers(2, 12))
            colours = rng.uniform(0, 255, (cells, cells, 3)).astype(np.float32)
            return np.clip(cv2.resize(colours, size, interpolation=cv2.INTER_CUBIC), 0, 255)
        for _ in range(20):
            number = int(rng.integers(len(self.pictures)))
            picture, heads = self.pictures[number], self.heads[number]
            height, width = picture.shape[:2]
            side = int(min(height, width) * np.exp(rng.uniform(np.log(0.08), np.log(0.8))))
            x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
            if without_head and _shares(np.array([x, y, x + side, y + side]), heads) > 0.3:
                continue
            patch = cv2.resize(picture[y : y + side, x : x + side], size).astype(np.float32)
            patch = patch[:, ::-1] if rng.random() < 0.5 else patch
            return patch * np.float32(rng.uniform(0.6, 1.2))
        return np.zeros((size[1], size[0], 3), np.float32)

    def with_hand(
        self, picture: Array, rng: np.random.Generator, sides: tuple[float, float]
    ) -> tuple[Array, NDArray[np.float32]]:
        """A rendered hand before the picture, as large as a share of its width within `sides`; and where it is."""
        width = picture.shape[1]
        number, side = int(rng.integers(len(self.hands))), float(rng.uniform(*sides)) * width
        place = rng.uniform(0.1, 0.9, 2) * (width, picture.shape[0])
        return self.placed_hand(
            picture, number, place, side, float(rng.uniform(-180, 180)), float(rng.uniform(0.7, 1.2))
        )

    def placed_hand(
        self, picture: Array, number: int, middle: Array, side: float, turn_deg: float, light: float
    ) -> tuple[Array, NDArray[np.float32]]:
        """Hand `number` before the picture, `side` px large about `middle`; and where it is."""
        height, width = picture.shape[:2]
        hand = self.hands[number]
        turn = cv2.getRotationMatrix2D((32.0, 32.0), turn_deg, side / hand.shape[0])
        turn[:, 2] += middle - 32.0
        drawn = cv2.warpAffine(hand, turn, (width, height)).astype(np.float32)
        there: NDArray[np.float32] = drawn[..., 3] / 255
        return picture * (1 - there[..., None]) + drawn[..., :3] * np.float32(light), there


def _shares(square: Array, heads: Array) -> float:
    """The largest share of a head that lies in the square."""
    if not len(heads):
        return 0.0
    size = np.clip(np.minimum(heads[:, 2:], square[2:]) - np.maximum(heads[:, :2], square[:2]), 0, None)
    area = np.prod(heads[:, 2:] - heads[:, :2], axis=1)
    return float((np.prod(size, axis=1) / np.maximum(area, 1)).max())


def before(drawn: Array, behind: Array) -> Array:
    """A drawing (H, W, 4), colour times alpha, before a background (H, W, 3)."""
    joined: Array = drawn[..., :3] + behind * (1 - drawn[..., 3:] / 255)
    return joined


def cut(picture: Array, rng: np.random.Generator) -> Array:
    """The edge of the film through the head: beyond it the last pixels are repeated, as in a crop of a frame."""
    if rng.random() > EDGE_SHARE:
        return picture
    turns = int(rng.integers(4))
    turned = np.rot90(picture, turns).copy()
    kept = int(rng.uniform(0.45, 0.95) * turned.shape[1])
    turned[:, kept:] = turned[:, kept - 1 : kept]
    edged: Array = np.rot90(turned, -turns)
    return edged


def filmed(
    picture: Array, rng: np.random.Generator, shown: Size, widths: tuple[int, int], rough: float = 1.0
) -> NDArray[np.uint8]:
    """What a home camera makes of a picture: light, colour, focus, motion, size, noise and compression.

    (H, W, 3) in, (3, height, width) of the size `shown` out, filmed with between `widths` px across. All but a share
    `rough` of pictures are filmed well.
    """
    height, width = picture.shape[:2]
    if rng.random() >= rough:
        well = np.clip(picture * rng.uniform(0.8, 1.15) + rng.normal(0, rng.uniform(0, 4), picture.shape), 0, 255)
        plain: NDArray[np.uint8] = cv2.resize(well.astype(np.uint8), shown, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(plain.transpose(2, 0, 1))
    across = int(np.exp(rng.uniform(np.log(widths[0]), np.log(widths[1]))))
    size = across, max(1, round(across * height / width))
    dark = bool(rng.random() < DARK_SHARE)
    seen = _moved(_soft(_lit(picture, rng, dark), rng), rng)
    small = _noisy(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), rng, dark)
    stored = _compressed(np.clip(_improved(small, rng), 0, 255).astype(np.uint8), rng)
    way = cv2.INTER_AREA if stored.shape[1] > shown[0] else cv2.INTER_LINEAR
    out: NDArray[np.uint8] = cv2.resize(stored, shown, interpolation=way)
    return np.ascontiguousarray(out.transpose(2, 0, 1))


def _lit(picture: Array, rng: np.random.Generator, dark: bool) -> NDArray[np.float32]:
    """Exposure, contrast and colour; a third of the light and less where it is dark."""
    seen = (picture - 128) * rng.uniform(0.7, 1.35) + 128 + rng.uniform(-25, 35)
    seen = np.clip(seen, 0, None) * (rng.uniform(0.2, 0.6) if dark else rng.uniform(0.7, 1.2))
    seen = seen.astype(np.float32) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    if rng.random() < 0.5:
        grey = seen.mean(axis=2, keepdims=True)
        seen = grey + (seen - grey) * (0.0 if rng.random() < 0.2 else rng.uniform(0.4, 1.4))
    if rng.random() < 0.2:
        seen = seen + rng.uniform(5, 45)  # a veil: light into the lens
    curve = (255 * np.linspace(0, 1, 256) ** rng.uniform(0.7, 1.25)).astype(np.float32)
    lit: NDArray[np.float32] = curve[np.clip(seen, 0, 255).astype(np.uint8)]
    return lit


def _soft(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Out of focus by up to a sixtieth of the crop's width."""
    if rng.random() > SOFT_SHARE:
        return picture
    spread = float(np.exp(rng.uniform(np.log(0.003), np.log(0.018)))) * picture.shape[1]
    return cv2.GaussianBlur(picture, (0, 0), spread).astype(np.float32)


def _moved(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Moved along a line by up to an eighth of the crop, a fifth of a face: a head that turns 10 degrees a picture."""
    if rng.random() > MOVED_SHARE:
        return picture
    return cv2.filter2D(
        picture, -1, _smear(rng, float(np.exp(rng.uniform(np.log(0.015), np.log(0.13)))) * picture.shape[1])
    )


def _smear(rng: np.random.Generator, length_px: float) -> NDArray[np.float32]:
    px = int(np.ceil(length_px)) | 1
    line = np.zeros((px, px), np.float32)
    middle, way = px // 2, rng.uniform(0, np.pi)
    reach = length_px / 2 * np.array([np.cos(way), np.sin(way)])
    ends = [tuple(int(value) for value in np.round(middle + sign * reach)) for sign in (-1, 1)]
    cv2.line(line, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    smear: NDArray[np.float32] = line / max(float(line.sum()), 1e-3)
    return smear


def _noisy(picture: NDArray[np.float32], rng: np.random.Generator, dark: bool) -> NDArray[np.float32]:
    """Noise of the light itself and of the camera, more of it in the dark, partly of colour, partly in clumps."""
    height, width = picture.shape[:2]
    strength = rng.uniform(3, 13) if dark else rng.uniform(0, 6)
    grain = rng.standard_normal((height, width, 3), np.float32)
    grain = grain * np.float32(rng.uniform(0.2, 1)) + grain[..., :1]
    if rng.random() < 0.5:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.7) * np.float32(2.0)
    of_light = np.sqrt(np.clip(picture, 4, 255) / 90)
    noisy: NDArray[np.float32] = picture + grain * of_light * np.float32(strength * 0.7)
    return noisy


def _improved(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """What a camera does of itself: noise smoothed away with the detail, edges drawn after."""
    if rng.random() < 0.25:
        stored = np.clip(picture, 0, 255).astype(np.uint8)
        picture = cv2.bilateralFilter(stored, 5, float(rng.uniform(15, 60)), 2.0).astype(np.float32)
    if rng.random() < 0.35:
        finest = picture - cv2.GaussianBlur(picture, (0, 0), 1.0)
        picture = picture + finest * np.float32(rng.uniform(0.3, 1.3))
    return picture


def _compressed(picture: NDArray[np.uint8], rng: np.random.Generator) -> Any:
    """Squeezed once or twice, at times after being made larger, as a webcam's picture is before it is sent."""
    if rng.random() < 0.2:
        picture = cv2.resize(picture, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.2, 0.6, 0.2]))):
        quality = int(np.exp(rng.uniform(np.log(16), np.log(90))))
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [1, quality])[1], cv2.IMREAD_COLOR)
    return picture
