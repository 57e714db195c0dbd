"""What vfeed takes: its packages as they are installed and as the image has them, the image, what pages fetch first."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from containers import BASE, Podman, built, once, why_not

from bench.room import weight

ROOT = Path(__file__).parents[1]
MOST_PACKAGES_MB, MOST_IMAGE_MB, MOST_PAGE_KB = 700, 900, 80
"""The last of any page, packed as nginx does it (deploy/nginx.conf)."""
TEMPLATES = ROOT / "vfeed" / "server" / "templates"
Row = tuple[str, float, str, str]


def report() -> list[Row]:
    """Rows of (what, value, unit, what was asked); of the image only where it can be built."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [*packages(Path(folder)), *scripts()]
    if lacking := why_not():
        print(f"The image is not measured: {lacking}")
        return rows
    with tempfile.TemporaryDirectory() as folder, built(Path(folder)) as podman:
        return [*rows, *image(podman)]


def packages(folder: Path) -> list[Row]:
    """What `requirements/service.txt` takes once installed, and after `deploy/slim.py`."""
    uv = str(Path(sys.executable).with_name("uv"))
    place = folder / "packages"
    locked = ["--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "service.txt")]
    # Copied: a link into another folder would be counted there, and slimmed there, too.
    told = [uv, "pip", "install", "-q", "--python", sys.executable, "--link-mode=copy", "--target", str(place)]
    subprocess.run([*told, *locked], check=True)
    whole_mb = size_mb(place)
    subprocess.run([sys.executable, ROOT / "deploy" / "slim.py", place], check=True)
    slim_mb = size_mb(place)
    return [
        ("packages of a service as installed", whole_mb, "MB", ""),
        ("the same as the image has them", slim_mb, "MB", f"under {MOST_PACKAGES_MB}"),
        ("the second beside the first", slim_mb / whole_mb, "x", ""),
    ]


def size_mb(folder: Path) -> float:
    """What a folder takes on the disk."""
    return int(subprocess.check_output(["du", "-s", "--block-size=1000", folder]).split()[0]) / 1000


def image(podman: Podman) -> list[Row]:
    """What the image that was built takes."""

    def image_mb(name: str) -> float:
        return int(podman("podman", "image", "inspect", "--format={{.Size}}", name)) / 1e6

    own = "/opt/vfeed/lib/python3.11/site-packages/vfeed"
    # What was counted once is not counted again: the second number is that of the packages.
    counted = podman("podman", "run", *once(), "vfeed", "du", "-s", "--block-size=1000", own, "/opt/vfeed").split()
    return [
        ("the image", image_mb("vfeed"), "MB", f"under {MOST_IMAGE_MB}"),
        ("- its base, Debian and its Python in place of python:3.11-slim", image_mb(BASE), "MB", ""),
        ("- packages in it", int(counted[2]) / 1000, "MB", f"under {MOST_PACKAGES_MB}"),
        ("- vfeed in it, with networks and compiled files", int(counted[0]) / 1000, "MB", ""),
    ]


def named_islands() -> dict[str, str]:
    """Where the script of each island lies, by its name in pages."""
    found = (ROOT / "web" / "src" / "main.ts").read_text(encoding="utf-8")
    named = re.findall(r"'?([a-z-]+)'?: \(\) => import\('\./(\S+?)'\)", found)
    return {name: f"src/{place}" for name, place in named}


def islands() -> dict[str, list[str]]:
    """The scripts that each page names, by its template."""
    places, pages = named_islands(), sorted(TEMPLATES.rglob("*.html"))
    named = {
        path.relative_to(TEMPLATES).as_posix(): re.findall(r'data-island="([a-z-]+)"', path.read_text(encoding="utf-8"))
        for path in pages
    }
    return {page: [places[name] for name in found] for page, found in named.items() if found}


def scripts() -> list[Row]:
    """Script that pages fetch before they stand, packed by gzip; the heaviest three of them, and those without."""
    packed = {name: weight(each)[1] for name, each in islands().items()}
    heaviest = sorted(packed, key=packed.__getitem__, reverse=True)[:3]
    alone = weight([])[1]
    return [
        *((f"script of {name}, packed", packed[name], "kB", f"under {MOST_PAGE_KB}") for name in heaviest),
        ("script of a page without islands, packed", alone, "kB", f"under {MOST_PAGE_KB}"),
        ("pages with islands", float(len(packed)), "", ""),
    ]
