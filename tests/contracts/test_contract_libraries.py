"""docs/libraries.md tells every package of vfeed and of the documents' site, as declared, with licence and reason."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r"^\| (?P<name>[a-z0-9-]+) \| `(?P<versions>[^`]+)` \| (?P<licence>[^|]+) \| (?P<what>[^|]+) \| (?P<why>[^|]+) \|$"
)


def rows() -> list[re.Match[str]]:
    lines = (ROOT / "docs" / "libraries.md").read_text(encoding="utf-8").splitlines()
    cells = [line for line in lines if line.startswith("| ") and not line.startswith("| package")]
    found = [ROW.match(line) for line in cells]
    assert all(found), [line for line, row in zip(cells, found, strict=True) if row is None]
    return [row for row in found if row]


def test_the_page_tells_what_is_declared_and_nothing_else() -> None:
    declaring = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = declaring["project"]
    asked = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    asked += declaring["dependency-groups"]["docs"]
    declared = {each.name: each.specifier for each in map(Requirement, asked)}
    web = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    told = [row["name"] for row in rows()]
    assert sorted(told) == sorted([*declared, *web])
    for row in rows():
        if row["name"] in web:
            assert row["versions"] == web[row["name"]]
        else:
            assert SpecifierSet(row["versions"]) == declared[row["name"]], row["name"]


def test_an_extra_is_named_where_a_package_comes_with_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        Requirement(each).name: name for name, asked in project["optional-dependencies"].items() for each in asked
    }
    named = {row["name"]: match[1] for row in rows() if (match := re.search(r"\(extra `(\w+)`\)", row["what"]))}
    assert named == extras


def test_no_licence_is_one_that_the_projects_own_cannot_stand_beside() -> None:
    """One under the GPL or AGPL would put vfeed under it; the LGPL asks that it can be replaced, as a package can."""
    assert [row["name"] for row in rows() if re.match(r"A?GPL", row["licence"])] == []
