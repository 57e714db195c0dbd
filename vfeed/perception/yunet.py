"""YuNet-s, a small face detector trained on real faces (models/README.md, `yunet_s`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box, centre, distance, size
from vfeed.perception.head_detector import (
    DetectedHead,
    FloatArray,
    HeadDetector,
    HeadFinder,
    Image,
    non_max_suppression,
)
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.tiling import LEANS_DEG, to_image_frame

MODEL = "yunet_s"
SAME_FACE_IOU = 0.3
MOST_FACES = 100
CLIP_LIMIT, TILES = 2.0, (8, 8)
"""How far contrast may be raised in each of so many tiles."""
STRIDES_PX = 8, 16, 32
"""Steps of the three grids on whose cells the network tells faces."""
GRID_PX = STRIDES_PX[-1]
AROUND_SIZES = 1.8
"""Side of the square that is looked at around an expected face, in its sizes, before it is brought to the grid."""
WORTH_SHARE = 0.5
"""Squares that fill more of the image than this save little."""


class YuNetDetector(HeadDetector, HeadFinder):
    """YuNet-s on the whole image, brought down to `detect_side_px`; one for each thread.

    It gives five points; the mouth is the middle of its corners, and the ears are NaN. Raises VfeedError
    `model_missing`.
    """

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._network = Network(model_path(MODEL))
        self._parameters = parameters
        self._is_dim = False

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """See HeadDetector."""
        return self.find(PlanarImage.of(image_rgb), rolled=rolled)

    def find(self, image: PlanarImage, *, rolled: bool = False) -> list[DetectedHead]:
        """See HeadFinder; heads on their side are looked for in the whole image turned by a quarter either way."""
        width, height = image.width_px, image.height_px
        small_px = self._small_px(image)
        small = image.rgb(small_px)
        self._is_dim = bool(small.mean() < self._parameters.dim_below)
        if self._is_dim:
            small = _raised(small)
        per_px = width / small_px[0], height / small_px[1]
        found = []
        for turn in (0, 1, 3) if rolled else (0,):
            found += [_head(face, per_px, small_px, turn) for face in self._faces(np.rot90(small, turn))]
        return non_max_suppression(found)

    def find_near(self, image: PlanarImage, boxes_px: Sequence[Box]) -> list[DetectedHead]:
        """See HeadFinder: squares around the boxes, at the scale of the whole search, side by side as one image.

        Their corners lie on the network's grid, so that a face gets the box that it gets in the whole image. Dim
        images are raised as a whole or not at all.
        """
        small_px = self._small_px(image)
        per_px = image.width_px / small_px[0], image.height_px / small_px[1]
        side = GRID_PX * math.ceil(1 + AROUND_SIZES * max(map(size, boxes_px)) / per_px[0] / GRID_PX)
        if self._is_dim or side > min(small_px) or side * side * len(boxes_px) > WORTH_SHARE * math.prod(small_px):
            return []
        corners = [_corner(box, side, small_px, per_px) for box in boxes_px]
        areas = [
            [round(at * per) for at, per in zip((x, y, x + side, y + side), 2 * per_px, strict=True)]
            for x, y in corners
        ]
        shown = np.hstack([image.rgb((side, side), (left, top, right, bottom)) for left, top, right, bottom in areas])
        found = []
        for face in self._faces(shown):
            at = min(len(corners) - 1, int(max(0.0, face[0] + face[2] / 2) // side))
            head = _head(face, per_px, (shown.shape[1], side), 0)
            head = head.moved(areas[at][0] - at * side * per_px[0], areas[at][1])
            if distance(head.box_px, boxes_px[at]) < size(boxes_px[at]):
                found.append(head)
        return non_max_suppression(found)

    def close(self) -> None:
        """See HeadDetector: nothing is held that would have to be let go."""

    def _small_px(self, image: PlanarImage) -> tuple[int, int]:
        scale = min(1.0, self._parameters.detect_side_px / max(image.width_px, image.height_px))
        return max(1, round(image.width_px * scale)), max(1, round(image.height_px * scale))

    def _faces(self, image_rgb: Image) -> FloatArray:
        """(N, 15): box, five points and score of each face, px, the best first, none twice."""
        height, width = image_rgb.shape[:2]
        padded = np.asarray(
            cv2.copyMakeBorder(image_rgb, 0, -height % GRID_PX, 0, -width % GRID_PX, cv2.BORDER_CONSTANT), np.uint8
        )
        told = self._network.run(padded[..., ::-1].transpose(2, 0, 1)[None])
        classes, objects, boxes, points = (
            np.concatenate([part[0] for part in told[at : at + 3]]) for at in (0, 3, 6, 9)
        )
        score = np.sqrt(np.clip(classes, 0, 1) * np.clip(objects, 0, 1))[:, 0]
        cells, steps = _cells(padded.shape[1], padded.shape[0])
        sure = np.flatnonzero(score >= self._parameters.continue_score)
        cells, steps = cells[sure], steps[sure, None]
        sides = np.exp(boxes[sure, 2:]) * steps
        corners = (cells + boxes[sure, :2]) * steps - sides / 2
        faces = np.hstack([corners, sides, (np.tile(cells, 5) + points[sure]) * steps, score[sure, None]])
        kept = cv2.dnn.NMSBoxes(faces[:, :4].tolist(), score[sure].tolist(), 0.0, SAME_FACE_IOU, top_k=MOST_FACES)
        best: FloatArray = faces[np.asarray(kept, np.int64)]
        return best


def _cells(width: int, height: int) -> tuple[FloatArray, FloatArray]:
    """Column and row (N, 2) of every cell of the three grids in an image, and its step in px (N,).

    >>> cells, steps = _cells(64, 32)
    >>> len(cells), cells[1].tolist(), steps[[0, -1]].tolist()
    (42, [1, 0], [8.0, 32.0])
    """
    grids = [np.indices((height // step, width // step)).reshape(2, -1).T[:, ::-1] for step in STRIDES_PX]
    steps = np.repeat(STRIDES_PX, [len(grid) for grid in grids])
    return np.concatenate(grids), steps.astype(np.float64)


def _corner(box_px: Box, side: int, small_px: tuple[int, int], per_px: tuple[float, float]) -> tuple[int, int]:
    """Upper left corner, on the grid of the small image, of a square inside it whose middle is near the box's."""
    starts = [at / per - side / 2 for at, per in zip(centre(box_px), per_px, strict=True)]
    lasts = [(whole - side) // GRID_PX for whole in small_px]
    x, y = (min(last, max(0, round(start / GRID_PX))) for start, last in zip(starts, lasts, strict=True))
    return x * GRID_PX, y * GRID_PX


def _raised(image_rgb: Image) -> Image:
    """The image with its lightness spread out tile by tile (CLAHE), for films in dim light."""
    lab = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(CLIP_LIMIT, TILES).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def _head(face: FloatArray, scale: tuple[float, float], small_px: tuple[int, int], quarter_turns: int) -> DetectedHead:
    """From a row of YuNet's in an image of `small_px` that was turned, to px of the image before."""
    width, height = small_px if quarter_turns == 0 else small_px[::-1]
    corners = np.array([face[:2], face[:2] + face[2:4]])
    rows = np.vstack([corners, face[4:14].reshape(5, 2)])
    points = to_image_frame(rows, width, height, quarter_turns) * np.array(scale)
    low, high = points[:2].min(axis=0), points[:2].max(axis=0)
    keypoints = np.vstack([points[2:5], points[5:].mean(axis=0), np.full((2, 2), np.nan)])
    box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return DetectedHead(box, keypoints, float(min(1.0, face[14])), MODEL, LEANS_DEG[quarter_turns])
