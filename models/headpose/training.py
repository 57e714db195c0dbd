"""What training a head or a gaze network has in common: samples without end, the loop, the start, the ONNX file."""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.headpose.filming import Surroundings
from models.headpose.network import CropNetwork, TwoPartNetwork, scaled
from models.headpose.samples import Shots

BATCH, DECAY, WORKERS = 96, 1e-2, 1
RATE, RATE_GOING_ON = 2.5e-3, 1.2e-3
"""Highest learning rate from nothing, and of a network that was trained before."""
KEPT_FOR_JUDGING = 8
WARM_SHARE = 0.12
"""For this share of the time everything but the uncertainty is learned; then the uncertainty as well."""
FRAMES_A_CLIP, BEHIND_PX = 5, 640
TELL_EVERY_S = 120
Sample = tuple[Tensor, ...]
Network = TypeVar("Network", bound=TwoPartNetwork)
Draw = Callable[[np.random.Generator], Sample]


@dataclass(frozen=True)
class Task(Generic[Network]):
    """What is to be learned: an untrained network, the loss, who judges, and how many samples make a step.

    `loss` takes the numbers, the batch and the share of the time that has passed; `judge` a network.
    """

    network: Network
    loss: Callable[[Tensor, Sample, float], Tensor]
    judge: Callable[[Network], dict[str, Any]]
    batch: int = BATCH


class Endless(IterableDataset[Sample]):
    """Samples without end."""

    def __init__(self, draw: Draw, seed: int) -> None:
        self._draw, self._seed = draw, seed

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        rng = np.random.default_rng([self._seed, 0 if worker is None else worker.id])
        cv2.setNumThreads(0)
        while True:
            yield self._draw(rng)


def arguments(description: str | None) -> argparse.Namespace:
    """The command line of both trainings."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("crops", type=Path, nargs="+", help="folders that models.headpose.crops wrote")
    parser.add_argument("--behind", type=Path, required=True, help="folder of the tune set's clips")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="ONNX file of an earlier training to go on from")
    return parser.parse_args()


def people(folders: list[Path]) -> tuple[list[Path], list[Path]]:
    """Files of the people to train on, and of every eighth, kept for judging."""
    files = sorted(path for folder in folders for path in folder.glob("*.npz") if ".part" not in path.name)
    return [path for number, path in enumerate(files) if number % KEPT_FOR_JUDGING], files[::KEPT_FOR_JUDGING]


@dataclass(frozen=True, eq=False)
class Material:
    """What a training is given: people to train on and what may be around them, and the same for judging."""

    given: argparse.Namespace
    shots: Shots
    around: Surroundings
    judging_shots: Shots
    judging_around: Surroundings


def material(description: str | None, frames: int = FRAMES_A_CLIP) -> Material:
    """Read the command line and all that it names; `frames` of each clip may be around heads."""
    given = arguments(description)
    files, judging = people(given.crops)
    shots = Shots.read(files)
    say(f"{len(shots.picture)} heads of {len(files)} people, {len(judging)} more for judging")
    return Material(
        given,
        shots,
        surroundings(given.behind, hands(files), frames),
        Shots.read(judging),
        surroundings(given.behind, hands(judging), frames),
    )


def hands(files: list[Path]) -> Any:
    """Rendered hands (N, 64, 64, 4) of these people."""
    found = []
    for path in files:
        with np.load(path) as stored:
            found.append(stored["hand"])
    return np.concatenate(found)


def surroundings(folder: Path, rendered_hands: Any, frames: int = FRAMES_A_CLIP) -> Surroundings:
    """Frames of rendered clips with the boxes of the heads in them."""
    pictures, heads = [], []
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
        raise SystemExit(f"{folder} holds no rendered clips. Fix: make bench-clips.")
    return Surroundings(pictures, heads, rendered_hands)


def completed(task: Task[Network], draw: Draw, size: tuple[int, int], given: argparse.Namespace) -> None:
    """Train for as long as was asked for, say how good it became, and write the network."""
    network = trained(task, draw, given.minutes, given.seed, given.start)
    say(json.dumps(task.judge(network), indent=1))
    write_onnx(network, size, given.out)


def told_of(network: TwoPartNetwork, batches: list[Sample]) -> tuple[Tensor, list[Tensor]]:
    """The network's numbers for all batches, and the batches' other columns, joined."""
    network.eval()
    with torch.no_grad():
        out = torch.cat([network(batch[0].float()) for batch in batches])
    return out, [torch.cat([batch[at] for batch in batches]) for at in range(1, len(batches[0]))]


def off_by_turn_and_age(
    off: Tensor, turned_deg: Tensor, infant: Tensor, chosen: Tensor, edges: tuple[float, ...]
) -> dict[str, list[float]]:
    """Mean errors in degrees of yaw and pitch (N, 2, radians) among the chosen, by how far heads are turned and age."""
    told = {}
    for low, high in pairwise(edges):
        for name, who in (("infant", infant > 0), ("adult", infant <= 0)):
            inside = chosen & who & (turned_deg >= low) & (turned_deg < high)
            told[f"{low:g}-{high:g} {name}"] = [
                round(float(value), 1) for value in torch.rad2deg(off[inside].abs().mean(0))
            ]
    return told


def trained(task: Task[Network], draw: Draw, minutes: float, seed: int, start: Path | None) -> Network:
    """Train for so long, and return the mean of the weights on the way."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # on two cores one makes the samples
    network = task.network
    loader = iter(DataLoader(Endless(draw, seed), task.batch, num_workers=WORKERS, prefetch_factor=12))
    if start is not None:
        taken_up(network, start, torch.cat([next(loader)[0] for _ in range(4)]).float())
    network = network.to(memory_format=torch.channels_last)
    highest = RATE if start is None else RATE_GOING_ON
    kept = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), highest, weight_decay=DECAY)
    began = told = time.monotonic()
    for step, batch in enumerate(loader):
        share = (time.monotonic() - began) / (60 * minutes)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = highest * min(1, (step + 1) / 150) * (0.5 + 0.5 * np.cos(np.pi * share)) + 1e-5
        loss = task.loss(_out(network, batch[0]), batch, share)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        _averaged(kept, network, min(0.998, step / (step + 20)))
        if time.monotonic() - told > TELL_EVERY_S:
            told = time.monotonic()
            say(f"{share:.0%} step {step} loss {float(loss):.3f} {json.dumps(task.judge(kept))}")
    return kept


