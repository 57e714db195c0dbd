"""kill -9 of a worker at every point of a job: nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from filled_store import Home, a_clip, agree, files_under
from job_steps import until
from loaded_process import Begun, begin
from readable_media import readable_media

from vfeed.jobs.allocator import ALLOCATOR
from vfeed.media.isolated_process import look_at
from vfeed.store import Store
from vfeed.store.tables import Job

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_clips" / "side_view_woman.mp4"
# A busy machine needs minutes for what an idle one does in half a minute.
pytestmark = pytest.mark.timeout(900)
POINTS = ("half written", "published", "committing", "committed")
# A worker whose handler kills its own process at the points that the job's payload names, one after the other.
DYING_WORKER = """
import os, signal, sys
from pathlib import Path
from filled_store import settings_in
from vfeed.jobs.worker import Worker, worker_mark
from vfeed.store import Store

folder = Path(sys.argv[1])

def die(job, point):
    died, points = len(list(folder.glob(f"died-{job.id}-*"))), job.payload["points"].split(", ")
    if died < len(points) and points[died] == point:
        (folder / f"died-{job.id}-{died}").touch()
        os.kill(os.getpid(), signal.SIGKILL)

def handle(store, work):
    with (folder / "runs").open("a") as log:
        log.write(work.job.payload["points"].split(", ")[0] + "\\n")
    with store.blobs.batch(work.job.clip_id) as batch:
        with batch.put("proxy", "video/mp4") as out:
            out.write(bytes(3_000_000))
            die(work.job, "half written")
        die(work.job, "published")
        def within(session):
            work.finish(session)
            die(work.job, "committing")
        batch.commit(within)
    die(work.job, "committed")

settings = settings_in(folder)
with Store(settings) as store, worker_mark(settings.data_dir) as name:
    Worker(store, name, handlers={"prepare": handle}).run()
