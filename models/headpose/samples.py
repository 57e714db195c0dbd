"""From rendered heads to what the head network is shown, with what it ought to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.headpose.filming import Array, Surroundings, before, cut, filmed
from models.headpose.things import Things, covered, with_thing
from vfeed.perception.yunet import YuNetDetector

INPUT_PX, STUDY_PX = 64, 112
FILMED_PX = 28, STUDY_PX
"""How many px across a crop was filmed with, at least and at most."""
SIDE = 1.5
"""Side of the crop over the longer side of the head's box; as in `vfeed.perception.head_pose_network`."""
TO_HEAD_FROM_DEG, TO_HEAD_OVER_DEG = 75.0, 50.0
"""From this yaw on the box goes over from the face to the whole head."""
NEGATIVE_SHARE = 0.25
HAND_NEGATIVES, THING_NEGATIVES = 0.5, 0.3
"""How many of the pictures without a head hold a hand, or another thing: detectors take hands for heads."""
ROUGH = 0.85
"""Share of crops that are filmed as at home; the rest as well as rendered."""
DETECTED_SHARE, WHOLE_HEAD_SHARE = 0.6, 0.08
"""How often a crop is cut where the detector drew its box, if it found one, and how often around the whole head."""
LOOSE_SHARE = 0.15
"""How often a crop is placed twice as carelessly."""
LEANS_TO_DEG = 50.0
"""A head that leans no further is found as it is; one that leans further, in a picture turned by quarters."""
UNKNOWN = -1.0
"""Hidden share of a picture without a head."""


@dataclass(frozen=True, eq=False)
class Shots:
    """Rendered heads, N of them.

    `picture` (N, 128, 128, 4) RGBA, colour times alpha; `face` (N, 176, 176, 4) the closer crop; `rotation` (N, 3, 3);
    `gaze` (N, 3); `box`, `head_box`, `detected` (N, 4) in px of `picture`, the last as a face detector draws it, NaN
    where it finds none; `own_hands` (N, 128, 128) 0 or 255; `face_box` (N, 4) in px of `face`; `infant` (N,) bool;
    `shut` (N,) 0 to 1; `person` (N,) which file.
    """

    picture: NDArray[np.uint8]
    face: NDArray[np.uint8]
    rotation: Array
    gaze: Array
    box: Array
    head_box: Array
    detected: Array
    own_hands: NDArray[np.uint8]
    face_box: Array
    infant: NDArray[np.bool_]
    shut: Array
    person: NDArray[np.int64]

    @classmethod
    def read(cls, files: list[Path], *, by_detector: bool = False) -> Shots:
        """Join the files that `crops` wrote; `by_detector` asks YuNet, too, where it draws its boxes."""
        kept: dict[str, list[Any]] = {name: [] for name in cls.__dataclass_fields__}
        for number, path in enumerate(files):
            with np.load(path) as stored:
                turns, both = stored["rotation"], _ordered(stored["boxes"])
                pictures = stored["picture"]
                for name in ("face", "gaze", "shut", "own_hands"):
                    kept[name].append(stored[name])
                boxes = blended(both, turns)
                px = pictures.shape[1]
                kept["picture"].append(pictures)
                kept["rotation"].append(turns)
                kept["box"].append(boxes * px)
                kept["head_box"].append(both[:, 1] * px)
                kept["detected"].append(
                    detected(pictures, boxes * px) if by_detector else np.full((len(turns), 4), np.nan)
                )
                kept["person"].append(np.full(len(turns), number))
                kept["face_box"].append(_in_face(boxes, both[:, 0], stored["face"].shape[1]))
                kept["infant"].append(np.full(len(turns), bool(stored["infant"])))
        return cls(**{name: np.concatenate(parts) for name, parts in kept.items()})


LEAST_SCORE = 0.5
BEHIND_GREY = 110


