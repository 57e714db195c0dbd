"""Renders heads with exact rotation and gaze, all the way round, and hands: what the networks are trained on.

`python -m models.headpose.crops --out FOLDER` runs in the sample clips' generator's environment. Each person gives one
file; a run can be stopped and started again. Rotations and gaze are about the line of sight: columns own left, up and
front; x to the picture's right, y up, z to the lens.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.acting import Pose, Seat
from sample_clips.generator.body import Posed
from sample_clips.generator.camera import FAR_M, NEAR_M, Camera, looking_at
from sample_clips.generator.director import Distribution, _adult, _infant
from sample_clips.generator.figure import Figure
from sample_clips.generator.gl import Renderer
from sample_clips.generator.light import Light
from sample_clips.generator.meshdata import base_mesh, rig
from sample_clips.generator.recipe import Looks
from sample_clips.generator.rotation import Array, direction, turned
from sample_clips.generator.skin import read_canvas

FIRST_SEED = 900_000
"""People's seeds start here: far from those of the sample clips and of the benchmark's sets."""
CROP_PX, DRAWN_PX = 128, 448
WIDTH_IN_FACES = 2.3
"""How much of the surroundings a crop keeps, in sizes of the box."""
FACE_PX, FACE_SIDES = 176, 1.6
"""The closer crop, for the eyes: so many px for so many times the longer side of the face's box."""
EYES_TO_DEG = 95.0
"""Turned further from the lens, a head shows no eye."""
HAND_PX, HANDS = 64, 16
HAND_TRIES = 6
POSES, VIEWS = 32, 5
EYES_POSES, EYES_VIEWS = 80, 2
"""As many views of more poses: where somebody looks changes with the pose alone."""
INFANT_SHARE = 0.6
BEYOND_PROFILE_SHARE = 0.2
BENT_SHARE = 0.3
"""How often an infant is bent over what lies before it, tray or mat; an adult half as often."""
HANDS_UP_SHARE, BOTH_HANDS_SHARE = 0.25, 0.4
"""How often a hand is at the face, and how often those are both hands before the eyes, as in peek-a-boo."""
OWNER = 2
GROWN_UP_YEARS = 12


