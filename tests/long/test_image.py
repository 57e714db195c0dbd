"""The image, built and started by Podman as deploy/compose.yaml has it: it fits, sees, serves, and keeps all."""

from __future__ import annotations

import http.client
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import http_walk
import pytest
from containers import COMPOSE, Podman, built, once, why_not
from service import OWN_PASSWORD, SAMPLES, Client, Service, wait_until

from bench.sizes import MOST_IMAGE_MB, MOST_PACKAGES_MB, image
from vfeed.store.backup import stamps

LITTLE = "220m"  # a worker starts with it, and no network fits in
pytestmark = [pytest.mark.timeout(3000), pytest.mark.skipif(bool(why_not()), reason=why_not())]

LOADS = """
import ctypes, os, pathlib
for path in pathlib.Path("/opt/vfeed").rglob("*.so*"):
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        # One that asks for what another brings is whole.
        if "ELF" in str(error) or "cannot allocate" in str(error):
            print(path, error, flush=True)
os._exit(0)  # Some cannot be let go of in this order.
"""
HEADS = """
import av
from vfeed.perception.blazeface import BlazeFaceDetector
picture = next(av.open("/film.mp4").decode(video=0)).to_ndarray(format="rgb24")
print(len(BlazeFaceDetector().search(picture)))
"""
SEEDS = """
from datetime import date, timedelta
from vfeed.config import load_settings
from vfeed.store import Store
{seed}
with Store(load_settings()) as store:
    print(seed(store))
"""
FENCE = """
grep -E 'Cap(Eff|Bnd)|NoNewPrivs|^Uid' /proc/self/status
ls /sys/class/net
touch /x && echo wrote
touch /opt/vfeed/x && echo wrote
cp /bin/echo /tmp/ && /tmp/echo ran
"""
MEMORY = """
cd /sys/fs/cgroup
cat memory.max memory.peak 2>/dev/null || cat memory/memory.limit_in_bytes memory/memory.max_usage_in_bytes
"""
FENCED = "Uid: 10001 10001 10001 10001 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 lo"

# Nothing stands before the pages that speaks HTTPS: they are asked at a port of this machine, not by their socket.
PAGES = COMPOSE["web"] | {"network_mode": "host"} | {part: COMPOSE["work"][part] for part in ("volumes", "environment")}


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    with built(tmp_path_factory.mktemp("image")) as podman:
        yield podman


@dataclass
class InContainers(Service):
    """The pages and a worker in containers, and the volumes that outlive them."""

    podman: Podman | None = None

    def begin(self) -> None:
        assert self.podman is not None
        self.podman.start("web", PAGES, f"--env=VFEED_PORT={self.port}", "--env=VFEED_HTTPS=false")
        self.podman.start("work", COMPOSE["work"])
        wait_until("it is ready", lambda: self.answer("/ready") == 200)

    def answer(self, path: str) -> int:
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            line.request("GET", path)
            return line.getresponse().status
        except OSError:
            return 0

    def inside(self, *command: str, given: str | None = None) -> str:
        assert self.podman is not None
        return self.podman("podman", "exec", "--interactive", "web", *command, given=given)

    def one_time_password(self) -> str:
        return self.inside("cat", "/var/lib/vfeed-keys/first-password.txt").strip()


def test_it_takes_no_more_than_it_may(podman: Podman) -> None:
    took = {what: mb for what, mb, _unit, _asked in image(podman)}
    print(took)
    assert took["- packages in it"] < MOST_PACKAGES_MB
    assert took["the image"] < MOST_IMAGE_MB


def test_every_compiled_part_can_be_loaded(podman: Podman) -> None:
    assert podman("podman", "run", "--interactive", *once(), "vfeed", "python", "-", given=LOADS) == ""


