"""What holds for every test."""

from __future__ import annotations

import gc

from speedups import hash_with, share, slow_hashes, weak_hash

__all__ = ["slow_hashes"]

share()
hash_with(weak_hash)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for what may go took a fifth of the time of a run."""
    gc.collect()
    gc.freeze()
