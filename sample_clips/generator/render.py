"""From a recipe to a clip and its truth."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.acting import Actor, Pose, Sway, seats_of
from sample_clips.generator.body import Posed
from sample_clips.generator.camera import Camera, cameras_of
from sample_clips.generator.figure import Figure
from sample_clips.generator.film import TICKS_PER_S, Developer, Writer, frame_ticks, ticks_to_us
from sample_clips.generator.gl import Renderer
from sample_clips.generator.holding import Holding
from sample_clips.generator.light import LIGHTS
from sample_clips.generator.recipe import Recipe, Shot, described
from sample_clips.generator.room import Room
from sample_clips.generator.rotation import Array
from sample_clips.generator.skin import read_canvas
from sample_clips.generator.things import Held
from sample_clips.generator.truth import FORMAT, OTHER, PEOPLE, Seen, episodes, held_truth, person_truth, seen_face

CANVAS_PX, SMALL_CANVAS_PX, SMALL_FILM_PX = 1536, 768, 800
"""Side of a body's texture; a film whose long side is small needs a smaller one, which takes a quarter of the time."""
OVERSAMPLE = 1.1
WIDER = 1.6
"""How much wider than the picture a face is drawn alone, to tell what lies outside."""
OWNER = {"parent": 1, "infant": 2}
TOY_MIDDLE_M = 0.07


@dataclass(frozen=True)
class Moment:
    """One frame: its time, which shot, the camera or cameras, and the truth of both people."""

    ticks: int
    cameras: tuple[Camera, ...]
    truth: dict[str, Any]


class Stage:
    """A recipe's scene on the card; `moment` sets it up at a time, `picture` draws it."""

    def __init__(self, recipe: Recipe, cache: Path, oversample: float = OVERSAMPLE) -> None:
        self.recipe = recipe
        self._renderer = Renderer(oversample)
        small = max(recipe.film.width_px, recipe.film.height_px) < SMALL_FILM_PX
        canvas_px = SMALL_CANVAS_PX if small else CANVAS_PX
        canvas_path = cache / f"canvas-{canvas_px}.npz"
        if not canvas_path.exists():
            self._renderer.bake_canvas(canvas_px, canvas_path)
        canvas = read_canvas(canvas_path)
        seats = seats_of(recipe)
        looks = {"parent": recipe.parent.looks, "infant": recipe.infant.looks}
        mouthing = next((up.sides for up in recipe.infant.hands_up if up.place == "mouth"), None)
        holds = {"parent": None, "infant": mouthing}
        self._figures = {
            who: Figure(self._renderer, looks[who], OWNER[who], canvas, cache, holds[who]) for who in PEOPLE
        }
        self._figures["parent"].show(recipe.parent_shown)
        self._room = Room(self._renderer, recipe, seats)
        people = {"parent": recipe.parent, "infant": recipe.infant}
        self._actors = {who: Actor(who, people[who], seats[who], recipe.seed) for who in PEOPLE}
        self._heads = {who: seats[who].head + np.array([0, 0.06, 0]) for who in PEOPLE}
        self._eyes: dict[str, Array] = {who: head.copy() for who, head in self._heads.items()}
        self._faces: dict[str, Array] = {who: head.copy() for who, head in self._heads.items()}
        self._shake = Sway(np.random.default_rng([recipe.seed, 9]), [recipe.film.shake_deg] * 2, 1.4)
        self._holding = Holding(self._renderer, "parent", recipe.parent, recipe.seed)
        self._held: Held | None = None
        for _ in range(3):
            _, posed, _ = self._act(0.0, self._cameras(0.0))
        self._holding.plan(self._figures["parent"].body, seats["parent"], posed["parent"], posed["infant"])

    def close(self) -> None:
        """Free the card."""
        self._renderer.close()

    def cameras(self) -> list[tuple[Camera, ...]]:
        """Return the resting cameras of every shot."""
        return [cameras_of(self.recipe, shot, self._heads) for shot in self.recipe.shots]

    def shot_at(self, time_s: float) -> int:
        """Return the number of the shot that a time belongs to."""
        return max(n for n, shot in enumerate(self.recipe.shots) if shot.start_s <= time_s)

    def _cameras(self, time_s: float) -> tuple[Camera, ...]:
        shot: Shot = self.recipe.shots[self.shot_at(time_s)]
        yaw, pitch = self._shake(time_s)
        return tuple(camera.shaken(yaw, pitch) for camera in cameras_of(self.recipe, shot, self._heads))

    def _act(
        self, time_s: float, cameras: tuple[Camera, ...]
    ) -> tuple[dict[str, Pose], dict[str, Posed], dict[str, Array]]:
        shared = self._room.points | {
            "toy": self._room.toy_at(time_s) + np.array([0, TOY_MIDDLE_M, 0]),
        }
        shared["held"] = self._held.place if self._held is not None else shared["toy"]
        poses, posed = {}, {}
        for who in PEOPLE:
            points = shared | {"other_face": self._faces[OTHER[who]], "camera": self._lens(who, cameras)}
            poses[who] = self._actors[who].pose(time_s, points, self._eyes[who])
            posed[who] = self._figures[who].body.pose(poses[who])
        for who in PEOPLE:
            self._eyes[who] = posed[who].eye_middle
            self._faces[who] = posed[who].face_middle
        self._held = self._holding.at(time_s, self._figures["parent"].body, posed["parent"])
        return poses, posed, shared

    def _lens(self, who: str, cameras: tuple[Camera, ...]) -> Array:
        """Return where the camera is that a person looks into: the own one of a split screen."""
        return next((each for each in cameras if who in each.people), cameras[0]).position

    def moment(self, ticks: int) -> Moment:
        """Put everybody where they are and return the truth; times must come in order."""
        time_s = ticks / TICKS_PER_S
        cameras = self._cameras(time_s)
        poses, posed, points = self._act(time_s, cameras)
        for who in PEOPLE:
            self._figures[who].move(posed[who])
        self._room.move(time_s, cameras[0].position, posed["parent"], poses["parent"])
        self._holding.move(time_s, self._figures["parent"].body, posed["parent"], self.recipe.parent_shown)
        frame: dict[str, Any] = {
            "time_us": ticks_to_us(ticks),
            "t": round(ticks_to_us(ticks) / 1e6, 6),
            "camera": self.shot_at(time_s),
            "toy_px": [
                None if np.isnan(value) else round(float(value), 1)
                for value in cameras[0].project(points["toy"][None])[0]
            ],
        }
        if self._held is not None:
            frame["held"] = held_truth(self._held, cameras[0])
        drawn = [self._renderer.owned_px(camera) for camera in cameras]
        for who in PEOPLE:
            number = next((n for n, each in enumerate(cameras) if who in each.people), 0)
            camera = cameras[number]
            if who == "parent" and not self.recipe.parent_shown:
                seen = Seen(0.0, 0.0, 0.0)
            else:
                alone = self._renderer.owned_px(camera.widened(WIDER), OWNER[who])
                px = camera.width_px / drawn[number].shape[1]
                seen = seen_face(drawn[number], alone, OWNER[who], WIDER, px)
            frame[who] = person_truth(
                who,
                posed,
                poses,
                self._figures[who].body,
                camera,
                seen,
                points | {"camera": camera.position},
                self._held,
            )
            if who == "parent" and not self.recipe.parent_shown:
                frame[who]["visibility"] = "out"
        frame["mutual"] = bool(frame["parent"]["at_face"] and frame["infant"]["at_face"])
        return Moment(ticks, cameras, frame)

    def picture(self, moment: Moment) -> NDArray[np.uint8]:
        """Return the drawn picture of a moment, all cameras side by side, finer than the film."""
        light = LIGHTS[self.recipe.light]
        pictures = [self._renderer.picture(camera, light) for camera in moment.cameras]
        return pictures[0] if len(pictures) == 1 else np.hstack(pictures)


