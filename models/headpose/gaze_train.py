"""Train the gaze network: `python -m models.headpose.gaze_train CROPS --behind bench/cache/tune --out FILE.onnx`.

As `models.headpose.train`, from the closer crops of the same people.
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
from models.headpose.gaze_samples import INPUT_PX, sample, with_eyes
from models.headpose.network import GAZE_OUTPUTS, CropNetwork
from models.headpose.samples import Shots

SIZE = INPUT_PX[1], INPUT_PX[0]
SPREAD_SCALE = 1.8, 2.0
"""What `vfeed.perception.gaze_network` multiplies the stated spread of yaw and pitch by."""


LEAST_SD_DEG = torch.tensor([5.0, 15.0])


def drawn(shots: Shots, number: int, around: Surroundings, rng: np.random.Generator) -> training.Sample:
    """Picture, gaze, (lids shut, infant, head's yaw in degrees), and the gaze in the head."""
    picture, gaze, in_head, shut = sample(shots, number, rng, around)
    front = shots.rotation[number][:, 2]
    yaw = abs(np.degrees(np.arctan2(front[0], front[2])))
    flags = float(shut), float(shots.infant[number]), float(yaw)
    numbers = torch.tensor(flags, dtype=torch.float32)
    return torch.from_numpy(picture), torch.from_numpy(gaze), numbers, torch.from_numpy(in_head)


def mirrored(batch: training.Sample) -> training.Sample:
    """The batch with left and right exchanged."""
    picture, gaze, flags, in_head = batch
    return picture.flip(-1), training.mirrored_directions(gaze), flags, training.mirrored_directions(in_head)


def loss_of(out: Tensor, batch: training.Sample, share: float) -> Tensor:
    """What is to become small: angles where the lids are open, the doubt about them, and the lids themselves.

    The eyes' turn in the head is asked for as well: without it they are lost in the turns of the head.
    """
    _, gaze, flags, in_head = batch
    opened = 1 - flags[:, 0]
    count = opened.sum().clamp(min=1)
    told = functional.normalize(out[:, :3], dim=1, eps=1e-4)
    far = ((told - gaze) ** 2).sum(1).add(1e-4).sqrt()
    eyes = ((out[:, 6:8] - 2 * in_head[:, :2]) ** 2).sum(1).add(1e-4).sqrt()
    loss = ((far + eyes) * opened).sum() / count
    loss = loss + 0.2 * functional.binary_cross_entropy_with_logits(out[:, 5], flags[:, 0])
    if share > training.WARM_SHARE:
        badly = training.told_badly(training.apart(told, gaze), out[:, 3:5])
        loss = loss + 0.3 * (badly * opened).sum() / count
    return loss


def judged(network: CropNetwork, batches: list[training.Sample]) -> dict[str, Any]:
    """Errors of yaw and pitch in degrees by the head's yaw and age, and what the stated spread must be scaled by."""
    out, (gaze, flags, in_head) = training.told_of(network, batches)
    opened, yaw = flags[:, 0] < 0.5, flags[:, 2]
    near = opened & (yaw < 45)
    off = training.apart(functional.normalize(out[:, :3], dim=1), gaze)
    told: dict[str, Any] = {**training.off_by_turn_and_age(off, yaw, flags[:, 1], opened, (0, 30, 60, 90))}
    for low, high in ((0, 30), (30, 60), (60, 90)):
        chosen = opened & (yaw >= low) & (yaw < high)
        told[f"{low}-{high} sd over stated"] = training.spread_scale(off[chosen], out[chosen, 3:5])
        stated = (torch.rad2deg(out[chosen, 3:5].clamp(-5, 1).exp()) * torch.tensor(SPREAD_SCALE)).maximum(LEAST_SD_DEG)
        inside = (torch.rad2deg(off[chosen].abs()) <= 1.645 * stated).float().mean(0)
        told[f"{low}-{high} within the stated 90 %"] = [round(float(v), 3) for v in inside]
        told[f"{low}-{high} stated sd of yaw"] = round(float(stated[:, 0].median()), 1)
    told["in the head"] = [
        round(float(v), 1)
        for v in torch.rad2deg(
            (torch.asin((out[:, 6:8] / 2).clamp(-1, 1)) - torch.asin(in_head[:, :2]))[near].abs().mean(0)
        )
    ]
    right = (out[:, 5] > 0) == ~opened
    told["open, shut"] = [round(float(right[chosen].float().mean()), 3) for chosen in (opened, ~opened)]
    return told


def off_of(out: Tensor, batch: training.Sample) -> tuple[Tensor, Tensor]:
    """What yaw and pitch (N, 2) are off by, in radians, and which of them (N,) count: those of open lids."""
    return training.apart(functional.normalize(out[:, :3], dim=1), batch[1]), batch[2][:, 0] < 0.5


def main() -> int:
    """Train, judge and write."""
    made = training.material(__doc__)
    numbers, rng = with_eyes(made.shots), np.random.default_rng(7)
    judging = training.batched(
        [drawn(made.judging_shots, int(at), made.judging_around, rng) for at in with_eyes(made.judging_shots)]
    )
    task = training.Task(CropNetwork(SIZE, GAZE_OUTPUTS), loss_of, lambda network: judged(network, judging), mirrored)

    def draw(rng: np.random.Generator) -> training.Sample:
        return drawn(made.shots, int(numbers[rng.integers(len(numbers))]), made.around, rng)

    network = training.trained(task, draw, made.given)
    fitting = training.batched(
        [drawn(made.fitting_shots, int(at), made.around, rng) for at in with_eyes(made.fitting_shots)]
    )
    training.fitted(network, fitting, training.Spread(3, SPREAD_SCALE, off_of))
    training.completed(task, network, SIZE, made.given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
