"""What lies in a folder that somebody names, and what in it could not be looked into."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

HIDDEN = (".", "~$")
"""How names begin that no person gave: of macOS, of folders for waste, of files that Excel has open."""


def files_in(folder: Path, endings: tuple[str, ...], pass_over: Callable[[str, str], None]) -> list[Path]:
    """Return the files of a folder and below with one of these endings (small letters), in order; hidden ones left out.

    `pass_over` is told the path inside of the folder, and why, of what is not looked into: folders that may not be
    read, links to folders, which may lead in a circle, and what has such an ending and is no file. Raises OSError where
    the folder itself cannot be read.
    """
    return sorted(_walked(folder, endings, pass_over))


def _walked(folder: Path, endings: tuple[str, ...], pass_over: Callable[[str, str], None]) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        where = Path(error.filename)
        if where == folder:
            raise error
        pass_over(str(where.relative_to(folder)), f"it cannot be read ({error.strerror})")

    for place, folders, files in os.walk(folder, onerror=refused):
        here = Path(place)
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        for name in folders:
            if (here / name).is_symlink():
                pass_over(str((here / name).relative_to(folder)), "it is a link to a folder")
        for name in files:
            if name.startswith(HIDDEN) or not name.lower().endswith(endings):
                continue
            why = _no_file(here / name)
            if why:
                pass_over(str((here / name).relative_to(folder)), why)
            else:
                yield here / name


def _no_file(path: Path) -> str:
    """Why a path is no file that can be read, "" where it is one."""
    try:
        return "" if path.is_file() else "it leads to no file"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
