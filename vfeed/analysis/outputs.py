"""The files that `vfeed analyse` writes into a folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from vfeed.analysis.display import states_for_display
from vfeed.analysis.people import people_of
from vfeed.analysis.result import ClipAnalysis
from vfeed.analysis.timeline_plot import draw_timeline
from vfeed.dyad.camera_setup import PANES, PANES_WORDS
from vfeed.perception.metrics import ARRAYS, metrics_to_npz

CANDIDATE_COLUMNS = ("kind", "onset_s", "offset_s", "confidence", "reason", "id")
STATE_COLUMNS = ("time_s", "infant_state", "parent_state", "p_mutual")


def write_folder(result: ClipAnalysis, file: BinaryIO, folder: Path) -> None:
    """Write candidates.csv, states.csv, metrics.npz, analysis.json and timeline.png into `folder`.

    The folder is made if it is not there; files of the same names are replaced. `file` is the clip, for thumbnails.
    Times are seconds of clip time with three decimals; `p_mutual` is empty where either person cannot be told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_rows(folder / "candidates.csv", CANDIDATE_COLUMNS, _candidate_rows(result))
    _write_rows(folder / "states.csv", STATE_COLUMNS, _state_rows(result))
    (folder / "metrics.npz").write_bytes(metrics_to_npz(result.metrics))
    facts = json.dumps(summary(result), indent=2, ensure_ascii=False)
    (folder / "analysis.json").write_text(facts + "\n", encoding="utf-8")
    (folder / "timeline.png").write_bytes(draw_timeline(result, file))


def summary(result: ClipAnalysis) -> dict[str, Any]:
    """Return everything but the arrays, JSON-able: version, filming facts, roles, lanes, candidates, what the arrays
    mean.
    """
    return {
        "version": result.version,
        "filming": result.filming,
        "roles": result.roles.as_dict(),
        "setup": result.setup.as_dict(),
        "people": [person.as_dict() for person in people_of(result)],
        "states": states_for_display(result),
        "candidates": [candidate.as_dict() for candidate in result.candidates],
        "arrays": {**ARRAYS, PANES: PANES_WORDS},
        "note": "Candidates are offers to a person who looks for themselves. Unconfirmed, they are no findings.",
    }


def _candidate_rows(result: ClipAnalysis) -> Iterable[Sequence[object]]:
    for candidate in result.candidates:
        yield (
            candidate.kind,
            _seconds(candidate.interval.start_us),
            _seconds(candidate.interval.end_us),
            f"{candidate.confidence:.3f}",
            candidate.reason,
            candidate.id,
        )


def _state_rows(result: ClipAnalysis) -> Iterable[Sequence[object]]:
    states = result.states
    for time_us, infant, caregiver, p in zip(
        states.time_us, states.infant, states.caregiver, states.p_mutual, strict=True
    ):
        yield _seconds(int(time_us)), infant, caregiver, f"{p:.3f}" if np.isfinite(p) else ""


def _seconds(time_us: int) -> str:
    return f"{time_us / 1e6:.3f}"


def _write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
