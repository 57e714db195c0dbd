"""Files that are there whole or not at all, though several renderings share a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write into that appears as `path` once the block ends; nothing is left of it after an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", suffix=".part", delete=False) as half:
        try:
            yield half
        except BaseException:
            Path(half.name).unlink()
            raise
    Path(half.name).replace(path)
