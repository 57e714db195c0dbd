"""What is changed in a store: the statements that change rows, and the files that its vault begins."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from vfeed.store.vault import FileVault

CHANGES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE)


@contextlib.contextmanager
def writes() -> Iterator[list[str]]:
    """Collect from now on `insert TABLE`, `update TABLE`, `delete TABLE` and `vault`, whichever store it is."""
    found: list[str] = []
    create = FileVault.create

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if changed := CHANGES.match(statement):
            found.append(f"{changed[1].split()[0].lower()} {changed[2]}")

    def noted(vault: FileVault, *told: Any, **more: Any) -> Any:
        found.append("vault")
        return create(vault, *told, **more)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with mock.patch.object(FileVault, "create", noted):
            yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
