"""What commands say and where they write: printable names, the machine's errors as codes, targets tried beforehand."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from vfeed.errors import VfeedError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
LONGEST_NAME_BYTES = 255
ROOM_BYTES = 50_000_000
"""Free space without which a command does not begin: the files of an analysis of an hour."""


def printable(name: object) -> str:
    """A name as any terminal can show it: control signs and bytes that are no text become escapes.

    >>> printable("caf\\udce9\\x1b[31m.mp4")
    'caf\\\\udce9\\\\x1b[31m.mp4'
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in str(name))


class Plain(Console):
    """Prints a line as it is given: no bracket, colon or number in it means anything, and every sign is printable."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)

    def render_str(self, text: str, **how: Any) -> Text:
        """Make a line, or a table's cell, printable."""
        return super().render_str(printable(text), **how)


console, complaints = Plain(), Plain(stderr=True)


def as_refusal(error: Exception) -> VfeedError:
    """What to tell for an error that no one further in has met."""
    if isinstance(error, VfeedError):
        return error
    name = f" ({printable(error.filename)})" if isinstance(error, OSError) and error.filename else ""
    if isinstance(error, FileNotFoundError):
        return VfeedError(
            "invalid_input", f"There is no such file or folder{name}.", hint="Look at how its name is written."
        )
    if isinstance(error, OSError) and error.errno in FULL:
        return VfeedError("disk_full", f"The disk is full{name}.", hint="Make room on the disk and start anew.")
    if isinstance(error, OSError):
        return VfeedError(
            "invalid_input",
            f"The machine does not allow that: {error.strerror or error}{name}.",
            hint="Give another file or folder, or ask who looks after this computer.",
        )
    if isinstance(error, MemoryError):
        return VfeedError("internal", "The memory is used up.", hint="Close other programs, or use a larger computer.")
    return VfeedError(
        "internal",
        f"Something went wrong inside vfeed: {type(error).__name__}: {printable(error)[:300]}",
        hint="Please tell the people who make vfeed, with the command that you gave.",
    )


def folder_beside(clip: Path) -> Path:
    """The folder for what is made of a clip, beside it; a long name is cut at its end to fit."""
    ending = "-vfeed"
    name = os.fsencode(clip.stem)[: LONGEST_NAME_BYTES - len(ending)]
    return clip.with_name(os.fsdecode(name.decode("utf-8", "ignore") or name) + ending)


def refuse_unwritable(folder: Path, *, room_bytes: int = ROOM_BYTES) -> None:
    """Make `folder` and try it; raises VfeedError `invalid_input` or `disk_full` before any work is done for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".vfeed-"):
            pass
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        raise as_refusal(error) from error
    if free_bytes < room_bytes:
        raise VfeedError(
            "disk_full",
            f"{free_bytes / 1e6:.0f} MB are left where {printable(folder)} lies; {room_bytes / 1e6:.0f} are needed.",
            hint="Make room on the disk, or choose another folder with -o.",
        )


@contextmanager
def placed(folder: Path) -> Iterator[Path]:
    """Give a folder inside of `folder` to write into; on leaving, what lies in it gets its place in `folder`.

    All of it is on the disk before the first file gets its name, and what is there already is replaced. After an error
    nothing of it is left, nor a folder that was made for it; what is killed leaves that one hidden folder.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    begun: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        begun = Path(tempfile.mkdtemp(prefix=".vfeed-", dir=folder))
        yield begun
        places = {each: folder / each.relative_to(begun) for each in sorted(begun.rglob("*")) if each.is_file()}
        for each, place in places.items():
            if place.exists() and not place.is_file():
                raise IsADirectoryError(errno.EISDIR, "It is there, and is no file", str(place))
            with each.open("rb") as file:
                os.fsync(file.fileno())
        for each, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            each.replace(place)
        shutil.rmtree(begun)
    except BaseException:
        if begun is not None:
            shutil.rmtree(begun, ignore_errors=True)
        for each in made:
            with suppress(OSError):
                each.rmdir()
        raise
