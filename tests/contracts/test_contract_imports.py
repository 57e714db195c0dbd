"""One direction of flow: a folder imports only folders above it, and the core knows no frameworks."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "vfeed"
ORDER = [
    "errors",
    "config",
    "timeline",
    "journal",
    "media",
    "perception",
    "dyad",
    "analysis",
    "practice",
    "research",
    "screening",
    "paper",
    "store",
    "services",
    "jobs",
    "intake",
    "demo",
    "doctor",
    "server",
    "launch",
    "terminal",
    "desk",
    "keeping",
    "cli",
    "__main__",
]
CORE = {"timeline", "journal", "dyad", "practice", "research"}
FRAMEWORKS = {"flask", "cv2", "mediapipe", "sqlalchemy", "av", "huey", "matplotlib", "ffmpeg"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.append(node.module)
            if node.module == "vfeed":
                names += [f"vfeed.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_folder_imports_only_folders_above_it(path: Path) -> None:
    here = ORDER.index(room(path))
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("vfeed.")} & set(ORDER)
    assert {name for name in rooms if ORDER.index(name) > here} == set()


@pytest.mark.parametrize(
    "path", [path for path in MODULES if room(path) in CORE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_core_knows_no_framework(path: Path) -> None:
    assert {name.split(".")[0] for name in imported(path)} & FRAMEWORKS == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_perception_knows_mediapipe(path: Path) -> None:
    assert room(path) == "perception" or "mediapipe" not in {name.split(".")[0] for name in imported(path)}


def test_every_folder_has_its_place_in_the_order() -> None:
    assert {room(path) for path in MODULES} <= set(ORDER)
