"""The wheel that `pip install .` makes carries all that vfeed needs to start."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIST = "vfeed/server/static/dist"


def test_the_wheel_carries_assets_templates_migrations_models_and_the_demo(tmp_path: Path) -> None:
    # The assets are those that the test run was started with: building them again would prove nothing new.
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, env=os.environ | {"VFEED_SKIP_WEB": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        manifest = json.loads(wheel.read(f"{DIST}/manifest.json"))
        bill = json.loads(wheel.read("vfeed/sbom.cdx.json"))
        entry_points = wheel.read("vfeed-0.1.0.dist-info/entry_points.txt").decode()
    assert {f"{DIST}/{part['file']}" for part in manifest.values()} <= names
    assert bill["bomFormat"] == "CycloneDX" and len(bill["components"]) > 100
    assert "vfeed = vfeed.__main__:main" in entry_points
    for folder, ending in (("server/templates", "*.html"), ("store/migrations", "*.py"), ("practice/packs", "*.yaml")):
        sources = {str(path.relative_to(ROOT)) for path in (ROOT / "vfeed" / folder).rglob(ending)}
        assert sources
        assert sources <= names
    assert {"vfeed/models/manifest.toml", "vfeed/sample_clips/side_view_woman.mp4", "vfeed/py.typed"} <= names
    assert {"vfeed-0.1.0.dist-info/licenses/LICENSE", "vfeed-0.1.0.dist-info/licenses/NOTICE"} <= names
    assert not [name for name in names if "generator" in name or name.startswith("tests")]


def test_the_source_package_is_small_and_builds_on_its_own(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, env=os.environ | {"VFEED_SKIP_WEB": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [package] = tmp_path.glob("*.tar.gz")
    assert package.stat().st_size < 15_000_000
    with tarfile.open(package) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    assert {"LICENSE", "NOTICE", "hatch_build.py", "web/package-lock.json", "models/gaze.onnx", "README.md"} <= names
    made = {"vfeed/sbom.cdx.json"}
    assert {name for name in names if "node_modules" in name or name.startswith("tests/")} | (names & made) == set()