"""
REAL_WORKER = """
import sys
from pathlib import Path
from filled_store import settings_in
from vfeed.jobs.worker import run_worker
run_worker(settings_in(Path(sys.argv[1]), analysis_fps=2))
"""


@contextlib.contextmanager
def worker(program: str, folder: Path) -> Iterator[Begun]:
    # As whoever starts workers does: without the allocator's settings each would begin a second time.
    environment = os.environ | ALLOCATOR | {"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    with (folder / "worker.log").open("ab") as log:
        process = begin("-c", program, str(folder), env=environment, out=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_anywhere_loses_nothing_and_doubles_nothing(store: Store, home: Home, tmp_path: Path) -> None:
    agree(store, home)
    jobs: dict[str, Job] = {}
    for point in POINTS:
        clip = a_clip(store, home, point.encode(), jobs=[])
        jobs[point] = store.jobs.add("prepare", clip.id, {"points": point}, "ann")

    def all_done() -> bool:
        return not store.jobs.active() and len(list(tmp_path.glob("died-*"))) == len(POINTS)

    for _ in range(len(POINTS) + 1):
        with worker(DYING_WORKER, tmp_path) as process:
            until("the worker dies or all is done", lambda p=process: p.poll() is not None or all_done())
        if all_done():
            break
    assert all_done(), "each job killed its worker once, and is done"
    for point, job in jobs.items():
        ended = store.jobs.get(job.id)
        assert (point, ended.state, ended.error_code) == (point, "done", None)
        assert ended.attempts == (1 if point == "committed" else 2), point
        assert store.blobs.read(job.clip_id, "proxy") == bytes(3_000_000)
    runs = (tmp_path / "runs").read_text().splitlines()
    assert sorted(runs) == sorted([*POINTS, *(point for point in POINTS if point != "committed")])
    with Store(store.settings):
        assert len(files_under(store.settings.vault_dir)) == 2 * len(POINTS), "leftovers are swept away"


def test_three_kills_of_one_job_at_different_steps_end_it_with_words_and_a_person_starts_it_again(
    store: Store, home: Home, tmp_path: Path
) -> None:
    agree(store, home)
    clip = a_clip(store, home, b"film", jobs=[])
    steps = ["half written", "published", "committing"]
    job = store.jobs.add("prepare", clip.id, {"points": ", ".join(steps)}, "ann")
    for number in range(len(steps)):
        with worker(DYING_WORKER, tmp_path) as process:
            until(f"kill {number + 1}", lambda p=process: p.poll() is not None)
    assert len(list(tmp_path.glob("died-*"))) == len(steps)

    def now() -> Job:
        return store.jobs.get(job.id)

    with worker(DYING_WORKER, tmp_path):
        until("it is not tried a fourth time", lambda: now().state == "failed")
        assert (now().error_code, now().attempts) == ("job_lost", len(steps))
        assert not store.blobs.has(clip.id, "proxy"), "half a result is no result"
        store.jobs.retry(job.id, "ann")
        until("a person's try ends well", lambda: now().state == "done")
    assert store.blobs.read(clip.id, "proxy") == bytes(3_000_000)
    assert (tmp_path / "runs").read_text().splitlines() == ["half written"] * (len(steps) + 1)
    with Store(store.settings):
        assert len(files_under(store.settings.vault_dir)) == 2, "leftovers are swept away"


def test_the_real_work_survives_a_kill_and_leaves_nothing_readable(store: Store, home: Home, tmp_path: Path) -> None:
    agree(store, home)
    original = SAMPLE.read_bytes()
    with SAMPLE.open("rb") as file:
        facts = look_at(file, store.settings)
    clip = a_clip(store, home, original, facts)
    prepare, analyse = store.jobs.for_clip(clip.id)
    with worker(REAL_WORKER, tmp_path) as process:
        until("a copy is being made", lambda: store.jobs.get(prepare.id).progress > 0.3)
        process.kill()
        process.wait()
        assert readable_media(store.settings.data_dir, [original]) == []
    assert store.jobs.get(prepare.id).state == "running"
    assert not store.blobs.has(clip.id, "poster"), "half a result is no result"
    with worker(REAL_WORKER, tmp_path) as process:
        # Early: on a busy machine the rest may be done before the kill arrives.
        until("the analysis is under way", lambda: store.jobs.get(analyse.id).progress > 0.02)
        process.kill()
        process.wait()
    with worker(REAL_WORKER, tmp_path) as process:
        until("all is done", lambda: not store.jobs.active())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    for job in (prepare, analyse):
        ended = store.jobs.get(job.id)
        assert (ended.state, ended.error_code) == ("done", None)
        # A kill may hit the other job, too, when the first has just ended.
        assert 2 <= ended.attempts <= 3
    blobs = {blob.role: store.blobs.read(clip.id, blob.role) for blob in store.blobs.list(clip.id)}
    faces = {role for role in blobs if role.startswith(("person:", "facepair:"))}
    assert faces
    assert set(blobs) - faces == {"original", "poster", "waveform", "proxy", "pts_map", "metrics", "heads"}
    assert blobs["original"] == original
    assert readable_media(store.settings.data_dir, [original, blobs["proxy"], blobs["poster"]]) == []
    with Store(store.settings):
        assert len(files_under(store.settings.vault_dir)) == len(blobs)


def test_a_running_job_stops_for_a_person_and_a_worker_told_to_stop_hands_it_back(
    store: Store, home: Home, tmp_path: Path
) -> None:
    agree(store, home)
    with SAMPLE.open("rb") as file:
        facts = look_at(file, store.settings)
    clip = a_clip(store, home, SAMPLE.read_bytes(), facts, jobs=["prepare"])
    (job,) = store.jobs.for_clip(clip.id)
    with worker(REAL_WORKER, tmp_path) as process:
        until("work is under way", lambda: store.jobs.get(job.id).progress > 0.1)
        store.jobs.cancel(job.id, "ann")
        until("it is stopped", lambda: store.jobs.get(job.id).state == "cancelled", seconds=30)
        assert [blob.role for blob in store.blobs.list(clip.id)] == ["original"]
        store.jobs.retry(job.id, "ann")
        until("work is under way again", lambda: store.jobs.get(job.id).progress > 0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    back = store.jobs.get(job.id)
    assert (back.state, back.attempts, back.lease_owner) == ("queued", 0, None)
    assert files_under(store.settings.data_dir / "workers") == []
