"""What is true in a frame, and the episodes that follow from it; the rules are stated in README.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.acting import Pose
from sample_clips.generator.body import Body, Posed
from sample_clips.generator.camera import Camera
from sample_clips.generator.meshdata import base_mesh
from sample_clips.generator.rotation import Array, angle_between_deg, yaw_pitch_deg
from sample_clips.generator.things import Held

Value = TypeVar("Value")
FORMAT = 2
PEOPLE = ("parent", "infant")
OTHER = {"parent": "infant", "infant": "parent"}
SIDEWAYS_DEG = 110.0
"""Beyond this angle from the camera a head shows its back."""
SEEN_SHARE, PARTLY_SHARE, IN_FRAME_SHARE = 0.6, 0.2, 0.3
"""Shares of the face's pixels above which it counts as visible, partly visible, and inside the picture."""
BLIND_COVER = 0.5
"""A cloth or hands more than this far before the eyes of one stop looks from and at that face."""
TARGET_RADIUS_M = {"toy": 0.09, "camera": 0.08, "away": 0.15, "window": 0.20, "down": 0.12}
"""How large each target is: a look is at it when the gaze passes within that radius."""
HELD_WIDEST_DEG = 10.0
"""A thing in one's own hands is near and wide, and most of that width is looked past."""
WAIT_US = 400_000
"""Contact must precede a looking-away episode by less than this."""


@dataclass(frozen=True)
class Seen:
    """How much of a face a camera sees: shares 0..1 of the face drawn alone; `alone_px` in pixels of the clip."""

    covered: float
    in_frame: float
    alone_px: float


def seen_face(drawn: NDArray[np.uint8], alone: NDArray[np.uint8], owner: int, wider: float, px_per_px: float) -> Seen:
    """Compare the face in the whole scene with the face alone, drawn `wider` times wider to see past the edges."""
    height, width = alone.shape
    rows, columns = np.nonzero(alone == owner)
    total = len(rows)
    if total == 0:
        return Seen(0.0, 0.0, 0.0)
    inside = (np.abs(rows - height / 2) * wider < height / 2) & (np.abs(columns - width / 2) * wider < width / 2)
    shown = int((drawn == owner).sum()) / wider**2
    in_frame = float(inside.mean())
    covered = 1 - min(shown / (total * in_frame), 1.0) if in_frame > 0 else 1.0
    return Seen(round(covered, 3), round(in_frame, 3), round(total * wider**2 * px_per_px**2, 1))


def person_truth(
    who: str,
    posed: dict[str, Posed],
    poses: dict[str, Pose],
    body: Body,
    camera: Camera,
    seen: Seen,
    points: dict[str, Array],
    held: Held | None = None,
) -> dict[str, Any]:
    """Return the truth of one person in one frame; see truth.schema.json."""
    mine, partner = posed[who], posed[OTHER[who]]
    forward = mine.head @ np.array([0, 0, 1.0])
    if held is not None and held.worn and held.by == who:
        held = None
    angles, within = _targets(mine, partner, points, held)
    blocked = max(poses["parent"].hidden, poses["infant"].hidden) > BLIND_COVER
    best = min(within, key=lambda name: within[name])
    target = best if within[best] <= 1 else "shift"
    head_yaw, head_pitch = relative_to_camera(forward, mine.eye_middle, camera)
    gaze_yaw, gaze_pitch = relative_to_camera(mine.gaze, mine.eye_middle, camera)
    eyes_px = camera.project(np.stack([mine.eye_left, mine.eye_right]))
    beside = {} if held is None else {"held_face_deg": round(_beside_deg(mine, partner, held), 2)}
    return {
        "visibility": visibility(seen, head_yaw),
        "covered_share": seen.covered,
        "in_frame_share": seen.in_frame,
        "face_area_px": seen.alone_px,
        "head_box_px": _head_box(mine, body, camera),
        "eye_mid": _rounded(mine.eye_middle, 5),
        "eye_l_px": _rounded(eyes_px[0], 2),
        "eye_r_px": _rounded(eyes_px[1], 2),
        "head_R": [_rounded(row, 6) for row in mine.head],
        "head_yaw_pitch_cam": [round(head_yaw, 2), round(head_pitch, 2)],
        "gaze": _rounded(mine.gaze, 5),
        "gaze_yaw_pitch_cam": [round(gaze_yaw, 2), round(gaze_pitch, 2)],
        "eye_in_head": [round(mine.eye_yaw_deg, 2), round(mine.eye_pitch_deg, 2)],
        "angle_to": {name: round(angle, 2) for name, angle in angles.items()},
        "target": target,
        "scripted": poses[who].target,
        "at_face": target == "other_face" and not blocked,
        "face_hidden": blocked,
        "blink": round(poses[who].blink, 2),
        **beside,
    }


