"""The `vfeed` command."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from vfeed import __version__, loading
from vfeed.config import Settings, load_settings
from vfeed.desk.commands import DESK
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.errors import VfeedError
from vfeed.jobs.allocator import give_out_memory_as_a_worker_does
from vfeed.keeping import COMMANDS
from vfeed.media.sandbox import leave_the_network
from vfeed.media.turned import Turned, turned_facts
from vfeed.private import keep_to_this_user
from vfeed.research.counting import count
from vfeed.terminal import (
    ROOM_BYTES,
    as_refusal,
    complaints,
    console,
    folder_beside,
    placed,
    printable,
    refuse_unwritable,
)

if TYPE_CHECKING:
    from vfeed.analysis.people import Person
    from vfeed.analysis.pipeline import ClipAnalysis
    from vfeed.media.clip_facts import ClipFacts
    from vfeed.media.masking import Voice

COMMAND_LINE = "command line"
SETUPS = tuple(each.value for each in CameraSetup)
TURN = click.option(
    "--turn",
    type=click.Choice(("0", "90", "180", "270")),
    default="0",
    metavar="DEG",
    help="Turn the picture clockwise first: 90, 180 or 270, where the camera noted wrongly which way up it was held.",
)
VOICES = ("off", "altered", "as_it_is")
REVIEW_FLAG_WORDS = {
    "lost": "a head was not found here",
    "found_late": "a face was found only when the copy was looked at, and hidden then",
    "still_found": "something is still taken for a face",
}


class Commands(click.Group):
    """The boundary where an error becomes words on stderr and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a refusal prints message and fix, and exits with the status of its code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001  # Here is the boundary: nobody is shown a traceback.
            refusal = as_refusal(error)
            _complain(refusal)
            sys.exit(refusal.exit_status)


def _complain(error: VfeedError, about: str = "") -> None:
    complaints.print(Text.assemble(printable(about), (printable(error.message), "bold"), f" ({error.code})"))
    if error.hint:
        complaints.print(f"What to do: {error.hint}")


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="vfeed")
def main() -> None:
    """Find moments of gaze contact and looking away in a parent-infant clip, for a person to review."""


@main.command()
@click.option("--port", type=int, help="Port to listen on (else VFEED_PORT).")
def run(port: int | None) -> None:
    """Start the web server and the workers on this machine; Ctrl-C stops all of it."""
    from vfeed.launch import run_all

    run_all(_settings(port=port), say=console.print)


@main.command()
@click.option("--port", type=int, help="Port to listen on (else VFEED_PORT).")
def serve(port: int | None) -> None:
    """Start the web server alone."""
    from vfeed.launch import prepare, refuse_second
    from vfeed.server.processes import serve as serve_pages

    settings = _settings(port=port)
    refuse_second(settings)
    serve_pages(settings, prepare(settings, say=console.print))


@main.command()
@click.option("--until-stdin-closes", is_flag=True, help="Stop when the process that started this one is gone.")
def work(until_stdin_closes: bool) -> None:
    """Start a worker alone: it prepares and analyses the clips that wait."""
    # What is loaded before a process begins anew is loaded twice.
    give_out_memory_as_a_worker_does()
    settings = load_settings()
    # Before anything starts a thread: what reads films here, and the libraries it does it with, reach nobody.
    if settings.needs_no_network:
        leave_the_network()
    from vfeed.doctor import refuse_unsafe
    from vfeed.jobs.worker import run_worker

    loading.done()
    refuse_unsafe(settings)
    if until_stdin_closes:
        threading.Thread(target=_stop_when_stdin_closes, daemon=True).start()
    run_worker(settings)


