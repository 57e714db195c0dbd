"""The commands of the research desk: coding files between programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from vfeed.errors import VfeedError

if TYPE_CHECKING:
    from vfeed.research.formats.seam import Columns, Loss

console = Console()
LOSSES_SHOWN = 20
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
    from vfeed.research.formats.seam import Columns

    if not told:
        return None
    pairs = [part.split("=", 1) for part in told.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise VfeedError(
            "invalid_input", "--columns is not of the form role=column.", hint="start=Onset,end=Offset,code=Look"
        )
    return Columns({role.strip().lower(): column.strip() for role, column in pairs}, unit)


@click.command()
@click.argument("source", type=FILE)
@click.argument("target", type=PATH)
@click.option("--to", "format_name", help="Format to write (else by TARGET's ending): see docs/researchers.md.")
@click.option("--clip", default="", help="The film's file name, where SOURCE is about several.")
@click.option("--coder", default="", help="Who coded, where SOURCE does not say.")
@click.option("--fps", type=click.FloatRange(1, 1000), help="Pictures a second, for times that count pictures.")
@click.option("--columns", help="What the columns of an unknown table are: start=...,end=...,code=...,who=...")
@click.option("--unit", type=click.Choice(["", "s", "ms", "us", "frames"]), default="", help="Unit of those times.")
@click.option("--film", type=FILE, help="The film: times within 1 ms of one of its pictures are put on it.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def convert(
    source: Path,
    target: Path,
    format_name: str | None,
    clip: str,
    coder: str,
    fps: float | None,
    columns: str | None,
    unit: str,
    film: Path | None,
    force: bool,
) -> None:
    """Read the coding file SOURCE and write it as TARGET for another program, saying what is lost."""
    from vfeed.research.formats.registry import exporter_for, exporter_named, read_file, write_codings
    from vfeed.research.formats.seam import Asked

    exporter = exporter_named(format_name) if format_name else exporter_for(target)
    times, length_us = film_times(film) if film else ((), 0)
    asked = Asked(clip or (film.name if film else ""), coder, fps, times, length_us, columns=columns_of(columns, unit))
    found = read_file(source, asked)
    written = write_codings(exporter, found.codings)
    files = dict(written.files)
    if target.suffix and not target.is_dir():
        # The main file gets the name that was asked for; several codings stay several files beside it.
        main = next(iter(files), None)
        stem = target.name.removesuffix(target.suffix)
        if main is not None and len(files) == 1:
            files = {target.name: files[main]}
        else:
            files = {target.name if name == main else f"{stem}.{name}": data for name, data in files.items()}
        folder = target.parent
    else:
        folder = target
    paths = write_new(folder, files, force=force)
    marks = sum(len(coding.marks) for coding in found.codings)
    console.print(f"{found.tool}: {len(found.codings)} codings with {marks} marks.", highlight=False)
    for path in paths:
        console.print(f"Written: [bold]{path}[/bold]", soft_wrap=True)
    say_losses([*found.losses, *written.losses])


def film_times(film: Path) -> tuple[tuple[int, ...], int]:
    """Return the true times (us, from the first picture) of a film's pictures, and its length."""
    from vfeed.config import load_settings
    from vfeed.intake import look_at
    from vfeed.media.frames import picture_times

    with film.open("rb") as file:
        facts = look_at(file, load_settings())
        return picture_times(file), facts.duration_us


DESK: tuple[click.Command, ...] = (convert,)
