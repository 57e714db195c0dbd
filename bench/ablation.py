"""What each part of perception and of the rules is worth: left out one at a time, on the sets like real film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.heads import rows_of
from bench.looks import looks_of
from bench.measure import ANALYSIS_FPS, PROCESSES, roles_right
from bench.scores import kappa_of
from bench.truth import read_truth, truth_path
from vfeed.analysis.pipeline import analyse
from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.parameters import DyadParameters
from vfeed.media.probe import probe
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters

FloatArray = NDArray[np.floating[Any]]
Summed = tuple[str, float, float, float, float]
NEVER = 10**9
PARTS_SEEN: dict[str, PerceptionParameters] = {
    "nothing left out": PERCEPTION,
    "clothing": replace(PERCEPTION, use_clothing=False),
    "the second reading of vague heads": replace(PERCEPTION, read_again_from_deg=NEVER),
    "contrast raised in dim films": replace(PERCEPTION, dim_below=0.0),
    "the search of the turned picture": replace(PERCEPTION, turned_start_score=NEVER),
    "half of the detections": replace(PERCEPTION, detect_every_us=2 * PERCEPTION.detect_every_us),
    "nothing; detections every 320 ms": replace(PERCEPTION, detect_every_us=320_000),
    "nothing; detections every 160 ms": replace(PERCEPTION, detect_every_us=160_000),
    "nothing; every detection in the whole image": replace(PERCEPTION, whole_search_every=1),
    "weak detections": replace(PERCEPTION, continue_score=PERCEPTION.start_score),
}
RULES = DyadParameters()
PARTS_RULED: dict[str, DyadParameters] = {
    "hands": RULES,
    "what is before a face": replace(RULES, occlusion_odds=0.0),
    "far offsets of a head that reads wrong": replace(RULES, misread_head_share=0.0),
    "the clip's own scale of stated spreads": replace(RULES, spread_scales=(1.0,)),
}


@dataclass(frozen=True, eq=False)
class Row:
    """One clip with one part left out.

    Contact counts (4,), kappa, stated probability of contact with its truth (F,) each, and in how many frames both can
    be seen, and are found.
    """

    part: str
    counts: NDArray[np.int64]
    kappa: float
    stated: tuple[FloatArray, NDArray[np.bool_]]
    both: tuple[int, int]


def of_clip(clip: Path) -> list[Row]:
    """Return a row for each part, given a rendered clip with its truth beside it."""
    rows = []
    for part, parameters in PARTS_SEEN.items():
        result = _seen(clip, parameters)
        rows.append(_row(part, clip, result))
        if parameters is PERCEPTION:
            for ruled, rules in PARTS_RULED.items():
                metrics = result.metrics
                if ruled == "hands":
                    metrics = metrics | {"hand_asked": np.zeros_like(metrics["hand_asked"])}
                rows.append(_row(ruled, clip, recompute(metrics, params=rules)))
    return rows


def measure(clips: Sequence[Path], say: Callable[[str], None]) -> list[Summed]:
    """Return a row for each part left out: its name, kappa over all frames, mean over clips, the Brier score of contact
    (0 is best; .25 is what nobody knows), and the share of frames with both found.
    """
    found: dict[str, list[Row]] = {}
    with ProcessPoolExecutor(PROCESSES) as pool:
        for clip, rows in zip(clips, pool.map(partial(of_clip), clips), strict=True):
            say(f"ablation: {clip.stem}")
            for row in rows:
                found.setdefault(row.part, []).append(row)
    return [_summed(part, rows) for part, rows in found.items()]


def _summed(part: str, rows: Sequence[Row]) -> Summed:
    counts = np.asarray(np.sum([row.counts for row in rows], axis=0), np.int64)
    seen, both = np.sum([row.both for row in rows], axis=0).tolist()
    mean = float(np.nanmean([row.kappa for row in rows]))
    stated, true = (np.concatenate(each) for each in zip(*(row.stated for row in rows), strict=True))
    brier = float(np.mean((stated - true) ** 2))
    return part, round(float(kappa_of(counts)), 3), round(mean, 3), round(brier, 3), round(both / max(1, seen), 3)


def _seen(clip: Path, parameters: PerceptionParameters) -> ClipAnalysis:
    with clip.open("rb") as file:
        facts = probe(file, max_duration_us=3_600_000_000, max_bytes=8_000_000_000)
        return analyse(
            file,
            facts,
            fps=ANALYSIS_FPS,
            parameters=parameters,
            on_progress=lambda _: None,
            is_cancelled=lambda: False,
        )


def _row(part: str, clip: Path, result: ClipAnalysis) -> Row:
    truth = read_truth(truth_path(clip))
    heads, _ = rows_of(truth, result)
    looks = looks_of(truth, result, roles_right(heads, result))
    seen = np.logical_and.reduce([each.seen for each in heads])
    both = np.logical_and.reduce([each.found for each in heads])
    return Row(
        part, looks.mutual_counts, looks.mutual_kappa, looks.p_mutual, (int(seen.sum()), int((seen & both).sum()))
    )
