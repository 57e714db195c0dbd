"""Fifty people write to one film at once: on PostgreSQL and on SQLite, beside one who writes alone."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest
from filled_store import a_clip, a_home, settings_in
from servers import Databases

from vfeed.config import Settings
from vfeed.store import Store

PROCESSES, WRITERS_EACH, ACTS_EACH = 5, 10, 20
WRITERS = PROCESSES * WRITERS_EACH
ALONE_ACTS = 200
PATIENCE_S = 300
_go: Barrier
"""Of a process that writes: lets all begin at once."""
Row = tuple[str, float, str, str]


@dataclass(frozen=True)
class Written:
    """The moments that were acknowledged to one process, how long each took, and what the process took, in seconds."""

    moments: list[str]
    took_s: list[float]
    began_s: float
    ended_s: float
    cpu_s: float


def report() -> list[Row]:
    """Rows of (what, value, unit, what was asked); of PostgreSQL only where it is installed."""
    rows: list[Row] = [("load of the machine when it began", os.getloadavg()[0], "at work or waiting", "")]
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases()
        try:
            rows += on(
                "PostgreSQL that waits for no disk",
                settings_in(Path(folder) / "served", database_url=databases.address(Path(folder))),
            )
        except pytest.skip.Exception as lacking:
            print(f"PostgreSQL is not measured: {lacking}")
        finally:
            databases.drop(set(databases.made))
        rows += on("SQLite", settings_in(Path(folder) / "laptop", database_url=""))
    return rows


def on(name: str, settings: Settings) -> list[Row]:
    """Rows of one database, empty until now."""
    with Store(settings) as store:
        clip_id = a_clip(store, a_home(store)).id
        alone = write("alone", store, clip_id, ALONE_ACTS)
    spawn = multiprocessing.get_context("spawn")
    go = spawn.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, spawn, _share, (go,)) as pool:
        together = list(pool.map(_write_ten, range(PROCESSES), [settings] * PROCESSES, [clip_id] * PROCESSES))
    acknowledged = Counter(moment for each in (alone, *together) for moment in each.moments)
    with Store(settings) as store:
        kept = Counter(moment.moment_id for moment in store.events.state(clip_id).moments)
        numbers = [event.id for event in store.events.read(clip_id).events]
    took_s = sorted(each for process in together for each in process.took_s)
    span_s = max(each.ended_s for each in together) - min(each.began_s for each in together)
    alone_rate, rate = len(alone.took_s) / (alone.ended_s - alone.began_s), len(took_s) / span_s
    return [
        (f"{name}: acts acknowledged to {WRITERS} at once", float(len(took_s)), "", ""),
        (f"{name}: of all that was acknowledged lost", float((acknowledged - kept).total()), "", "none"),
        (f"{name}: kept twice, or out of one order", float(out_of_order(numbers, kept)), "", "none"),
        (f"{name}: an act, median", 1000 * statistics.median(took_s), "ms", ""),
        (f"{name}: an act, 95th of 100", 1000 * took_s[len(took_s) * 95 // 100], "ms", ""),
        (f"{name}: acts a second of {WRITERS}", rate, "", ""),
        (f"{name}: acts a second of {WRITERS} beside one alone", rate / alone_rate, "x", ""),
        (f"{name}: vfeed's processors for an act", 1000 * sum(e.cpu_s for e in together) / len(took_s), "ms", ""),
        (f"{name}: the same for one who writes alone", 1000 * alone.cpu_s / len(alone.took_s), "ms", ""),
    ]


def out_of_order(numbers: list[int], kept: Counter[str]) -> int:
    """How many events stand at a number that is not the next, and how many moments are there once too often."""
    astray = sum(number != place for place, number in enumerate(numbers, 1))
    return astray + sum(count - 1 for count in kept.values())


def write(who: str, store: Store, clip_id: str, acts: int) -> Written:
    """Tag moments, one after the other."""
    began_s, began_cpu_s, moments, took_s = time.monotonic(), time.process_time(), [], []
    for turn in range(acts):
        moment_id = f"{who}-{turn}"
        moment = {"moment_id": moment_id, "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive"}
        began = time.perf_counter()
        store.events.append(clip_id, who, "moment_tagged", moment)
        took_s.append(time.perf_counter() - began)
        moments.append(moment_id)
    return Written(moments, took_s, began_s, time.monotonic(), time.process_time() - began_cpu_s)


def _share(go: Barrier) -> None:
    global _go
    _go = go


def _write_ten(process: int, settings: Settings, clip_id: str) -> Written:
    """Ten people in this process, who begin when those of all processes can."""
    try:
        store = Store(settings)
    except BaseException:
        _go.abort()
        raise
    _go.wait(PATIENCE_S)
    began_cpu_s = time.process_time()
    with store, ThreadPoolExecutor(WRITERS_EACH) as people:
        names = [f"writer{process}-{number}" for number in range(WRITERS_EACH)]
        done = list(people.map(lambda name: write(name, store, clip_id, ACTS_EACH), names))
    cpu_s = time.process_time() - began_cpu_s
    return Written(
        [moment for each in done for moment in each.moments],
        [took for each in done for took in each.took_s],
        min(each.began_s for each in done),
        max(each.ended_s for each in done),
        cpu_s,
    )
