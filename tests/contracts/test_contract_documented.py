"""What can be set, said or called is written down."""

from pathlib import Path

import click
import pytest

from vfeed.cli import main
from vfeed.config import Settings
from vfeed.errors import KINDS
from vfeed.perception.metrics import ARRAYS

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
