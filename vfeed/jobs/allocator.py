"""How a worker's memory is given out, told to glibc before the process begins."""

import os
import sys

ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}
"""Without these memory may swing up to 1.2 GB where MediaPipe's networks run.

A frame (2.8 MB) stays below the threshold: mapping each one anew took a third more processor time.
"""


def give_out_memory_as_a_worker_does() -> None:
    """Start this process anew with ALLOCATOR in its environment, unless it has it; what was loaded is loaded again."""
    if any(os.environ.get(name) != value for name, value in ALLOCATOR.items()):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | ALLOCATOR)  # noqa: S606