class Studio:
    """One person before a camera that goes all the way round."""

    def __init__(
        self, looks: Looks, rng: np.random.Generator, canvas: Path, cache: Path, *, eyes_alone: bool = False
    ) -> None:
        self._rng, self._eyes_alone = rng, eyes_alone
        self._renderer = Renderer(1.0)
        if not canvas.exists():
            self._renderer.bake_canvas(1024, canvas)
        self.figure = Figure(self._renderer, looks, OWNER, read_canvas(canvas), cache, None)
        body, vertices = self.figure.body, base_mesh().vertices
        drawn = np.zeros(len(vertices), bool)
        drawn[np.unique(body.faces)] = True
        self._face = np.flatnonzero(body.face & (vertices[:, 1] > 6.42) & (vertices[:, 1] < 7.78))
        self._head = np.flatnonzero(drawn & (vertices[:, 1] > 6.5))
        self._hands = [np.flatnonzero(drawn & (_hand_share(side) > 0.5)) for side in "LR"]
        self._skin_of_hands = [body.faces[np.isin(body.faces, hand).all(axis=1)] for hand in self._hands]
        self._bent_share = BENT_SHARE if looks.age_years < GROWN_UP_YEARS else BENT_SHARE / 2

    def close(self) -> None:
        """Free the card."""
        self._renderer.close()

    def pose(self) -> tuple[Posed, float]:
        """Move head, eyes, mouth and arms at random; returns how, and how far the lids are shut."""
        rng = self._rng
        bent = rng.random() < self._bent_share
        leans = rng.uniform(-35, -5) if bent else rng.normal(0, 12)
        head = turned(0, float(leans), float(rng.normal(0, 10)))
        nods = rng.uniform(-40, -5) if bent else np.clip(rng.normal(-4, 18), -40, 40)
        turn = float(np.clip(rng.normal(0, 30), -70, 70)), float(nods), float(np.clip(rng.normal(0, 11), -35, 35))
        eyes = direction(float(rng.uniform(-36, 36)), float(rng.uniform(-27, 20)))
        reaches = self._reaches()
        blink = float(rng.choice([0.0, rng.uniform(0, 0.3), rng.uniform(0.7, 1)], p=[0.6, 0.25, 0.15]))
        posed = self.figure.body.pose(
            Pose(
                seat=Seat(np.zeros(3), head),
                head=turn,
                look_point=head @ turned(*turn) @ eyes * float(rng.uniform(0.3, 2.5)),
                target="",
                blink=blink,
                smile=float(rng.uniform(0, 1)) if rng.random() < 0.6 else 0.0,
                jaw=float(rng.uniform(0, 0.6)) if rng.random() < 0.4 else 0.0,
                covered=0.0,
                hands=rng.normal(0, 9, 4),
                reaches=reaches,
            )
        )
        self.figure.move(posed)
        return posed, blink

    def _reaches(self) -> tuple[tuple[str, str, float], ...]:
        """No hand at the face, one, or both before the eyes."""
        rng = self._rng
        if rng.random() > HANDS_UP_SHARE:
            return ()
        share = float(rng.uniform(0.7, 1.0))
        if rng.random() < BOTH_HANDS_SHARE:
            return ("L", "eyes", share), ("R", "eyes", share)
        return ((str(rng.choice(["L", "R"])), str(rng.choice(["mouth", "eyes"])), share),)

    def view(self, posed: Posed) -> dict[str, NDArray[np.generic]]:
        """One look at the head, by name as in the file that `shoot` writes."""
        rng = self._rng
        yaw = self._yaw()
        front = posed.head[:, 2]
        around = np.arctan2(front[0], front[2]) - np.deg2rad(yaw)
        middle = posed.vertices[self._head].mean(axis=0)
        place = middle + self._towards(around) * float(rng.uniform(0.6, 2.6))
        view = self._rolled(looking_at(place, self._aim(posed, place, middle)))
        flat = self._flat(posed.vertices[self._head], view), self._flat(posed.vertices[self._face], view)
        head_box, face_box = (np.r_[points.min(axis=0), points.max(axis=0)] for points in flat)
        half = WIDTH_IN_FACES / 2 * max(face_box[2] - face_box[0], 0.8 * (head_box[2] - head_box[0]))
        drawn = self._draw(view, half, DRAWN_PX)
        boxes = (np.stack([face_box, head_box])[:, [0, 3, 2, 1]] * [1, -1, 1, -1] / half + 1) / 2
        return {
            "picture": _small(drawn, CROP_PX),
            "face": _face_of(drawn, boxes[0]) if abs((yaw + 180) % 360 - 180) < EYES_TO_DEG else _no_face(),
            "rotation": (view[:3, :3] @ posed.head).astype(np.float32),
            "gaze": (view[:3, :3] @ posed.gaze).astype(np.float32),
            "boxes": boxes.astype(np.float32),
            "own_hands": self._own_hands(posed, view, half),
        }

    def _yaw(self) -> float:
        """How far a head is turned from the lens, degrees."""
        if self._eyes_alone:
            return float(self._rng.uniform(-EYES_TO_DEG, EYES_TO_DEG))
        beyond = self._rng.random() < BEYOND_PROFILE_SHARE
        return float(self._rng.uniform(110, 250) if beyond else self._rng.uniform(-112, 112))

    def _own_hands(self, posed: Posed, view: Array, half: float) -> NDArray[np.uint8]:
        """Where (128, 128) of the crop the own hands lie that are nearer to the lens than the face, 0 or 255."""
        there = np.zeros((CROP_PX, CROP_PX), np.uint8)
        for points, corners in zip(self._hands, self._skin_of_hands, strict=True):
            if _depth(posed.vertices[points], view) > _depth(posed.vertices[self._face], view):
                continue
            flat = (self._flat(posed.vertices[corners.ravel()], view) * [1, -1] / half + 1) / 2 * CROP_PX
            for corner in np.round(flat.reshape(-1, 3, 2)).astype(np.int32):
                cv2.fillConvexPoly(there, corner, 255)
        return there

    def hand(self, posed: Posed) -> NDArray[np.uint8] | None:
        """A crop (64, 64, 4) RGBA of a hand without the head, or None where the head would not keep out of it."""
        rng = self._rng
        points = posed.vertices[self._hands[int(rng.integers(2))]]
        middle = points.mean(axis=0)
        for _ in range(HAND_TRIES):
            place = middle + self._towards(rng.uniform(-np.pi, np.pi)) * float(rng.uniform(0.6, 2.0))
            view = self._rolled(looking_at(place, middle))
            half = float(np.abs(self._flat(points, view)).max() * rng.uniform(0.9, 1.6))
            head = self._flat(posed.vertices[self._head], view)
            if (np.abs(head).max(axis=1) < half).mean() < 0.1:
                return _small(self._draw(view, half, 2 * HAND_PX), HAND_PX)
        return None

    def _towards(self, around: float) -> Array:
        """A direction (3,) at an angle around the upright axis, from below to steeply above."""
        above = np.deg2rad(np.clip(self._rng.normal(6, 20), -40, 65))
        return np.array([np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)])

    def _rolled(self, view: Array) -> Array:
        roll = self._rng.normal(0, 14) if self._rng.random() < 0.7 else self._rng.uniform(-180, 180)
        turn = np.eye(4)
        turn[:3, :3] = turned(0, 0, float(roll))
        rolled: Array = turn @ view
        return rolled

    def _draw(self, view: Array, half: float, px: int) -> NDArray[np.uint8]:
        camera = Camera(view, _window(half), 0, px, px, ("infant",))
        drawn: NDArray[np.uint8] = self._renderer.cutout(camera, _light(self._rng))
        return drawn

    def _aim(self, posed: Posed, place: Array, middle: Array) -> Array:
        """The point whose line of sight is the crop's middle: between the middles of face and head, in the picture."""
        view = looking_at(place, middle)
        flat = self._flat(posed.vertices[self._face], view)
        across = (flat.min(axis=0) + flat.max(axis=0)) / 2 * 0.5 * float(np.linalg.norm(place - middle))
        aim: Array = middle + view[0, :3] * across[0] + view[1, :3] * across[1]
        return aim

    def _flat(self, points: Array, view: Array) -> Array:
        """Points (N, 3) as tangents from the camera's axis (N, 2)."""
        seen = np.c_[points, np.ones(len(points))] @ view.T
        flat: Array = seen[:, :2] / -seen[:, 2:3]
        return flat