@main.command()
@click.argument("clip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@click.option("--fps", type=click.FloatRange(1, 60), help="Frames analysed a second (else VFEED_ANALYSIS_FPS).")
@click.option(
    "--field-of-view",
    type=click.FloatRange(10, 120),
    metavar="DEG",
    help="The camera's field of view along the longer side (else as the file says, or 62).",
)
@TURN
@click.option("--swap-roles", is_flag=True, help="The infant and the adult were taken for each other.")
@click.option("--infant", type=click.IntRange(1), metavar="N", help="Person N of an earlier run is the infant.")
@click.option("--adult", type=click.IntRange(1), metavar="N", help="Person N of an earlier run is the parent or carer.")
@click.option("--setup", type=click.Choice(SETUPS), help="How the film is set up (else as it seems).")
def analyse(
    clip: Path,
    output: Path | None,
    fps: float | None,
    field_of_view: float | None,
    turn: str,
    swap_roles: bool,
    infant: int | None,
    adult: int | None,
    setup: str | None,
) -> None:
    """Analyse CLIP: print the candidates and write candidates.csv, states.csv, metrics.npz and more."""
    settings = load_settings()
    folder = output or folder_beside(clip)
    with clip.open("rb") as raw, _progress() as bar:
        task = bar.add_task("Reading the film", total=1.0)
        file, facts = _opened(raw, settings, turn)
        refuse_unwritable(folder)
        # These take seconds to load: not before it is known that the file is a clip.
        from vfeed.analysis.outputs import write_folder
        from vfeed.analysis.people import people_of, with_overrides_by_number
        from vfeed.analysis.pipeline import analyse as analyse_clip

        loading.done()
        result = analyse_clip(
            file,
            facts,
            fps=fps or settings.analysis_fps,
            field_of_view_deg=field_of_view,
            on_progress=lambda step: bar.update(task, completed=step.done, description=step.stage),
            is_cancelled=lambda: False,
        )
        result = with_overrides_by_number(result, infant=infant, caregiver=adult, swap_roles=swap_roles, setup=setup)
        with placed(folder) as begun:
            write_folder(result, file, begun)
        bar.update(task, completed=1.0, description="Done")
    _print_people(people_of(result))
    _print_candidates(result)
    console.print(f"Files are in {folder}. These are candidates: a person decides.")


@main.command("hide-faces")
@click.argument("clip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("output", type=click.Path(exists=False, path_type=Path))
@click.option(
    "--voice", type=click.Choice(VOICES), default="off", help="The sound: off, altered in pitch, or as it is."
)
@TURN
def hide_faces(clip: Path, output: Path, voice: Voice, turn: str) -> None:
    """Write OUTPUT, an MP4 of CLIP with every face hidden, and say which stretches a person should look at."""
    settings = load_settings()
    if output.exists():
        raise VfeedError(
            "invalid_input", f"{output.name} is there already.", hint="Give another name, or move it away."
        )
    refuse_unwritable(output.parent, room_bytes=ROOM_BYTES + clip.stat().st_size)
    with clip.open("rb") as raw, placed(output.parent) as begun, _progress() as bar:
        file, facts = _opened(raw, settings, turn)
        from vfeed.analysis.redacted_copy import write_redacted_copy

        loading.done()
        task = bar.add_task("Hiding faces", total=1.0)
        with (begun / output.name).open("xb") as out:
            report = write_redacted_copy(
                file,
                facts,
                out,
                fps=settings.analysis_fps,
                voice=voice,
                on_progress=lambda done: bar.update(task, completed=done),
            )
    looks = f"{count(report.frames, 'picture')}, gone over {count(report.rounds, 'time')}"
    console.print(f"{looks}. The copy is {output}.")
    for flag in report.review_flags:
        console.print(f"- {flag.start_us / 1e6:.1f} s to {flag.end_us / 1e6:.1f} s: {REVIEW_FLAG_WORDS[flag.reason]}.")
    console.print("Look at the whole copy before anybody else does: a detector misses what a person knows.")


@main.command()
@click.argument("clips", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--family", required=True, help="Code name of the family that the clips belong to.")
@click.option("--title", help="Title of the clip (else its file name).")
def add(clips: tuple[Path, ...], family: str, title: str | None) -> None:
    """Take CLIPS into the vault for a family that is already there, and queue their analysis.

    A clip that is refused is named, and the others are taken in; the exit status is that of the first refusal.
    """
    from vfeed.launch import open_store
    from vfeed.services.intake import take_in_path, visit_for

    refused: VfeedError | None = None
    with open_store(load_settings()) as store:
        visit_for(store, family)
        for path in clips:
            try:
                called = title or printable(path.stem)
                clip = take_in_path(store, path, family=family, title=called, actor=COMMAND_LINE)
            except (VfeedError, OSError) as error:
                _complain(as_refusal(error), f"{path.name}: ")
                refused = refused or as_refusal(error)
            else:
                console.print(f"{path.name}: taken in as {clip.id}")
    if refused is not None:
        sys.exit(refused.exit_status)


@main.command()
def doctor() -> None:
    """Check this machine and say how to mend what is not right; exit status 4 when vfeed would not start."""
    from vfeed.doctor import examine

    keep_to_this_user()
    findings = examine(load_settings())
    table = Table("", "what", "found", box=None)
    for finding in findings:
        table.add_row("ok" if finding.ok else "!!", finding.subject, finding.detail)
    console.print(table, soft_wrap=False)
    unsafe = next((finding.error for finding in findings if finding.error is not None), None)
    if unsafe is not None:
        raise unsafe


for command in (*DESK, *COMMANDS):
    main.add_command(command)


def _stop_when_stdin_closes() -> None:
    # Not sys.stdin: its lock, held by this thread, would break the interpreter's shutdown.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _settings(port: int | None) -> Settings:
    return load_settings() if port is None else load_settings(port=port)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
        console=complaints,
    )


def _opened(raw: BinaryIO, settings: Settings, turn: str) -> tuple[BinaryIO, ClipFacts]:
    """The film turned by so many degrees clockwise, and what it is."""
    from vfeed.media.isolated_process import look_at

    quarters, facts = int(turn) // 90, look_at(raw, settings)
    if not quarters:
        return raw, facts
    return cast(BinaryIO, Turned(raw, quarters)), turned_facts(facts, quarters)


def _print_people(people: Iterable[Person]) -> None:
    table = Table("person", "seen", "taken for", box=None)
    for person in people:
        table.add_row(str(person.number), f"{person.seen_share:.0%}", person.part.value)
    if table.row_count:
        console.print(table, soft_wrap=False)


def _print_candidates(result: ClipAnalysis) -> None:
    from vfeed.dyad.recording_facts import sentences_of

    table = Table("kind", "from", "to", "confidence", "why", box=None)
    for candidate in result.candidates:
        table.add_row(
            candidate.kind,
            f"{candidate.interval.start_us / 1e6:.2f} s",
            f"{candidate.interval.end_us / 1e6:.2f} s",
            f"{candidate.confidence:.2f}",
            candidate.reason,
        )
    console.print(table if result.candidates else "No candidates were found.", soft_wrap=False)
    for sentence in sentences_of(result.filming):
        console.print(f"- {sentence}")
