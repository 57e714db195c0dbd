"""Where in a whole picture heads may be, whichever way they are turned, by a small network of our own (`finder`)."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from vfeed.perception.heads import DetectedHead, FloatArray, Image, one_each
from vfeed.perception.models import model_path

MODEL = "finder"
LONG_SIDE_PX = 384
"""What the picture's longer side is brought to, as in training: a head 40 px wide in 1280 is then 12."""
STRIDE = 8
FOUND_FROM = 0.4
"""Height of a hill from which it is told: the head network looks closer and decides."""
MOST_HEADS = 8
LARGEST_LOG = 4.0


class Finder:
    """The network, run on whole frames. It proposes; nothing is a head on its word alone.

    It finds profiles and backs of heads, which the face detectors miss. Raises VfeedError `model_missing`.
    """

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(model_path(MODEL)))

    def find(self, image_rgb: Image) -> list[DetectedHead]:
        """Where heads may be in the picture (h, w, 3), best first, without keypoints; the box is the head network's."""
        height, width = image_rgb.shape[:2]
        scale = LONG_SIDE_PX / max(width, height)
        size = round(width * scale), round(height * scale)
        small = cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA)
        self._net.setInput(np.ascontiguousarray(small.transpose(2, 0, 1)[None], np.float32))
        cells: Any = self._net.forward()
        return one_each([_head(cells[0], row, column, scale) for row, column in _hills(cells[0, 0])])


def _hills(logits: FloatArray) -> list[tuple[int, int]]:
    """Rows and columns of the cells that stand above their neighbours and high enough, highest first."""
    least = float(np.log(FOUND_FROM / (1 - FOUND_FROM)))
    top = logits >= cv2.dilate(logits, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(top & (logits > least))
    order = np.argsort(-logits[rows, columns])[:MOST_HEADS]
    return [(int(rows[at]), int(columns[at])) for at in order]


def _head(cells: FloatArray, row: int, column: int, scale: float) -> DetectedHead:
    """The head of a cell, from five numbers: hill, across and down from the cell's middle, logs of width and height."""
    hill, across, down = (float(value) for value in cells[:3, row, column])
    width, height = np.exp(np.clip(cells[3:5, row, column].astype(float), 0, LARGEST_LOG)) * STRIDE / scale
    x, y = (column + 0.5 + across) * STRIDE / scale, (row + 0.5 + down) * STRIDE / scale
    box = float(x - width / 2), float(y - height / 2), float(width), float(height)
    return DetectedHead(box, np.full((6, 2), np.nan), 1 / (1 + float(np.exp(-hill))), MODEL)
