"""From rendered heads to what the network is shown: backgrounds, covers, light, blur, noise, loose boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

INPUT_PX, STUDY_PX = 64, 112
SIDE = 1.5
"""Side of the crop over the longer side of the head's box; the same number as in `vfeed.perception.headnet`."""
TO_HEAD_FROM_DEG, TO_HEAD_OVER_DEG = 75.0, 50.0
"""From this yaw on the box goes over from the face to the whole head."""
NEGATIVE_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Shots:
    """Rendered heads: pictures (N, 128, 128, 4), rotation (N, 3, 3), box (N, 4) in px of it, infant or not."""

    picture: NDArray[np.uint8]
    rotation: Array
    box: Array
    infant: NDArray[np.bool_]

    @classmethod
    def read(cls, files: list[Path]) -> Shots:
        """Join the files that `crops` wrote."""
        kept: dict[str, list[Any]] = {"picture": [], "rotation": [], "box": [], "infant": []}
        for path in files:
            with np.load(path) as stored:
                turns = stored["rotation"]
                kept["picture"].append(stored["picture"])
                kept["rotation"].append(turns)
                kept["box"].append(_boxes(stored["boxes"], turns) * stored["picture"].shape[1])
                kept["infant"].append(np.full(len(turns), bool(stored["infant"])))
            return cls(**{name: np.concatenate(parts) for name, parts in kept.items()})


