"""How well states, contact and heads agree with the exact truth of the sample clips: `python -m bench.accuracy`."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.analysis.pipeline import ClipAnalysis, analyse
from vfeed.dyad.candidates import GAZE_CONTACT
from vfeed.dyad.parameters import DyadParameters
from vfeed.media.probe import probe
from vfeed.perception.geometry import yaw_pitch_deg
from vfeed.timeline.interval import Interval
from vfeed.timeline.smoothing import runs

SAMPLES = Path(__file__).parents[1] / "sample_clips"
PEOPLE = ("infant", "parent")
ANALYSIS_FPS = 12.5
MATCH_IOU = 0.3
TRUE_STATE = {
    "other_face": "partner",
    "toy": "object",
    "down": "object",
    "away": "away",
    "window": "away",
    "camera": "away",
}
"""State that each true target counts as; frames on the way between targets ("shift") stay out of three-way kappa."""


@dataclass(frozen=True, slots=True)
class Person:
    """Agreement for one person; angles in degrees, `yaw_by_range` keyed by true |yaw| from the camera's axis.

    Pitch is compared after the facial line's lean at that age is taken off, as the dyad's rules do.
    """

    partner_kappa: float
    three_way_kappa: float
    found_share: float
    yaw_error_deg: float
    pitch_error_deg: float
    yaw_by_range: dict[str, float]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Agreement for one clip; episodes match at an overlap (IoU) of .3 or more. `roles_right` None: not both found."""

    clip: str
    frames: int
    people: dict[str, Person]
    mutual_kappa: float
    contact_precision: float
    contact_recall: float
    roles_right: bool | None


