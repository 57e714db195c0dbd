"""The commands `vfeed study`: what a researcher does with studies on their pages, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from vfeed.desk.codes_commands import ACTOR, refuse_used, writing_bundle
from vfeed.desk.speaking import PATH, writing
from vfeed.errors import VfeedError
from vfeed.research.counting import count
from vfeed.research.study import Phase, Plan
from vfeed.terminal import console

if TYPE_CHECKING:
    from vfeed.desk.study_desk import Desk
    from vfeed.services.studies import StudyRead
    from vfeed.store.store import Store

US = 1_000_000
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def study() -> None:
    """Lay studies down, give films to coders, see how far they are, and take out what they give."""


def _desk() -> AbstractContextManager[Desk]:
    """The store with its use cases, loaded when a command runs."""
    from vfeed.desk.study_desk import opened

    return opened(ACTOR)


@study.command("new")
@click.option("--title", required=True, help="Its name; coders see it.")
@click.option("--question", default="", help="What it asks; coders do not see it.")
@click.option("--scheme", default="looking", show_default=True, help="The code set, frozen as it is today.")
@click.option("--film", "films", multiple=True, help="A film: the last part of its address; may be given again.")
@click.option("--family", "families", multiple=True, help="Every film of this family that is open to research.")
@click.option("--window", type=click.Choice(["whole", "first", "best"]), default="whole", show_default=True)
@click.option("--minutes", type=click.FloatRange(0.1, 60), default=3, show_default=True, help="How long the window is.")
@click.option("--unit", type=click.FloatRange(0.001, 10), default=0.04, show_default=True, help="Unit of time, s.")
@click.option("--tolerance", default="0.2,0.5,1,2", show_default=True, help="Leeway on each side, s, with commas.")
@click.option("--least-kappa", type=click.FloatRange(0, 1), default=0.6, show_default=True, help="The study's limit.")
@click.option("--second", type=click.FloatRange(0, 1), default=0.25, show_default=True, help="Share coded twice.")
@click.option("--repeat", type=click.FloatRange(0, 0.5), default=0.05, show_default=True, help="Coded twice by one.")
@click.option(
    "--agreed", type=click.FloatRange(0, 0.5), default=0.05, show_default=True, help="Known films among them."
)
def study_new(title: str, films: tuple[str, ...], families: tuple[str, ...], tolerance: str, **told: Any) -> None:
    """Lay a study down: all of this is set before anybody codes, and stays."""
    try:
        leeways = sorted({0, *(round(float(each) * US) for each in tolerance.split(","))})
    except ValueError as error:
        raise VfeedError("invalid_input", "--tolerance is not a list of seconds.", hint="--tolerance 0.5,1") from error
    with _desk() as desk:
        store, services, actor = desk.store, desk.services, desk.actor
        plan = Plan(
            title=title,
            question=told["question"],
            scheme=services.studies.scheme(told["scheme"]),
            window=told["window"],
            window_us=round(told["minutes"] * 60 * US),
            unit_us=round(told["unit"] * US),
            tolerances_us=tuple(leeways),
            least_kappa=told["least_kappa"],
            second_share=told["second"],
            repeat_share=told["repeat"],
            gold_share=told["agreed"],
        )
        known = {film.clip_id: film for film in services.studies.films(actor)}
        chosen = [*films, *(clip_id for name in families for clip_id in _of_family(store, name) if clip_id in known)]
        made = services.studies.begin(actor, plan, chosen)
        console.print(f"{made.id}: {count(len(set(chosen)), 'film')}.")


def _of_family(store: Store, name: str) -> list[str]:
    found = store.families.find(name)
    if found is None:
        raise VfeedError("not_found", f"There is no family called {name!r}.", hint="Look at its code name.")
    return [clip.id for clip in store.clips.for_family(found.id)]


@study.command("list")
def study_list() -> None:
    """Show every study, newest first."""
    with _desk() as desk:
        services, actor = desk.services, desk.actor
        for row, state in services.studies.all(actor):
            course = "coding is closed" if state.closed else "open"
            line = f"{row.id}  {row.created_at.date()}  {course}  {state.plan.title}"
            console.print(line)


@study.command("status")
@click.argument("study_id", metavar="STUDY")
def study_status(study_id: str) -> None:
    """Show how far STUDY is: each coder, what is left, what was withdrawn."""
    with _desk() as desk:
        services, actor = desk.services, desk.actor
        for line in _lines(services.studies.read(actor, study_id)):
            console.print(line)


def _lines(found: StudyRead) -> Iterator[str]:
    yield f"{found.state.plan.title}: {'coding is closed' if found.state.closed else 'open'}"
    gone = (
        f"{found.withdrawn} withdrawn, {found.erased} deleted for good, {found.closed_off} not open to research today"
    )
    yield f"{count(len(found.clips), 'film')}, {len(found.not_given)} with nobody yet; besides these {gone}."
    for each in found.progress:
        waits = "" if each.paused is None else f", waits: {each.paused or 'no reason given'}"
        yield f"{each.coder}: {each.given} given, {each.opened} opened, {each.handed_in} handed in{waits}"
    for given in found.state.rounds:
        coders = ", ".join(given.coders)
        yield f"{given.phase}: {count(given.codings, 'coding')} to {coders}; seed {given.seed}, rule {given.algorithm}"


@study.command("assign")
@click.argument("study_id", metavar="STUDY")
@click.option("--coder", "coders", multiple=True, required=True, help="A coder; may be given again.")
@click.option("--phase", type=click.Choice(get_args(Phase)), default="main", show_default=True)
@click.option("--films", type=click.IntRange(1), help="Only so many, drawn by lot (else all that are left).")
@click.option("--everyone", is_flag=True, help="Everybody codes every film.")
@click.option("--seed", help="What the lot is drawn with (else drawn itself): the same gives the same.")
def study_assign(
    study_id: str, coders: tuple[str, ...], phase: Phase, films: int | None, everyone: bool, seed: str | None
) -> None:
    """Give films of STUDY that nobody has yet to coders, by lot."""
    with _desk() as desk:
        services, actor = desk.services, desk.actor
        agreed = services.consensus.finished(study_id)
        codings = services.studies.assign(
            actor, study_id, phase, coders, everyone=everyone, clips=films, seed=seed, agreed=agreed
        )
        console.print(f"Given out: {count(codings, 'coding')}.")


@study.command("export")
@click.argument("study_id", metavar="STUDY")
@click.option("-o", "--output", required=True, type=FOLDER, help="Folder for the tables.")
@click.option("--to", "format_name", default="csv", show_default=True, help="Format of the codings.")
@click.option("--gamma", is_flag=True, help="Gamma too, where it is not known yet; takes long.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def study_export(study_id: str, output: Path, format_name: str, gamma: bool, force: bool) -> None:
    """Write every figure of STUDY's agreement, and every coding that was handed in or agreed."""
    with _desk() as desk:
        services, actor = desk.services, desk.actor
        if gamma:
            desk.work_out_gamma(study_id, say=console.print)
        with writing(output, force=force) as into:
            services.study_files.agreement(actor, study_id, keep=into.keep_flat)
            services.study_files.table(actor, study_id, format_name, keep=into.keep_flat)


@study.command("bundle")
@click.argument("study_id", metavar="STUDY")
@click.option("-o", "--output", required=True, type=PATH, help="New folder, or a file that ends in .zip.")
@click.option("--label", default="study", show_default=True, help="Short label in file names: letters and digits.")
def study_bundle(study_id: str, output: Path, label: str) -> None:
    """Put what was coded in STUDY into one folder for other researchers: Data Package, Psych-DS and BIDS."""
    refuse_used(output)
    with _desk() as desk, writing_bundle(output) as keep:
        desk.bundle(study_id, label, keep)
    console.print("The bundle is not anonymous, and consents may be withdrawn: hand it on with care.")


@study.command("close")
@click.argument("study_id", metavar="STUDY")
@click.confirmation_option(prompt="Nobody can hand in anything any more. Close coding for good?")
def study_close(study_id: str) -> None:
    """End blind coding in STUDY, for good."""
    with _desk() as desk:
        services, actor = desk.services, desk.actor
        services.studies.close(actor, study_id)
        console.print("Coding is closed.")
