"""Where films lie: a folder, or an address that fsspec knows (s3://bucket/films), the same for all machines."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from vfeed.errors import VfeedError
from vfeed.research.folders import HIDDEN, files_in

if TYPE_CHECKING:
    from types import ModuleType

ENDINGS = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".3gp", ".ts", ".mts", ".m2ts")
REMOTE = "://"


def is_address(place: str) -> bool:
    """Whether a place is an address and no path.

    >>> is_address("s3://bucket/films"), is_address("films")
    (True, False)
    """
    return REMOTE in place


def films_in(place: str | Path, pass_over: Callable[[str, str], None] = lambda _path, _why: None) -> list[str]:
    """Return the films of a place and below as paths inside of it, in order; hidden files are left out.

    `pass_over` as in `files_in`.
    Raises VfeedError `not_found` for a place that cannot be reached, `invalid_input` for a kind of address that needs
    a package which is not installed.
    """
    if not is_address(str(place)):
        return sorted(str(path.relative_to(place)) for path in files_in(Path(place), ENDINGS, pass_over))
    names = _listed(str(place))
    return sorted(name for name in names if not any(part.startswith(HIDDEN) for part in PurePosixPath(name).parts))


def _listed(address: str) -> list[str]:
    system, root = _system(address)
    with reaching(address):
        system.invalidate_cache()
        found = system.find(root)
    inside = (str(name)[len(root) :].lstrip("/") for name in found)
    return [name for name in inside if PurePosixPath(name).suffix.lower() in ENDINGS]


def joined(place: str | Path, name: str) -> str:
    """Return where a film of a place lies, for `opened`.

    >>> joined("s3://bucket/films/", "a/b.mp4")
    's3://bucket/films/a/b.mp4'
    """
    return f"{str(place).rstrip('/')}/{name}" if is_address(str(place)) else str((Path(place) / name).resolve())


@contextmanager
def opened(where: str) -> Iterator[tuple[BinaryIO, int]]:
    """Open a film to be read anywhere in it; gives its size (bytes), too. Raises VfeedError `not_found`."""
    if not is_address(where):
        with contextlib.ExitStack() as closing:
            with reaching(where):
                file = closing.enter_context(Path(where).open("rb"))
                size = Path(where).stat().st_size
            yield file, size
        return
    system, path = _system(where)
    with reaching(where):
        size = int(system.size(path))
        remote = system.open(path, "rb")
    with remote:
        yield cast(BinaryIO, remote), size


@contextmanager
def reaching(where: str) -> Iterator[None]:
    """Turn whatever keeps a place from being reached into VfeedError `not_found`."""
    try:
        yield
    except _refusals(where) as error:
        why = getattr(error, "strerror", None) or str(error)[:200] or type(error).__name__
        what = "The place" if is_address(where) else "The file"
        raise VfeedError(
            "not_found", f"{what} cannot be opened ({why}).", hint="Look whether it is still there."
        ) from error


def _refusals(where: str) -> tuple[type[Exception], ...]:
    """What is raised where a place cannot be reached; S3's own library has errors of its own."""
    if not is_address(where):
        return (OSError,)
    try:
        errors: ModuleType = importlib.import_module("botocore.exceptions")
    except ImportError:
        return (OSError,)
    return (OSError, errors.BotoCoreError)


def _system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it."""
    try:
        core = importlib.import_module("fsspec.core")
        system, path = core.url_to_fs(address)
    except ImportError as error:
        raise VfeedError(
            "invalid_input",
            f"Films at {address.partition(REMOTE)[0]}{REMOTE} need a package that is not installed ({error.name}).",
            hint="Install it with: pip install 'vfeed[s3]', or the fsspec package of that kind of address.",
        ) from error
    except ValueError as error:
        raise VfeedError(
            "invalid_input", f"{address} is no address of films ({error}).", hint="Write s3://BUCKET/FOLDER."
        ) from error
    return system, str(path).rstrip("/")