def detected(pictures: NDArray[np.uint8], boxes: Array) -> Array:
    """Boxes (N, 4) that YuNet draws on rendered heads (N, 128, 128, 4), NaN where it finds none near the true box."""
    told = np.full((len(pictures), 4), np.nan)
    px = pictures.shape[1]
    finder = YuNetDetector()
    for number, (picture, box) in enumerate(zip(pictures, boxes, strict=True)):
        shown = before(picture.astype(np.float32), np.full((px, px, 3), BEHIND_GREY, np.float32))
        for head in finder.search(np.ascontiguousarray(np.clip(shown, 0, 255).astype(np.uint8))):
            middle = np.array(head.centre_px)
            if head.score >= LEAST_SCORE and ((middle > box[:2]) & (middle < box[2:])).all():
                x, y, width, height = head.box_px
                told[number] = x, y, x + width, y + height
                break
    return told


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
    if rng.random() < THING_NEGATIVES:
        picture, _ = with_thing(picture, rng, around)
    return filmed(picture, rng, (INPUT_PX, INPUT_PX), FILMED_PX)


@dataclass(frozen=True, eq=False)
class Placed:
    """A head in a crop that is not filmed yet.

    `picture` (112, 112, 3); `hidden` (112, 112) what share of each px lies behind things and own hands; `rotation`
    (3, 3) as shown; `middle` of its box from the crop's, and its `sides`, in shares of the crop's side.
    """

    picture: Array
    hidden: NDArray[np.float32]
    rotation: Array
    middle: Array
    sides: Array
    at_home: bool

    def hidden_share(self, top: float = 0.0, bottom: float = 1.0) -> float:
        """How much of the box between two shares of its height is hidden, 0 to 1."""
        upper, lower = self.middle - self.sides / 2, self.middle + self.sides / 2
        band = np.array([[upper[0], upper[1] + top * self.sides[1]], [lower[0], upper[1] + bottom * self.sides[1]]])
        low, high = np.clip((band + 0.5) * STUDY_PX, 0, STUDY_PX).astype(int)
        inside = self.hidden[low[1] : high[1], low[0] : high[0]]
        return float(inside.mean()) if inside.size else UNKNOWN

    def filmed(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """The crop (3, 64, 64) as a camera shows it, at home a poor one."""
        return filmed(self.picture, rng, (INPUT_PX, INPUT_PX), FILMED_PX, float(self.at_home))


def sample(
    shots: Shots, number: int, rng: np.random.Generator, around: Surroundings, rough: float = ROUGH
) -> tuple[NDArray[np.uint8], Array, Array, float]:
    """A crop (3, 64, 64) of head `number`, its rotation (3, 3) as shown, its box in the crop, and the share hidden.

    The box is (across, down, width, height): its middle from the crop's in shares of the side, and the logs of its
    sides in the same shares. The share is of the box, hidden by what is before the head, own hands among it. All but a
    share `rough` of crops are placed and filmed well, with nothing before the head.
    """
    head = placed(shots, number, rng, around, rough)
    where = np.concatenate([head.middle, np.log(np.maximum(head.sides, 0.05))])
    crop = head.filmed(rng)
    return crop, head.rotation.astype(np.float32), where.astype(np.float32), head.hidden_share()


def placed(
    shots: Shots,
    number: int,
    rng: np.random.Generator,
    around: Surroundings,
    rough: float = ROUGH,
    side: float = SIDE,
    things: Things = covered,
) -> Placed:
    """Head `number` before something else, in a crop of `side` times its box; at home with `things` before it."""
    turn, box = shots.rotation[number], shots.box[number]
    at_home = bool(rng.random() < rough)
    spin = leaning(turn, rng) if at_home else upright(turn, rng, 8.0)
    matrix, window = _window(shots, number, rng, spin, at_home, side)
    flip = bool(rng.random() < 0.5)
    drawn = cv2.warpAffine(shots.picture[number], matrix, (STUDY_PX, STUDY_PX)).astype(np.float32)
    own = cv2.warpAffine(shots.own_hands[number], matrix, (STUDY_PX, STUDY_PX)).astype(np.float32) / 255
    corners = np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])
    turned = corners @ matrix[:, :2].T + matrix[:, 2]
    # A box turned by a little is not the box of what is turned; its sides are kept, its middle goes along.
    middle, sides = turned.mean(axis=0) / STUDY_PX - 0.5, (box[2:] - box[:2]) / window
    shown = about_sight(spin) @ turn
    if flip:
        drawn, own, middle = drawn[:, ::-1], own[:, ::-1], middle * [-1, 1]
        shown = np.diag([-1.0, 1, 1]) @ shown @ np.diag([-1.0, 1, 1])
    behind = around.patch(rng, (STUDY_PX, STUDY_PX), without_head=False)
    if rng.random() < 0.25:
        behind = _someone_behind(shots, behind, rng)
    picture = before(drawn, behind)
    if at_home:
        face = np.concatenate([middle - sides / 2, middle + sides / 2]) * STUDY_PX + STUDY_PX / 2
        picture, there = things(picture, rng, around, face, shown[:, 2])
        own, picture = np.maximum(own, there), cut(picture, rng)
    return Placed(picture, own, shown, middle, sides, at_home)