def kappa(ours: list[Any], theirs: list[Any]) -> float:
    """Cohen's kappa of two codings; NaN when both are one and the same constant.

    >>> kappa([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    labels = sorted(set(ours) | set(theirs))
    mine, yours = np.array([labels.index(x) for x in ours]), np.array([labels.index(x) for x in theirs])
    agreed = float((mine == yours).mean())
    chance = sum(float((mine == k).mean() * (yours == k).mean()) for k in range(len(labels)))
    return float("nan") if chance == 1 else round((agreed - chance) / (1 - chance), 3)


def compare(name: str, result: ClipAnalysis, truth: dict[str, Any]) -> Accuracy:
    """Compare an analysis with the truth of a rendered clip (the form of sample_clips/*.truth.json.gz)."""
    times = result.states.time_us
    shown = [frame for frame in truth["frames"] if frame["t"] * 1e6 < result.states.end_us]
    true_us = np.array([round(frame["t"] * 1e6) for frame in shown])
    nearest = np.abs(true_us[None, :] - times[:, None]).argmin(axis=1)
    frames = [shown[index] for index in nearest]
    lanes = {"infant": result.states.infant, "parent": result.states.adult}
    tracks = {"infant": result.roles.infant, "parent": result.roles.adult}
    both = [a == b == "partner" for a, b in zip(*lanes.values(), strict=True)]
    true_contact = [run.interval for run in _true_runs(shown, true_us) if run.interval.duration_us >= 200_000]
    offered = [candidate.interval for candidate in result.candidates if candidate.kind == GAZE_CONTACT]
    return Accuracy(
        name,
        len(frames),
        {who: _person(result, truth, frames, who, lanes[who], tracks[who]) for who in PEOPLE},
        kappa(both, [bool(frame["mutual"]) for frame in frames]),
        _matched(offered, true_contact),
        _matched(true_contact, offered),
        _roles_right(result, frames, tracks),
    )


def _true_runs(frames: list[dict[str, Any]], true_us: NDArray[np.int64]) -> list[Any]:
    flags = [str(bool(frame["mutual"])) for frame in frames]
    return [run for run in runs(flags, true_us, int(true_us[-1]) + 40_000) if run.state == "True"]


def _matched(these: list[Interval], those: list[Interval]) -> float:
    if not these:
        return float("nan")
    return round(sum(any(a.iou(b) >= MATCH_IOU for b in those) for a in these) / len(these), 2)


def _person(
    result: ClipAnalysis,
    truth: dict[str, Any],
    frames: list[dict[str, Any]],
    who: str,
    lane: list[str],
    track: int | None,
) -> Person:
    sure = [index for index, frame in enumerate(frames) if frame[who]["target"] in TRUE_STATE]
    three = kappa([lane[index] for index in sure], [TRUE_STATE[frames[index][who]["target"]] for index in sure])
    partner = kappa([state == "partner" for state in lane], [bool(frame[who]["at_face"]) for frame in frames])
    if track is None:
        return Person(partner, three, 0.0, float("nan"), float("nan"), {})
    view = np.array(truth["camera"]["view"])[:3, :3]
    true_forward = np.array([view @ np.array(frame[who]["head_R"])[:, 2] for frame in frames])
    forward = result.metrics["forward"][:, track].astype(float)
    rules = DyadParameters()
    lean = rules.infant_facial_line_deg if who == "infant" else rules.adult_facial_line_deg
    off = yaw_pitch_deg(forward) - yaw_pitch_deg(true_forward)
    off[:, 1] += lean
    off = np.abs((off + 180) % 360 - 180)
    turned = np.abs(yaw_pitch_deg(true_forward)[:, 0])
    by_range = {}
    for low, high in ((0, 30), (30, 60), (60, 110), (110, 180)):
        inside = (turned >= low) & (turned < high) & np.isfinite(off[:, 0])
        if inside.any():
            by_range[f"{low}-{high}"] = round(float(off[inside, 0].mean()), 1)
    found = np.isfinite(off[:, 0])
    mean = np.nanmean(off, axis=0) if found.any() else np.full(2, np.nan)
    return Person(
        partner, three, round(float(found.mean()), 3), round(float(mean[0]), 1), round(float(mean[1]), 1), by_range
    )


def _roles_right(result: ClipAnalysis, frames: list[dict[str, Any]], tracks: dict[str, int | None]) -> bool | None:
    """Whether each track's boxes lie mostly in the true head of its role."""
    right = []
    for who in PEOPLE:
        track = tracks[who]
        if track is None:
            return None
        box = result.metrics["box_px"][:, track].astype(float)
        middle = box[:, :2] + box[:, 2:] / 2
        heads = np.array([frame[who]["head_box_px"] for frame in frames])
        margin = 0.15 * (heads[:, 2] - heads[:, 0])[:, None]
        inside = ((middle > heads[:, :2] - margin) & (middle < heads[:, 2:] + margin)).all(axis=1)
        right.append(bool(inside[np.isfinite(middle[:, 0])].mean() > 0.5))
    return all(right)


def measure(clip: Path, fps: float = ANALYSIS_FPS) -> Accuracy:
    """Analyse `clip` and compare it with the truth beside it (`NAME.truth.json.gz`)."""
    truth = json.loads(gzip.decompress(clip.with_suffix("").with_suffix(".truth.json.gz").read_bytes()))
    with clip.open("rb") as file:
        facts = probe(file, max_duration_us=3_600_000_000, max_bytes=8_000_000_000)
        result = analyse(file, facts, fps=fps, on_progress=lambda _: None, is_cancelled=lambda: False)
    return compare(clip.stem, result, truth)


def main() -> None:
    """Print the figures of every sample clip."""
    for clip in sorted(SAMPLES.glob("*.mp4")):
        found = measure(clip)
        print(
            f"{found.clip}: {found.frames} frames; mutual kappa {found.mutual_kappa}, contact episodes "
            f"precision {found.contact_precision} recall {found.contact_recall}; roles right: {found.roles_right}"
        )
        for who, person in found.people.items():
            print(
                f"  {who:7s} at partner kappa {person.partner_kappa}, three-way kappa {person.three_way_kappa}, "
                f"found {person.found_share:.1%}, head yaw error {person.yaw_error_deg} {person.yaw_by_range}, "
                f"pitch error {person.pitch_error_deg}"
            )


if __name__ == "__main__":
    main()
