"""YuNet, a small face detector, through OpenCV: used when somebody has put its file into the model folder."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from vfeed.errors import VfeedError
from vfeed.perception.heads import DetectedHead, FloatArray, HeadDetector, Image, one_each
from vfeed.perception.quiet import native_silence
from vfeed.perception.tiling import tiles, turned_back, window

NAME = "yunet"
LEAST_SCORE = 0.6
"""A face below is not told. The network is used to raise recall: what is no head, the head network refuses."""
SAME_FACE_IOU = 0.3
MOST_FACES = 100
SEARCH_SIDE_PX = 720
"""Longer side of what is searched, at most: faces of 10 to 300 px in it are those that YuNet was trained for."""
LOOK_SIDE_PX = 288
"""Side that the window around a known head is brought to: the head then takes a third of it."""
_TRIAL_PX = 64


class YuNetDetector(HeadDetector):
    """YuNet on frame and squares. One for each thread.

    YuNet gives five points; the mouth is the middle of its corners, and the ears are NaN. Raises VfeedError
    `model_missing` for a file that OpenCV cannot run as YuNet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._networks: dict[tuple[int, int], cv2.FaceDetectorYN] = {}
        try:
            with native_silence():
                self._faces(np.zeros((_TRIAL_PX, _TRIAL_PX, 3), np.uint8))
        except cv2.error as error:
            raise VfeedError(
                "model_missing",
                f"The added model {path} is not a YuNet face detector that OpenCV {cv2.__version__} can run.",
                hint="Put face_detection_yunet_2023mar.onnx in its place, or take it away: vfeed works without it.",
            ) from error
        self._networks.clear()

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """See HeadDetector; rolled heads are looked for in the whole frame turned by a quarter either way."""
        found = [
            head.moved(x, y) for x, y, tile in tiles(image_rgb) for head in self._run(tile, _shrunk_to(tile.shape))
        ]
        for turn in (1, 3) if rolled else ():
            turned = np.rot90(image_rgb, turn)
            found += self._run(turned, _shrunk_to(turned.shape), turn)
        return one_each(found)

    def look_at(
        self,
        image_rgb: Image,
        centre_px: tuple[float, float],
        size_px: float,
        *,
        rolled: bool = False,
        thorough: bool = True,  # noqa: ARG002  There is one network, and it gives its best at once.
    ) -> list[DetectedHead]:
        """See HeadDetector."""
        left, top, square = window(image_rgb, centre_px, size_px)
        for turn in (1, 3, 0) if rolled else (0,):
            found = one_each(self._run(np.rot90(square, turn), (LOOK_SIDE_PX, LOOK_SIDE_PX), turn))
            if found:
                return [head.moved(left, top) for head in found]
        return []

    def close(self) -> None:
        """Let go of the networks; closing twice is fine."""
        self._networks.clear()

    def _run(self, picture: Image, size: tuple[int, int], quarter_turns: int = 0) -> list[DetectedHead]:
        """Faces in a picture that was turned by `quarter_turns`, looked at in `size`, in px of the picture before."""
        height, width = picture.shape[:2]
        faces = self._faces(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
        scale = np.array([width / size[0], height / size[1]])
        return [_head(face, scale, width, height, quarter_turns) for face in faces]

    def _faces(self, image_rgb: Image) -> FloatArray:
        """(N, 15): box, five points and score of each face, px; one network is kept for each size of picture."""
        size = (image_rgb.shape[1], image_rgb.shape[0])
        if size not in self._networks:
            self._networks[size] = cv2.FaceDetectorYN.create(
                str(self._path), "", size, LEAST_SCORE, SAME_FACE_IOU, MOST_FACES
            )
        _, faces = self._networks[size].detect(cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR))
        return np.zeros((0, 15)) if faces is None else np.asarray(faces, float)


def _shrunk_to(shape: tuple[int, ...]) -> tuple[int, int]:
    scale = min(1.0, SEARCH_SIDE_PX / max(shape[:2]))
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))


def _head(face: FloatArray, scale: FloatArray, width: int, height: int, quarter_turns: int) -> DetectedHead:
    corners = np.array([face[:2], face[:2] + face[2:4]])
    points = turned_back(np.vstack([corners, face[4:14].reshape(5, 2)]) * scale, width, height, quarter_turns)
    low, high = points[:2].min(axis=0), points[:2].max(axis=0)
    unknown = np.full((2, 2), np.nan)
    keypoints = np.vstack([points[2:5], points[5:].mean(axis=0), unknown])
    placed = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return DetectedHead(placed, keypoints, float(min(1.0, face[14])), NAME)