def _window(
    shots: Shots, number: int, rng: np.random.Generator, spin_deg: float, at_home: bool, sides: float = SIDE
) -> tuple[Array, float]:
    """What brings the picture to the crop (2, 3), and the crop's side in px of the picture.

    At home a crop lies where the detector draws its box, where the network itself drew the last, or around the head.
    """
    box, drawn = shots.box[number], rng.random()
    if at_home and drawn < WHOLE_HEAD_SHARE:
        box = shots.head_box[number]
    elif at_home and drawn < WHOLE_HEAD_SHARE + DETECTED_SHARE and np.isfinite(shots.detected[number, 0]):
        box = shots.detected[number]
    side = float(max(box[2:] - box[:2]))
    loose = 1.0 if at_home else 0.5
    loose = 2.0 if at_home and rng.random() < LOOSE_SHARE else loose
    window = sides * side * float(np.exp(rng.normal(0, 0.12 * loose)))
    shift = rng.normal(0, 0.07 * loose, 2) * side
    scale = STUDY_PX / window
    centre = (box[:2] + box[2:]) / 2
    matrix: Array = np.asarray(cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), spin_deg, scale), float)
    matrix[:, 2] += STUDY_PX / 2 - centre + shift * scale
    return matrix, window


def about_sight(spin_deg: float) -> Array:
    """(3, 3): what turning a picture by `spin_deg`, as OpenCV counts, does to directions."""
    angle = np.radians(spin_deg)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def roll_of(turn: Array) -> float:
    """How far a head (3, 3) leans to the picture's right, degrees; 0 where its top points at the lens or away."""
    up = turn[:2, 1]
    return float(np.degrees(np.arctan2(up[0], up[1]))) if np.linalg.norm(up) > 0.4 else 0.0


def upright(turn: Array, rng: np.random.Generator, spread_deg: float) -> float:
    """Degrees to turn a picture by, so that the head stands nearly upright."""
    return roll_of(turn) + float(rng.normal(0, spread_deg))


def leaning(turn: Array, rng: np.random.Generator) -> float:
    """Degrees to turn a picture by, as a head is shown that was found by a detector.

    Most heads that lean a little are shown as they are; those that lie, in a picture turned by quarters; some of both
    are stood up by the detector's points of the eyes, and a few anyhow.
    """
    roll, drawn = roll_of(turn), rng.random()
    if drawn < 0.1:
        return roll + float(rng.normal(0, 45))
    if drawn < 0.4:
        return roll + float(rng.normal(0, 10))
    quarters = 0.0 if abs(roll) <= LEANS_TO_DEG else 90.0 * round(roll / 90)
    return quarters + float(rng.normal(0, 5))


def _someone_behind(shots: Shots, behind: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    other = shots.picture[int(rng.integers(len(shots.picture)))]
    scale = float(rng.uniform(0.4, 1.2))
    matrix = np.array([[scale, 0, rng.uniform(-80, 90)], [0, scale, rng.uniform(-60, 70)]])
    joined: NDArray[np.float32] = before(cv2.warpAffine(other, matrix, (STUDY_PX, STUDY_PX)).astype(np.float32), behind)
    return joined