def held_truth(held: Held, camera: Camera) -> dict[str, Any]:
    """Return the truth of the thing that is held at a face in a frame; see truth.schema.json."""
    return {
        "kind": held.hold.kind,
        "how": held.hold.how,
        "by": held.by,
        "place": _rounded(held.place, 5),
        "px": _rounded(camera.project(held.place[None])[0], 1),
        "radius_m": held.radius_m,
    }


def _beside_deg(mine: Posed, partner: Posed, held: Held) -> float:
    """Return how far the thing lies from the partner's eyes, as the person sees it."""
    return angle_between_deg(held.place - mine.eye_middle, partner.eye_middle - mine.eye_middle)


def _targets(
    mine: Posed, partner: Posed, points: dict[str, Array], held: Held | None
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the angle to each target in degrees, and the same as a share of the target's angular radius."""
    places = {"other_face": (partner.face_middle, partner.face_radius_m)}
    places |= {name: (points[name], radius) for name, radius in TARGET_RADIUS_M.items()}
    if held is not None:
        places["held"] = (held.place, held.radius_m)
    angles, within = {}, {}
    for name, (place, radius_m) in places.items():
        towards = place - mine.eye_middle
        angles[name] = angle_between_deg(towards, mine.gaze)
        radius_deg = float(np.degrees(np.arctan2(radius_m, np.linalg.norm(towards))))
        within[name] = angles[name] / (min(radius_deg, HELD_WIDEST_DEG) if name == "held" else radius_deg)
    return angles, within


def visibility(seen: Seen, head_yaw_deg: float) -> str:
    """Return visible, partly, hidden, turned (the back of the head) or out (of the picture)."""
    if seen.in_frame < IN_FRAME_SHARE and seen.alone_px > 0:
        return "out"
    if abs(head_yaw_deg) > SIDEWAYS_DEG or seen.alone_px == 0:
        return "turned"
    share = (1 - seen.covered) * seen.in_frame
    if share >= SEEN_SHARE:
        return "visible"
    return "partly" if share >= PARTLY_SHARE else "hidden"


def relative_to_camera(vector: Array, at: Array, camera: Camera) -> tuple[float, float]:
    """Return yaw (+ = to the picture's right) and pitch of a direction; 0, 0 is straight into the lens."""
    back = camera.position - at
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    return yaw_pitch_deg(np.array([right, np.cross(back, right), back]) @ vector)


def _head_box(mine: Posed, body: Body, camera: Camera) -> list[float | None]:
    head = (base_mesh().vertices[:, 1] > 6.2) & (np.abs(mine.vertices).sum(axis=1) > 0)
    used = np.zeros(len(head), bool)
    used[np.unique(body.faces)] = True
    places = camera.project(mine.vertices[head & used])
    if np.isnan(places).any():
        return [None] * 4
    return [round(float(value), 2) for value in (*places.min(axis=0), *places.max(axis=0))]


def _rounded(values: Array, digits: int) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), digits) for value in values]


def episodes(frames: list[dict[str, Any]], end_us: int) -> list[dict[str, Any]]:
    """Return what the frames add up to, in order: mutual gaze, looks at targets, looking away, unseen faces.

    A looking-away episode is a look of the infant at away, window or down that begins within 0.4 s after mutual gaze.
    """
    times = [int(frame["time_us"]) for frame in frames]
    found = [
        _episode("mutual", "both", start, end) for start, end, value in spans(times, end_us, _flags(frames)) if value
    ]
    mutual_ends = [episode["end_us"] for episode in found]
    for who in PEOPLE:
        targets = [str(frame[who]["target"]) for frame in frames]
        for start, end, target in spans(times, end_us, targets):
            if target == "shift":
                continue
            found.append(_episode(f"look:{target}", who, start, end))
            away = who == "infant" and target in ("away", "window", "down")
            if away and any(-WAIT_US <= done - start <= WAIT_US for done in mutual_ends):
                found.append(_episode("looking_away", who, start, end))
        hidden = [frame[who]["visibility"] not in ("visible", "partly") for frame in frames]
        found += [_episode("unseen", who, start, end) for start, end, value in spans(times, end_us, hidden) if value]
    return sorted(found, key=lambda episode: (episode["start_us"], episode["kind"], episode["who"]))


def _flags(frames: list[dict[str, Any]]) -> list[bool]:
    return [bool(frame["mutual"]) for frame in frames]


def _episode(kind: str, who: str, start_us: int, end_us: int) -> dict[str, Any]:
    return {"kind": kind, "who": who, "start_us": start_us, "end_us": end_us}


def spans(times_us: list[int], end_us: int, values: list[Value]) -> list[tuple[int, int, Value]]:
    """Return the runs of equal values as (start, end, value), each frame lasting until the next.

    >>> spans([0, 40, 80], 120, ["a", "a", "b"])
    [(0, 80, 'a'), (80, 120, 'b')]
    """
    runs: list[tuple[int, int, Value]] = []
    for start, end, value in zip(times_us, [*times_us[1:], end_us], values, strict=True):
        if runs and runs[-1][2] == value:
            runs[-1] = (runs[-1][0], end, value)
        else:
            runs.append((start, end, value))
    return runs
