"""Whole pictures with heads of every size and turn, and what the finder ought to say of them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.headpose.filming import Array, Surroundings, covered, filmed
from models.headpose.samples import Shots

PICTURE_PX = 384, 216
STRIDE = 8
CELLS = -(-PICTURE_PX[0] // STRIDE), -(-PICTURE_PX[1] // STRIDE)
SMALLEST_PX, LARGEST_PX = 9.0, 130.0
"""Longer side of the heads that are put in; 9 are 30 in a picture 1280 px wide."""
FILMED_PX = 230, 384
MOST_HEADS = 4
GONE_FROM = 0.6
"""A head of which more is hidden or out of the picture is not asked for."""
NEAR = 0.18
"""Standard deviation of the hill around a head's middle, in its sizes."""


def sample(
    shots: Shots, rng: np.random.Generator, around: Surroundings
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A picture (3, 216, 384) and what to say of its cells (6, 27, 48).

    Hill around heads' middles 0 to 1; then, where it is 1, across and down from the cell's middle in cells, logs of
    width and height in cells; and 1 there.
    """
    picture, boxes = _room(rng, around)
    for _ in range(int(rng.integers(0, MOST_HEADS))):
        picture, boxes = _with_head(picture, boxes, shots, rng)
    picture, hidden = covered(picture, rng, around)
    boxes = [box for box in boxes if _left(box, hidden) >= 1 - GONE_FROM]
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
        boxes = [box[[2, 1, 0, 3]] * [-1, 1, -1, 1] + [PICTURE_PX[0], 0, PICTURE_PX[0], 0] for box in boxes]
    return filmed(picture, rng, PICTURE_PX, FILMED_PX), _cells(boxes)


def _room(rng: np.random.Generator, around: Surroundings) -> tuple[Array, list[Array]]:
    """A frame of the tune set, or a piece of one, with the heads that are in it."""
    number = int(rng.integers(len(around.pictures)))
    picture, heads = around.pictures[number], around.heads[number]
    height, width = picture.shape[:2]
    scale = max(PICTURE_PX[0] / width, PICTURE_PX[1] / height) * float(np.exp(rng.uniform(0, 0.7)))
    spare = np.array([width, height]) * scale - PICTURE_PX
    shift = -spare * rng.uniform(0, 1, 2)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    shown = cv2.warpAffine(picture, matrix, PICTURE_PX, flags=cv2.INTER_AREA).astype(np.float32)
    return shown, [box * scale + np.tile(shift, 2) for box in heads]


def _with_head(picture: Array, boxes: list[Array], shots: Shots, rng: np.random.Generator) -> tuple[Array, list[Array]]:
    """One head with its shoulders before the picture; heads that it hides are no longer asked for."""
    number = int(rng.integers(len(shots.picture)))
    box = shots.box[number]
    wanted = np.exp(rng.uniform(np.log(SMALLEST_PX), np.log(LARGEST_PX)))
    scale = float(wanted / max(box[2:] - box[:2]))
    place = rng.uniform(0, 1, 2) * PICTURE_PX
    shift = place - (box[:2] + box[2:]) / 2 * scale
    drawing = shots.picture[number]
    if scale < 0.5:
        drawing = cv2.GaussianBlur(drawing, (0, 0), 0.35 / scale).astype(np.uint8)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    drawn = cv2.warpAffine(drawing, matrix, PICTURE_PX).astype(np.float32)
    there = drawn[..., 3] / 255
    joined = picture * (1 - there[..., None]) + drawn[..., :3] * np.float32(rng.uniform(0.7, 1.2))
    boxes = [each for each in boxes if _left(each, there) >= 1 - GONE_FROM]
    return joined, [*boxes, box * scale + np.tile(shift, 2)]


def _left(box: Array, hidden: Array) -> float:
    """Share of a box that is in the picture and not hidden."""
    low, high = np.round(box[:2]).astype(int), np.round(box[2:]).astype(int)
    area = max(1, int(np.prod(np.maximum(high - low, 1))))
    low, high = np.maximum(low, 0), np.minimum(high, PICTURE_PX)
    if (high <= low).any():
        return 0.0
    inside = hidden[low[1] : high[1], low[0] : high[0]]
    return float((1 - inside).sum()) / area


def _cells(boxes: list[Array]) -> NDArray[np.float32]:
    told = np.zeros((6, CELLS[1], CELLS[0]), np.float32)
    across, down = np.meshgrid(np.arange(CELLS[0]) + 0.5, np.arange(CELLS[1]) + 0.5)
    for box in boxes:
        middle, sides = (box[:2] + box[2:]) / 2 / STRIDE, np.maximum(box[2:] - box[:2], 1) / STRIDE
        column, row = np.clip(middle.astype(int), 0, np.array(CELLS) - 1)
        far = (across - column - 0.5) ** 2 + (down - row - 0.5) ** 2
        told[0] = np.maximum(told[0], np.exp(-far / 2 / max(0.4, NEAR * float(sides.max())) ** 2))
        told[0, row, column] = 1
        told[1:, row, column] = [*(middle - [column + 0.5, row + 0.5]), *np.log(sides), 1]
    return told
