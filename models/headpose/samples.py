"""From rendered heads to what the head network is shown, with what it ought to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.headpose.filming import Array, Surroundings, before, covered, cut, filmed

INPUT_PX, STUDY_PX = 64, 112
FILMED_PX = 24, STUDY_PX
"""How many px across a crop was filmed with, at least and at most."""
SIDE = 1.5
"""Side of the crop over the longer side of the head's box; the same number as in `vfeed.perception.headnet`."""
TO_HEAD_FROM_DEG, TO_HEAD_OVER_DEG = 75.0, 50.0
"""From this yaw on the box goes over from the face to the whole head."""
NEGATIVE_SHARE = 0.25
HAND_NEGATIVES = 0.5
"""How many of the pictures without a head hold a hand: detectors take hands for heads."""
UNKNOWN = -1.0
"""Hidden share of a face where it is not known: behind the person's own hand."""


@dataclass(frozen=True, eq=False)
class Shots:
    """Rendered heads, N of them.

    `picture` (N, 128, 128, 4) RGBA, colour times alpha; `face` (N, 176, 176, 4) the closer crop; `rotation` (N, 3, 3);
    `gaze` (N, 3); `box` (N, 4) in px of `picture`; `face_box` (N, 4) in px of `face`; `infant`, `reached` (N,) bool;
    `shut` (N,) 0 to 1.
    """

    picture: NDArray[np.uint8]
    face: NDArray[np.uint8]
    rotation: Array
    gaze: Array
    box: Array
    face_box: Array
    infant: NDArray[np.bool_]
    shut: Array
    reached: NDArray[np.bool_]

    @classmethod
    def read(cls, files: list[Path]) -> Shots:
        """Join the files that `crops` wrote."""
        kept: dict[str, list[Any]] = {name: [] for name in cls.__dataclass_fields__}
        for path in files:
            with np.load(path) as stored:
                turns, both = stored["rotation"], _ordered(stored["boxes"])
                for name in ("picture", "face", "gaze", "shut", "reached"):
                    kept[name].append(stored[name])
                boxes = blended(both, turns)
                kept["rotation"].append(turns)
                kept["box"].append(boxes * stored["picture"].shape[1])
                kept["face_box"].append(_in_face(boxes, both[:, 0], stored["face"].shape[1]))
                kept["infant"].append(np.full(len(turns), bool(stored["infant"])))
        return cls(**{name: np.concatenate(parts) for name, parts in kept.items()})


def _ordered(both: Array) -> Array:
    """Boxes (N, 2, 4) of face and head as left, top, right, bottom."""
    ordered: Array = np.concatenate(
        [np.minimum(both[..., :2], both[..., 2:]), np.maximum(both[..., :2], both[..., 2:])], -1
    )
    return ordered


def blended(both: Array, turns: Array) -> Array:
    """The face's box, or more and more the head's as the face is turned away: (N, 2, 4), (N, 3, 3) -> (N, 4)."""
    yaw = np.degrees(np.abs(np.arctan2(turns[:, 0, 2], turns[:, 2, 2])))
    share = np.clip((yaw - TO_HEAD_FROM_DEG) / TO_HEAD_OVER_DEG, 0, 1)[:, None]
    boxes: Array = both[:, 0] * (1 - share) + both[:, 1] * share
    return boxes


FACE_SIDES = 1.6
"""Side of the closer crop over the longer side of the face's box, as `crops` cuts it."""


def _in_face(boxes: Array, faces: Array, px: int) -> Array:
    """Boxes (N, 4) in shares of the picture as px of the closer crop, which lies around the face's box (N, 4)."""
    middle = (faces[:, :2] + faces[:, 2:]) / 2
    side = FACE_SIDES * (faces[:, 2:] - faces[:, :2]).max(axis=1)
    placed: Array = (boxes - np.tile(middle, 2)) / side[:, None] * px + px / 2
    return placed


