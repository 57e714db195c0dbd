"""The version at the last stop and this one, side by side, as docs/at-scale.md brings a service up to date."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from servers import Databases
from two_versions import Kept, Version, beside

from vfeed.config import Settings
from vfeed.store import Store
from vfeed.store.checks import check_everything
from vfeed.store.shapes import STOPS
from vfeed.store.tables import JobState

ROOT = Path(__file__).parents[2]
TOGETHER_S = 40.0

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def earlier(tmp_path: Path) -> Version:
    """The version with which the last stop came, taken from the history and built, with this version's packages."""
    migration = f"vfeed/store/migrations/versions/{STOPS[-1]}*"
    found = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", migration)
    if not found:
        pytest.skip("this folder has no history to take the earlier version from")
    source = tmp_path / "earlier"
    source.mkdir()
    _git("archive", "--output", str(tmp_path / "earlier.tar"), found)
    shutil.unpack_archive(tmp_path / "earlier.tar", source, filter="data")
    (source / "web" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    subprocess.run([sys.executable, "hatch_build.py"], cwd=source, check=True, stdout=subprocess.DEVNULL)
    return Version("earlier", source, sys.executable)


def _git(*command: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *command], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@pytest.fixture
def told(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of both, whose machines see the same folder."""
    made = Databases()
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o700)
    yield {
        "VFEED_DATA_DIR": str(shared / "data"),
        "VFEED_KEY_FILE": str(tmp_path / "key" / "master.key"),
        "VFEED_KEY_STORE": str(shared / "clip-keys"),
        "VFEED_DATABASE_URL": made.address(tmp_path),
        "VFEED_QUEUE_URL": f"redis://{servers.redis().address}/0",
        "VFEED_DEMO": "false",
        "VFEED_ANALYSIS_FPS": "2",
        "VFEED_SECOND_STEP": "choice",
    }
    made.drop(set(made.made))


def test_an_earlier_version_and_this_one_work_on_the_same_data(
    earlier: Version, told: dict[str, str], tmp_path: Path
) -> None:
    ours = Version("later", ROOT, sys.executable)
    kept = beside(earlier, ours, told, tmp_path, TOGETHER_S)
    assert kept.faults == []
    assert min(len(kept.tags), len(kept.taken_back), len(kept.visits), kept.sign_ins) > 0
    settings = Settings(**{name.removeprefix("VFEED_").lower(): value for name, value in told.items()})
    with Store(settings) as store:
        assert _lost(store, kept) == []
        assert check_everything(store).faults == ()
        done = Counter((job.kind, job.state, job.attempts) for clip in kept.films for job in store.jobs.for_clip(clip))
    assert done == {(kind, JobState.DONE, 1): len(kept.films) for kind in ("prepare", "analyse")}


def _lost(store: Store, kept: Kept) -> list[str]:
    """What was acknowledged and is not there once, in words."""
    moments = {clip: [each.moment_id for each in store.events.state(clip).moments] for clip in kept.films}
    titles = [visit.title for visit in store.families.visits(store.families.list()[0].id)]
    return [
        *(f"tag {name}: {moments[clip].count(name)}" for clip, name in kept.tags if moments[clip].count(name) != 1),
        *(f"tag {name} is back" for clip, name in kept.taken_back if name in moments[clip]),
        *(f"visit {title}: {titles.count(title)}" for title in kept.visits if titles.count(title) != 1),
        *(f"film {clip}" for clip, film in kept.films.items() if store.blobs.read(clip, "original") != film),
    ]
