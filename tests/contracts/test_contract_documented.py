"""What can be set, said or called is written down."""

import re
import tomllib
from pathlib import Path

import click
import pytest

import vfeed
from vfeed.cli import main
from vfeed.config import Settings
from vfeed.errors import KINDS
from vfeed.perception.metrics import ARRAYS

PACKAGE = Path(vfeed.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_what_it_does(name: str) -> None:
    row = next(
        (line for line in (DOCS / "settings.md").read_text().splitlines() if f"`VFEED_{name.upper()}`" in line), ""
    )
    assert Settings.model_fields[name].description in row


@pytest.mark.parametrize("code", KINDS)
def test_every_error_code_is_documented_with_its_statuses(code: str) -> None:
    kind = KINDS[code]
    rows = [line for line in (DOCS / "errors.md").read_text().splitlines() if line.startswith(f"| `{code}` |")]
    assert len(rows) == 1
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert cells[1:4] == [kind.title, str(kind.http_status), str(kind.exit_status)]
    assert cells[4]


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    text = (DOCS / "commands.md").read_text()
    section = text.split(f"## vfeed {name}\n")[1].split("\n## ")[0]
    for option in main.commands[name].params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[-1]}`" in section, option.opts


@pytest.mark.parametrize("name", ARRAYS)
def test_every_array_of_the_metrics_is_documented_as_the_code_has_it(name: str) -> None:
    assert f"| `{name}` | {ARRAYS[name]} |" in (DOCS / "metrics.md").read_text().splitlines()


def test_the_map_shows_every_module_and_folder_in_the_order_in_which_they_import() -> None:
    text = (DOCS / "architecture.md").read_text()
    shown = re.findall(r"^  (\w+(?:\.py|/)) ", text.split("vfeed/\n")[1].split("\nweb/")[0], re.MULTILINE)
    there = {each.name for each in PACKAGE.glob("*.py")} | {
        f"{each.parent.name}/" for each in PACKAGE.glob("*/__init__.py")
    }
    assert set(shown) == there - {"__init__.py", "__main__.py"} and len(shown) == len(set(shown))
    order = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0][
        "layers"
    ]
    places = [
        shown.index(f"{name}/" if f"{name}/" in shown else f"{name}.py")
        for name in reversed(order)
        if name != "__main__"
    ]
    assert places == sorted(places)


def test_the_map_shows_every_room_of_the_server_once() -> None:
    rooms = (DOCS / "architecture.md").read_text().split("## The rooms of the server")[1].split("\n## ")[0]
    shown = [name for row in re.findall(r"^\| (`.+?) \|", rooms, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(shown) == sorted(each.parent.name for each in (PACKAGE / "server").glob("*/__init__.py"))