def _hand_share(side: str) -> Array:
    """How far each vertex of the mesh (V,) moves with the hand of that side."""
    bones = [
        n
        for n, name in enumerate(rig().names)
        if name.endswith(f".{side}") and any(part in name for part in ("wrist", "finger", "metacarpal"))
    ]
    share: Array = np.asarray(rig().weights[:, bones].sum(axis=1)).ravel()
    return share


def _depth(points: Array, view: Array) -> float:
    """How far points (N, 3) are before the camera on average."""
    return -float((points @ view[2, :3] + view[2, 3]).mean())


def _small(drawn: NDArray[np.uint8], px: int) -> NDArray[np.uint8]:
    small: NDArray[np.uint8] = cv2.resize(drawn, (px, px), interpolation=cv2.INTER_AREA).astype(np.uint8)
    return small


def _face_of(drawn: NDArray[np.uint8], box: Array) -> NDArray[np.uint8]:
    """The closer crop around the face's box, given in shares of the drawing."""
    corners = box.reshape(2, 2) * len(drawn)
    middle, side = corners.mean(axis=0), FACE_SIDES * float(np.abs(corners[1] - corners[0]).max())
    scale = FACE_PX / side
    matrix = np.array([[scale, 0, FACE_PX / 2 - scale * middle[0]], [0, scale, FACE_PX / 2 - scale * middle[1]]])
    if scale < 0.7:
        drawn = cv2.GaussianBlur(drawn, (0, 0), 0.4 / scale).astype(np.uint8)
    face: NDArray[np.uint8] = cv2.warpAffine(drawn, matrix, (FACE_PX, FACE_PX)).astype(np.uint8)
    return face


