"""A worker that needs no server reaches nobody, whatever the libraries do that read films in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from core_files import let_cores_be_written, most_core_bytes
from filled_store import Home, a_clip, agree, settings_in

from vfeed.media.isolated_process import look_at
from vfeed.store import Store

SAMPLE = Path(__file__).parents[2] / "sample_clips" / "home_toy.mp4"
TRY = "from vfeed.media.sandbox import leave_the_network; raise SystemExit(not leave_the_network())"


def network_of(process: str) -> str:
    return str(Path(f"/proc/{process}/ns/net").readlink())


@pytest.mark.sqlite
def test_the_worker_of_one_machine_does_its_work_without_a_network(store: Store, home: Home, tmp_path: Path) -> None:
    if subprocess.run([sys.executable, "-c", TRY], check=False).returncode:
        pytest.skip("this system lets no process leave its network")
    agree(store, home)
    with SAMPLE.open("rb") as file:
        facts = look_at(file, store.settings)
    clip = a_clip(store, home, SAMPLE.read_bytes(), facts=facts, jobs=[])
    job = store.jobs.add("prepare", clip.id, {}, "ann")
    settings = store.settings
    ours = {f"VFEED_{name.upper()}": str(value) for name, value in settings.model_dump(exclude_none=True).items()}
    command = [sys.executable, "-m", "vfeed", "work", "--until-stdin-closes"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | ours, preexec_fn=let_cores_be_written)
    networks: set[str] = set()
    ended = time.monotonic() + 240
    while store.jobs.get(job.id).state != "done":
        assert worker.poll() is None
        assert time.monotonic() < ended, store.jobs.get(job.id).stage
        networks.add(network_of(str(worker.pid)))
        time.sleep(0.1)
    assert most_core_bytes(worker.pid) == "0"
    worker.communicate()
    assert networks - {network_of("self")}
    assert store.blobs.has(clip.id, "proxy")


def test_a_worker_that_needs_a_server_keeps_its_network(tmp_path: Path) -> None:
    assert settings_in(tmp_path, database_url="").needs_no_network
    assert not settings_in(tmp_path, database_url="postgresql://localhost/x").needs_no_network
    assert not settings_in(tmp_path, database_url="", queue_url="redis://localhost/0").needs_no_network
