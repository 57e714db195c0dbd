"""Servers that tests start: installed by what sets up a clone, skipped where they are not, and missed in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import servers

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "ls", "ldconfig")
APT = """#!/bin/sh
echo "$@" >> {folder}/asked
case "$*" in update*) exit {update} ;; *radosgw*) echo "Unable to locate package radosgw" >&2; exit 100 ;; esac
"""


@pytest.mark.parametrize("name", servers.PACKAGES)
def test_a_server_that_is_not_installed_is_skipped_by_name_or_missed(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(servers.NEEDED, raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"apt-get install -y {servers.PACKAGES[name]}"):
        servers.program(name)
    monkeypatch.setenv(servers.NEEDED, "1")
    with pytest.raises(pytest.fail.Exception, match=f"apt-get install -y {servers.PACKAGES[name]}"):
        servers.program(name)


def test_what_the_tests_can_do_without_is_skipped_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(servers.NEEDED, "1")
    with pytest.raises(pytest.skip.Exception):
        servers.program("radosgw")


def test_ci_misses_them() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines.index(f"export {servers.NEEDED}=1") < lines.index("make test")


@pytest.mark.parametrize("update", [0, 100])
def test_one_package_that_is_not_to_be_had_keeps_no_other_away(update: int, tmp_path: Path) -> None:
    """A clone that is set up otherwise, on a machine whose apt knows no radosgw."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("requirements/setup.sh", "requirements/dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name, path=f"{os.environ['PATH']}:/sbin:/usr/sbin"))
    (tools / "python3").symlink_to("/bin/true")
    (tools / "chromium").symlink_to("/bin/true")
    for name, text in (("id", "#!/bin/sh\necho 0\n"), ("apt-get", APT.format(folder=tmp_path, update=update))):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    state = "cat requirements/dev.txt pyproject.toml requirements/setup.sh | cksum > .venv/.installed-dev"
    subprocess.run(["sh", "-c", state], cwd=tmp_path, check=True)
    done = subprocess.run(
        ["sh", "requirements/setup.sh", "dev"], cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True
    )
    asked = (tmp_path / "asked").read_text().splitlines()
    installed = [line.split()[-1] for line in asked[2:]]
    assert done.returncode == 0, done.stderr
    assert {"redis-server", "chromium-headless-shell", "ceph-mon", "radosgw"} <= set(installed)
    told = [line.rpartition(" ")[2] for line in done.stdout.splitlines() if line.startswith("It could not")]
    assert told == ["radosgw"]
    assert ("could not be read anew" in done.stdout) == bool(update)
