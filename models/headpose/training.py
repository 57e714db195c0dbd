"""What training a head or a gaze network has in common: samples without end, the loop, the start, the ONNX file."""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.half_precision import whole
from models.headpose.filming import Surroundings
from models.headpose.network import CropNetwork, scaled
from models.headpose.people import FRAMES_A_CLIP, People, hands, surroundings
from models.headpose.samples import Shots

BATCH, DECAY, WORKERS = 64, 1e-2, 1
RATE, RATE_GOING_ON = 2e-3, 3e-4
"""Highest learning rate from nothing, and of a network that was trained before: at 1.2e-3 a short training on few
people forgot more of the earlier ones than it learned."""
WARM_SHARE = 0.12
"""For this share of the time everything but the uncertainty is learned; then the uncertainty as well."""
TELL_EVERY_S = 240
WITHIN_SD = 1.645
HALF = bool(torch.cpu._is_avx512_bf16_supported())
Sample = tuple[Tensor, ...]
Draw = Callable[[np.random.Generator], Sample]


@dataclass(frozen=True)
class Task:
    """What is to be learned: an untrained network, the loss, who judges, and how many samples make a step.

    `loss` takes the numbers, the batch and the share of the time that has passed; `judge` a network; `mirror` gives the
    same batch with left and right exchanged, which is learned as well: making a sample costs as much as learning it.
    """

    network: CropNetwork
    loss: Callable[[Tensor, Sample, float], Tensor]
    judge: Callable[[CropNetwork], dict[str, Any]]
    mirror: Callable[[Sample], Sample] | None = None
    batch: int = BATCH // 2
    rate: float | None = None


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
    parser.add_argument("--unseen", action="store_true", help="nobody here was trained on: fit the spread on all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, nargs="+", help="go on from an earlier ONNX file, or the mean of several")
    parser.add_argument("--afresh", action="store_true", help="learn from --start on as from nothing, from many people")
    parser.add_argument("--by-detector", action="store_true", help="cut crops where YuNet draws its boxes")
    return parser.parse_args()


@dataclass(frozen=True, eq=False)
class Material:
    """What a training is given: people to train on and what may be around them, and the same for judging."""

    given: argparse.Namespace
    shots: Shots
    around: Surroundings
    fitting_shots: Shots
    judging_shots: Shots
    judging_around: Surroundings


def material(description: str | None, frames: int = FRAMES_A_CLIP) -> Material:
    """Read the command line and all that it names; `frames` of each clip may be around heads."""
    given = arguments(description)
    files = People.of(given.crops)
    shots, fitting, judging = (
        Shots.read(part, by_detector=given.by_detector)
        for part in (files.training, files.fitting + given.unseen * files.training, files.judging)
    )
    say(
        f"{len(shots.picture)} heads of {len(files.training)} people, {len(files.fitting)} more to fit the spread, "
        f"{len(files.judging)} for judging; the detector finds {np.isfinite(shots.detected[:, 0]).mean():.0%}"
    )
    behind = surroundings(given.behind, hands(files.training), frames)
    return Material(given, shots, behind, fitting, judging, replace(behind, hands=hands(files.judging)))


def completed(task: Task, network: CropNetwork, size: tuple[int, int], given: argparse.Namespace) -> None:
    """Say how good the network became, and write it."""
    say(json.dumps(task.judge(network), indent=1))
    write_onnx(network, size, given.out)


def told_of(network: CropNetwork, batches: list[Sample]) -> tuple[Tensor, list[Tensor]]:
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


def trained(task: Task, draw: Draw, given: argparse.Namespace) -> CropNetwork:
    """Train for as long as was asked for, and return the mean of the weights on the way."""
    minutes, seed, start = given.minutes, given.seed, given.start
    afresh = start is None or given.afresh
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # on two cores one makes the samples
    network = task.network
    loader = iter(DataLoader(Endless(draw, seed), task.batch, num_workers=WORKERS, prefetch_factor=12))
    if start is not None:
        taken_up(network, start, torch.cat([next(loader)[0] for _ in range(4)]).float())
        _keep_norms(network, kept=not afresh)
    network = network.to(memory_format=torch.channels_last)
    highest = task.rate or (RATE if afresh else RATE_GOING_ON)
    kept = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), highest, weight_decay=DECAY)
    began = told = time.monotonic()
    for step, made in enumerate(loader):
        batch: Sample = tuple(made)
        share = (time.monotonic() - began) / max(60 * minutes, 1e-3)
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = highest * min(1, (step + 1) / 150) * (0.5 + 0.5 * np.cos(np.pi * share)) + 1e-5
        if task.mirror is not None:
            other = task.mirror(batch)
            batch = tuple(torch.cat(both) for both in zip(batch, other, strict=True))
        loss = task.loss(_out(network, batch[0]), batch, share)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        _averaged(kept, network, min(0.998, step / (step + 20)))
        if time.monotonic() - told > TELL_EVERY_S:
            told = time.monotonic()
            say(f"{share:.0%} step {step} loss {loss.item():.3f} {json.dumps(task.judge(kept))}")
    return kept


def _out(network: CropNetwork, picture: Tensor) -> Tensor:
    """The network's numbers, the convolutions reckoned in half precision where the machine can: twice as fast."""
    shown = scaled(picture.float()).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        features = network.features(shown)
    out: Tensor = network.head(features.float().contiguous())
    return out