def _boxes(both: Array, turns: Array) -> Array:
    """The face's box, or the head's where the face is turned away; left, top, right, bottom."""
    yaw = np.degrees(np.abs(np.arctan2(turns[:, 0, 2], turns[:, 2, 2])))
    share = np.clip((yaw - TO_HEAD_FROM_DEG) / TO_HEAD_OVER_DEG, 0, 1)[:, None]
    ordered = np.concatenate([np.minimum(both[..., :2], both[..., 2:]), np.maximum(both[..., :2], both[..., 2:])], -1)
    boxes: Array = ordered[:, 0] * (1 - share) + ordered[:, 1] * share
    return boxes


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Pictures (RGB) to stand behind heads, each with the boxes (left, top, right, bottom) of the heads in it."""

    pictures: list[NDArray[np.uint8]]
    heads: list[Array]

    def patch(self, rng: np.random.Generator, *, without_head: bool) -> NDArray[np.float32]:
        """A square of one of them, or a play of colours."""
        if rng.random() < 0.2:
            cells = int(rng.integers(2, 12))
            colours = rng.uniform(0, 255, (cells, cells, 3)).astype(np.float32)
            return np.clip(cv2.resize(colours, (STUDY_PX, STUDY_PX), interpolation=cv2.INTER_CUBIC), 0, 255)
        for _ in range(20):
            number = int(rng.integers(len(self.pictures)))
            picture, heads = self.pictures[number], self.heads[number]
            height, width = picture.shape[:2]
            side = int(min(height, width) * np.exp(rng.uniform(np.log(0.08), np.log(0.8))))
            x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
            if without_head and _shares(np.array([x, y, x + side, y + side]), heads) > 0.3:
                continue
            patch = cv2.resize(picture[y : y + side, x : x + side], (STUDY_PX, STUDY_PX)).astype(np.float32)
            patch = patch[:, ::-1] if rng.random() < 0.5 else patch
            return patch * np.float32(rng.uniform(0.6, 1.2))
        return np.zeros((STUDY_PX, STUDY_PX, 3), np.float32)


def _shares(square: Array, heads: Array) -> float:
    """The largest share of a head that lies in the square."""
    if not len(heads):
        return 0.0
    size = np.clip(np.minimum(heads[:, 2:], square[2:]) - np.maximum(heads[:, :2], square[:2]), 0, None)
    area = np.prod(heads[:, 2:] - heads[:, :2], axis=1)
    return float((np.prod(size, axis=1) / np.maximum(area, 1)).max())


def background_only(rng: np.random.Generator, surroundings: Surroundings) -> NDArray[np.uint8]:
    """A crop (3, 64, 64) without a head: of three the one with most in it, since walls teach little."""
    patches = [surroundings.patch(rng, without_head=True) for _ in range(3)]
    return _filmed(max(patches, key=lambda patch: float(patch.std())), rng)


def sample(
    shots: Shots, number: int, rng: np.random.Generator, surroundings: Surroundings
) -> tuple[NDArray[np.uint8], Array, Array]:
    """A crop (3, 64, 64) of head `number`, its rotation (3, 3) as shown, and its box in the crop.

    The box is (across, down, width, height): its middle from the crop's in shares of the side, and the logs of its
    sides in the same shares.
    """
    turn, box = shots.rotation[number], shots.box[number]
    side = float(max(box[2:] - box[:2]))
    loose = 2.0 if rng.random() < 0.15 else 1.0
    window = SIDE * side * float(np.exp(rng.normal(0, 0.14 * loose)))
    shift = rng.normal(0, 0.075 * loose, 2) * side
    spin = _spin(turn, rng)
    flip = bool(rng.random() < 0.5)
    scale = STUDY_PX / window
    centre = (box[:2] + box[2:]) / 2
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), spin, scale)
    matrix[:, 2] += STUDY_PX / 2 - centre + shift * scale
    drawn = cv2.warpAffine(shots.picture[number], matrix, (STUDY_PX, STUDY_PX)).astype(np.float32)
    corners = np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])
    placed = corners @ matrix[:, :2].T + matrix[:, 2]
    # A box turned by a little is not the box of what is turned; its sides are kept, its middle goes along.
    middle, sides = placed.mean(axis=0) / STUDY_PX - 0.5, (box[2:] - box[:2]) / window
    angle = np.radians(spin)
    shown = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]) @ turn
    if flip:
        drawn, middle = drawn[:, ::-1], middle * [-1, 1]
        shown = np.diag([-1.0, 1, 1]) @ shown @ np.diag([-1.0, 1, 1])
    behind = surroundings.patch(rng, without_head=False)
    if rng.random() < 0.25:
        behind = _someone_behind(shots, behind, rng)
    picture = drawn[..., :3] + behind * (1 - drawn[..., 3:] / 255)
    picture = _covered(picture, rng)
    where = np.concatenate([middle, np.log(np.maximum(sides, 0.05))])
    return _filmed(_cut(picture, rng), rng), shown.astype(np.float32), where.astype(np.float32)


def _spin(turn: Array, rng: np.random.Generator) -> float:
    """Degrees to turn a picture by, so that the head stands nearly upright, as it does when it is followed."""
    up = turn[:2, 1]
    spread = 45.0 if rng.random() < 0.1 else 17.0
    roll = float(np.degrees(np.arctan2(up[0], up[1]))) if np.linalg.norm(up) > 0.4 else 0.0
    return roll + float(rng.normal(0, spread))


def _someone_behind(shots: Shots, behind: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    other = shots.picture[int(rng.integers(len(shots.picture)))]
    scale = float(rng.uniform(0.4, 1.2))
    matrix = np.array([[scale, 0, rng.uniform(-80, 90)], [0, scale, rng.uniform(-60, 70)]])
    drawn = cv2.warpAffine(other, matrix, (STUDY_PX, STUDY_PX)).astype(np.float32)
    joined: NDArray[np.float32] = behind * (1 - drawn[..., 3:] / 255) + drawn[..., :3]
    return joined


def _covered(picture: Array, rng: np.random.Generator) -> Array:
    """Hands, toys and cloth before the head."""
    if rng.random() > 0.35:
        return picture
    for _ in range(int(rng.integers(1, 3))):
        skins = [(225, 175, 150), (150, 104, 80), (96, 66, 50)]
        colour = np.array(skins[int(rng.integers(3))] if rng.random() < 0.5 else rng.uniform(0, 255, 3), float)
        mask = np.zeros((STUDY_PX, STUDY_PX), np.uint8)
        centre = rng.uniform(0, STUDY_PX, 2)
        if rng.random() < 0.6:
            axes = int(rng.uniform(6, 34)), int(rng.uniform(5, 18))
            cv2.ellipse(mask, (int(centre[0]), int(centre[1])), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
        else:
            corners = centre + rng.uniform(-36, 36, (int(rng.integers(3, 6)), 2))
            cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
        soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 2))).astype(np.float32)[..., None] / 255
        shade = colour * rng.uniform(0.5, 1.2) + rng.normal(0, 6, (STUDY_PX, STUDY_PX, 1))
        picture = picture * (1 - soft) + shade * soft
    return picture


def _cut(picture: Array, rng: np.random.Generator) -> Array:
    """The edge of the film through the head: beyond it the last pixels are repeated, as in a crop of a frame."""
    if rng.random() > 0.12:
        return picture
    kept = int(rng.uniform(0.55, 0.95) * STUDY_PX)
    turns = int(rng.integers(4))
    turned = np.rot90(picture, turns).copy()
    turned[:, kept:] = turned[:, kept - 1 : kept]
    cut: Array = np.rot90(turned, -turns)
    return cut


def _filmed(picture: Array, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Exposure, colour, blur, motion, size, noise and compression; (112, 112, 3) in, (3, 64, 64) out."""
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
    pixels = int(np.exp(rng.uniform(np.log(24), np.log(STUDY_PX))))
    small = cv2.resize(seen, (pixels, pixels), interpolation=cv2.INTER_AREA)
    small = small + rng.normal(0, rng.uniform(0, 9), small.shape).astype(np.float32)
    stored: Any = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        stored = cv2.imdecode(cv2.imencode(".jpg", stored, [1, int(rng.uniform(22, 95))])[1], cv2.IMREAD_COLOR)
    way = cv2.INTER_AREA if pixels > INPUT_PX else cv2.INTER_LINEAR
    shown: NDArray[np.uint8] = cv2.resize(stored, (INPUT_PX, INPUT_PX), interpolation=way)
    return np.ascontiguousarray(shown.transpose(2, 0, 1))


def _smear(rng: np.random.Generator) -> NDArray[np.float32]:
    length = int(rng.integers(3, 10))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(line, turn, (length, length))
    smear: NDArray[np.float32] = kernel / max(float(kernel.sum()), 1e-3)
    return smear
