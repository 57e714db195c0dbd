"""How work is shared out: workers that were measured, a model checked against them, and whom the fair order serves.

The model is of discrete events. A job takes what was measured: the work itself, and the database's time for claiming,
for a heartbeat and for the end, in which the model lets the database serve one worker at a time. Jobs are chosen by
`turns.next_of`, the rule that the database's own question is tested against.
"""

from __future__ import annotations

import heapq
import io
import multiprocessing
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from vfeed.config import Settings
from vfeed.jobs.lease import BEAT_S, JobRun
from vfeed.jobs.worker import Worker
from vfeed.media.clip_facts import NOTHING
from vfeed.store import Store
from vfeed.store.job_rows import new_job
from vfeed.store.tables import Clip, Job, new_id
from vfeed.store.turns import BATCH, INTERACTIVE, LANES, Lane, Waiting, next_of, place_of, work_s

Row = tuple[str, float, str]
MEASURED, MODELLED = (1, 2, 4), (1, 2, 4, 8)
JOBS, ACCOUNTS, WORK_S, WAITING = 24, 6, 0.5, 100
"""Each job waits for half a second instead of looking at a film: what is measured is how work is shared out, and
eight workers can wait on two cores. Real work takes a hundred times as long, so that sharing it out costs less."""
REAL_WORK_S = 20.0
START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Cost:
    """Seconds of the database for a job."""

    claim_s: float
    beat_s: float
    end_s: float


@dataclass(frozen=True)
class Asked:
    """A job of the model: when it is asked for, and how long it takes by itself."""

    job: Waiting
    at_s: float
    takes_s: float


@dataclass(frozen=True)
class Done:
    """When a job of the model was begun and ended, seconds from the start."""

    asked: Asked
    begun_s: float
    ended_s: float


def simulate(
    asked: Iterable[Asked],
    workers: Sequence[frozenset[Lane]],
    cost: Cost,
    choose: Callable[[Iterable[Waiting], dict[str, datetime], datetime], Waiting | None] = next_of,
) -> list[Done]:
    """What workers of these lanes do with the jobs, in the order in which they begin."""
    coming = sorted(asked, key=lambda each: each.at_s)
    waiting: dict[str, Asked] = {}
    served: dict[str, datetime] = {}
    done: list[Done] = []
    database_free_s = 0.0
    free = [(0.0, number) for number in range(len(workers))]
    heapq.heapify(free)
    while coming or waiting:
        now_s, number = heapq.heappop(free)
        while coming and coming[0].at_s <= now_s:
            each = coming.pop(0)
            waiting[each.job.id] = each
        now = START + timedelta(seconds=now_s)
        job = choose((each.job for each in waiting.values() if each.job.place.lane in workers[number]), served, now)
        if job is None:
            if not coming and not any(each.job.place.lane in workers[number] for each in waiting.values()):
                continue
            heapq.heappush(free, (max(now_s + 0.05, coming[0].at_s if coming else 0.0), number))
            continue
        each = waiting.pop(job.id)
        served[job.account] = now
        begun_s = max(now_s, database_free_s) + cost.claim_s
        # What its heartbeats and its end will take of the database is reckoned at once.
        database_free_s = begun_s + int(each.takes_s / BEAT_S) * cost.beat_s + cost.end_s
        ended_s = begun_s + each.takes_s + cost.end_s
        done.append(Done(each, begun_s, ended_s))
        heapq.heappush(free, (ended_s, number))
    return done


def even_work(takes_s: float, count: int = JOBS) -> list[Asked]:
    """Jobs that take the same and are all asked for at the start, by accounts in turn."""
    place = place_of("reel", 0, START)
    return [Asked(Waiting(f"{n:03}", f"account{n % ACCOUNTS}", place), 0.0, takes_s) for n in range(count)]


def span_s(done: Sequence[Done]) -> float:
    """From the first beginning to the last end."""
    return max(each.ended_s for each in done) - min(each.begun_s for each in done)