def _averaged(kept: CropNetwork, network: CropNetwork, share: float) -> None:
    with torch.no_grad():
        for mine, new in zip(kept.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.mul_(share).add_(new, alpha=1 - share)
            else:
                mine.copy_(new)


def taken_up(network: CropNetwork, paths: list[Path], pictures: Tensor) -> None:
    """Put the weights of ONNX files, their mean, into the network; further numbers they do not give stay as drawn.

    From the file of a network that sees crops of another size only the convolutions are taken. It holds them with the
    batch normalisation folded in: `pictures` (N, 3, height, width) are shown to the network to set each normalisation
    so that it changes nothing at first.
    """
    files = [_in_order(whole(onnx.load(str(path)))) for path in paths]
    stored = [
        torch.from_numpy(np.mean([numpy_helper.to_array(each) for each in same], axis=0))
        for same in zip(*files, strict=True)
    ]
    weights, biases = ([each for each in stored if (each.ndim > 1) == wanted] for wanted in (True, False))
    layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    if len(weights) != len(layers) or len(biases) != len(layers):
        raise SystemExit(f"{paths} hold no network of this shape.")
    same_size = all(layer.weight.shape[1:] == weight.shape[1:] for layer, weight in zip(layers, weights, strict=True))
    with torch.no_grad():
        hooks = []
        folded = iter(norms)
        for layer, weight, bias in zip(layers, weights, biases, strict=True):
            if (same_size or isinstance(layer, nn.Conv2d)) and len(weight) <= len(layer.weight):
                layer.weight[: len(weight)] = weight
                if layer.bias is not None:
                    layer.bias[: len(bias)] = bias
                else:
                    hooks.append(next(folded).register_forward_pre_hook(_setting(bias)))
        network.eval()
        network(pictures)
        for hook in hooks:
            hook.remove()


def _keep_norms(network: CropNetwork, *, kept: bool) -> None:
    """Train on; the normalisations change nothing at first, and are kept where the statistics of few people would."""
    network.train()
    for norm in (part for part in network.modules() if isinstance(part, nn.BatchNorm2d)):
        norm.train(not kept)


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


def write_onnx(network: CropNetwork, size: tuple[int, int], path: Path) -> None:
    """The network as an ONNX file with whole weights; `models.half_precision` halves them for what is shipped."""
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, *size),),
        str(path),
        input_names=["pictures"],
        output_names=["numbers"],
        dynamic_axes={"pictures": {0: "count"}, "numbers": {0: "count"}},
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


def mirrored_directions(directions: Tensor) -> Tensor:
    """Directions (N, 3) or rotations (N, 3, 3) as in a mirror."""
    flip = torch.tensor([-1.0, 1.0, 1.0])
    return directions * flip if directions.ndim == 2 else directions * flip[:, None] * flip


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


@dataclass(frozen=True)
class Spread:
    """Where a network's numbers hold the logs of the spreads of yaw and pitch, and what vfeed multiplies those by.

    `off_of` gives what yaw and pitch (N, 2) are off by, in radians, and which (N,) count.
    """

    first: int
    scale: tuple[float, float]
    off_of: Callable[[Tensor, Sample], tuple[Tensor, Tensor]]


HONEST = 0.85, 0.95
"""A stated 90 % that holds between these shares of crops is left as it is."""
LONGEST_STRETCH = 1.4


def fitted(network: CropNetwork, batches: list[Sample], spread: Spread) -> None:
    """Fit what a network states of its spread, and that alone, on people it was not trained on.

    The logs of a spread whose stated 90 % does not hold are stretched and shifted to be the likeliest, then shifted so
    that it does. More than that, learned from few people, does not hold for others.
    """
    network.eval()
    last, at = network.head[-1], slice(spread.first, spread.first + 2)
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        out = torch.cat([network(batch[0].float()) for batch in batches])
        joined = tuple(torch.cat([batch[part] for batch in batches]) for part in range(len(batches[0])))
        off, counts = spread.off_of(out, joined)
        off, told = off[counts], out[counts, at].clamp(-5, 1)
    line = torch.tensor([[1.0, 1.0], [0.0, 0.0]], requires_grad=True)
    optimiser = torch.optim.LBFGS([line], max_iter=60, line_search_fn="strong_wolfe")

    def miss() -> Tensor:
        optimiser.zero_grad()
        loss = told_badly(off, told * line[0] + line[1]).mean()
        loss.backward()
        return loss

    optimiser.step(miss)
    scale = torch.tensor(spread.scale)
    holds = (off.abs() <= WITHIN_SD * scale * told.exp()).float().mean(0)
    say(f"the stated 90 % held on {len(off)} crops in {holds.tolist()}")
    with torch.no_grad():
        for number in range(2):
            if HONEST[0] <= holds[number] <= HONEST[1]:
                continue
            stretch = line[0, number].clamp(1 / LONGEST_STRETCH, LONGEST_STRETCH)
            stated = scale[number] * (told[:, number] * stretch).exp()
            widened = torch.quantile(off[:, number].abs() / stated, 0.9) / WITHIN_SD
            last.weight[spread.first + number] *= stretch
            last.bias[spread.first + number] = last.bias[spread.first + number] * stretch + widened.log()
            say(f"number {spread.first + number}: stretched by {stretch:.3f}, then times {widened:.3f}")


def spread_scale(off: Tensor, spread: Tensor) -> list[float]:
    """What stated spreads must be multiplied by so that 90 % of what is off lies within 1.645 of them."""
    stated = torch.exp(spread.clamp(-5, 1))
    return [round(float(torch.quantile(off[:, k].abs() / stated[:, k], 0.9) / 1.645), 2) for k in (0, 1)]
