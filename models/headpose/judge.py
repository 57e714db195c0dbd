"""Judges head networks on people no training saw: `python -m models.headpose.judge CROPS FILE.onnx --behind STILLS`.

Runs in vfeed's own environment, as vfeed runs the network and with what it makes of the stated spread. Each
head is shown twice: filmed well, and as at home with things before it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.headpose.filming import Array, Surroundings
from models.headpose.people import People, hands, surroundings
from models.headpose.samples import INPUT_PX, Shots, background_only, sample
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.crops import spread_deg
from vfeed.perception.head_pose_network import LARGEST_SD_DEG, LEAST_SD_DEG, SPREAD_SCALE
from vfeed.perception.image_quality import face_patch, sharpness
from vfeed.perception.onnx_network import Network
from vfeed.perception.parameters import PERCEPTION

YAW_EDGES_DEG = 0, 30, 60, 90, 120, 181
SHARP_EDGES = 0, 0.006, 0.012, 0.025, 1
FAR_DEG, FAR_BAND_DEG = 75.0, (45.0, 110.0)
"""Whether a head is turned further than the first is to be told among those of the second."""
TIMES = 1
WITHIN_SD = 1.645


@dataclass(frozen=True, eq=False)
class Told:
    """What a network says of N heads, and what is so; angles in degrees.

    `off`, `sd` (N, 2) of yaw (as an arc) and pitch; `angle` (N,) between true and told front; `yaw` (N, 2) true and
    told; `hidden` (N, 2) true and told; `sharp` (N,); `infant` (N,) bool; `head` (N,) and `other` (M,) probabilities.
    """

    off: Array
    sd: Array
    angle: Array
    yaw: Array
    hidden: Array
    sharp: Array
    infant: NDArray[np.bool_]
    head: Array
    other: Array


@dataclass(frozen=True, eq=False)
class Shown:
    """Crops of N heads as `samples.sample` gives them, of what kind each is, and M crops without a head."""

    heads: list[tuple[NDArray[np.uint8], Array, Array, float]]
    infant: NDArray[np.bool_]
    others: list[NDArray[np.uint8]]

    @classmethod
    def of(cls, shots: Shots, around: Surroundings, rough: float, seed: int) -> Shown:
        """Show every head TIMES, and a quarter as many pictures without one."""
        rng = np.random.default_rng(seed)
        numbers = np.tile(np.arange(len(shots.picture)), TIMES)
        heads = [sample(shots, int(number), rng, around, rough) for number in numbers]
        return cls(heads, shots.infant[numbers], [background_only(rng, around) for _ in range(len(numbers) // 4)])


def told_of(network: Network, shown: Shown) -> Told:
    """What a network says of all of them."""
    made = shown.heads
    rows, none = _asked(network, [each[0] for each in made]), _asked(network, shown.others)
    true, front = np.stack([each[1][:, 2] for each in made]), rows[:, :3]
    front = front / np.linalg.norm(front, axis=1, keepdims=True)
    angles, was = _yaw_pitch(front), _yaw_pitch(true)
    off = angles - was
    off[:, 0] = ((off[:, 0] + 180) % 360 - 180) * np.cos(np.radians(was[:, 1]))
    return Told(
        off,
        np.clip(spread_deg(rows[:, 6:8], SPREAD_SCALE), LEAST_SD_DEG, LARGEST_SD_DEG),
        np.degrees(np.arccos(np.clip((front * true).sum(1), -1, 1))),
        np.stack([was[:, 0], angles[:, 0]], 1),
        np.stack([[each[3] for each in made], _share(rows[:, 14])], 1),
        np.array([_sharp(crop, box) for crop, _, box, _ in made]),
        shown.infant,
        _share(rows[:, 8]),
        _share(none[:, 8]),
    )


def judged(told: Told) -> dict[str, Any]:
    """The figures of the model card."""
    yaw, seen = np.abs(told.yaw[:, 0]), told.hidden[:, 0] < PERCEPTION.covered_from
    groups: dict[str, NDArray[np.bool_]] = {"all": seen, "infant": seen & told.infant, "adult": seen & ~told.infant}
    for low, high in pairwise(YAW_EDGES_DEG):
        for name, who in (("infant", told.infant), ("adult", ~told.infant)):
            groups[f"yaw {low}-{high} {name}"] = seen & who & (yaw >= low) & (yaw < high)
    for low_sharp, high_sharp in pairwise(SHARP_EDGES):
        groups[f"sharp {low_sharp}-{high_sharp}"] = seen & (told.sharp >= low_sharp) & (told.sharp < high_sharp)
    groups["covered"] = ~seen
    found: dict[str, Any] = {name: _figures(told, chosen) for name, chosen in groups.items() if chosen.sum() > 10}
    far = seen & (yaw > FAR_BAND_DEG[0]) & (yaw < FAR_BAND_DEG[1])
    turned = np.abs(told.yaw[far, 1])
    found["auc of far"] = round(_auc(turned[yaw[far] > FAR_DEG], turned[yaw[far] <= FAR_DEG]), 3)
    found["auc of head"] = round(_auc(told.head, told.other), 4)
    found["head, no head told"] = [round(float(v), 3) for v in ((told.head > 0.5).mean(), (told.other < 0.5).mean())]
    found["auc of covered"] = round(_auc(told.hidden[~seen, 1], told.hidden[seen, 1]), 3)
    found["hidden off by"] = round(float(np.abs(told.hidden[:, 0] - told.hidden[:, 1]).mean()), 3)
    return found


def _figures(told: Told, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    off, sd = np.abs(told.off[chosen]), told.sd[chosen]
    return {
        "heads": int(chosen.sum()),
        "angle mean, median": [round(float(v), 1) for v in (told.angle[chosen].mean(), np.median(told.angle[chosen]))],
        "yaw, pitch off": [round(float(v), 1) for v in off.mean(axis=0)],
        "within the stated 90 %": [round(float(v), 3) for v in (off <= WITHIN_SD * sd).mean(axis=0)],
        "stated sd of yaw, quartiles": [round(float(v), 1) for v in np.quantile(sd[:, 0], (0.25, 0.5, 0.75))],
    }


def _asked(network: Network, crops: list[NDArray[np.uint8]]) -> Array:
    return np.concatenate([network.run(np.stack(crops[at : at + 128]))[0] for at in range(0, len(crops), 128)])


def _share(logit: Array) -> Array:
    share: Array = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return share


def _sharp(crop: NDArray[np.uint8], box: Array) -> float:
    """Sharpness of the face, measured as vfeed measures it."""
    sides = np.exp(box[2:]) * INPUT_PX
    x, y = (box[:2] + 0.5) * INPUT_PX - sides / 2
    picture = PlanarImage.of(np.ascontiguousarray(crop.transpose(1, 2, 0)))
    patch = face_patch(picture, (float(x), float(y), *map(float, sides)))
    return float("nan") if patch is None else sharpness(patch)


def _yaw_pitch(front: Array) -> Array:
    return np.degrees(
        np.stack([np.arctan2(front[:, 0], front[:, 2]), np.arcsin(np.clip(front[:, 1], -0.999, 0.999))], 1)
    )


def _auc(higher: Array, lower: Array) -> float:
    """How often a value of the first (N,) is above one of the second (M,)."""
    both = np.concatenate([higher, lower])
    ranks = np.empty(len(both))
    ranks[np.argsort(both, kind="stable")] = np.arange(1, len(both) + 1)
    return float((ranks[: len(higher)].sum() / len(higher) - (len(higher) + 1) / 2) / max(len(lower), 1))


def main() -> int:
    """Judge each of the networks on the same pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crops", type=Path)
    parser.add_argument("networks", type=Path, nargs="+")
    parser.add_argument("--behind", type=Path, required=True)
    parser.add_argument("--by-detector", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    files = People.of([given.crops]).judging
    shots = Shots.read(files, by_detector=given.by_detector)
    around = surroundings(given.behind, hands(files))
    films = {name: Shown.of(shots, around, rough, given.seed) for name, rough in (("well", 0.0), ("home", 1.0))}
    for path in given.networks:
        network = Network(path)
        sys.stdout.write(f"{path}, {len(files)} people\n")
        for film, shown in films.items():
            figures = judged(told_of(network, shown))
            sys.stdout.writelines(f"{film}: {name}: {json.dumps(what)}\n" for name, what in figures.items())
    return 0


if __name__ == "__main__":
    sys.exit(main())