def _head(recipe: Recipe, cameras: list[tuple[Camera, ...]]) -> dict[str, Any]:
    told = [
        {
            "shot": number,
            "people": list(camera.people),
            "position": [round(float(value), 5) for value in camera.position],
            "view": np.round(camera.view, 6).tolist(),
            "proj": np.round(camera.projection, 6).tolist(),
            "left_px": camera.left_px,
            "width_px": camera.width_px,
        }
        for number, shot in enumerate(cameras)
        for camera in shot
    ]
    film = recipe.film
    return {
        "format": FORMAT,
        "name": recipe.name,
        "fps": film.fps,
        "variable_rate": film.variable_rate,
        "width": film.width_px,
        "height": film.height_px,
        "camera": told[0],
        "cameras": told,
        "recipe": described(recipe),
    }


def render(recipe: Recipe, folder: Path, cache: Path) -> Iterator[tuple[int, int, float]]:
    """Render NAME.mp4 and NAME.truth.json.gz into `folder`; yields (frames done, frames, seconds so far).

    Both appear under their names only when complete, so that a broken run leaves nothing that looks done.
    """
    started = time.monotonic()
    ticks = frame_ticks(recipe.film, recipe.duration_s, recipe.seed)
    folder.mkdir(parents=True, exist_ok=True)
    clip, half = folder / f"{recipe.name}.mp4", folder / f"{recipe.name}.mp4.part"
    stage = Stage(recipe, cache)
    developer = Developer(recipe.film, recipe.seed)
    frames = []
    with Writer(half, recipe.film) as writer:
        for number, tick in enumerate(ticks):
            moment = stage.moment(int(tick))
            frames.append(moment.truth)
            writer.add(developer.frame(stage.picture(moment), int(tick) / TICKS_PER_S), int(tick))
            yield number + 1, len(ticks), time.monotonic() - started
    truth = _head(recipe, stage.cameras())
    truth |= {"episodes": episodes(frames, round(recipe.duration_s * 1_000_000)), "frames": frames}
    stage.close()
    write_truth(truth, folder / f"{recipe.name}.truth.json.gz")
    half.replace(clip)


def write_truth(truth: dict[str, Any], path: Path) -> None:
    """Write the truth, the same bytes for the same truth."""
    text = json.dumps(truth, separators=(",", ":"), allow_nan=False)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def contact_sheet(recipe: Recipe, times_s: list[float], cache: Path, width_px: int = 640) -> NDArray[np.uint8]:
    """Return stills of a recipe at `times_s`, as the film shows them, side by side (H, W, 3) RGB."""
    stage = Stage(recipe, cache)
    stills = []
    for time_s in times_s:
        moment = stage.moment(round(time_s * TICKS_PER_S))
        frame = Developer(recipe.film, recipe.seed).frame(stage.picture(moment), time_s)
        high = round(frame.shape[0] * width_px / frame.shape[1])
        stills.append(cv2.resize(frame, (width_px, high), interpolation=cv2.INTER_AREA))
    stage.close()
    return np.hstack(stills).astype(np.uint8)
