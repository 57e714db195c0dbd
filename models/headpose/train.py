"""Train on rendered heads: `python -m models.headpose.train CROPS --behind bench/cache/tune --out FILE.onnx`.

CROPS is the folder of `models.headpose.crops`; every eighth person is kept for judging. Pictures to stand behind the
heads come from the tune set's rendered clips, never from the test set's. Needs torch, onnx, numpy and OpenCV.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.headpose.network import HeadNetwork, rotation, scaled
from models.headpose.samples import INPUT_PX, NEGATIVE_SHARE, Shots, Surroundings, background_only, sample

BATCH, RATE, DECAY, WORKERS = 96, 2.5e-3, 1e-2, 1
KEPT_FOR_JUDGING = 8
WARM_SHARE = 0.12
"""For this share of the time only rotation, head or not, and box are learned; then the uncertainty as well."""
FRAMES_A_CLIP, BEHIND_PX = 5, 640
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


class Endless(IterableDataset[Batch]):
    """Samples without end: picture, rotation, box, and (is a head, is an infant)."""

    def __init__(self, shots: Shots, behind: Surroundings, seed: int) -> None:
        self._shots, self._behind, self._seed = shots, behind, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng([self._seed, 0 if worker is None else worker.id])
        cv2.setNumThreads(0)
        while True:
            yield drawn(self._shots, self._behind, rng)


def drawn(shots: Shots, behind: Surroundings, rng: np.random.Generator, number: int | None = None) -> Batch:
    """One sample; a background without a head now and then unless `number` says which head."""
    if number is None and rng.random() < NEGATIVE_SHARE:
        picture, turn, box, flags = background_only(rng, behind), np.eye(3), np.zeros(4), (0.0, 0.0)
    else:
        number = int(rng.integers(len(shots.picture))) if number is None else number
        picture, turn, box = sample(shots, number, rng, behind)
        flags = 1.0, float(shots.infant[number])
    numbers = (torch.tensor(np.asarray(part), dtype=torch.float32) for part in (turn, box, flags))
    return torch.from_numpy(picture), *numbers


def surroundings(folder: Path) -> Surroundings:
    """Frames of rendered clips with the boxes of the heads in them."""
    pictures, heads = [], []
    for path in sorted(folder.glob("*.mp4")):
        truth = json.loads(gzip.decompress(path.with_suffix(".truth.json.gz").read_bytes()))
        video = cv2.VideoCapture(str(path))
        for number in np.linspace(0, len(truth["frames"]) - 1, FRAMES_A_CLIP).astype(int):
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
        raise SystemExit(f"{folder} holds no rendered clips. Fix: make bench-clips.")
    return Surroundings(pictures, heads)


def yaw_pitch(turns: Tensor) -> Tensor:
    """(N, 2) in radians of the front."""
    front = turns[:, :, 2]
    return torch.stack([torch.atan2(front[:, 0], front[:, 2]), torch.asin(front[:, 1].clamp(-0.999, 0.999))], dim=1)


def loss_of(out: Tensor, turn: Tensor, box: Tensor, flags: Tensor, share: float) -> Tensor:
    """What is to become small; `share` of the training time has passed."""
    head, infant = flags[:, 0], flags[:, 1]
    count = head.sum().clamp(min=1)
    told = rotation(out)
    far = ((told - turn) ** 2).sum((1, 2)).add(1e-4).sqrt()
    loss = (far * head).sum() / count
    loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(out[:, 8], head)
    age = functional.binary_cross_entropy_with_logits(out[:, 9], infant, reduction="none")
    loss = loss + 0.15 * (age * head).sum() / count
    where = functional.smooth_l1_loss(out[:, 10:], box, reduction="none", beta=0.05).sum(1)
    loss = loss + (where * head).sum() / count
    if share > WARM_SHARE:
        off = yaw_pitch(told) - yaw_pitch(turn)
        off = torch.remainder(off + torch.pi, 2 * torch.pi) - torch.pi
        off = torch.stack([off[:, 0] * torch.cos(yaw_pitch(turn)[:, 1]), off[:, 1]], dim=1)
        spread = out[:, 6:8].clamp(-5, 1)
        told_badly = (off.abs() * torch.exp(-spread) + spread).sum(1)
        loss = loss + 0.3 * (told_badly * head).sum() / count
    return loss


def judged(network: HeadNetwork, batches: list[Batch]) -> dict[str, Any]:
    """Errors in degrees by yaw and age on the people kept for judging, and what the stated spread must be scaled by."""
    network.eval()
    with torch.no_grad():
        out = torch.cat([network(batch[0].float()) for batch in batches])
    turn, flags = torch.cat([batch[1] for batch in batches]), torch.cat([batch[3] for batch in batches])
    head = flags[:, 0] > 0
    off = torch.rad2deg(yaw_pitch(rotation(out)) - yaw_pitch(turn))
    off = ((off + 180) % 360 - 180).abs()
    yaw = torch.rad2deg(yaw_pitch(turn)[:, 0]).abs()
    told: dict[str, Any] = {}
    for low, high in ((0, 30), (30, 60), (60, 110), (110, 181)):
        for name, who in (("infant", flags[:, 1] > 0), ("adult", flags[:, 1] <= 0)):
            chosen = head & who & (yaw >= low) & (yaw < high)
            told[f"{low}-{high} {name}"] = [round(float(value), 1) for value in off[chosen].mean(0)]
    stated = torch.rad2deg(torch.exp(out[:, 6:8].clamp(-5, 1)))
    told["sd over stated"] = [
        [round(float(torch.quantile(off[chosen, k] / stated[chosen, k], 0.9) / 1.645), 2) for k in (0, 1)]
        for chosen in (head & (yaw < 60), head & (yaw >= 60) & (yaw < 110), head & (yaw >= 110))
    ]
    right = (out[:, 8] > 0) == head
    told["head or not"] = [round(float(right[chosen].float().mean()), 4) for chosen in (head, ~head)]
    told["infant or not"] = round(float(((out[:, 9] > 0) == (flags[:, 1] > 0))[head].float().mean()), 3)
    told["box"] = [round(float(v), 3) for v in (out[:, 10:] - torch.cat([b[2] for b in batches]))[head].abs().mean(0)]
    return told


def trained(shots: Shots, behind: Surroundings, judging: list[Batch], minutes: float, seed: int) -> HeadNetwork:
    """Train for so long, and return the mean of the weights on the way."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # on two cores one makes the samples
    network = HeadNetwork().to(memory_format=torch.channels_last)
    kept = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    loader = DataLoader(Endless(shots, behind, seed), BATCH, num_workers=WORKERS, prefetch_factor=12)
    began = told = time.monotonic()
    for step, (picture, turn, box, flags) in enumerate(loader):
        share = (time.monotonic() - began) / (60 * minutes)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 150) * (0.5 + 0.5 * np.cos(np.pi * share)) + 1e-5
        loss = loss_of(_out(network, picture), turn, box, flags, share)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        _averaged(kept, network, min(0.998, step / (step + 20)))
        if time.monotonic() - told > 120:
            told = time.monotonic()
            sys.stdout.write(f"{share:.0%} step {step} loss {float(loss):.3f} {json.dumps(judged(kept, judging))}\n")
            sys.stdout.flush()
    return kept


