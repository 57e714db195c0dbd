"""Looks at films that are none, for tests of what goes on around them; some kill the process that they run in."""

from __future__ import annotations

import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import psutil

from vfeed.screening.one_clip import Row, Task
from vfeed.screening.run import Pool, RowLog, processes, screen_all


def tasks(folder: Path, count: int) -> list[Task]:
    """Tasks whose "films" are places to note that they were looked at."""
    return [Task(f"{number:04d}", str(folder / f"{number:04d}"), "probe") for number in range(count)]


def note(task: Task) -> Row:
    """Note the look in a file and give a row."""
    with Path(task.path).open("a") as file:
        file.write("looked\n")
    return Row(task.clip_id, "codable", depth=task.depth)


def always_killed(task: Task) -> Row:
    """Note the look; the films 0003 and 0007 take the process with them each time."""
    row = note(task)
    if task.clip_id in ("0003", "0007"):
        os.kill(os.getpid(), signal.SIGKILL)
    return row


def killed_once(task: Task) -> Row:
    """Note the look; the film 0002 takes the process with it the first time."""
    before = Path(task.path).exists()
    row = note(task)
    if task.clip_id == "0002" and not before:
        os.kill(os.getpid(), signal.SIGKILL)
    return row


def screen_until_killed(folder: Path, count: int, seed: int) -> None:
    """Screen until a random number of rows is written, then die in the middle of writing one; 0: to the end."""
    log = RowLog(folder / "rows.jsonl")
    left = random.Random(seed).randint(1, max(1, count // 4))

    def count_down(row: Row) -> None:
        nonlocal left
        left -= 1
        if left == 0 and seed:
            with (folder / "rows.jsonl").open("a") as file:
                file.write('{"clip_id": "' + row.clip_id + '", "verd')
                file.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    screen_all(tasks(folder, count), log, Pool(lambda: ThreadPoolExecutor(2), 2), on_row=count_down, work=note)


def without_end(task: Task) -> Row:
    """Say which process looks, and look for ever."""
    path = Path(task.path)
    path.with_suffix(".part").write_text(str(os.getpid()))
    path.with_suffix(".part").rename(path)
    threading.Event().wait()
    raise AssertionError


def screen_without_end(folder: Path) -> None:
    """Begin a screening on two processes that never comes to an end."""
    # As in a terminal, also where the tests themselves were begun with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    log = RowLog(folder / "rows.jsonl")
    screen_all(tasks(folder, 9), log, processes(2), on_row=lambda _: None, work=without_end)


class BreaksAtTheThird(ThreadPoolExecutor):
    """A pool one of whose processes was killed between the second film that it was given and the third."""

    def __init__(self) -> None:
        super().__init__(1)
        self._given = 0

    def submit(self, *what: Any, **more: Any) -> Any:
        self._given += 1
        if self._given == 3:
            raise BrokenProcessPool
        return super().submit(*what, **more)


def processes_below() -> int:
    """How many processes this one has begun that still are there, such as the one that forks those that look."""
    return len(psutil.Process().children(recursive=True))
