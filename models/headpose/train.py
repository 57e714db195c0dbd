"""Train the head network: `python -m models.headpose.train CROPS --behind bench/cache/tune --out FILE.onnx`.

CROPS is the folder of `models.headpose.crops`; every eighth person is kept for judging. Pictures to stand behind the
heads come from the tune set's rendered clips, never from the test set's. Needs torch, onnx, numpy and OpenCV.
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
from models.headpose.network import HEAD_OUTPUTS, CropNetwork, rotation
from models.headpose.samples import INPUT_PX, NEGATIVE_SHARE, ROUGH, UNKNOWN, Shots, background_only, sample

SIZE = INPUT_PX, INPUT_PX
SPREAD_SCALE = 1.4, 2.0
"""What `vfeed.perception.head_pose_network` multiplies the stated spread of yaw and pitch by."""
FITTED_TIMES, FITTED_ROUGH = 1, 0.9
"""How many crops of each head the spread is fitted on in the end, and which share of them is filmed as at home."""


def drawn(
    shots: Shots, around: Surroundings, rng: np.random.Generator, number: int | None = None, rough: float = ROUGH
) -> training.Sample:
    """Picture, rotation, box, and (is a head, is an infant, share hidden); without a head now and then.

    `number` says which head it must be.
    """
    if number is None and rng.random() < NEGATIVE_SHARE:
        picture, turn, box, flags = background_only(rng, around), np.eye(3), np.zeros(4), (0.0, 0.0, UNKNOWN)
    else:
        number = int(rng.integers(len(shots.picture))) if number is None else number
        picture, turn, box, hidden = sample(shots, number, rng, around, rough)
        flags = 1.0, float(shots.infant[number]), hidden
    numbers = (torch.tensor(np.asarray(part), dtype=torch.float32) for part in (turn, box, flags))
    return torch.from_numpy(picture), *numbers


def mirrored(batch: training.Sample) -> training.Sample:
    """The batch with left and right exchanged."""
    picture, turn, box, flags = batch
    return picture.flip(-1), training.mirrored_directions(turn), box * torch.tensor([-1.0, 1, 1, 1]), flags


def loss_of(out: Tensor, batch: training.Sample, share: float) -> Tensor:
    """What is to become small; `share` of the training time has passed."""
    _, turn, box, flags = batch
    head, infant, hidden = flags[:, 0], flags[:, 1], flags[:, 2]
    count = head.sum().clamp(min=1)
    told = rotation(out)
    far = ((told - turn) ** 2).sum((1, 2)).add(1e-4).sqrt()
    loss = (far * head).sum() / count
    loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(out[:, 8], head)
    age = functional.binary_cross_entropy_with_logits(out[:, 9], infant, reduction="none")
    loss = loss + 0.15 * (age * head).sum() / count
    where = functional.smooth_l1_loss(out[:, 10:14], box, reduction="none", beta=0.05).sum(1)
    loss = loss + (where * head).sum() / count
    known = (hidden >= 0).float()
    cover = functional.binary_cross_entropy_with_logits(out[:, 14], hidden.clamp(0, 1), reduction="none")
    loss = loss + 0.2 * (cover * known).sum() / known.sum().clamp(min=1)
    if share > training.WARM_SHARE:
        badly = training.told_badly(training.apart(told[:, :, 2], turn[:, :, 2]), out[:, 6:8])
        loss = loss + 0.3 * (badly * head).sum() / count
    return loss


def judged(network: CropNetwork, batches: list[training.Sample]) -> dict[str, Any]:
    """Errors in degrees by yaw and age on the people kept for judging, and what the stated spread must be scaled by."""
    out, (turn, box, flags) = training.told_of(network, batches)
    head = flags[:, 0] > 0
    off = training.apart(rotation(out)[:, :, 2], turn[:, :, 2])
    yaw = torch.rad2deg(training.yaw_pitch(turn[:, :, 2])[:, 0]).abs()
    told: dict[str, Any] = {**training.off_by_turn_and_age(off, yaw, flags[:, 1], head, (0, 30, 60, 110, 181))}
    told["sd over stated"] = [
        training.spread_scale(off[chosen], out[chosen, 6:8])
        for chosen in (head & (yaw < 60), head & (yaw >= 60) & (yaw < 110), head & (yaw >= 110))
    ]
    right = (out[:, 8] > 0) == head
    told["head or not"] = [round(float(right[chosen].float().mean()), 4) for chosen in (head, ~head)]
    told["infant or not"] = round(float(((out[:, 9] > 0) == (flags[:, 1] > 0))[head].float().mean()), 3)
    told["box"] = [round(float(v), 3) for v in (out[:, 10:14] - box)[head].abs().mean(0)]
    known = head & (flags[:, 2] >= 0)
    told["hidden share"] = round(float((torch.sigmoid(out[:, 14]) - flags[:, 2])[known].abs().mean()), 3)
    return told


def off_of(out: Tensor, batch: training.Sample) -> tuple[Tensor, Tensor]:
    """What yaw and pitch (N, 2) are off by, in radians, and which of them (N,) count."""
    return training.apart(rotation(out)[:, :, 2], batch[1][:, :, 2]), batch[3][:, 0] > 0


def main() -> int:
    """Train, judge and write."""
    made = training.material(__doc__)
    kept, rng = made.judging_shots, np.random.default_rng(7)
    numbers: list[int | None] = [*range(len(kept.picture)), *([None] * (len(kept.picture) // 4))]
    judging = training.batched([drawn(kept, made.judging_around, rng, number) for number in numbers])
    task = training.Task(CropNetwork(SIZE, HEAD_OUTPUTS), loss_of, lambda network: judged(network, judging), mirrored)
    network = training.trained(task, lambda rng: drawn(made.shots, made.around, rng), made.given)
    numbers = np.tile(np.arange(len(made.fitting_shots.picture)), FITTED_TIMES)
    fitting = training.batched([drawn(made.fitting_shots, made.around, rng, int(n), FITTED_ROUGH) for n in numbers])
    training.fitted(network, fitting, training.Spread(6, SPREAD_SCALE, off_of))
    training.completed(task, network, SIZE, made.given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
