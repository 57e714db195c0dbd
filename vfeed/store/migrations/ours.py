"""Which tables are ours to migrate."""

from __future__ import annotations

HUEY_PREFIX = "huey_"


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job queue's own tables, which may share a PostgreSQL database with ours, alone."""
    return not (kind == "table" and name is not None and name.startswith(HUEY_PREFIX))
