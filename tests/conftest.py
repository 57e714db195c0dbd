"""What holds for every test."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from hypothesis import settings
from servers import ON_POSTGRES, opens_a_database
from shared_folder import lock_as_on_a_shared_folder
from speedups import hash_with, share, slow_hashes, weak_hash
from sqlalchemy import Engine, event

__all__ = ["slow_hashes"]

ROOT = Path(__file__).parents[1]
ON_BOTH = ("tests/unit/", "tests/contracts/", "tests/integration/")
"""What `make test-postgres` runs; tests in a browser are not among it."""

lock_as_on_a_shared_folder()
share()
hash_with(weak_hash)
settings.register_profile("few", max_examples=40, deadline=None)
settings.register_profile("many", max_examples=1000, deadline=None)
settings.load_profile("few")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL only what opens a database is run: the rest would be the same once more."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if ON_POSTGRES and is_test and not opens_a_database(collection_path) else None


@event.listens_for(Engine, "connect")
def _is_run_on_both(_connection: object, _record: object) -> None:
    name = os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[0]
    if name.endswith(".py") and name.startswith(ON_BOTH):
        assert opens_a_database(ROOT / name), f"{name} opens a database, and make test-postgres would leave it out"


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for what may go took a fifth of the time of a run."""
    gc.collect()
    gc.freeze()