def _out(network: HeadNetwork, picture: Tensor) -> Tensor:
    """The network's numbers, the convolutions reckoned in half precision: twice as fast where the machine can."""
    shown = scaled(picture.float()).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        features = network.features(shown)
    out: Tensor = network.head(features.float().contiguous())
    return out


def _averaged(kept: HeadNetwork, network: HeadNetwork, share: float) -> None:
    with torch.no_grad():
        for mine, new in zip(kept.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.mul_(share).add_(new, alpha=1 - share)
            else:
                mine.copy_(new)


def write_onnx(network: HeadNetwork, path: Path) -> None:
    """The network as an ONNX file that OpenCV reads."""
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, INPUT_PX, INPUT_PX),),
        str(path),
        input_names=["pictures"],
        output_names=["heads"],
        dynamic_axes={"pictures": {0: "count"}, "heads": {0: "count"}},
        opset_version=13,
        dynamo=False,
    )


def main() -> int:
    """Train, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crops", type=Path)
    parser.add_argument("--behind", type=Path, required=True, help="folder of the tune set's clips")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    files = sorted(path for path in given.crops.glob("*.npz") if ".part" not in path.name)
    behind = surroundings(given.behind)
    kept = Shots.read(files[::KEPT_FOR_JUDGING])
    shots = Shots.read([path for number, path in enumerate(files) if number % KEPT_FOR_JUDGING])
    rng = np.random.default_rng(7)
    numbers: list[int | None] = [*range(len(kept.picture)), *([None] * (len(kept.picture) // 4))]
    drawings = [drawn(kept, behind, rng, number) for number in numbers]
    judging: list[Batch] = [
        tuple(torch.stack(part) for part in zip(*drawings[at : at + 256], strict=True))
        for at in range(0, len(drawings), 256)
    ]
    sys.stdout.write(f"{len(shots.picture)} heads of {len(files)} people less {len(kept.picture)} for judging\n")
    network = trained(shots, behind, judging, given.minutes, given.seed)
    sys.stdout.write(json.dumps(judged(network, judging), indent=1) + "\n")
    write_onnx(network, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
