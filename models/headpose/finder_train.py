"""Train the finder: `python -m models.headpose.finder_train CROPS --behind bench/cache/tune --out FILE.onnx`.

As `models.headpose.train`, from the same heads put into whole pictures.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.headpose import training
from models.headpose.finder_samples import PICTURE_PX, sample
from models.headpose.network import FinderNetwork
from models.headpose.samples import Shots

SIZE = PICTURE_PX[1], PICTURE_PX[0]
BATCH, JUDGED = 16, 160
FRAMES_A_CLIP = 12
FOUND_FROM = 0.4


def drawn(shots: Shots, around: training.Surroundings, rng: np.random.Generator) -> training.Sample:
    """Picture and cells."""
    picture, cells = sample(shots, rng, around)
    return torch.from_numpy(picture), torch.from_numpy(cells)


def loss_of(out: Tensor, batch: training.Sample, _share: float) -> Tensor:
    """Focal loss of the hills (Law and Deng 2018, as in Zhou et al. 2019), and how boxes are off at heads' middles."""
    hill, at = batch[1][:, 0], batch[1][:, 5]
    logit = out[:, 0]
    p = torch.sigmoid(logit)
    count = at.sum().clamp(min=1)
    found = ((1 - p) ** 2 * functional.logsigmoid(logit) * at).sum()
    refused = ((1 - hill) ** 4 * p**2 * functional.logsigmoid(-logit) * (1 - at)).sum()
    where = functional.smooth_l1_loss(out[:, 1:], batch[1][:, 1:5], reduction="none", beta=0.1).sum(1)
    return -(found + refused) / count + (where * at).sum() / count


def judged(network: FinderNetwork, batches: list[training.Sample]) -> dict[str, Any]:
    """Share of heads found by size, and hills where no head is, per picture, among people kept for judging."""
    network.eval()
    found: dict[str, list[float]] = {}
    false = pictures = 0.0
    with torch.no_grad():
        for picture, cells in batches:
            p = torch.sigmoid(network(picture.float())[:, 0])
            peak = (p == functional.max_pool2d(p[:, None], 3, 1, 1)[:, 0]) & (p > FOUND_FROM)
            near = functional.max_pool2d(peak[:, None].float(), 3, 1, 1)[:, 0]
            size = 8 * torch.exp(cells[:, 3:5]).amax(1)
            at = cells[:, 5] > 0
            for low, high in ((0, 13), (13, 24), (24, 48), (48, 999)):
                chosen = at & (size >= low) & (size < high)
                found.setdefault(f"{low}-{high} px", []).extend(near[chosen].tolist())
            false += float((peak & (cells[:, 0] < 0.1)).sum())
            pictures += len(picture)
    told: dict[str, Any] = {name: round(float(np.mean(each)), 3) for name, each in found.items()}
    return {**told, "false a picture": round(false / pictures, 3)}


def main() -> int:
    """Train, judge and write."""
    made = training.material(__doc__, FRAMES_A_CLIP)
    rng = np.random.default_rng(7)
    judging = training.batched([drawn(made.judging_shots, made.judging_around, rng) for _ in range(JUDGED)], BATCH)
    task = training.Task(FinderNetwork(), loss_of, lambda each: judged(each, judging), BATCH)
    training.completed(task, lambda rng: drawn(made.shots, made.around, rng), SIZE, made.given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
