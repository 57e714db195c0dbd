"""The exact truth of a rendered clip (sample_clips/truth.schema.json), as arrays."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import to_sight, yaw_pitch_deg
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

PEOPLE = ("infant", "parent")
CAN_BE_SEEN = ("visible", "partly")
TRUE_STATE = {
    "other_face": "partner",
    "toy": "object",
    "held": "object",
    "away": "away",
    "window": "away",
    "camera": "away",
}
"""State that a true target counts as; looks down beside the toy, and frames on the way between targets, are left out:
vfeed's three states do not say what they are."""
EYES_ONLY_SHARE = 0.3
"""A look for which the head makes at most this share of the turn is a glance with the eyes alone."""
LIGHT_ABOVE, DARK_BELOW = 160.0, 110.0
"""Brightness of a skin (0-255) above which it counts as light, and below which as dark."""
OLDEST_INFANT_YEARS = 4.0
SHIFT_US = 400_000

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class PersonTruth:
    """One person, one value per frame of the clip.

    `angles` (N, 2) yaw and pitch of the head from the line of sight, `gaze` the same for the gaze, degrees, as a viewer
    whose up is the camera's sees them, which is how vfeed reads them; `head_px` (N, 4) left, top, right, bottom; `seen`
    whether the face can be seen; `held_face_deg` (N,) how far off the partner's eyes this person sees the thing that is
    held at a face, NaN where there is none; `hidden` (N,) whether hands, cloth or a thing are before one of the two
    faces. `partner` (N, 2) is where the partner's eyes are, as `angles` and `gaze` are given. `age` and `tone` are
    group names.
    """

    age: str
    tone: str
    seen: NDArray[np.bool_]
    cover: FloatArray
    head_px: FloatArray
    angles: FloatArray
    gaze: FloatArray
    target: list[str]
    at_face: NDArray[np.bool_]
    held_face_deg: FloatArray
    hidden: NDArray[np.bool_]
    partner: FloatArray
    glances: tuple[Interval, ...]


