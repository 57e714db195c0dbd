"""How like real film a set of rendered clips is: sharpness, brightness and size of faces, and how quickly heads turn.

`python -m bench.likeness FOLDER ...` prints quartiles in the rows of bench/sets/README.md.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.measure import clips_in
from bench.truth import CAN_BE_SEEN, PEOPLE, truth_path
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.image_quality import face_patch, sharpness

FloatArray = NDArray[np.floating[Any]]
FACE_TOP, FACE_BOTTOM = 0.26, 0.98
FACE_WIDE = 0.74, 0.52
PROFILE_AT = 0.24
"""The face in the box of a head without hair, as detectors draw it: from which to which share of its height, its share
of the width from the front and in profile, and how far to the side of the middle it lies in profile."""
NEXT_US = 200_000
"""Turns are taken from frame to frame where the next frame comes within this."""
QUARTILES = 25, 50, 75


def of_clip(clip: Path) -> dict[str, list[float]]:
    """Return every measured value of a rendered clip's faces that can be seen, by name."""
    truth = json.loads(gzip.decompress(truth_path(clip).read_bytes()))
    found: dict[str, list[float]] = {"sharpness": [], "brightness": [], "face width": [], "turn": []}
    capture = cv2.VideoCapture(str(clip))
    for frame in truth["frames"]:
        there, read = capture.read()
        if not there:
            break
        image = np.asarray(cv2.cvtColor(read, cv2.COLOR_BGR2RGB), np.uint8)
        for who in PEOPLE:
            if frame[who]["visibility"] in CAN_BE_SEEN and None not in frame[who]["head_box_px"]:
                _study(image, face_box(frame[who]), found)
    capture.release()
    found["turn"] = [turn for who in PEOPLE for turn in turns(truth["frames"], who)]
    return found


def face_box(person: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return the face (left, top, width, height in px) of a person of the truth, from the head's box and its yaw."""
    left, top, right, bottom = person["head_box_px"]
    to_side = float(np.sin(np.deg2rad(person["head_yaw_pitch_cam"][0])))
    wide = (FACE_WIDE[0] + (FACE_WIDE[1] - FACE_WIDE[0]) * abs(to_side)) * (right - left)
    middle = (left + right) / 2 + PROFILE_AT * to_side * (right - left)
    return middle - wide / 2, top + FACE_TOP * (bottom - top), wide, (FACE_BOTTOM - FACE_TOP) * (bottom - top)


def _study(image: NDArray[np.uint8], box: tuple[float, float, float, float], found: dict[str, list[float]]) -> None:
    patch = face_patch(PlanarImage.of(image), box)
    if patch is not None:
        found["sharpness"].append(sharpness(patch))
        found["brightness"].append(float(patch.mean()))
        found["face width"].append(box[2])


def turns(frames: Sequence[dict[str, Any]], who: str) -> list[float]:
    """Return the angles in degrees by which a head turns from each frame to the next that comes soon enough."""
    found = []
    for now, then in pairwise(frames):
        if then["time_us"] - now["time_us"] < NEXT_US:
            turn = np.array(now[who]["head_R"]).T @ np.array(then[who]["head_R"])
            found.append(float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1)))))
    return found


def table(folders: Sequence[Path]) -> str:
    """Return a Markdown table of quartiles, one column a folder."""
    columns = []
    for folder in folders:
        values: dict[str, list[float]] = {}
        for clip in clips_in(folder):
            for name, each in of_clip(clip).items():
                values.setdefault(name, []).extend(each)
        columns.append(values)
    names = list(columns[0]) if columns else []
    lines = ["| quartiles (25 / 50 / 75 %) | " + " | ".join(folder.name for folder in folders) + " |"]
    lines.append("|---|" + "---|" * len(folders))
    lines += [
        f"| {name} | " + " | ".join(_quartiles(values.get(name, [])) for values in columns) + " |" for name in names
    ]
    return "\n".join(lines)


def _quartiles(values: list[float]) -> str:
    if not values:
        return "-"
    digits = 3 if max(values) <= 1 else 1
    return " / ".join(f"{value:.{digits}f}" for value in np.percentile(values, QUARTILES))


if __name__ == "__main__":
    sys.stdout.write(table([Path(given) for given in sys.argv[1:]]) + "\n")
