"""Who is trained on, who is kept for judging, and what may stand around them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.headpose.filming import Surroundings

KEPT_EVERY, KEPT_FOR_JUDGING, KEPT_FOR_FITTING = 6, 0, 3
"""Every sixth person is kept for judging; of every sixth others the spread is fitted."""
FRAMES_A_CLIP, BEHIND_PX = 5, 640


@dataclass(frozen=True)
class People:
    """Files of the people to train on, to fit the stated spread on, and to judge by."""

    training: list[Path]
    fitting: list[Path]
    judging: list[Path]

    @classmethod
    def of(cls, folders: list[Path]) -> People:
        """Share them out by their numbers, so that people rendered later move nobody."""
        files = sorted(path for folder in folders for path in folder.glob("*.npz") if ".part" not in path.name)
        rest = {path: int(path.stem) % KEPT_EVERY for path in files}
        return cls(
            [path for path in files if rest[path] not in (KEPT_FOR_JUDGING, KEPT_FOR_FITTING)],
            [path for path in files if rest[path] == KEPT_FOR_FITTING],
            [path for path in files if rest[path] == KEPT_FOR_JUDGING],
        )


def hands(files: list[Path]) -> Any:
    """Rendered hands (N, 64, 64, 4) of these people."""
    found = []
    for path in files:
        with np.load(path) as stored:
            found.append(stored["hand"])
    return np.concatenate(found)


def surroundings(folder: Path, rendered_hands: Any, frames: int = FRAMES_A_CLIP) -> Surroundings:
    """Stills that `behind` wrote, or frames of rendered clips, with the boxes of the heads in them."""
    pictures: list[Any] = []
    heads: list[Any] = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            pictures += list(stored["pictures"])
            heads += [boxes[np.isfinite(boxes).all(axis=1)] for boxes in stored["heads"]]
    for path in sorted(folder.glob("*.mp4")):
        if not path.with_suffix(".truth.json.gz").exists():
            continue
        truth = json.loads(gzip.decompress(path.with_suffix(".truth.json.gz").read_bytes()))
        video = cv2.VideoCapture(str(path))
        for number in np.linspace(0, len(truth["frames"]) - 1, frames).astype(int):
            video.set(cv2.CAP_PROP_POS_FRAMES, int(number))
            read, frame = video.read()
            if read:
                scale = BEHIND_PX / max(frame.shape[:2])
                pictures.append(cv2.cvtColor(cv2.resize(frame, None, fx=scale, fy=scale), cv2.COLOR_BGR2RGB))
                frame_truth = truth["frames"][number]
                boxes = np.array([frame_truth[who]["head_box_px"] for who in ("infant", "parent")], float)
                heads.append(boxes[np.isfinite(boxes).all(axis=1)] * scale)
        video.release()
    if not pictures:
        raise SystemExit(f"{folder} holds no rendered stills. Fix: python -m models.headpose.behind.")
    return Surroundings(pictures, heads, rendered_hands)