def report() -> list[Row]:
    """Rows of (what, value, unit); the database is that of VFEED_DATABASE_URL, or SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        with Store(settings) as store:
            clip, cost = _clip(store), _measured_cost(store)
        measured = {workers: _measured_span(settings, clip, workers) for workers in MEASURED}
    rows = [
        (
            f"database: {'PostgreSQL' if settings.database_url else 'SQLite'}; load of the machine",
            os.getloadavg()[0],
            "",
        ),
        (f"claiming a job among {WAITING}, of the database", 1000 * cost.claim_s, "ms"),
        ("a heartbeat, of the database", 1000 * cost.beat_s, "ms"),
        ("ending a job, of the database", 1000 * cost.end_s, "ms"),
    ]
    modelled = {workers: span_s(simulate(even_work(WORK_S), [LANES] * workers, cost)) for workers in MODELLED}
    for workers in MEASURED:
        rows.append((f"{JOBS} jobs of {WORK_S} s, {workers} workers, measured", measured[workers], "s"))
        rows.append(("the same by the model, beside what was measured", modelled[workers] / measured[workers], "x"))
    many = even_work(REAL_WORK_S, 50 * JOBS)
    real = {workers: span_s(simulate(many, [LANES] * workers, cost)) for workers in MODELLED}
    for workers in MODELLED[1:]:
        rows.append(
            (
                f"{workers} workers, jobs of {WORK_S} s, by the model",
                modelled[1] / modelled[workers] / workers,
                "of linear",
            )
        )
        rows.append(
            (
                f"{workers} workers, jobs of {REAL_WORK_S:.0f} s, by the model",
                real[1] / real[workers] / workers,
                "of linear",
            )
        )
    return [*rows, *fairness(cost)]


def a_day(seed: int = 1) -> list[Asked]:
    """Somebody brings twenty long films at once; eight others bring four short clips each within three hours."""
    draw, asked = random.Random(seed), []

    def bring(account: str, minutes: float, at_s: float) -> None:
        film_us = int(minutes * MINUTE_US)
        at = START + timedelta(seconds=at_s)
        asked.append(
            Asked(Waiting(new_id(), account, place_of("analyse", film_us, at)), at_s, work_s("analyse", film_us))
        )

    for _ in range(20):
        bring("much", 60, 0.0)
    for number in range(8):
        for _ in range(4):
            bring(f"other{number}", draw.uniform(1, 5), draw.uniform(0, 3 * 3600))
    return asked


def fairness(cost: Cost) -> list[Row]:
    """How long a short clip waits in `a_day` with two workers, by the order and by who may do what."""

    def first_come(waiting: Iterable[Waiting], _served: object, _now: datetime) -> Waiting | None:
        return min(waiting, key=lambda job: order[job.id], default=None)

    asked = a_day()
    order = {each.job.id: (each.at_s, each.job.id) for each in asked}
    rows: list[Row] = []
    kinds: dict[str, tuple[Sequence[frozenset[Lane]], Any]] = {
        "first come, first served": ([LANES] * 2, first_come),
        "in turns": ([LANES] * 2, next_of),
        "in turns, one worker for short work": ([LANES, frozenset({INTERACTIVE})], next_of),
    }
    for name, (workers, choose) in kinds.items():
        done = simulate(asked, workers, cost, choose)
        waits = sorted(each.begun_s - each.asked.at_s for each in done if each.asked.job.account != "much")
        longest = max(each.ended_s for each in done if each.asked.job.place.lane == BATCH)
        rows += [
            (f"{name}: a short clip waits, median", statistics.median(waits), "s"),
            (f"{name}: a short clip waits, longest", waits[-1], "s"),
            (f"{name}: the twenty long films are done after", longest / 60, "min"),
        ]
    return rows


def _settings(folder: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder / "data",
        key_file=folder / "key" / "master.key",
        demo=False,
        database_url=os.environ.get("VFEED_DATABASE_URL", ""),
    )


def _clip(store: Store) -> str:
    family = store.families.create(f"Wren {new_id()}", "bench")
    person = store.families.add_participant(family.id, "adult", "Parent", relation="parent")
    store.consents.give(person.id, "session", None, date.today(), None, "", "bench")
    visit = store.families.add_visit(family.id, date.today(), "First visit")
    film = io.BytesIO(os.urandom(1000))
    return store.clips.ingest(
        film,
        family_id=family.id,
        visit_id=visit.id,
        title="Play",
        actor="bench",
        facts=replace(NOTHING, duration_us=MINUTE_US),
        jobs=[],
    ).id


def _ask(store: Store, clip_id: str, count: int) -> list[str]:
    with store.database.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        jobs = [new_job("reel", clip, {"reel_id": new_id()}, f"account{n % ACCOUNTS}") for n in range(count)]
        session.add_all(jobs)
        return [job.id for job in jobs]


def _measured_cost(store: Store) -> Cost:
    """The middle of what each takes, with `WAITING` jobs waiting."""
    clip_id = _clip(store)
    jobs = _ask(store, clip_id, WAITING)
    took: dict[str, list[float]] = {"claim": [], "beat": [], "end": []}
    for _ in range(15):
        began = time.perf_counter()
        lease = store.jobs.claim_next("bench", 600)
        took["claim"].append(time.perf_counter() - began)
        assert lease is not None
        began = time.perf_counter()
        store.jobs.heartbeat(lease, 600, progress=0.5, stage="", eta_s=None)
        took["beat"].append(time.perf_counter() - began)
        began = time.perf_counter()
        with store.database.write() as session:
            store.jobs.finish(session, lease)
        took["end"].append(time.perf_counter() - began)
    with store.database.write() as session:
        session.execute(delete(Job).where(Job.id.in_(jobs)))
    return Cost(*(statistics.median(took[name]) for name in ("claim", "beat", "end")))


def _measured_span(settings: Settings, clip_id: str, workers: int) -> float:
    """Seconds from the first beginning to the last end of `JOBS` jobs, done by real processes."""
    with Store(settings) as store:
        jobs = _ask(store, clip_id, JOBS)
    spawn = multiprocessing.get_context("spawn")
    ready, go = spawn.Semaphore(0), spawn.Event()
    at_work = [spawn.Process(target=_work, args=(settings, number, ready, go)) for number in range(workers)]
    for each in at_work:
        each.start()
    for _ in at_work:
        ready.acquire()
    go.set()
    for each in at_work:
        each.join()
        assert each.exitcode == 0
    with Store(settings) as store, store.database.read() as session:
        rows = session.scalars(select(Job).where(Job.id.in_(jobs))).all()
    assert {job.state for job in rows} == {"done"} and {job.attempts for job in rows} == {1}
    ended, begun = [job.finished_at for job in rows], [job.started_at for job in rows]
    return (max(filter(None, ended)) - min(filter(None, begun))).total_seconds()


def _work(settings: Settings, number: int, ready: Any, go: Any) -> None:
    with Store(settings) as store:
        worker = Worker(store, f"bench{number}", handlers={"reel": _wait})
        ready.release()
        go.wait()
        worker.work()


def _wait(store: Store, work: JobRun) -> None:
    threading.Event().wait(WORK_S)
    with store.database.write() as session:
        work.finish(session)
