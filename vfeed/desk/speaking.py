"""What the commands of the research desk have in common: how they write files and say what was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console

from vfeed.errors import VfeedError
from vfeed.research.formats.seam import Columns, Loss

console = Console()
complaints = Console(stderr=True)
LOSSES_SHOWN = 20
UNITS = ("", "h", "min", "s", "ms", "us", "frames")
"""How a table may count its times; "" for what its header and their look tell."""
PATH = click.Path(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def write_new(folder: Path, files: dict[str, bytes], *, force: bool) -> list[Path]:
    """Write files into a folder; raises VfeedError `invalid_input` for one that is there, before any is written."""
    targets = [folder / Path(name.replace("/", "_")).name for name in files]
    there = [path for path in targets if path.exists()]
    if there and not force:
        raise VfeedError(
            "invalid_input",
            f"{there[0].name} is there already.",
            hint="Give another name, move it away, or say --force.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in zip(targets, files.values(), strict=True):
        path.write_bytes(data)
    return targets


def say_losses(losses: Iterable[Loss]) -> None:
    """Print what was lost, the worst first; many of one kind are counted."""
    found = sorted(losses, key=lambda loss: ("dropped", "changed", "noted").index(loss.kind.value))
    for loss in found[:LOSSES_SHOWN]:
        console.print(f"- {loss.kind.value}: {loss.where}: {loss.what}", markup=False, highlight=False, soft_wrap=True)
    more = Counter(loss.kind.value for loss in found[LOSSES_SHOWN:])
    if more:
        console.print("- and " + ", ".join(f"{count} more {kind}" for kind, count in more.items()) + ".")


def columns_of(told: str | None, unit: str) -> Columns | None:
    """Return what --columns says, as start=Onset,end=Offset; raises VfeedError `invalid_input`."""
    if not told:
        return None
    pairs = [part.split("=", 1) for part in told.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise VfeedError(
            "invalid_input", "--columns is not of the form role=column.", hint="start=Onset,end=Offset,code=Look"
        )
    return Columns({role.strip().lower(): column.strip() for role, column in pairs}, unit)
