"""`vfeed screen`: a folder of films from beginning to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vfeed import __version__
from vfeed.analysis.libraries import libraries
from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.perception.models import model_hashes
from vfeed.research.counting import count
from vfeed.research.film_names import by_path
from vfeed.screening.cluster import DASK, dask_cluster
from vfeed.screening.one_clip import FULL_FPS, SPARSE_FPS, Depth, Row, Task
from vfeed.screening.places import films_in, is_address, joined
from vfeed.screening.run import (
    NAMES,
    ROWS,
    Names,
    Pool,
    RowLog,
    alone,
    processes,
    screen_all,
    with_duplicates,
)
from vfeed.screening.tables import Told, files, merged, read_told, table

MINUTE_US = 60_000_000
SAY_EVERY = 10


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    folder: str
    output: Path
    depth: Depth
    form: str
    manifest: Path | None = None
    checks: Path | None = None
    pseudonyms: Path | None = None
    workers: int | None = None
    executor: str = "processes"
    resume: bool = False


def screen_folder(wanted: Wanted, settings: Settings, *, say: Callable[[str], None]) -> list[str]:
    """Screen a folder and write its tables; returns what is to be said at the end.

    Raises VfeedError `not_found` for a folder without films, `conflict` for an output folder that is in use or holds
    rows already (without `resume`), `invalid_input` for a manifest that does not fit.
    """
    if not is_address(wanted.folder) and not Path(wanted.folder).is_dir():
        raise VfeedError("not_found", f"There is no folder {wanted.folder}.", hint="Look how it is written.")
    passed_over: list[str] = []
    paths = films_in(wanted.folder, lambda path, why: passed_over.append(f"{path}: {why}"))
    for each in passed_over:
        say(f"Passed over: {each}.")
    if not paths:
        raise VfeedError(
            "not_found", f"There is no film in {wanted.folder}.", hint="Give the folder that the films lie in."
        )
    manifest = by_path(read_told(wanted.manifest, "clip"), paths) if wanted.manifest else {}
    checks = read_told(wanted.checks, "clip_id") if wanted.checks else {}
    strange = sorted(set(manifest) - set(paths))
    if strange:
        raise VfeedError(
            "invalid_input",
            f"The manifest names films that are not in the folder: {', '.join(strange[:3])}.",
            hint="Write paths as they are inside the folder.",
        )
    with alone(wanted.output):
        log = RowLog(wanted.output / ROWS)
        if log.rows and not wanted.resume:
            raise VfeedError(
                "conflict", f"{wanted.output} holds a screening already.", hint="Say --resume, or give another folder."
            )
        known = Names(wanted.pseudonyms or wanted.output / NAMES)
        names = known.of(paths)
        strange = sorted(set(checks) - set(known.by_film.values()))
        if strange:
            raise VfeedError(
                "invalid_input",
                f"The checks name films that are not in this screening: {', '.join(strange[:3])}.",
                hint="Write clip_id as the table has it; Excel makes numbers of some unless the column is text.",
            )
        tasks = [_task(wanted, settings, names[path], joined(wanted.folder, path)) for path in paths]
        # A deeper look replaces a shallower one; the row that is there stays until it does.
        log.rows = {name: row for name, row in log.rows.items() if row.depth == wanted.depth}
        pool = _pool(wanted, settings)
        try:
            _run(tasks, log, pool, say)
        except KeyboardInterrupt:
            say(f"Stopped after {len(log.rows)} of {count(len(tasks), 'film')}. --resume goes on from here.")
            raise
        finally:
            pool.close()
        told = {names[path]: merged(manifest.get(path, Told()), checks.get(names[path], Told())) for path in paths}
        rows = [log.rows[task.clip_id] for task in tasks]
        again = with_duplicates(rows, [task.clip_id for task in tasks])
        lines = table(rows, told, again, wanted.form)
        for name, data in files(lines, _how(wanted, len(paths))).items():
            _replace(wanted.output / name, data)
    counts = Counter(line[1] for line in lines)
    said = [f"{count(len(lines), 'film')}: " + ", ".join(f"{number} {name}" for name, number in counts.items()) + "."]
    if passed_over:
        said.append(f"Passed over: {count(len(passed_over), 'place')}, named above; films in them have no row.")
    said.append(f"The table is in {wanted.output}. Which film is which stands in {wanted.pseudonyms or NAMES} alone.")
    return said


def _task(wanted: Wanted, settings: Settings, name: str, film: str) -> Task:
    limits = settings.max_clip_minutes * MINUTE_US, settings.max_clip_bytes
    return Task(name, film, wanted.depth, *limits)


def _pool(wanted: Wanted, settings: Settings) -> Pool:
    if wanted.executor == "processes":
        return processes(wanted.workers or settings.workers)
    if wanted.executor.startswith(DASK):
        return dask_cluster(
            wanted.executor, wanted.folder if is_address(wanted.folder) else str(Path(wanted.folder).resolve())
        )
    raise VfeedError(
        "invalid_input", f"{wanted.executor} is not a place to work.", hint="Say processes, or dask://HOST:PORT."
    )


def _run(tasks: list[Task], log: RowLog, pool: Pool, say: Callable[[str], None]) -> None:
    done = sum(task.clip_id in log.rows for task in tasks)
    if done:
        say(f"Looked at already: {done} of {count(len(tasks), 'film')}.")

    def one_more(_: Row) -> None:
        nonlocal done
        done += 1
        if done % SAY_EVERY == 0 or done == len(tasks):
            say(f"{done} of {count(len(tasks), 'film')}.")

    screen_all(tasks, log, pool, on_row=one_more)


def _how(wanted: Wanted, films: int) -> dict[str, object]:
    rate = {"probe": None, "sparse": SPARSE_FPS, "full": FULL_FPS}[wanted.depth]
    return {
        "vfeed": __version__,
        "models": model_hashes(),
        "libraries": libraries(),
        "depth": wanted.depth,
        "frames_per_s": rate,
        "form": wanted.form,
        "films": films,
    }


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
