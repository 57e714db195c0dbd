"""`python -m bench`: measure what is there, keep the results, and write the report anew."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import psutil

from bench import ablation, ceiling, hidden, many, queue_model, report, room, sizes, speed, starts, writers
from bench.measure import clips_in, measure_set
from vfeed.analysis.version import PERCEPTION_SOURCES, sources_digest

ROOT = Path(__file__).parents[1]
RENDERED = ("real_like_tune", "real_like_test", "tune", "long_tune", "test", "long_test")
SETS = {
    "samples": ROOT / "sample_clips",
    **{name: ROOT / "bench" / "cache" / name for name in RENDERED},
}
TABLES: dict[str, Callable[[], Sequence[report.Row]]] = {
    "speed": speed.report,
    "starts": starts.report,
    "sizes": sizes.report,
    "room": room.report,
    "hidden": hidden.report,
    "queue": queue_model.report,
    "many": many.report,
    "writers": writers.report,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        choices=[*SETS, report.CEILING, *TABLES, *report.ABLATIONS],
        action="append",
        help="measure this alone; may be repeated",
    )
    parser.add_argument("--own", type=Path, metavar="FOLDER", help="your own labelled clips (docs/own-footage.md)")
    given = parser.parse_args(arguments)
    if given.own is not None:
        return _own(given.own)
    for name, folder in SETS.items():
        if given.only is None or name in given.only:
            _measure(name, clips_in(folder) if folder.exists() else [])
    if given.only is None or report.CEILING in given.only:
        reached = ceiling.measure(SETS["real_like_tune"], SETS["real_like_test"])
        if reached is not None:
            report.store(report.CEILING, {"measured": date.today().isoformat()} | reached)
    for name, measure in TABLES.items():
        if given.only is None or name in given.only:
            _table(name, measure())
    for name in report.ABLATIONS:
        clips = clips_in(SETS[report.ABLATIONS[name]])
        if clips and (given.only is None or name in given.only):
            rows = ablation.measure(clips, _say)
            stamp = {"measured": date.today().isoformat(), "perception": sources_digest(PERCEPTION_SOURCES)}
            report.store(name, stamp | {"clips": len(clips), "rows": rows})
    _say(f"Written: {report.write().relative_to(ROOT)}")
    return 0


def _measure(name: str, clips: list[Path]) -> None:
    if not clips:
        _say(f"{name}: no clips are rendered (make bench-clips)")
        return
    report.store(name, measure_set(name, clips, _say))


def _table(name: str, rows: Sequence[report.Row]) -> None:
    for what, value, unit, *_asked in rows:
        _say(f"{what:60s} {value:8.1f} {unit}")
    machine = (
        f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.machine()}, no GPU"
    )
    report.store(name, {"measured": date.today().isoformat(), "machine": machine, "rows": rows})


def _own(folder: Path) -> int:
    from bench.labels import LabelError
    from bench.own import report as own_report

    try:
        _say(own_report(folder, _say))
    except LabelError as error:
        _say(str(error))
        return 1
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
