"""How much a person's decisions help: `python -m bench.decisions` simulates them on *tune*, with the truth as judge.

After the first analysis a simulated person goes through the surest open candidates: keeps one in which the two mostly
look at each other, with its times put right, and refuses another; when none is open they mark half a second of the
longest contact that was missed. Nothing here reads the film again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.measure import analysed, clips_in
from bench.report import number
from bench.scores import kappa
from bench.truth import ClipTruth, read_truth, truth_path
from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.decisions import Decision
from vfeed.dyad.kinds import GAZE_CONTACT
from vfeed.perception.metrics import Metrics
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

STEPS = (0, 1, 3, 5)
MARK_US = 500_000
SHORTEST_MISSED_US = 300_000
KEPT_FROM = 0.5
"""A candidate is kept, with its times put right, when the two look at each other for this share of it."""


@dataclass(frozen=True, slots=True)
class AfterDecisions:
    """One clip: kappa of mutual gaze after each number of decisions in STEPS, with decided time and without it."""

    clip: str
    kappa: tuple[float, ...]
    kappa_elsewhere: tuple[float, ...]
    refit_ms: float


def after_decisions(metrics: Metrics, truth: ClipTruth) -> AfterDecisions:
    """Simulate up to the largest number of STEPS of decisions on a clip."""
    decisions: list[Decision] = []
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
        truth.name,
        tuple(everywhere[step] for step in STEPS),
        tuple(elsewhere[step] for step in STEPS),
        float(np.median(took)),
    )


def next_decision(truth: ClipTruth, result: ClipAnalysis, decisions: Sequence[Decision]) -> Decision | None:
    """What the simulated person does next; None when there is nothing left to say."""
    done = Timeline(decision.interval for decision in decisions)
    true = [each for kind, _, each in truth.episodes if kind == "mutual"]
    offered = [each for each in result.candidates if each.kind == GAZE_CONTACT and not done.crop(each.interval)]
    if offered:
        interval = max(offered, key=lambda each: each.confidence).interval
        shared = Timeline(true).crop(interval)
        if shared.duration_us < KEPT_FROM * interval.duration_us:
            return Decision(GAZE_CONTACT, interval, kept=False)
        return Decision(GAZE_CONTACT, max(shared, key=lambda each: each.duration_us), kept=True)
    missed = [each for each in true if not done.crop(each) and each.duration_us >= SHORTEST_MISSED_US]
    seen = [each for each in missed if _seen(truth, each)]
    if not seen:
        return None
    longest = max(seen, key=lambda each: each.duration_us)
    middle = (longest.start_us + longest.end_us) // 2
    half = min(MARK_US, longest.duration_us) // 2
    return Decision(GAZE_CONTACT, Interval(middle - half, middle + half), kept=True)


def _seen(truth: ClipTruth, interval: Interval) -> bool:
    inside = (truth.time_us >= interval.start_us) & (truth.time_us < interval.end_us)
    return bool(truth.both_seen[inside].mean() > 0.5) if inside.any() else False


def _agreement(truth: ClipTruth, result: ClipAnalysis, decisions: Sequence[Decision]) -> tuple[float, float]:
    """Kappa of mutual gaze over frames that can be seen: all of them, and those that nobody decided on."""
    times = result.states.time_us
    nearest = truth.nearest(times)
    ours = (np.array(result.states.infant) == "partner") & (np.array(result.states.adult) == "partner")
    theirs, visible = truth.mutual[nearest], truth.both_seen[nearest]
    done = Timeline(decision.interval for decision in decisions)
    open_time = visible & ~np.array([done.contains(int(each)) for each in times], bool)
    found = [kappa(list(ours[mask]), list(theirs[mask])) for mask in (visible, open_time)]
    return found[0], found[1]


def table(done: Sequence[AfterDecisions]) -> str:
    """A table of mean kappa after each number of decisions: all clips, and the quarter that was hardest before any."""
    told = [each for each in done if np.isfinite(each.kappa[0])]
    hardest = sorted(told, key=lambda each: each.kappa[0])[: max(1, len(told) // 4)]
    lines = ["| contact kappa after decisions | " + " | ".join(str(step) for step in STEPS) + " |"]
    lines.append("|---|" + "---|" * len(STEPS))
    for name, clips in (("all clips", told), ("hardest quarter", hardest)):
        for title, of in (("", "kappa"), (", time without a decision", "kappa_elsewhere")):
            values = [_mean(getattr(each, of)[index] for each in clips) for index in range(len(STEPS))]
            lines.append(f"| {name} ({len(clips)}){title} | " + " | ".join(number(value) for value in values) + " |")
    return "\n".join(lines)


def _mean(values: Iterable[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return sum(known) / len(known) if known else None


def main(say: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the table for the tune set, and how long one refit took."""
    from bench.__main__ import SETS

    clips: list[Path] = clips_in(SETS["tune"])
    done = [after_decisions(analysed(clip).metrics, read_truth(truth_path(clip))) for clip in clips]
    say(table(done) + f"\n\nOne refit took {np.median([each.refit_ms for each in done]):.0f} ms of a core (median).\n")


if __name__ == "__main__":
    main()
