"""The commands of the research desk: coding files between programs, agreement of coders, screening of films."""

from __future__ import annotations

from pathlib import Path

import click

from vfeed import loading
from vfeed.config import load_settings
from vfeed.desk.codes_commands import codes
from vfeed.desk.speaking import FILE, PATH, UNITS, columns_of, say_losses, writing
from vfeed.desk.study_commands import study
from vfeed.errors import VfeedError
from vfeed.research.counting import count
from vfeed.research.formats.seam import Asked
from vfeed.research.rules import Rules
from vfeed.terminal import complaints, console


@click.command()
@click.argument("source", type=FILE)
@click.argument("target", type=PATH)
@click.option("--to", "format_name", help="Format to write (else by TARGET's ending): see docs/researchers.md.")
@click.option("--clip", default="", help="The film's file name, where SOURCE is about several.")
@click.option("--coder", default="", help="Who coded, where SOURCE does not say.")
@click.option("--fps", type=click.FloatRange(1, 1000), help="Pictures a second, for times that count pictures.")
@click.option("--columns", help="What the columns of an unknown table are: start=...,end=...,code=...,who=...")
@click.option("--unit", type=click.Choice(UNITS), default="", help="Unit of those times.")
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

    loading.done()
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
    marks = sum(len(coding.marks) for coding in found.codings)
    console.print(f"{found.tool}: {count(len(found.codings), 'coding')} with {count(marks, 'mark')}.")
    with writing(folder, force=force) as into:
        into.keep_flat(files)
    say_losses([*found.losses, *written.losses])


def film_times(film: Path) -> tuple[tuple[int, ...], int]:
    """Return the true times (us, from the first frame) of a film's frames, and its length."""
    from vfeed.media.frames import frame_times
    from vfeed.media.isolated_process import look_at

    with film.open("rb") as file:
        facts = look_at(file, load_settings())
        return frame_times(file), facts.duration_us


@click.command()
@click.argument("first", type=click.Path(exists=True, path_type=Path))
@click.argument("second", type=click.Path(exists=True, path_type=Path))
@click.argument("more", type=click.Path(exists=True, path_type=Path), nargs=-1)
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder for the tables.")
@click.option("--scheme", type=FILE, help="Codes that count: a text file, one in each line, in order.")
@click.option("--unit", type=click.FloatRange(0.001, 60), default=0.04, show_default=True, help="Unit of time, s.")
@click.option("--tolerance", default="0,0.2,0.5,1,2", show_default=True, help="Leeway on each side, s, with commas.")
@click.option("--families", type=FILE, help="CSV with clip_id and family_id (else each film counts as a family).")
@click.option("--seed", type=int, default=1, show_default=True, help="For intervals and gamma.")
@click.option("--repeat", is_flag=True, help="The same coder has coded twice.")
@click.option("--as-boris", type=click.FloatRange(0.001, 3600), help="Kappa as BORIS counts it too, every so many s.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def agree(
    first: Path,
    second: Path,
    more: tuple[Path, ...],
    output: Path | None,
    scheme: Path | None,
    unit: float,
    tolerance: str,
    families: Path | None,
    seed: int,
    repeat: bool,
    as_boris: float | None,
    force: bool,
) -> None:
    """Compare the codings of two or more coders, each a file or a folder of files, film by film."""
    from vfeed.research.comparing import compare_folders, families_from, scheme_from

    loading.done()
    try:
        tolerances = tuple(round(float(part) * 1_000_000) for part in tolerance.split(","))
    except ValueError as error:
        raise VfeedError(
            "invalid_input", "--tolerance is not a list of seconds.", hint="--tolerance 0,0.5,1"
        ) from error
    codes = scheme_from(scheme) if scheme else ()
    rules = Rules(round(unit * 1_000_000), tolerances, codes, seed)
    known = families_from(families) if families else {}
    step_us = round((as_boris or 0) * 1_000_000)
    found = compare_folders([first, second, *more], rules, known, repeat=repeat, boris_step_us=step_us)
    for sentence in found.words:
        console.print(sentence)
    say_losses(found.losses)
    if output is not None:
        with writing(output, force=force) as into:
            into.keep_flat(found.files)


@click.command()
@click.argument("folder")
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the tables."
)
@click.option(
    "--depth", type=click.Choice(["probe", "sparse", "full"]), default="sparse", show_default=True, help="How closely."
)
@click.option(
    "--form",
    type=click.Choice(["infant", "toddler"]),
    default="infant",
    show_default=True,
    help="Form that will be coded.",
)
@click.option("--manifest", type=FILE, help="CSV: clip (path in FOLDER), age_months, relation, ...")
@click.option("--checks", type=FILE, help="CSV: clip_id, checked_by, answers of whoever looked at the film.")
@click.option("--pseudonyms", type=PATH, help="Where clip_id and path are kept (else names.csv in the output folder).")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes at once (else VFEED_WORKERS).")
@click.option(
    "--executor", default="processes", show_default=True, help="processes, or dask://HOST:PORT for a cluster."
)
@click.option("--resume", is_flag=True, help="Go on with what is in the output folder.")
def screen(
    folder: str,
    output: Path,
    depth: str,
    form: str,
    manifest: Path | None,
    checks: Path | None,
    pseudonyms: Path | None,
    workers: int | None,
    executor: str,
    resume: bool,
) -> None:
    """Look at every film in FOLDER and say which can be coded, within limits, or should be filmed again, and how.

    FOLDER may be an address, too: s3://BUCKET/FOLDER.
    """
    from vfeed.screening.command import Wanted, screen_folder

    loading.done()
    wanted = Wanted(folder, output, depth, form, manifest, checks, pseudonyms, workers, executor, resume)  # type: ignore[arg-type]
    for sentence in screen_folder(wanted, load_settings(), say=complaints.print):
        console.print(sentence)


@click.command("blind-pack")
@click.argument("screening", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="New folder for the pack."
)
@click.option("--manifest", required=True, type=FILE, help="CSV: clip, research_consent, age_months, relation, ...")
@click.option("--key", required=True, type=PATH, help="Where the pack's names are explained; outside of the pack.")
@click.option(
    "--pseudonyms", type=PATH, help="What vfeed screen was given as --pseudonyms (else names.csv in SCREENING)."
)
def blind_pack(screening: Path, folder: Path, output: Path, manifest: Path, key: Path, pseudonyms: Path | None) -> None:
    """Cut the films of FOLDER that can be coded, by the table in SCREENING, for coders who must not know them."""
    from vfeed.screening.blind_pack import pack

    loading.done()
    done = pack(screening, folder, manifest, output, key, names=pseudonyms, say=complaints.print)
    console.print(f"Written: {output}, with {count(done.films, 'film')}. Which is which stands in {key} alone.")
    for why, films in done.left_out.items():
        console.print(f"- left out: {films} ({why})")
    console.print("The films show faces and let voices be heard, and are not encrypted: hand them on with care.")


DESK: tuple[click.Command, ...] = (convert, agree, screen, blind_pack, codes, study)
