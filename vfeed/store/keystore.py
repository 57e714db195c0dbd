"""The clips' own keys, wrapped by the master key: one small file each, apart from the data and from their backups.

A folder of data that was copied before a film was erased holds the film, yet no key to it; and the list of what was
erased is kept here too, so that a restored copy learns of every erasure before anything in it opens.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.keyring import NEW, Keyring, make_folder, sync_folder, write_whole
from vfeed.store.vault import disk_errors

ERASED = "erased.txt"
KEYS = "keys"
UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class Ended(StrEnum):
    """What is noted in the list of erasures, by the kind of its id; each is done again in an old copy (`replay`)."""

    CLIP = "clip"
    FAMILY = "family"
    CONSENT = "consent"
    VOICE = "voice"
    LINK = "link"
    SHARE = "share"
    SCREENING = "screening"
    STUDY_KEY = "study-key"
    STUDY_TABLES = "study-tables"
    GROUP_YES = "group-yes"


class KeyStore:
    """Keeps, gives and destroys wrapped keys; every change is on the disk before it returns.

    What writes raises VfeedError `disk_full` and `data_unwritable`.
    """

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        make_folder(folder / KEYS)

    def put(self, clip_id: str, key: bytes) -> None:
        """Keep a clip's key: to be called before anything that needs it is committed."""
        with key_errors():
            write_whole(self._path(clip_id), self._keyring.wrap(key, key_purpose(clip_id)))

    def get(self, clip_id: str) -> bytes | None:
        """The clip's key, or None when it was destroyed or never here; raises VfeedError `key_wrong`."""
        try:
            wrapped = self._path(clip_id).read_bytes()
        except FileNotFoundError:
            return None
        return self._keyring.unwrap(wrapped, key_purpose(clip_id))

    def ids(self) -> frozenset[str]:
        """The clips that have a key."""
        return frozenset(path.name for path in (self._folder / KEYS).iterdir() if path.suffix != NEW)

    def destroy(self, clip_ids: Iterable[str], *, family_id: str | None = None) -> None:
        """Destroy the keys of clips and note them, and a family that was erased, so that no copy brings them back."""
        gone = list(clip_ids)
        self.note([(Ended.CLIP, clip_id) for clip_id in gone] + ([(Ended.FAMILY, family_id)] if family_id else []))
        for clip_id in gone:
            self.drop(clip_id)

    def drop(self, clip_id: str) -> None:
        """Remove a key without a note: of a clip that never came to be."""
        path = self._path(clip_id)
        with contextlib.suppress(FileNotFoundError):
            _overwrite(path)
            path.unlink()
            sync_folder(path.parent)

    def note(self, erased: Iterable[tuple[str, str]]) -> None:
        """Add to the list of what was erased what is not in it yet.

        What only a row of the database knows is noted before that row's change is committed: somebody wanted it gone,
        and a process that is killed in between does it at its next start.
        """
        known = self.erased()
        lines = "".join(f"{kind} {id_}\n" for kind, id_ in erased if (kind, id_) not in known)
        if not lines:
            return
        with key_errors():
            # Open to read, too: a line that a full disk or a power cut left half must not take this one with it.
            with (self._folder / ERASED).open("a+b") as file:
                file.seek(-min(1, file.tell()), os.SEEK_END)
                file.write(lines.encode("ascii") if file.read() in (b"", b"\n") else f"\n{lines}".encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self._folder)

    def erased(self) -> frozenset[tuple[str, str]]:
        """What was erased, withdrawn or closed for good, as (kind, id)."""
        return read_erased(self._folder / ERASED)

    def rewrap(self, other: Keyring) -> None:
        """Wrap every key with another master key; what is wrapped with it already stays, so it may be begun again."""
        for clip_id in self.ids():
            path, purpose = self._path(clip_id), key_purpose(clip_id)
            with contextlib.suppress(VfeedError):
                other.unwrap(path.read_bytes(), purpose)
                continue
            write_whole(path, other.wrap(self._keyring.unwrap(path.read_bytes(), purpose), purpose))

    def _path(self, clip_id: str) -> Path:
        return self._folder / KEYS / clip_id


def key_purpose(clip_id: str) -> str:
    """What a clip's wrapped key is bound to."""
    return f"clip:{clip_id}"


@contextlib.contextmanager
def key_errors() -> Iterator[None]:
    """Turn what the disk of the keys refuses into VfeedError `disk_full` or `data_unwritable`; other OSErrors pass."""
    try:
        with disk_errors():
            yield
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        raise VfeedError(
            "data_unwritable",
            _("The folder of the films’ keys cannot be written. Nothing was stored."),
            hint=_("Give the user that runs vfeed the right to write there, or set VFEED_KEY_STORE."),
        ) from error


def read_erased(path: Path) -> frozenset[tuple[str, str]]:
    """The list of what was erased; a last line that a power cut left half is passed over."""
    if not path.exists():
        return frozenset()
    words = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return frozenset((word[0], word[1]) for word in words if len(word) == 2)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
