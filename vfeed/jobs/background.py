"""Work that gives way: what nobody waits for leaves the processor to what somebody waits for."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

STEPS_BACK = 10


def run_giving_way(task: Callable[[], None]) -> None:
    """Run `task` at lower priority and return when it is done; raises what it raises.

    It has a thread of its own, because a thread may lower its priority and never raise it again. On Linux the priority
    belongs to the thread, and the threads and processes that it starts have it too (sched(7), nice(2)).
    """
    with ThreadPoolExecutor(1, "giving-way", initializer=os.nice, initargs=(STEPS_BACK,)) as lower:
        lower.submit(task).result()
