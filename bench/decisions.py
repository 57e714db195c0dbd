"""How much a person's decisions help, simulated with the truth as judge.

After the first analysis a simulated person goes through the surest open candidates: keeps one in which the two mostly
look at each other, with its times put right, and refuses another; when none is open they mark half a second of the
longest contact that was missed. Nothing here reads the film again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.scores import counts, kappa_of
from bench.truth import ClipTruth
from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.candidate_kinds import Kind
from vfeed.dyad.verdicts import Verdict
from vfeed.perception.metrics import Metrics
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

STEPS = (0, 1, 3, 5)
MARK_US = 500_000
SHORTEST_MISSED_US = 300_000
ENOUGH_FRAMES = 25
"""Two seconds: what is left without a decision is scored where contact and no contact each last so long."""
KEPT_FROM = 0.5
"""A candidate is kept, with its times put right, when the two look at each other for this share of it."""


@dataclass(frozen=True, slots=True)
class AfterDecisions:
    """One clip: kappa of mutual gaze after each number of decisions in STEPS, with decided time and without it.

    NaN where there was nothing to agree on, or too little left. `refit_ms` is the time that one refit took.
    """

    kappa: tuple[float, ...]
    kappa_elsewhere: tuple[float, ...]
    refit_ms: float


def after_decisions(metrics: Metrics, truth: ClipTruth) -> AfterDecisions:
    """Simulate up to the largest number of STEPS of decisions on a clip."""
    decisions: list[Verdict] = []
    everywhere, elsewhere, took = {}, {}, []
    for step in range(max(STEPS) + 1):
        started = time.process_time()
        result = recompute(metrics, decisions=decisions)
        took.append(1e3 * (time.process_time() - started))
        everywhere[step], elsewhere[step] = _agreement(truth, result, decisions)
        following = next_decision(truth, result, decisions)
        if following is not None:
            decisions.append(following)
    return AfterDecisions(
        tuple(everywhere[step] for step in STEPS),
        tuple(elsewhere[step] for step in STEPS),
        round(float(np.median(took)), 1),
    )


def next_decision(truth: ClipTruth, result: ClipAnalysis, decisions: Sequence[Verdict]) -> Verdict | None:
    """What the simulated person does next; None when there is nothing left to say."""
    done = Timeline(decision.interval for decision in decisions)
    true = [each for kind, _, each in truth.episodes if kind == "mutual"]
    offered = [each for each in result.candidates if each.kind == Kind.GAZE_CONTACT and not done.crop(each.interval)]
    if offered:
        interval = max(offered, key=lambda each: each.confidence).interval
        shared = Timeline(true).crop(interval)
        if shared.duration_us < KEPT_FROM * interval.duration_us:
            return Verdict(Kind.GAZE_CONTACT, interval, kept=False)
        return Verdict(Kind.GAZE_CONTACT, max(shared, key=lambda each: each.duration_us), kept=True)
    missed = [each for each in true if not done.crop(each) and each.duration_us >= SHORTEST_MISSED_US]
    seen = [each for each in missed if _seen(truth, each)]
    if not seen:
        return None
    longest = max(seen, key=lambda each: each.duration_us)
    middle = (longest.start_us + longest.end_us) // 2
    half = min(MARK_US, longest.duration_us) // 2
    return Verdict(Kind.GAZE_CONTACT, Interval(middle - half, middle + half), kept=True)


def _seen(truth: ClipTruth, interval: Interval) -> bool:
    inside = (truth.time_us >= interval.start_us) & (truth.time_us < interval.end_us)
    return bool(truth.both_seen[inside].mean() > 0.5) if inside.any() else False


def _agreement(truth: ClipTruth, result: ClipAnalysis, decisions: Sequence[Verdict]) -> tuple[float, float]:
    """Kappa of mutual gaze over frames that can be seen: all of them, and those that nobody decided on."""
    times = result.states.time_us
    nearest = truth.nearest(times)
    ours = (np.array(result.states.infant) == "partner") & (np.array(result.states.caregiver) == "partner")
    theirs, visible = truth.mutual[nearest], truth.both_seen[nearest]
    done = Timeline(decision.interval for decision in decisions)
    open_time = visible & ~np.array([done.contains(int(each)) for each in times], bool)
    left = [counts(list(ours[mask]), list(theirs[mask])) for mask in (visible, open_time)]
    contact, none = int(theirs[open_time].sum()), int((~theirs[open_time]).sum())
    return kappa_of(left[0]), kappa_of(left[1]) if min(contact, none) >= ENOUGH_FRAMES else math.nan


def summed_up(done: Sequence[AfterDecisions]) -> dict[str, Any]:
    """Mean kappa after each number of STEPS: all clips, the quarter that was hardest before any, and undecided time."""
    told = [each.kappa for each in done if math.isfinite(each.kappa[0])]
    hardest = sorted(told, key=lambda each: each[0])[: max(1, len(told) // 4)]
    elsewhere = [each.kappa_elsewhere for each in done if all(math.isfinite(value) for value in each.kappa_elsewhere)]
    groups = (("all clips", told), ("hardest quarter", hardest), ("time without a decision", elsewhere))
    return {
        "steps": list(STEPS),
        "kappa": [[name, len(clips), _means(clips)] for name, clips in groups if clips],
        "refit_ms": round(float(np.median([each.refit_ms for each in done])), 1),
    }


def _means(clips: Sequence[tuple[float, ...]]) -> list[float]:
    return [round(float(value), 3) for value in np.mean(clips, axis=0)]