def _out(network: TwoPartNetwork, picture: Tensor) -> Tensor:
    """The network's numbers, the convolutions reckoned in half precision: twice as fast where the machine can."""
    shown = scaled(picture.float()).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        features = network.features(shown)
    out: Tensor = network.head(features.float().contiguous())
    return out


def _averaged(kept: TwoPartNetwork, network: TwoPartNetwork, share: float) -> None:
    with torch.no_grad():
        for mine, new in zip(kept.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.mul_(share).add_(new, alpha=1 - share)
            else:
                mine.copy_(new)


def taken_up(network: TwoPartNetwork, path: Path, pictures: Tensor) -> None:
    """Put the weights of an ONNX file into the network; further numbers that it does not give stay as they were drawn.

    From the file of a network that sees crops of another size only the convolutions are taken. It holds them with the
    batch normalisation folded in: `pictures` (N, 3, height, width) are shown to the network to set each normalisation
    so that it changes nothing at first.
    """
    stored = [torch.from_numpy(numpy_helper.to_array(each).copy()) for each in _in_order(onnx.load(str(path)))]
    weights, biases = ([each for each in stored if (each.ndim > 1) == wanted] for wanted in (True, False))
    layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    if len(weights) != len(layers) or len(biases) != len(layers):
        raise SystemExit(f"{path} is not a network of this shape.")
    same_size = all(layer.weight.shape[1:] == weight.shape[1:] for layer, weight in zip(layers, weights, strict=True))
    with torch.no_grad():
        hooks = []
        folded = iter(norms)
        for layer, weight, bias in zip(layers, weights, biases, strict=True):
            if same_size or isinstance(layer, nn.Conv2d):
                layer.weight[: len(weight)] = weight
                if layer.bias is not None:
                    layer.bias[: len(bias)] = bias
                else:
                    hooks.append(next(folded).register_forward_pre_hook(_setting(bias)))
        network.eval()
        network(pictures)
        for hook in hooks:
            hook.remove()
    network.train()


def _in_order(model: Any) -> list[Any]:
    """The stored arrays in the order in which the graph uses them."""
    by_name = {each.name: each for each in model.graph.initializer}
    used = [name for node in model.graph.node if node.op_type in ("Conv", "Gemm") for name in node.input]
    return [by_name[name] for name in used if name in by_name]


def _setting(bias: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def hook(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None and norm.running_var is not None
        mean, var = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.copy_((var + norm.eps).sqrt())
        norm.bias.copy_(bias + mean)

    return hook


def write_onnx(network: TwoPartNetwork, size: tuple[int, int], path: Path) -> None:
    """The network as an ONNX file that OpenCV reads."""
    network.eval()
    free = {0: "count"} if isinstance(network, CropNetwork) else {0: "count", 2: "height", 3: "width"}
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, *size),),
        str(path),
        input_names=["pictures"],
        output_names=["numbers"],
        dynamic_axes={"pictures": free, "numbers": {0: "count"}},
        opset_version=13,
        dynamo=False,
    )


def batched(samples: list[Sample], count: int = 256) -> list[Sample]:
    """Samples as batches."""
    parts = [samples[at : at + count] for at in range(0, len(samples), count)]
    return [tuple(torch.stack(part) for part in zip(*batch, strict=True)) for batch in parts]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def yaw_pitch(front: Tensor) -> Tensor:
    """(N, 2) in radians of directions (N, 3)."""
    return torch.stack([torch.atan2(front[:, 0], front[:, 2]), torch.asin(front[:, 1].clamp(-0.999, 0.999))], dim=1)


def told_badly(off: Tensor, spread: Tensor) -> Tensor:
    """(N,): how little the logs of the stated spread (N, 2) fit what yaw and pitch are off by (N, 2), in radians."""
    spread = spread.clamp(-5, 1)
    return (off.abs() * torch.exp(-spread) + spread).sum(1)


def apart(told: Tensor, true: Tensor) -> Tensor:
    """(N, 2): yaw and pitch of one direction less those of the other, in radians, the yaw as an arc."""
    off = yaw_pitch(told) - yaw_pitch(true)
    yaw = torch.remainder(off[:, 0] + torch.pi, 2 * torch.pi) - torch.pi
    return torch.stack([yaw * torch.cos(yaw_pitch(true)[:, 1]), off[:, 1]], dim=1)


def spread_scale(off: Tensor, spread: Tensor) -> list[float]:
    """What stated spreads must be multiplied by so that 90 % of what is off lies within 1.645 of them."""
    stated = torch.exp(spread.clamp(-5, 1))
    return [round(float(torch.quantile(off[:, k].abs() / stated[:, k], 0.9) / 1.645), 2) for k in (0, 1)]
