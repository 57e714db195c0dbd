"""The commands `vfeed codes`: codings out of vfeed, into it, and back out again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from vfeed.config import load_settings
from vfeed.desk.speaking import FILE, PATH, UNITS, Writing, columns_of, say_losses, writing
from vfeed.errors import CodesUnclear, VfeedError
from vfeed.research.counting import count
from vfeed.research.formats.seam import Asked
from vfeed.terminal import complaints, console, placed

if TYPE_CHECKING:
    from vfeed.services.study_files import Keep
    from vfeed.store.store import Store

ACTOR = "command line"
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def _opened() -> Store:
    """The store of this machine's settings, loaded when a command runs."""
    from vfeed.launch import open_store

    return open_store(load_settings())


@click.group()
def codes() -> None:
    """Take codings out of vfeed for research, and into it."""


@codes.command("export")
@click.option("--family", required=True, help="Code name of the family.")
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files."
)
@click.option("--to", "format_name", default="csv", show_default=True, help="Format: see docs/researchers.md.")
@click.option("--pseudonyms", type=PATH, help="Where clip_id and clip are kept (else names.csv in the output folder).")
@click.option("--notes", is_flag=True, help="Take notes and captions along; they may name people.")
@click.option("--with-unconfirmed", is_flag=True, help="What nobody confirmed too, in a file of its own: no findings.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def codes_export(
    family: str,
    output: Path,
    format_name: str,
    pseudonyms: Path | None,
    notes: bool,
    with_unconfirmed: bool,
    force: bool,
) -> None:
    """Write what people kept, moved and tagged in a family's films that are open to research."""
    from vfeed.desk.codes import take_out

    names = pseudonyms or output / "names.csv"
    with _opened() as store, writing(output, force=force) as into:
        how = {"unconfirmed": with_unconfirmed, "notes": notes}
        taken = take_out(store, family, format_name, names, ACTOR, keep=into.keep_flat, **how)
    console.print(f"{count(taken.clips, 'film')}. Which is which stands in {names} alone.")
    _say_left_out(taken.without_consent)
    say_losses(taken.losses)


@codes.command("bundle")
@click.option("--family", "families", required=True, multiple=True, help="Code name of a family; may be given again.")
@click.option("-o", "--output", required=True, type=PATH, help="New folder, or a file that ends in .zip.")
@click.option("--study", default="play", show_default=True, help="Short label of the study: letters and digits.")
@click.option("--title", default="Play of parents and infants, coded", show_default=True, help="What the bundle is of.")
@click.option("--pseudonyms", required=True, type=PATH, help="Where labels are explained; outside of the bundle.")
@click.option("--notes", is_flag=True, help="Take notes along; they may name people.")
def codes_bundle(
    families: tuple[str, ...], output: Path, study: str, title: str, pseudonyms: Path, notes: bool
) -> None:
    """Put the codings of several families into one folder for other researchers: Data Package, Psych-DS and BIDS."""
    from vfeed.desk.bundles import make_bundle

    refuse_used(output, pseudonyms)
    with _opened() as store, writing_bundle(output) as keep:
        left_out = make_bundle(store, families, study, title, pseudonyms, ACTOR, notes=notes, keep=keep)
    console.print(f"Which is which stands in {pseudonyms} alone.")
    _say_left_out(left_out)
    console.print("The bundle is not anonymous, and consents may be withdrawn: hand it on with care.")


def _say_left_out(films: int) -> None:
    if films:
        console.print(f"Left out: {count(films, 'film')}, not open to research.")


@contextmanager
def writing_bundle(output: Path) -> Iterator[Keep]:
    """As `writing`, for a bundle: a folder, or a zip where its name ends so."""
    packed = output.suffix == ".zip"
    with placed(output.parent if packed else output) as begun:
        into = Writing(output.parent if packed else output, begun, force=False)

        def keep(files: Mapping[str, bytes]) -> None:
            into.keep({output.name: zipped(files, output.stem)} if packed else files)

        yield keep
    console.print(f"Written: {output}")


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return the files as a zip with one folder in it; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}", ZIP_DAY), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def refuse_used(output: Path, pseudonyms: Path | None = None) -> None:
    """Refuse a place that holds something, and a key inside the bundle; raises VfeedError `invalid_input`."""
    if output.exists() and (output.is_file() or any(output.iterdir())):
        raise VfeedError("invalid_input", f"{output} is there already.", hint="Give a name that is new.")
    if pseudonyms is not None and pseudonyms.resolve().is_relative_to(output.resolve()):
        raise VfeedError(
            "invalid_input", "The key lies inside the bundle.", hint="Give --pseudonyms a place outside of it."
        )


