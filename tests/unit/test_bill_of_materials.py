"""The bill of materials: valid CycloneDX, whole, and true of what is installed and shipped."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from hatch_build import bill_of_materials, write_bill

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return bill_of_materials(ROOT)


def test_it_is_valid_by_the_published_schema(bill: dict[str, Any]) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None


def test_it_is_the_same_at_every_build(bill: dict[str, Any], tmp_path: Path) -> None:
    for folder in ("requirements", "web", "models"):
        (tmp_path / folder).mkdir()
    for name in ("pyproject.toml", "requirements/run.txt", "web/package-lock.json", "models/manifest.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    assert json.loads(write_bill(tmp_path).read_text()) == bill


def versions_in(bill: dict[str, Any], start: str) -> set[tuple[str, str]]:
    """Names with versions; a lock for several Pythons may have two of one."""
    return {(each["name"], each["version"]) for each in bill["components"] if each.get("purl", "").startswith(start)}


def needed(name: str, seen: set[str]) -> set[str]:
    """What a distribution needs to run, with all that those need, as far as it is installed."""
    for line in metadata.requires(name) or []:
        wanted = Requirement(line)
        plain = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if (wanted.marker is None or wanted.marker.evaluate({"extra": ""})) and plain not in seen:
            try:
                metadata.version(plain)
            except metadata.PackageNotFoundError:
                continue
            seen.add(plain)
            needed(plain, seen)
    return seen


def test_everything_that_runs_here_is_in_it_at_its_version(bill: dict[str, Any]) -> None:
    installed = {(name, metadata.version(name)) for name in needed("vfeed", set())}
    assert len(installed) > 40
    assert installed - versions_in(bill, "pkg:pypi/") == set()


def test_every_package_of_the_browser_and_every_model_is_in_it_with_its_hash(bill: dict[str, Any]) -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert {name for name, _version in versions_in(bill, "pkg:npm/")} == {
        place.rpartition("node_modules/")[2] for place in lock
    } - {""}
    models = [each for each in bill["components"] if each["type"] == "machine-learning-model"]
    assert {"head_pose", "gaze"} <= {each["name"] for each in models}
    assert all(each["hashes"] for each in models)


def test_no_address_of_a_registry_stands_in_it(bill: dict[str, Any]) -> None:
    addresses = re.findall(r"https?://[^\"]+", json.dumps(bill))
    assert addresses == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
