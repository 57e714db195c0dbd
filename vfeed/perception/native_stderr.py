"""Keeps the native libraries' chatter off the worker's and the command's error stream."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()
_STDERR = 2


@contextmanager
def suppress_native_stderr() -> Iterator[None]:
    """Send what native code writes to the error stream nowhere for the length of the block.

    MediaPipe logs straight to file descriptor 2 while a graph starts and first runs, before any of its own log levels
    is read. Python's own `sys.stderr` is kept whole: it is flushed before and after.
    """
    with _LOCK:
        sys.stderr.flush()
        kept = os.dup(_STDERR)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, _STDERR)
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
            os.close(nowhere)
