"""Train what tells whether something is before a face: `python -m models.headpose.occlusion_train CROPS --behind CLIPS
--start models/head_pose.onnx --out FILE.onnx`.

From a wider crop than the head network's: how much of the face is hidden, how much of its eyes' part, and whether
something is in the way of a look along the head's front. Needs torch, onnx, numpy and OpenCV.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.headpose import training
from models.headpose.filming import Surroundings
from models.headpose.held_before import held_or_not, in_the_way
from models.headpose.network import CropNetwork
from models.headpose.samples import INPUT_PX, STUDY_PX, Shots, placed

SIZE = INPUT_PX, INPUT_PX
SIDE = 2.2
"""Side of the crop over the longer side of the head's box; the same number as in vfeed's reading of it."""
EYES_BAND = 0.15, 0.6
"""The shares of a face's box, from its top, between which the eyes lie however a head is bent."""
OUTPUTS, RATE = 3, 1.2e-3
HIDDEN_FROM, FREE_BELOW, SURELY = 0.7, 0.1, 0.8


def drawn(shots: Shots, around: Surroundings, rng: np.random.Generator, number: int | None = None) -> training.Sample:
    """Return a crop (3, 64, 64), shares (3,) hidden of box and eyes and in the way, and how far the head is turned."""
    at = int(rng.integers(len(shots.picture))) if number is None else number
    head = placed(shots, at, rng, around, side=SIDE, things=held_or_not)
    box = np.concatenate([head.middle - head.sides / 2, head.middle + head.sides / 2]) * STUDY_PX + STUDY_PX / 2
    way = in_the_way(head.hidden, box, head.rotation[:, 2])
    unsure = bool(shots.own_hands[at].any()) and way < SURELY  # own hands are marked only where they hide the face
    true = (
        max(head.hidden_share(), 0.0),
        max(head.hidden_share(*EYES_BAND), 0.0),
        -1.0 if unsure else float(np.clip((way - 0.3) / 0.5, 0, 1)),
    )
    turned = float(np.degrees(np.arccos(np.clip(head.rotation[2, 2], -1, 1))))
    numbers = (torch.tensor(part, dtype=torch.float32) for part in (true, turned))
    return torch.from_numpy(head.filmed(rng)), *numbers


def mirrored(batch: training.Sample) -> training.Sample:
    """The batch with left and right exchanged."""
    return batch[0].flip(-1), *batch[1:]


def loss_of(out: Tensor, batch: training.Sample, _share: float) -> Tensor:
    """What is to become small."""
    true = batch[1]
    off = functional.binary_cross_entropy_with_logits(out, true.clamp(0, 1), reduction="none")
    return off[true >= 0].mean()


def judged(network: CropNetwork, batches: list[training.Sample]) -> dict[str, Any]:
    """How often hidden faces are told from free ones (area under the curve), by how far heads are turned, and means."""
    out, (true, turned) = training.told_of(network, batches)
    told = torch.sigmoid(out)
    names = "box", "eyes", "in the way"
    found: dict[str, Any] = {name: _told_apart(told[:, k], true[:, k]) for k, name in enumerate(names)}
    for low, high in ((0, 35), (35, 65), (65, 110)):
        chosen = (turned >= low) & (turned < high)
        found[f"in the way, turned {low}-{high}"] = _told_apart(told[chosen, 2], true[chosen, 2])
    found["told where so, where not"] = [
        round(float(told[which, 2].mean()), 3)
        for which in (true[:, 2] > HIDDEN_FROM, (true[:, 2] >= 0) & (true[:, 2] < FREE_BELOW))
    ]
    return found


def _told_apart(told: Tensor, true: Tensor) -> float:
    hidden, free = told[true > HIDDEN_FROM], told[(true >= 0) & (true < FREE_BELOW)]
    return round(float((hidden[:, None] > free[None]).float().mean()), 4)


def main() -> int:
    """Train, judge and write."""
    made = training.material(__doc__)
    kept, rng = made.judging_shots, np.random.default_rng(7)
    judging = training.batched([drawn(kept, made.judging_around, rng, number) for number in range(len(kept.picture))])
    task = training.Task(
        CropNetwork(SIZE, OUTPUTS), loss_of, lambda network: judged(network, judging), mirrored, rate=RATE
    )
    network = training.trained(task, lambda rng: drawn(made.shots, made.around, rng), made.given)
    training.completed(task, network, SIZE, made.given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
