"""The networks this installation runs: which files, and that they are the ones that were tried."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

MANIFEST = "manifest.toml"


@dataclass(frozen=True, slots=True)
class Model:
    """One model file, found, and checked where the manifest lists it: `sha256` is that of the file at `path`."""

    name: str
    path: Path
    sha256: str
    licence: str
    source: str


def manifest_path() -> Path:
    """Return where the list of models lies: in the installed package, or in `models/` of a checkout."""
    packaged = Path(str(resources.files("vfeed"))) / "models" / MANIFEST
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "models" / MANIFEST


@cache
def verified_models() -> tuple[Model, ...]:
    """Return every model of the manifest, each with the content that was tried.

    Raises VfeedError `model_missing` naming the file and the fix when the manifest, a file or its content differs.
    """
    return verify(manifest_path())


def verify(manifest: Path) -> tuple[Model, ...]:
    """Read `manifest` and check each file's sha256; raises VfeedError `model_missing`."""
    try:
        entries = tomllib.loads(manifest.read_text(encoding="utf-8"))["model"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise VfeedError(
            "model_missing",
            _("The list of models %(manifest)s cannot be read."),
            hint=_("Install vfeed again, or run `git checkout models/manifest.toml`."),
            manifest=manifest,
        ) from error
    return tuple(_checked(entry, manifest.parent) for entry in entries)


def model_hashes() -> dict[str, str]:
    """Return name and sha256 of every model, as it is written into an analysis."""
    return {model.name: model.sha256 for model in verified_models()}


def model_path(name: str) -> Path:
    """Return where the file of the model of that name lies; raises VfeedError `model_missing`."""
    return next(model.path for model in verified_models() if model.name == name)


def _checked(entry: dict[str, str], own_folder: Path) -> Model:
    path = _package_folder(entry["package"]) / entry["path"] if "package" in entry else own_folder / entry["path"]
    fix = entry.get("fix", _("Install vfeed again."))
    if not path.is_file():
        raise VfeedError("model_missing", _("The model file %(name)s is missing."), hint=fix, name=path.name)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != entry["sha256"]:
        raise VfeedError(
            "model_missing", _("The model file %(name)s is not the one that was tried."), hint=fix, name=path.name
        )
    return Model(entry["name"], path, found, entry["licence"], entry["source"])


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return Path(package)
    return Path(spec.origin).parent
