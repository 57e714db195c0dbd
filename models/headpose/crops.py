"""Renders heads with exact rotation, all the way round, to train on: `python -m models.headpose.crops --out FOLDER`.

Runs in the sample clips' generator's environment. Each person gives one file; a run can be stopped and started again.
Rotations are about the line of sight: columns own left, up and front; x to the picture's right, y up, z to the lens.
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
from sample_clips.generator.meshdata import base_mesh
from sample_clips.generator.recipe import Looks
from sample_clips.generator.rotation import Array, direction, turned
from sample_clips.generator.skin import read_canvas

FIRST_SEED = 900_000
"""People's seeds start here: far from those of the sample clips and of the benchmark's sets."""
CROP_PX, DRAWN_PX = 128, 176
WIDTH_IN_FACES = 2.3
"""How much of the surroundings a crop keeps, in sizes of the box."""
POSES, VIEWS = 30, 5
INFANT_SHARE = 0.6
BEYOND_PROFILE_SHARE = 0.25
OWNER = 2


class Studio:
    """One person before a camera that goes all the way round."""

    def __init__(self, looks: Looks, rng: np.random.Generator, canvas: Path, cache: Path) -> None:
        self._rng = rng
        self._renderer = Renderer(1.0)
        if not canvas.exists():
            self._renderer.bake_canvas(1024, canvas)
        self.figure = Figure(self._renderer, looks, OWNER, read_canvas(canvas), cache, None)
        body, vertices = self.figure.body, base_mesh().vertices
        drawn = np.zeros(len(vertices), bool)
        drawn[np.unique(body.faces)] = True
        self._face = np.flatnonzero(body.face & (vertices[:, 1] > 6.42) & (vertices[:, 1] < 7.78))
        self._head = np.flatnonzero(drawn & (vertices[:, 1] > 6.5))

    def close(self) -> None:
        """Free the card."""
        self._renderer.close()

    def pose(self) -> Posed:
        """Move head, eyes, mouth and arms at random, and return how."""
        rng = self._rng
        head = turned(*(float(rng.normal(0, spread)) for spread in (0, 12, 10)))
        turn = (
            float(np.clip(rng.normal(0, 30), -70, 70)),
            float(np.clip(rng.normal(-4, 18), -40, 40)),
            float(np.clip(rng.normal(0, 11), -35, 35)),
        )
        eyes = direction(float(rng.uniform(-34, 34)), float(rng.uniform(-25, 18)))
        reaches = ()
        if rng.random() < 0.2:
            side = str(rng.choice(["L", "R"]))
            reaches = ((side, str(rng.choice(["mouth", "eyes"])), float(rng.uniform(0.7, 1.0))),)
        posed = self.figure.body.pose(
            Pose(
                seat=Seat(np.zeros(3), head),
                head=turn,
                look_point=head @ turned(*turn) @ eyes * 2.0,
                target="",
                blink=float(rng.uniform(0.6, 1)) if rng.random() < 0.15 else 0.0,
                smile=float(rng.uniform(0, 1)) if rng.random() < 0.6 else 0.0,
                jaw=float(rng.uniform(0, 0.6)) if rng.random() < 0.4 else 0.0,
                covered=0.0,
                hands=rng.normal(0, 9, 4),
                reaches=reaches,
            )
        )
        self.figure.move(posed)
        return posed

    def view(self, posed: Posed) -> tuple[NDArray[np.uint8], Array, Array]:
        """Return a crop (S, S, 4) RGBA, the rotation (3, 3), and face and head boxes (2, 4) as shares of the crop."""
        rng = self._rng
        yaw = rng.uniform(110, 250) if rng.random() < BEYOND_PROFILE_SHARE else rng.uniform(-115, 115)
        front = posed.head[:, 2]
        around = np.arctan2(front[0], front[2]) - np.deg2rad(yaw)
        above = np.deg2rad(np.clip(rng.normal(5, 17), -40, 55))
        towards = np.array([np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)])
        middle = posed.vertices[self._head].mean(axis=0)
        place = middle + towards * float(rng.uniform(0.6, 2.6))
        view = looking_at(place, self._aim(posed, place, middle))
        turn = np.eye(4)
        roll = rng.normal(0, 14) if rng.random() < 0.7 else rng.uniform(-180, 180)
        turn[:3, :3] = turned(0, 0, float(roll))
        view = turn @ view
        flat = self._flat(posed.vertices[self._head], view), self._flat(posed.vertices[self._face], view)
        head_box, face_box = (np.r_[points.min(axis=0), points.max(axis=0)] for points in flat)
        half = WIDTH_IN_FACES / 2 * max(face_box[2] - face_box[0], 0.8 * (head_box[2] - head_box[0]))
        camera = Camera(view, _window(half), 0, DRAWN_PX, DRAWN_PX, ("infant",))
        drawn = self._renderer.cutout(camera, _light(rng))
        boxes = (np.stack([face_box, head_box])[:, [0, 3, 2, 1]] * [1, -1, 1, -1] / half + 1) / 2
        small: NDArray[np.uint8] = cv2.resize(drawn, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA).astype(np.uint8)
        return small, view[:3, :3] @ posed.head, boxes

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


def shoot(seed: int, folder: Path, cache: Path) -> Path:
    """Render one person's crops into FOLDER/SEED.npz: pictures, rotations, boxes, months of age, skin colour."""
    path = folder / f"{seed}.npz"
    if path.exists():
        return path
    rng = np.random.default_rng([seed, 0xC0])
    infant = bool(rng.random() < INFANT_SHARE)
    wanted = Distribution()
    looks = _infant(rng, wanted) if infant else _adult(rng, wanted)
    studio = Studio(looks, rng, cache / "canvas-1024.npz", cache)
    pictures, turns, boxes = [], [], []
    for _ in range(POSES):
        posed = studio.pose()
        for _ in range(VIEWS):
            picture, turn, box = studio.view(posed)
            pictures.append(picture)
            turns.append(turn)
            boxes.append(box)
    studio.close()
    half = path.with_suffix(".part.npz")
    np.savez(
        half,
        picture=np.array(pictures),
        rotation=np.array(turns, np.float32),
        boxes=np.array(boxes, np.float32),
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
    given = parser.parse_args()
    cache = given.out / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for number in range(given.first, given.first + given.people):
        started = time.monotonic()
        shoot(FIRST_SEED + number, given.out, cache)
        sys.stdout.write(f"person {number}: {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