@codes.command("import")
@click.argument("source", type=FILE)
@click.option("--clip", default="", help="The film in vfeed: the last part of its address in the browser.")
@click.option("--pseudonyms", type=FILE, help="names.csv of an export, where SOURCE names films by its identifiers.")
@click.option("--study", default="", help="A study: SOURCE names films as it does, and words are what was told before.")
@click.option("--film", default="", help="The film's file name in SOURCE, where that is about several.")
@click.option("--coder", default="", help="Who coded, where SOURCE does not say.")
@click.option("--fps", type=click.FloatRange(1, 1000), help="Pictures a second, for times that count pictures.")
@click.option("--columns", help="What the columns of an unknown table are: start=...,end=...,code=...,who=...")
@click.option("--unit", type=click.Choice(UNITS), default="", help="Unit of those times.")
@click.option("--blind", type=click.Choice(["yes", "no"]), help="Whether the coder saw nothing of what vfeed offers.")
@click.option("--preview", is_flag=True, help="Show what would be taken in, and take nothing in.")
def codes_import(
    source: Path,
    clip: str,
    pseudonyms: Path | None,
    study: str,
    film: str,
    coder: str,
    fps: float | None,
    columns: str | None,
    unit: str,
    blind: str | None,
    preview: bool,
) -> None:
    """Put the codings in SOURCE, a file of any program, with their films in vfeed; `vfeed codes undo` takes them back.

    Look at them first with --preview. An unknown table shows its first rows: say with --columns what they mean.
    """
    from vfeed.desk.study_desk import opened
    from vfeed.desk.taking_in import place_of, sent_of, words_of_study

    asked = Asked(film, coder, fps, columns=columns_of(columns, unit))
    with opened(ACTOR) as desk:
        sent, place = sent_of(source), place_of(desk, clip, pseudonyms, study)
        try:
            words = words_of_study(desk, study)
            taking = desk.services.taking_in.look(desk.actor, sent, asked, place, words)
        except CodesUnclear:
            _show_rows(source)
            raise
        for line in taking.shown() if preview else ():
            console.print(line)
        if preview:
            console.print(f"{taking.tool}: nothing was taken in; leave --preview out to do so.")
        else:
            told: dict[str | None, Literal["true", "false", ""]] = {"yes": "true", "no": "false"}
            kept = desk.services.taking_in.keep(desk.actor, taking, blind=told.get(blind, ""))
            console.print(f"{taking.tool}: {count(kept, 'coding')} taken in.")
    say_losses(taking.losses)


def _show_rows(source: Path) -> None:
    """The first rows of a table as they are, each cell with the number of its column; nothing for another file."""
    from vfeed.research.formats.tables import Table, preview

    if source.name.lower().endswith(Table.endings):
        for row in preview(source.read_bytes(), source.name):
            cells = (f"{number}={cell}" for number, cell in enumerate(row, 1) if cell)
            complaints.print("  ".join(cells)[:200])


@codes.command("list")
@click.option("--clip", required=True, help="The film in vfeed: the last part of its address in the browser.")
def codes_list(clip: str) -> None:
    """Show the codings that were taken in for a film."""
    with _opened() as store:
        store.consents.require(clip, "research")
        kept = store.codings.of(clip)
    for each in kept:
        tool, digest = each.told.get("import_tool", "-"), each.told.get("import_sha256", "-")[:12]
        marks = count(len(each.marks), "mark")
        console.print(f"{each.coding_id}  coder {each.coder or 'not named'}, {marks}, from {tool} ({digest})")
    console.print(f"{count(len(kept), 'coding')}.")


@codes.command("undo")
@click.option("--clip", required=True, help="The film in vfeed: the last part of its address in the browser.")
@click.option("--coding", default="", help="Take out this coding of `vfeed codes list`, not the last step.")
@click.option("--again", is_flag=True, help="Do again what was taken back last.")
def codes_undo(clip: str, coding: str, again: bool) -> None:
    """Take back the last coding that was taken in for a film."""
    with _opened() as store:
        if coding:
            store.codings.remove(clip, ACTOR, coding)
        else:
            store.codings.take_back(clip, ACTOR, redo=again)
        console.print(f"Kept with this film now: {count(len(store.codings.of(clip)), 'coding')}.")