def test_it_sees_in_a_film_what_is_seen_here(podman: Podman, tmp_path: Path) -> None:
    film = SAMPLES / "floor_three_quarter.mp4"
    script = "vfeed analyse /film.mp4 --output /tmp/found >&2 && cat /tmp/found/candidates.csv"
    there = podman("podman", "run", *once(), f"--volume={film}:/film.mp4:ro", "vfeed", "sh", "-c", script)
    subprocess.run([sys.executable, "-m", "vfeed", "analyse", film, "--output", tmp_path], check=True, timeout=600)
    here = (tmp_path / "candidates.csv").read_text()
    assert len(here.splitlines()) > 1
    assert there == here


def test_it_finds_faces_for_a_copy_in_which_none_may_be_left(podman: Podman) -> None:
    film = f"--volume={SAMPLES / 'floor_three_quarter.mp4'}:/film.mp4:ro"
    found = podman("podman", "run", "--interactive", *once(), film, "vfeed", "python", "-", given=HEADS)
    assert int(found) >= 2


def test_a_film_is_worked_on_behind_the_fence_and_all_is_there_after_a_new_start(
    podman: Podman, tmp_path: Path
) -> None:
    service = InContainers(tmp_path, podman=podman)
    service.begin()
    assert service.answer("/health") == 200
    (tmp_path / "backup").mkdir(mode=0o700)
    os.chown(tmp_path / "backup", 10001, 10001)
    volumes = [each.replace("./", f"{tmp_path}/") for each in COMPOSE["backup"]["volumes"]]
    podman.start("backup", COMPOSE["backup"] | {"volumes": volumes})
    fence = podman("podman", "exec", "work", "sh", "-c", FENCE, check=False)
    assert " ".join(fence.split()) == FENCED

    seed = SEEDS.format(seed=inspect.getsource(http_walk.seed))
    done = http_walk.main_job(
        service, lambda: service.inside("python", "-", given=seed).strip(), sample="side_view_woman.mp4"
    )
    page = f"/clips/{done['clip_id']}"
    limit, most = map(int, podman("podman", "exec", "work", "sh", "-c", MEMORY).split())
    seconds = {name: podman.until_gone([name]) for name in ("web", "work", "backup")}
    print(f"stopped after {seconds} s; the worker took {most / 1e6:.0f} MB at most")
    assert max(seconds.values()) < 15
    assert limit == 4 << 30
    assert stamps(tmp_path / "backup")

    service.begin()
    client = Client(service.url)
    client.form("/sign-in", name="admin", password=OWN_PASSWORD)
    assert "At the table" in client.page(page)
    assert client.json("GET", f"/api/clips/{done['clip_id']}/review") == done["review"]
    service.inside("vfeed", "verify")
    podman.until_gone(["web", "work"])


def test_a_film_that_needs_more_memory_than_there_is_fails_alone(podman: Podman, tmp_path: Path) -> None:
    service = InContainers(tmp_path, podman=podman)
    podman("podman", "volume", "rm", "--all", "--force")
    service.begin()
    podman.until_gone(["work"])
    podman.start("work", COMPOSE["work"] | {"mem_limit": LITTLE}, "--restart=always")
    client = http_walk.signed_in(service)
    visit = service.inside("python", "-", given=SEEDS.format(seed=inspect.getsource(http_walk.seed))).strip()
    film = (SAMPLES / "side_view_woman.mp4").read_bytes()
    clip = client.upload(film, visit_id=visit, title="At the table")["id"]

    def jobs() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.json("GET", f"/api/clips/{clip}/jobs")
        return found

    wait_until("the work is given up", lambda: all(each["state"] == "failed" for each in jobs()), seconds=400)
    print(jobs())
    assert service.answer("/ready") == 200
    # With the memory that it is to have it is done when somebody asks again.
    podman.until_gone(["work"])
    podman.start("work", COMPOSE["work"])
    for each in jobs():
        client.json("POST", f"/api/jobs/{each['id']}/retry")
    wait_until("the work is done", lambda: client.jobs_done(clip), seconds=240)
    podman.until_gone(["web", "work"])
