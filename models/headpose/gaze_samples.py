"""From rendered heads to what the gaze network is shown, with where the eyes truly point."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.headpose.filming import Array, Surroundings, before, cut, filmed
from models.headpose.samples import Shots, about_sight, upright
from models.headpose.things import covered

INPUT_PX = 112, 64
"""Width and height of what the network sees: brows to cheeks."""
STUDY_PX = 140, 80
FILMED_PX = 43, 110
"""How many px across a crop was filmed with: 43 are a face 48 px long."""
WIDTH = 0.9
"""Width of the crop over the longer side of the head's box; the same number as in `vfeed.perception.gaze_network`."""
ABOVE = 0.02
"""How far the crop's middle lies above the box's, in the same sides: where eyes are; bent over they are below."""
SHUT_FROM = 0.6
TURNED_TO_DEG = 90.0
ROUGH = 0.7
"""Share of crops that are filmed badly; from fewer good ones the network learns the head's turn and no eyes."""


def with_eyes(shots: Shots) -> NDArray[np.int64]:
    """Numbers of the shots in which an eye may show."""
    yaw = np.degrees(np.abs(np.arctan2(shots.rotation[:, 0, 2], shots.rotation[:, 2, 2])))
    found: NDArray[np.int64] = np.flatnonzero((yaw < TURNED_TO_DEG) & shots.face.any(axis=(1, 2, 3)))
    return found


def sample(
    shots: Shots, number: int, rng: np.random.Generator, around: Surroundings
) -> tuple[NDArray[np.uint8], Array, Array, bool]:
    """A crop (3, 64, 112) of the eyes of head `number`, its unit gaze (3,) as shown and in the head, and lids shut.

    In the head x is to its own left, y up and z to its front.
    """
    box = shots.face_box[number]
    side = float(max(box[2:] - box[:2]))
    loose = 2.0 if rng.random() < 0.1 else 1.0
    window = WIDTH * side * float(np.exp(rng.normal(0, 0.07 * loose)))
    shift = rng.normal(0, 0.04 * loose, 2) * side
    spin = upright(shots.rotation[number], rng, 7.0 * loose)
    scale = STUDY_PX[0] / window
    centre = (box[:2] + box[2:]) / 2
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), spin, scale)
    matrix[:, 2] += np.array(STUDY_PX) / 2 - centre + (shift + np.array([0, ABOVE * side])) * scale
    drawn = cv2.warpAffine(shots.face[number], matrix, STUDY_PX).astype(np.float32)
    gaze = about_sight(spin) @ shots.gaze[number]
    in_head = shots.rotation[number].T @ shots.gaze[number]
    if rng.random() < 0.5:
        drawn, gaze, in_head = drawn[:, ::-1], gaze * [-1, 1, 1], in_head * [-1, 1, 1]
    picture = before(drawn, around.patch(rng, STUDY_PX, without_head=False))
    if rng.random() < 0.35:
        picture, _ = covered(picture, rng, around)
    crop = filmed(cut(picture, rng), rng, INPUT_PX, FILMED_PX, ROUGH)
    return crop, gaze.astype(np.float32), in_head.astype(np.float32), bool(shots.shut[number] > SHUT_FROM)