def _no_face() -> NDArray[np.uint8]:
    return np.zeros((FACE_PX, FACE_PX, 4), np.uint8)


def _window(half: float) -> Array:
    """The projection that shows tangents from -half to half both ways."""
    matrix = np.zeros((4, 4))
    matrix[0, 0] = matrix[1, 1] = 1 / half
    matrix[2, 2], matrix[2, 3] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M), 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    matrix[3, 2] = -1
    return matrix


def _light(rng: np.random.Generator) -> Light:
    """A light from anywhere above the floor, warm or cold, weak or strong."""

    def towards(lowest: float) -> tuple[float, float, float]:
        x, y, z = direction(float(rng.uniform(-180, 180)), float(rng.uniform(lowest, 75)))
        return float(x), float(y), float(z)

    def grey(low: float, high: float) -> tuple[float, float, float]:
        red, green, blue = rng.uniform(low, high) * rng.uniform(0.85, 1.12, 3)
        return float(red), float(green), float(blue)

    return Light(
        key_dir=towards(-5),
        key_col=grey(0.5, 2.4),
        fill_dir=towards(-20),
        fill_col=grey(0.1, 0.8),
        rim_dir=towards(-20),
        rim_col=grey(0.0, 0.6),
        sky=grey(0.2, 0.7),
        ground=grey(0.1, 0.4),
        exposure=float(rng.uniform(0.4, 0.8)),
        walls=1.0,
    )


def shoot(seed: int, folder: Path, cache: Path, *, eyes_alone: bool = False) -> Path:
    """Render one person into FOLDER/SEED.npz; `eyes_alone` leaves out views in which no eye can show.

    N views of the head: `picture` (N, 128, 128, 4), `face` (N, 176, 176, 4; empty where no eye shows), `rotation`
    (N, 3, 3), `gaze` (N, 3), `boxes` (N, 2, 4) of face and head in shares of `picture`, `own_hands` (N, 128, 128) where
    the own hands are before the face, `shut` (N,) of the lids; `hand` (M, 64, 64, 4); `age_months`,
    `infant`, `skin_rgb`.
    """
    path = folder / f"{seed}.npz"
    if path.exists():
        return path
    rng = np.random.default_rng([seed, 0xC0])
    infant = bool(rng.random() < INFANT_SHARE)
    wanted = Distribution()
    looks = _infant(rng, wanted) if infant else _adult(rng, wanted)
    studio = Studio(looks, rng, cache / "canvas-1024.npz", cache, eyes_alone=eyes_alone)
    poses, views_each = (EYES_POSES, EYES_VIEWS) if eyes_alone else (POSES, VIEWS)
    views: list[dict[str, NDArray[np.generic]]] = []
    hands = []
    for number in range(poses):
        posed, shut = studio.pose()
        same = {"shut": np.float32(shut)}
        views += [{**studio.view(posed), **same} for _ in range(views_each)]
        if number % (poses // HANDS) == 0:
            hands.append(studio.hand(posed))
    studio.close()
    half = path.with_suffix(".part.npz")
    np.savez(
        half,
        **{name: np.stack([each[name] for each in views]) for name in views[0]},
        hand=np.array([hand for hand in hands if hand is not None], np.uint8).reshape(-1, HAND_PX, HAND_PX, 4),
        age_months=np.array(looks.age_years * 12),
        infant=np.array(infant),
        skin_rgb=np.array(looks.skin_rgb),
    )
    half.replace(path)
    return path


def main() -> int:
    """Render people until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--people", type=int, default=160)
    parser.add_argument("--first", type=int, default=0, help="number of the first person, to share work out")
    parser.add_argument("--eyes-alone", action="store_true", help="for the gaze network: leave out turned heads")
    given = parser.parse_args()
    cache = given.out / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for number in range(given.first, given.first + given.people):
        started = time.monotonic()
        shoot(FIRST_SEED + number, given.out, cache, eyes_alone=given.eyes_alone)
        sys.stdout.write(f"person {number}: {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
