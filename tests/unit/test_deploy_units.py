"""systemd understands the units that deploy/ offers, and finds them fenced."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy").glob("vfeed*.[st]*"))
SERVICES = [each for each in UNITS if each.suffix == ".service"]
MOST_EXPOSED = 2.0
"""Of 10, which is a service that nothing fences in."""
pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@pytest.fixture(params=["one machine", "three machines"])
def units(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The units with a program that is there in place of vfeed, alone or with what docs/at-scale.md adds to each."""
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/vfeed/.venv/bin/vfeed", "/bin/true"))
    if request.param == "three machines":
        (added,) = re.findall(r"```\n( *\[Service\]\n.*?)```", (ROOT / "docs" / "at-scale.md").read_text(), re.DOTALL)
        for path in SERVICES:
            folder = tmp_path / f"{path.name}.d"
            folder.mkdir()
            (folder / "three-machines.conf").write_text(textwrap.dedent(added))
    return tmp_path


def test_it_finds_nothing_to_say_about_them(units: Path) -> None:
    assert {path.suffix for path in UNITS} == {".service", ".timer"}
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(each for each in units.iterdir() if each.is_file())],
        capture_output=True,
        text=True,
        timeout=120,
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "vfeed" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", ["vfeed-web.service", "vfeed-work@.service"])
def test_what_serves_is_started_again_however_long_its_database_is_away(name: str) -> None:
    lines = (ROOT / "deploy" / name).read_text().splitlines()
    assert {"Restart=on-failure", "RestartSec=5", "StartLimitIntervalSec=0"} <= set(lines)


def test_a_backup_fails_where_its_disk_is_not_there_and_fills_no_other() -> None:
    lines = (ROOT / "deploy" / "vfeed-backup.service").read_text().splitlines()
    [place] = [line.rpartition(" ")[2] for line in lines if line.startswith("ExecStart=")]
    assert {f"RequiresMountsFor={place}", f"ReadWritePaths={place}"} <= set(lines)


def test_on_three_machines_the_shared_folder_is_waited_for() -> None:
    added = (ROOT / "docs" / "at-scale.md").read_text()
    [written] = re.findall(r"^ +ReadWritePaths=(.*)$", added, re.MULTILINE)
    assert re.findall(r"^ +RequiresMountsFor=(.*)$", added, re.MULTILINE) == [written]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_none_writes_its_memory_to_the_disk_when_it_dies(path: Path) -> None:
    assert "LimitCORE=0" in path.read_text().splitlines()


@pytest.mark.parametrize("name", [path.name for path in SERVICES])
def test_it_finds_them_fenced_in(name: str, units: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(units / name)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert told is not None and float(told[1]) <= MOST_EXPOSED