@dataclass(frozen=True, eq=False)
class ClipTruth:
    """What was true in a rendered clip; times in microseconds. `episodes` are (kind, who, interval)."""

    name: str
    kind: str
    light: str
    width_px: int
    time_us: NDArray[np.int64]
    end_us: int
    people: dict[str, PersonTruth]
    episodes: tuple[tuple[str, str, Interval], ...]

    @property
    def both_seen(self) -> NDArray[np.bool_]:
        """(N,): both faces can be seen."""
        seen: NDArray[np.bool_] = self.people["infant"].seen & self.people["parent"].seen
        return seen

    @property
    def mutual(self) -> NDArray[np.bool_]:
        """(N,): both look at each other's face."""
        both: NDArray[np.bool_] = self.people["infant"].at_face & self.people["parent"].at_face
        return both

    def looks(self, who: str, *targets: str) -> Timeline:
        """When a person looks at one of the targets; looks that a shift of gaze parts by less than 0.4 s are one."""
        wanted = {f"look:{target}" for target in targets}
        return Timeline(each for kind, whose, each in self.episodes if kind in wanted and whose == who).merge(SHIFT_US)

    def looking_away(self) -> list[Interval]:
        """The infant's looks elsewhere that follow contact or the parent's look at the infant's face.

        The definition is that of the candidates: at least 0.4 s long, with contact or 0.5 s of the parent's look in
        the 2 s before. A look at the toy is not one of them.
        """
        rules = DyadParameters()
        contact = Timeline(each for kind, _, each in self.episodes if kind == "mutual")
        bids = self.looks("parent", "other_face")
        found = []
        for look in self.looks("infant", "away", "window", "down", "camera"):
            before = Interval(look.start_us - rules.contact_before_us, look.start_us)
            called = contact.crop(before) or bids.crop(before).duration_us >= rules.shortest_bid_us
            if look.start_us > 0 and look.duration_us >= rules.shortest_away_us and called:
                found.append(look)
        return found

    def nearest(self, time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each time the number of the frame nearest to it."""
        after = np.clip(np.searchsorted(self.time_us, time_us), 1, max(1, len(self.time_us) - 1))
        before = after - 1
        after = np.minimum(after, len(self.time_us) - 1)
        nearer = np.abs(self.time_us[before] - time_us) <= np.abs(self.time_us[after] - time_us)
        index: NDArray[np.int64] = np.where(nearer, before, after)
        return index


def truth_path(clip: Path) -> Path:
    """Where the truth of a rendered clip lies."""
    return clip.with_suffix(".truth.json.gz")


def read_truth(path: Path) -> ClipTruth:
    """Read NAME.truth.json.gz; KeyError for a file of another format."""
    stored = json.loads(gzip.decompress(path.read_bytes()))
    recipe = stored["recipe"]
    end_us = round(recipe["duration_s"] * 1_000_000)
    return ClipTruth(
        name=stored["name"],
        kind=recipe["shots"][0]["kind"],
        light=recipe["light"],
        width_px=max(stored["width"], stored["height"]),
        time_us=np.array([frame["time_us"] for frame in stored["frames"]], np.int64),
        end_us=end_us,
        people={who: _person(who, stored, end_us) for who in PEOPLE},
        episodes=tuple(
            (each["kind"], each["who"], Interval(each["start_us"], each["end_us"])) for each in stored["episodes"]
        ),
    )


def _person(who: str, stored: dict[str, Any], end_us: int) -> PersonTruth:
    frames, recipe = stored["frames"], stored["recipe"][who]
    rows = [frame[who] for frame in frames]
    partner = np.array([frame[PEOPLE[who == PEOPLE[0]]]["eye_mid"] for frame in frames], float)
    eyes = np.array([row["eye_mid"] for row in rows], float)
    gaze, head = np.array([row["gaze"] for row in rows]), np.array([row["head_R"] for row in rows])[..., 2]
    views = _views(who, stored)
    return PersonTruth(
        age=_age_group(recipe["looks"]["age_years"]),
        tone=_tone_group(recipe["looks"]["skin_rgb"]),
        seen=np.array([row["visibility"] in CAN_BE_SEEN for row in rows]),
        cover=np.array([row["covered_share"] for row in rows]),
        head_px=np.array([row["head_box_px"] for row in rows], float),
        angles=_about_sight(head, eyes, views),
        gaze=_about_sight(gaze, eyes, views),
        target=[row["target"] for row in rows],
        at_face=np.array([bool(row["at_face"]) for row in rows]),
        hidden=np.array([bool(row["face_hidden"]) for row in rows]),
        held_face_deg=np.array([row.get("held_face_deg", np.nan) for row in rows], float),
        partner=_about_sight(partner - eyes, eyes, views),
        glances=_glances(recipe["gaze"], end_us),
    )


def _views(who: str, stored: dict[str, Any]) -> FloatArray:
    """View matrices (N, 4, 4), world to camera, of the camera that a person's truth refers to, frame by frame."""
    of_shot: dict[int, list[list[float]]] = {}
    for camera in stored["cameras"]:
        if who in camera["people"] or camera["shot"] not in of_shot:
            of_shot[camera["shot"]] = camera["view"]
    return np.array([of_shot[frame["camera"]] for frame in stored["frames"]], float)


def _about_sight(vectors: FloatArray, eyes: FloatArray, views: FloatArray) -> FloatArray:
    """Yaw and pitch (N, 2) of world vectors (N, 3) at `eyes` (N, 3), about the camera's line of sight to them."""
    place = np.einsum("nij,nj->ni", views, np.column_stack([eyes, np.ones(len(eyes))]))[:, :3]
    ray = place / np.linalg.norm(place, axis=1, keepdims=True)
    return yaw_pitch_deg(to_sight(np.einsum("nij,nj->ni", views[:, :3, :3], vectors), ray))


def _glances(looks: list[dict[str, Any]], end_us: int) -> tuple[Interval, ...]:
    """Looks at the partner's face with the eyes alone."""
    starts = [round(look["start_s"] * 1_000_000) for look in looks]
    return tuple(
        Interval(start, min(end, end_us))
        for look, start, end in zip(looks, starts, [*starts[1:], end_us], strict=True)
        if look["target"] == "other_face" and look["head_share"] <= EYES_ONLY_SHARE and start < min(end, end_us)
    )


def _age_group(years: float) -> str:
    if years < OLDEST_INFANT_YEARS:
        months = years * 12
        return "2-7 months" if months < 8 else "8-17 months" if months < 18 else "18-30 months"
    return "18-39 years" if years < 40 else "40-59 years" if years < 60 else "60-75 years"


def _tone_group(rgb: list[float]) -> str:
    brightness = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
    return "light" if brightness > LIGHT_ABOVE else "dark" if brightness < DARK_BELOW else "middle"
