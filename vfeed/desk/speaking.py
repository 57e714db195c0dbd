"""What the commands of the research desk have in common: how they write files and say what was lost."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from vfeed.errors import VfeedError
from vfeed.research.formats.seam import Columns, Loss
from vfeed.terminal import console, placed

LOSSES_SHOWN = 20
UNITS = ("", "h", "min", "s", "ms", "us", "frames")
"""How a table may count its times; "" for what its header and their look tell."""
PATH = click.Path(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass
class Writing:
    """Files on their way into a folder; `paths` is where they will lie."""

    folder: Path
    begun: Path
    force: bool
    paths: list[Path] = field(default_factory=list)

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Put files beside their places; raises VfeedError `invalid_input` where one is there already."""
        for name, data in files.items():
            path, part = self.folder / name, self.begun / name
            if path.exists() and not self.force:
                raise VfeedError(
                    "invalid_input",
                    f"{path.name} is there already.",
                    hint="Give another name, move it away, or say --force.",
                )
            if path.exists() and not path.is_file():
                raise IsADirectoryError(errno.EISDIR, "It is there, and is no file", str(path))
            part.parent.mkdir(parents=True, exist_ok=True)
            # On the disk before anything is told of it elsewhere.
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self.paths.append(path)

    def keep_flat(self, files: Mapping[str, bytes]) -> None:
        """As `keep`, each right in the folder, whatever signs stand in a film's or coder's name."""
        self.keep({Path(name.replace("/", "_")).name: data for name, data in files.items()})


@contextmanager
def writing(folder: Path, *, force: bool = False) -> Iterator[Writing]:
    """Take files for a folder that get their names on leaving, whole or not at all; then says where they are.

    What is told of them elsewhere, such as in the audit trail, is told between the two: nothing is told of files that
    cannot be written, and no file is there of which nothing is told.
    """
    with placed(folder) as begun:
        into = Writing(folder, begun, force)
        yield into
    for path in into.paths:
        console.print(f"Written: {path}")


def say_losses(losses: Iterable[Loss]) -> None:
    """Print what was lost, the worst first; many of one kind are counted."""
    found = sorted(losses, key=lambda loss: ("dropped", "changed", "noted").index(loss.kind.value))
    for loss in found[:LOSSES_SHOWN]:
        console.print(f"- {loss.kind.value}: {loss.where}: {loss.what}")
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
