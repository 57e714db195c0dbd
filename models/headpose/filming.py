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

SKINS_RGB = (225, 175, 150), (150, 104, 80), (96, 66, 50)
COVERED_SHARE, HANDS_SHARE = 0.4, 0.5
"""How often something is before a head, and how often that is a rendered hand and no patch of colour."""


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
        if rng.random() < 0.2:
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
        height, width = picture.shape[:2]
        hand = self.hands[int(rng.integers(len(self.hands)))]
        side = float(rng.uniform(*sides)) * width
        turn = cv2.getRotationMatrix2D((32.0, 32.0), float(rng.uniform(-180, 180)), side / hand.shape[0])
        turn[:, 2] += rng.uniform(0.1, 0.9, 2) * (width, height) - 32.0
        drawn = cv2.warpAffine(hand, turn, (width, height)).astype(np.float32)
        there: NDArray[np.float32] = drawn[..., 3] / 255
        light = np.float32(rng.uniform(0.7, 1.2))
        return picture * (1 - there[..., None]) + drawn[..., :3] * light, there


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


def covered(picture: Array, rng: np.random.Generator, around: Surroundings) -> tuple[Array, NDArray[np.float32]]:
    """Hands, toys and cloth before the head, now and then; with the share (H, W) of each pixel that they hide."""
    hidden = np.zeros(picture.shape[:2], np.float32)
    if rng.random() > COVERED_SHARE:
        return picture, hidden
    for _ in range(int(rng.integers(1, 3))):
        if len(around.hands) and rng.random() < HANDS_SHARE:
            picture, there = around.with_hand(picture, rng, (0.3, 0.9))
        else:
            picture, there = _patched(picture, rng)
        hidden = np.maximum(hidden, there)
    return picture, hidden


def _patched(picture: Array, rng: np.random.Generator) -> tuple[Array, NDArray[np.float32]]:
    """A soft-edged ellipse or polygon of one colour before the picture."""
    height, width = picture.shape[:2]
    colour = np.array(SKINS_RGB[int(rng.integers(3))] if rng.random() < 0.5 else rng.uniform(0, 255, 3), float)
    mask = np.zeros((height, width), np.uint8)
    centre = rng.uniform(0, 1, 2) * (width, height)
    if rng.random() < 0.6:
        axes = int(rng.uniform(0.05, 0.3) * width), int(rng.uniform(0.04, 0.16) * width)
        cv2.ellipse(mask, (int(centre[0]), int(centre[1])), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    else:
        corners = centre + rng.uniform(-0.32, 0.32, (int(rng.integers(3, 6)), 2)) * width
        cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
    there: NDArray[np.float32] = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 2))).astype(np.float32) / 255
    shade = colour * rng.uniform(0.5, 1.2) + rng.normal(0, 6, (height, width, 1))
    soft = there[..., None]
    return picture * (1 - soft) + shade * soft, there


def cut(picture: Array, rng: np.random.Generator) -> Array:
    """The edge of the film through the head: beyond it the last pixels are repeated, as in a crop of a frame."""
    if rng.random() > 0.12:
        return picture
    turns = int(rng.integers(4))
    turned = np.rot90(picture, turns).copy()
    kept = int(rng.uniform(0.55, 0.95) * turned.shape[1])
    turned[:, kept:] = turned[:, kept - 1 : kept]
    edged: Array = np.rot90(turned, -turns)
    return edged


def filmed(
    picture: Array, rng: np.random.Generator, shown: Size, widths: tuple[int, int], rough: float = 1.0
) -> NDArray[np.uint8]:
    """Exposure, colour, blur, motion, size, noise and compression.

    (H, W, 3) in, (3, height, width) of the size `shown` out, filmed with between `widths` px across. All but a share
    `rough` of pictures are filmed well.
    """
    height, width = picture.shape[:2]
    if rng.random() >= rough:
        well = np.clip(picture * rng.uniform(0.8, 1.15) + rng.normal(0, rng.uniform(0, 4), picture.shape), 0, 255)
        plain: NDArray[np.uint8] = cv2.resize(well.astype(np.uint8), shown, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(plain.transpose(2, 0, 1))
    seen = (picture - 128) * rng.uniform(0.6, 1.35) + 128 + rng.uniform(-35, 30)
    seen = seen * rng.uniform(0.85, 1.15, 3)
    if rng.random() < 0.5:
        grey = seen.mean(axis=2, keepdims=True)
        seen = grey + (seen - grey) * (0.0 if rng.random() < 0.2 else rng.uniform(0.4, 1.5))
    seen = (255 * np.clip(seen / 255, 0, 1) ** rng.uniform(0.7, 1.5)).astype(np.float32)
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.4, 2.0)))
    if rng.random() < 0.15:
        seen = cv2.filter2D(seen, -1, _smear(rng))
    across = int(np.exp(rng.uniform(np.log(widths[0]), np.log(widths[1]))))
    small = cv2.resize(seen, (across, max(1, round(across * height / width))), interpolation=cv2.INTER_AREA)
    small = small + rng.normal(0, rng.uniform(0, 9), small.shape).astype(np.float32)
    stored: Any = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        stored = cv2.imdecode(cv2.imencode(".jpg", stored, [1, int(rng.uniform(22, 95))])[1], cv2.IMREAD_COLOR)
    way = cv2.INTER_AREA if across > shown[0] else cv2.INTER_LINEAR
    out: NDArray[np.uint8] = cv2.resize(stored, shown, interpolation=way)
    return np.ascontiguousarray(out.transpose(2, 0, 1))


def _smear(rng: np.random.Generator) -> NDArray[np.float32]:
    length = int(rng.integers(3, 10))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(line, turn, (length, length))
    smear: NDArray[np.float32] = kernel / max(float(kernel.sum()), 1e-3)
    return smear
