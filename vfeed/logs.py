"""What a process writes down of its own running: one JSON object a line, in a file of its machine in the data folder.

A line says what happened by a code, with the numbers of the request, the job and the account. It never holds a name,
a title or a word that anybody wrote: a message of another library is left out, since it may quote what it worked on,
and of an error only its kind and its places in the code are kept. Who looked at what is the audit trail's.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import re
import secrets
import socket
import time
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "logs"
OURS = "vfeed"
MOST_BYTES = 5_000_000
"""A file of this size is put aside and another begun; the one put aside before is removed."""
KEPT_S = 90 * 24 * 3600
"""A file in which nobody has written for so long is removed."""
MOST_OF_A_NAME = 40
FACTS = "vfeed_facts"
Fact = str | int | float | bool | None

_about: ContextVar[dict[str, Fact] | None] = ContextVar("vfeed_log_about", default=None)


def new_request_id() -> str:
    """A number for one request, to be told to whoever looks for what went wrong."""
    return secrets.token_hex(6)


@contextlib.contextmanager
def about(**ids: Fact) -> Iterator[None]:
    """Write these ids (`request`, `job`, `account`) into every line of this thread until the block is left."""
    token = _about.set({**(_about.get() or {}), **ids})
    try:
        yield
    finally:
        _about.reset(token)


def note(**ids: Fact) -> None:
    """Add ids that are found out within a block of `about`; nothing happens outside one."""
    held = _about.get()
    if held is not None:
        held.update(ids)


def written(event: str, *, level: int = logging.INFO, error: BaseException | None = None, **facts: Fact) -> None:
    """Write one line: a code for what happened, and numbers, codes or ids that belong to it; never anybody's words."""
    logging.getLogger(OURS).log(level, event, exc_info=error, extra={FACTS: facts})


def places(error: BaseException) -> str:
    """An error's kind and where it came from, with its causes; without its message, which may quote anything."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        found = traceback.extract_tb(seen.__traceback__)
        lines.append(
            "\n".join([type(seen).__qualname__, *(f"  {_short(at.filename)}:{at.lineno} {at.name}" for at in found)])
        )
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\nbecause of ".join(lines)


class Line(logging.Formatter):
    """A record as one line of JSON, with nothing in it that a person wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; of other libraries' records only logger and level."""
        ours = record.name == OURS
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.msg if ours else f"library:{record.name}",
            **(_about.get() or {}),
            **(getattr(record, FACTS, {}) if ours else {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = places(record.exc_info[1])
        return json.dumps(line)


class LogFile(logging.Handler):
    """Appends lines to a file that several processes share, each line by one write; begins another when it is full."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a disk that refuses it stops nobody's work."""
        line = (self.format(record) + "\n").encode()
        with contextlib.suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line)
                if os.fstat(file).st_size > MOST_BYTES:
                    self._put_aside(file)
            finally:
                os.close(file)

    def _put_aside(self, file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
        # Another process may have done so meanwhile.
        if self._path.stat().st_ino == os.fstat(file).st_ino:
            self._path.rename(self._path.with_name(self._path.name + ".1"))


def path_of(data_dir: Path, role: str) -> Path:
    """The file that this machine's processes of a role write: its own, since appending is safe on one machine alone."""
    machine = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()[:MOST_OF_A_NAME])
    return data_dir / FOLDER / f"{role}-{machine}.log"


def begin(data_dir: Path, role: str, level: str) -> None:
    """Write this process's lines to `logs/ROLE-MACHINE.log` of the data folder, from this level on."""
    path = path_of(data_dir, role)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _drop_old(path.parent)
    handler = LogFile(path)
    handler.setFormatter(Line())
    # Other libraries are heard from a warning on: what they say below that is long, and not shown anyway.
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.WARNING)
    ours = logging.getLogger(OURS)
    ours.setLevel(level.upper())
    # A library that sets up logging of its own silences, by default, every logger that is there already.
    ours.disabled = False


def _drop_old(folder: Path) -> None:
    """Remove what machines that are gone have left, such as containers, which have a new name each time."""
    for path in folder.glob("*.log*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink()


def _short(path: str) -> str:
    parts = Path(path).parts
    return "/".join(parts[-3:])
