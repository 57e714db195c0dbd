"""A folder of films screened: named by identifiers, many at once, one row each, and nothing lost when it is killed."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from io import StringIO
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import TracebackType

from vfeed.errors import VfeedError
from vfeed.media.sandbox import bound_memory
from vfeed.screening.one_clip import ROW_COLUMNS, Row, Task, as_dict, lost, screen

ROWS, NAMES = "rows.jsonl", "names.csv"
HEADER = "clip_id,path"
BOM = "\ufeff"
ID_BYTES = 4
AHEAD = 4
"""Films handed out for each process at a time."""


class Names:
    """The only place that knows which identifier is which film: a CSV of clip_id and path, apart from the table.

    Raises VfeedError `invalid_input` for a file that is something else, which is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.by_film: dict[str, str] = {}
        if path.exists():
            _refuse_other_file(path)
            # Names that are no UTF-8 are written, and found again, byte for byte.
            text = _whole_lines(path).removeprefix(BOM)
            rows = csv.DictReader(StringIO(text, newline=""))
            self.by_film = {row["path"]: row["clip_id"] for row in rows if row.get("path") and row.get("clip_id")}
        elif path.parent != Path():
            path.parent.mkdir(parents=True, exist_ok=True)

    def of(self, films: Sequence[str]) -> dict[str, str]:
        """Return the identifier of each film; new ones are drawn at random and written before anything uses them."""
        taken = set(self.by_film.values())
        new = []
        for film in films:
            if film not in self.by_film:
                name = _drawn()
                while name in taken:
                    name = _drawn()
                taken.add(name)
                self.by_film[film] = name
                new.append((name, film))
        fresh = not self.path.exists() or not self.path.stat().st_size
        if new or fresh:
            text = StringIO(newline="")
            # Every cell in quotes: a lone carriage return is an end of line to csv's reader, and none to its writer.
            all_quoted = any("\r" in film for _, film in new)
            writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL)
            writer.writerows(new)
            _append(self.path, (HEADER + "\n" if fresh else "") + text.getvalue())
        return {film: self.by_film[film] for film in films}


def _drawn() -> str:
    """A new identifier. It begins with a letter: Excel makes a number of 12345678, and another one of 12e45678."""
    return secrets.choice("abcdef") + secrets.token_hex(ID_BYTES)[1:]


def _refuse_other_file(path: Path) -> None:
    """What is no list of names is never cut, nor written into."""
    head, mark = HEADER.encode(), BOM.encode()
    with path.open("rb") as file:
        text = file.read(len(mark) + len(head) + 2).removeprefix(mark)
    if not head.startswith(text) and not text.startswith((head + b"\n", head + b"\r\n")):
        raise VfeedError(
            "invalid_input",
            f"{path.name} is there, and is no list of names that vfeed wrote.",
            hint=f"Give the names.csv of an earlier run (its first line is {HEADER}), or a name that is new.",
        )


def _whole_lines(path: Path) -> str:
    """The text of a file up to its last line end, cutting off what a killed process half wrote."""
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    if end < len(data):
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return data[:end].decode("utf-8", "surrogateescape")


def _append(path: Path, text: str) -> None:
    """Write at a file's end and wait until it is on the disk; readable by its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
        file.flush()
        os.fsync(file.fileno())


class RowLog:
    """Rows as they come: one is final when its line is written. Only the process that began the run writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, Row] = {}
        if path.exists():
            for line in _whole_lines(path).split("\n")[:-1]:
                told = json.loads(line)
                row = Row(**{name: told[name] for name in ROW_COLUMNS if name in told})
                self.rows[row.clip_id] = row

    def add(self, row: Row) -> None:
        """Keep a row for good."""
        _append(self.path, json.dumps(as_dict(row), ensure_ascii=False) + "\n")
        self.rows[row.clip_id] = row


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder against a second run; raises VfeedError `conflict`. A killed run holds nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".screening").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise VfeedError(
                "conflict", "Another screening writes into this folder.", hint="Wait for it, or give another folder."
            ) from error
        yield


@dataclass(frozen=True)
class Pool:
    """Where films are looked at: `open()` gives an executor, `size` is how many at once, `close()` ends all of it."""

    open: Callable[[], Executor]
    size: int
    close: Callable[[], None] = lambda: None


class _Processes(ProcessPoolExecutor):
    """Processes that end at once where Ctrl-C or an error ends the run: what they have in hand is looked at again."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        for process in list((self._processes or {}).values()) if kind is not None else ():
            process.kill()
        return super().__exit__(kind, error, trace)


def processes(count: int) -> Pool:
    """Return a pool of processes on this machine, started anew so that none inherits open files,
    each with its memory bounded, and none outliving this one.
    """
    context = get_context("spawn")
    return Pool(lambda: _Processes(count, mp_context=context, initializer=_begin_process), count)


def _begin_process() -> None:
    bound_memory()
    # Ctrl-C goes to every process of a terminal: the one that began the run ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    began = parent_process()
    if began is not None:
        began.join()
        os._exit(1)


def screen_all(
    tasks: Sequence[Task],
    log: RowLog,
    pool: Pool,
    *,
    on_row: Callable[[Row], None],
    work: Callable[[Task], Row] = screen,
) -> None:
    """Screen every film that has no row yet, each row kept as soon as it is there.

    A film in hand when a process is killed is looked at once more, alone; killed again, its row says so.
    """
    todo = [task for task in tasks if task.clip_id not in log.rows]

    def keep(row: Row) -> None:
        log.add(row)
        on_row(row)

    while todo:
        suspects, todo = _one_pool(todo, pool, keep, work)
        for task in suspects:
            again, _ = _one_pool([task], pool, keep, work)
            if again:
                keep(lost(task))


def _one_pool(
    tasks: Sequence[Task], pool: Pool, keep: Callable[[Row], None], work: Callable[[Task], Row]
) -> tuple[list[Task], list[Task]]:
    """Work through `tasks` in one pool; returns those in hand when a process was killed, and those not begun."""
    waiting = list(reversed(tasks))
    running: dict[Future[Row], Task] = {}
    suspects: list[Task] = []
    whole, killed = True, _killed_worker()
    with pool.open() as executor:
        while running or (waiting and whole):
            while waiting and whole and len(running) < pool.size * AHEAD:
                try:
                    running[executor.submit(work, waiting[-1])] = waiting[-1]
                except BrokenProcessPool:
                    whole = False
                    break
                waiting.pop()
            done, _ = wait(running, return_when="FIRST_COMPLETED") if running else (set(), None)
            for future in done:
                task = running.pop(future)
                try:
                    row = future.result()
                except BrokenProcessPool:
                    whole = False
                    suspects.append(task)
                except killed:
                    suspects.append(task)
                else:
                    keep(row)
    return suspects, list(reversed(waiting))


def _killed_worker() -> type[Exception]:
    try:
        from distributed import KilledWorker
    except ImportError:
        return BrokenProcessPool
    return KilledWorker  # type: ignore[no-any-return]


def with_duplicates(rows: Sequence[Row], order: Sequence[str]) -> dict[str, str]:
    """Return for each film that is one seen before, byte for byte, the identifier of the first in order."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    by_id = {row.clip_id: row for row in rows}
    for clip_id in order:
        row = by_id.get(clip_id)
        if row is None or len(row.sha256) != 64:
            continue
        if row.sha256 in first:
            again[clip_id] = first[row.sha256]
        else:
            first[row.sha256] = clip_id
    return again
