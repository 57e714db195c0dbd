"""What an analysis was made with: the code that computes, the models, the parameters; and whether it is today's."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from vfeed import __version__, errors
from vfeed.analysis.libraries import libraries
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import ViewFrom, field_of_view_deg
from vfeed.perception.metrics import Metrics
from vfeed.perception.models import model_hashes
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters

PACKAGE = Path(__file__).parents[1]
PERCEPTION_SOURCES = (
    "perception",
    *("analysis/pipeline.py", "analysis/screen_layout.py"),
    *("media/opening.py", "media/packets.py", "media/frame_index.py", "media/decoding.py", "media/frames.py"),
    *("media/deinterlacing.py", "media/turned.py", "media/orientation.py", "media/colour.py", "media/filter_graph.py"),
    "media/planar_image.py",
)
"""What measures, and what brings it the images: which of them, when, which way up and in what colours."""
RULES_SOURCES = ("timeline", "dyad", "analysis/result.py")
SAYING = {"_", "marked", "filled"} | {
    name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.VfeedError)
}
"""What is called with words that are said, and with their values: nothing is computed from either."""


def analysis_version(
    metrics: Metrics, rules: DyadParameters, perception: PerceptionParameters = PERCEPTION
) -> dict[str, object]:
    """Return what an analysis made now is made with, as JSON-able values.

    `perception` and `rules` are digests of the code that computes (docstrings and comments left out), `models` the
    sha256 of each model, `parameters` and `perception_parameters` every number, by name.
    """
    width_px, height_px = (int(side) for side in metrics["picture_px"])
    return {
        "code": __version__,
        "perception": sources_digest(PERCEPTION_SOURCES),
        "rules": sources_digest(RULES_SOURCES),
        "models": model_hashes(),
        "libraries": libraries(),
        "parameters": rules.as_dict(),
        "perception_parameters": perception.as_dict(),
        "field_of_view_deg": round(field_of_view_deg(width_px, height_px, float(metrics["focal_px"][0])), 1),
        "field_of_view_from": ViewFrom(int(metrics["view_from"][0])).name.lower(),
        "picture_px": [width_px, height_px],
    }


def seen_otherwise(version: Mapping[str, object]) -> bool:
    """Return whether the film would be seen otherwise today: other perception code, models or perception's numbers."""
    now = {
        "perception": sources_digest(PERCEPTION_SOURCES),
        "models": model_hashes(),
        "perception_parameters": PERCEPTION.as_dict(),
    }
    return any(version.get(name) != value for name, value in now.items())


@cache
def sources_digest(sources: tuple[str, ...], package: Path = PACKAGE) -> str:
    """Return a sha256 (hex) of what `sources`, modules and folders of them, compute: syntax trees without docstrings.

    Without what refusals and marked texts say as well: other words in them are no other analysis.
    """
    digest = hashlib.sha256()
    for path in modules_of(sources, package):
        digest.update(f"{path.relative_to(package).as_posix()}\n{_computed(path)}\n".encode())
    return digest.hexdigest()


def modules_of(sources: tuple[str, ...], package: Path = PACKAGE) -> list[Path]:
    """Return the files of `sources`: each module, and every one that lies in a folder, in order."""
    found = ([path] if path.suffix else sorted(path.glob("*.py")) for path in (package / each for each in sources))
    return [path for paths in found for path in paths]


def _computed(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
            node.args, node.keywords = [], []
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
