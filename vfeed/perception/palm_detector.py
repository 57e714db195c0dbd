"""Where palms are in an image, and how each hand is turned: MediaPipe's palm detector (models/README.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vfeed.media.planar_image import FloatArray, Image
from vfeed.perception.boxes import Box, iou
from vfeed.perception.crops import Region, sigmoid
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network

MODEL = "palm_detection_lite"
INPUT_PX = 192
GRIDS = ((24, 2), (12, 6))
"""Cells a side of both grids, and guesses a cell; each tells a palm about the middle of its cell."""
SAME_PALM_IOU = 0.3
WRIST, MIDDLE_FINGER = 0, 2
"""Which two of a palm's seven points the hand lies along."""
HAND_SIZES, AHEAD_SIZES = 2.6, 0.5
"""Side of the square that holds the hand, and how far its middle lies before the palm's, in sizes of the palm."""


@dataclass(frozen=True, slots=True)
class Palm:
    """One palm: its upright box in shares of the image's side, the detector's word, and the square around the hand.

    The square is in shares as well, turned so that the fingers point up in it.
    """

    box: Box
    score: float
    hand: Region


class PalmDetector:
    """The network, run on square images. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._net = Network(model_path(MODEL))
        cells = [
            np.repeat((np.indices((side, side)).reshape(2, -1).T[:, ::-1] + 0.5) / side, guesses, axis=0)
            for side, guesses in GRIDS
        ]
        self._middles: FloatArray = np.concatenate(cells)

    def find(self, square_rgb: Image, least_score: float, most: int) -> list[Palm]:
        """Return the palms in an image of `INPUT_PX` a side, the surest first, at most so many, none twice."""
        told, logits = self._net.run(square_rgb.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        sure = np.flatnonzero(logits[0, :, 0] >= math.log(least_score / (1 - least_score)))
        rows = told[0, sure] / INPUT_PX
        middles = self._middles[sure]
        rows[:, :2] += middles
        rows[:, 4:] += np.tile(middles, 7)
        scores = np.array([sigmoid(each) for each in logits[0, sure, 0]])
        return [_palm(*each) for each in _merged(rows, scores, most)]


def _merged(rows: FloatArray, scores: FloatArray, most: int) -> list[tuple[FloatArray, float]]:
    """Guesses at one palm as their mean, weighed by score; rows begin with middle, width and height."""
    left = np.argsort(-scores)
    found: list[tuple[FloatArray, float]] = []
    while len(left) and len(found) < most:
        overlaps = np.array([iou(_box(rows[left[0]]), _box(rows[each])) for each in left])
        same = left[overlaps > SAME_PALM_IOU]
        found.append((np.average(rows[same], axis=0, weights=scores[same]), float(scores[left[0]])))
        left = left[overlaps <= SAME_PALM_IOU]
    return found


def _box(row: FloatArray) -> Box:
    x, y, width, height = (float(each) for each in row[:4])
    return x - width / 2, y - height / 2, width, height


def _palm(row: FloatArray, score: float) -> Palm:
    across, up = row[4:].reshape(7, 2)[MIDDLE_FINGER] - row[4:].reshape(7, 2)[WRIST]
    roll = math.atan2(across, -up)
    ahead = AHEAD_SIZES * row[3]
    middle = float(row[0] + math.sin(roll) * ahead), float(row[1] - math.cos(roll) * ahead)
    return Palm(_box(row), score, Region(middle, HAND_SIZES * float(max(row[2], row[3])), roll))