def background_only(rng: np.random.Generator, around: Surroundings) -> NDArray[np.uint8]:
    """A crop (3, 64, 64) without a head: of three the one with most in it, since walls teach little; hands often."""
    patches = [around.patch(rng, (STUDY_PX, STUDY_PX), without_head=True) for _ in range(3)]
    picture: Array = max(patches, key=lambda patch: float(patch.std()))
    if len(around.hands) and rng.random() < HAND_NEGATIVES:
        for _ in range(int(rng.integers(1, 4))):
            picture, _ = around.with_hand(picture, rng, (0.4, 1.4))
    return filmed(picture, rng, (INPUT_PX, INPUT_PX), FILMED_PX)


def sample(
    shots: Shots, number: int, rng: np.random.Generator, around: Surroundings
) -> tuple[NDArray[np.uint8], Array, Array, float]:
    """A crop (3, 64, 64) of head `number`, its rotation (3, 3) as shown, its box in the crop, and the share hidden.

    The box is (across, down, width, height): its middle from the crop's in shares of the side, and the logs of its
    sides in the same shares. The share is of the box, hidden by what is before the head; -1 where that is not known.
    """
    turn, box = shots.rotation[number], shots.box[number]
    side = float(max(box[2:] - box[:2]))
    loose = 2.0 if rng.random() < 0.15 else 1.0
    window = SIDE * side * float(np.exp(rng.normal(0, 0.14 * loose)))
    shift = rng.normal(0, 0.075 * loose, 2) * side
    spin = upright(turn, rng, 45.0 if rng.random() < 0.1 else 17.0)
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
    shown = about_sight(spin) @ turn
    if flip:
        drawn, middle = drawn[:, ::-1], middle * [-1, 1]
        shown = np.diag([-1.0, 1, 1]) @ shown @ np.diag([-1.0, 1, 1])
    behind = around.patch(rng, (STUDY_PX, STUDY_PX), without_head=False)
    if rng.random() < 0.25:
        behind = _someone_behind(shots, behind, rng)
    picture, hidden = covered(before(drawn, behind), rng, around)
    share = UNKNOWN if shots.reached[number] else _hidden_share(hidden, middle, sides)
    where = np.concatenate([middle, np.log(np.maximum(sides, 0.05))])
    crop = filmed(cut(picture, rng), rng, (INPUT_PX, INPUT_PX), FILMED_PX)
    return crop, shown.astype(np.float32), where.astype(np.float32), share


def _hidden_share(hidden: NDArray[np.float32], middle: Array, sides: Array) -> float:
    """How much of the box is hidden, 0 to 1."""
    low, high = (np.clip((middle + sign * sides / 2 + 0.5) * STUDY_PX, 0, STUDY_PX).astype(int) for sign in (-1, 1))
    inside = hidden[low[1] : high[1], low[0] : high[0]]
    return float(inside.mean()) if inside.size else UNKNOWN


def about_sight(spin_deg: float) -> Array:
    """(3, 3): what turning a picture by `spin_deg`, as OpenCV counts, does to directions."""
    angle = np.radians(spin_deg)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def upright(turn: Array, rng: np.random.Generator, spread_deg: float) -> float:
    """Degrees to turn a picture by, so that the head stands nearly upright, as it does when it is followed."""
    up = turn[:2, 1]
    roll = float(np.degrees(np.arctan2(up[0], up[1]))) if np.linalg.norm(up) > 0.4 else 0.0
    return roll + float(rng.normal(0, spread_deg))


def _someone_behind(shots: Shots, behind: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    other = shots.picture[int(rng.integers(len(shots.picture)))]
    scale = float(rng.uniform(0.4, 1.2))
    matrix = np.array([[scale, 0, rng.uniform(-80, 90)], [0, scale, rng.uniform(-60, 70)]])
    joined: NDArray[np.float32] = before(cv2.warpAffine(other, matrix, (STUDY_PX, STUDY_PX)).astype(np.float32), behind)
    return joined
