"""What docs/at-scale.md says of three machines, done with processes in their place, each with its own settings."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import object_store
import pytest
import servers
from filled_store import a_home, agree, files_under, settings_in
from job_steps import until
from loaded_process import begin, run
from sample_analysis import stretch
from servers import Databases, free_port

from vfeed.config import Settings
from vfeed.store import Store

ROOT = Path(__file__).parents[2]
FILM_S = 6
PAGE = (ROOT / "docs" / "at-scale.md").read_text(encoding="utf-8")
STEPS = PAGE.split("## Three machines, step by step\n")[1].split("\n## ")[0]
Machine = dict[str, str]

pytestmark = pytest.mark.timeout(900)


def block(number: int) -> Machine:
    """The settings of a block of the page."""
    blocks = re.findall(r"```\n(.*?)```", STEPS, re.DOTALL)
    text = [each for each in blocks if each.strip().startswith("VFEED_")][number]
    return dict(line.strip().split("=", 1) for line in text.splitlines() if line.strip())


def ask(machine: Machine, *command: str) -> str:
    """Run a command of vfeed's on a machine; it must end well."""
    done = run("-m", "vfeed", *command, env=environment(machine))
    assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"
    assert f"vfeed {command[0]}" in STEPS or command[0] == "rotate-key"
    return done.stdout


def environment(machine: Machine) -> Machine:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VFEED_")}
    return kept | {"NO_COLOR": "1", "COLUMNS": "200", "VFEED_ANALYSIS_FPS": "2"} | machine


@contextlib.contextmanager
def running(machine: Machine, folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        process = begin("-m", "vfeed", *command, env=environment(machine), out=log)
    try:
        yield
        assert process.poll() is None, (folder / f"{command[0]}.log").read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings_of(machine: Machine) -> Settings:
    return Settings(**{name.removeprefix("VFEED_").lower(): value for name, value in machine.items()})


def with_key(machine: Machine, key: bytes) -> None:
    path = Path(machine["VFEED_KEY_FILE"])
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(key)
    path.chmod(0o600)


def on(machine: Machine, root: Path, shared: Path) -> Machine:
    """The page's paths, below folders of the test."""
    return {
        name: str(shared) + value.removeprefix("/srv/vfeed")
        if value.startswith("/srv/vfeed")
        else f"{root}{value}"
        if value.startswith("/")
        else value
        for name, value in machine.items()
    }


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    made = Databases()
    yield made.address(tmp_path).removeprefix("postgresql")
    made.drop(set(made.made))


@pytest.mark.parametrize("films", ["in a shared folder", "in a store"])
def test_an_administrator_sets_up_three_machines(films: str, database: str, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    pages_root, work_root = tmp_path / "pages", tmp_path / "work"
    for folder in (shared, pages_root, work_root):
        folder.mkdir(mode=0o700)
    said = block(0) | {
        "VFEED_DATABASE_URL": f"postgresql+psycopg{database}",
        "VFEED_QUEUE_URL": f"redis://{servers.redis().address}/0",
    }
    pages, work = on(said, pages_root, shared), on(said, work_root, shared)
    if films == "in a store":
        store_keys = object_store.in_bucket(tmp_path, object_store.new_bucket())
        more = {f"VFEED_{name.upper()}": str(value) for name, value in store_keys.items()}
        assert set(more) == set(block(1))
        pages |= more
        work |= more | {"VFEED_DATA_DIR": f"{work_root}/var/lib/vfeed"}
    pages["VFEED_PORT"] = str(free_port())

    film = tmp_path / "film.mp4"
    film.write_bytes(stretch(seconds=FILM_S))
    laptop = settings_in(tmp_path / "laptop", database_url="")
    with Store(laptop) as store:
        agree(store, a_home(store))
    on_laptop = {
        "VFEED_DATA_DIR": str(laptop.data_dir),
        "VFEED_KEY_FILE": str(laptop.key_file),
        "VFEED_DEMO": "false",
    }
    ask(on_laptop, "backup", str(tmp_path / "moving"))
    with_key(pages, laptop.key_file.read_bytes())
    ask(pages, "restore", str(tmp_path / "moving"))
    assert "!!" not in ask(pages, "doctor")
    ask(pages, "verify")
    with_key(work, laptop.key_file.read_bytes())
    ask(work, "doctor")

    with running(pages, pages_root, "serve"), running(work, work_root, "work"):
        ask(pages, "add", str(film), "--family", "Robin")
        address = f"http://127.0.0.1:{pages['VFEED_PORT']}/sign-in"
        with Store(settings_of(pages)) as store:
            family = store.families.find("Robin")
            assert family is not None
            (clip,) = store.clips.for_family(family.id)
            until("the other machine has done the work", lambda: not store.jobs.active(), seconds=600)
            assert {job.state for job in store.jobs.for_clip(clip.id)} == {"done"}
            assert store.blobs.has(clip.id, "proxy")
            assert store.analyses.latest(clip.id) is not None
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.status == 200
    if films == "in a store":
        lying = [path for path in files_under(tmp_path) if path.parent.parent.name == "vault"]
        assert lying == [path for path in lying if path.is_relative_to(tmp_path / "moving")]

    ask(pages, "rotate-key", "--yes")
    with_key(work, Path(pages["VFEED_KEY_FILE"]).read_bytes())
    assert "1 film " in ask(work, "verify")
    ask(pages, "backup", str(tmp_path / "nightly"))
    home_again = on_laptop | {
        "VFEED_DATA_DIR": str(tmp_path / "again"),
        "VFEED_KEY_FILE": str(tmp_path / "k" / "m.key"),
    }
    with_key(home_again, Path(pages["VFEED_KEY_FILE"]).read_bytes())
    ask(home_again, "restore", str(tmp_path / "nightly"))
    with Store(settings_of(home_again)) as store, store.blobs.open(clip.id, "original") as file:
        assert file.read() == film.read_bytes()
