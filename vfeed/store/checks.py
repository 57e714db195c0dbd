"""Looking at everything that is kept: files whole, a key for each film, the audit trail left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from vfeed.errors import NotFound, VfeedError
from vfeed.store.store import Store
from vfeed.store.tables import Blob, Clip

PIECE = 1 << 20


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what is wrong, each in a sentence."""

    films: int
    files: int
    audit_rows: int
    audit_hash: str
    faults: tuple[str, ...]


def check_everything(store: Store, *, noted: str = "") -> Checked:
    """Read every file of the vault, every key and the whole audit trail; the database was checked when it was opened.

    `noted` is an end of the audit trail that was written down before (`NUMBER:HASH`): the trail must still hold it.
    """
    with store.database.read() as session:
        clips = session.scalars(select(Clip.id).where(Clip.erased_at.is_(None))).all()
        blobs = session.execute(select(Blob.clip_id, Blob.role)).all()
    faults = [f"Film {clip_id} has no key: it cannot be opened." for clip_id in clips if not _has_key(store, clip_id)]
    faults += [fault for clip_id, role in blobs for fault in _unreadable(store, clip_id, role)]
    faults += store.audit.faults(noted=noted)
    seq, hash_ = store.audit.head()
    return Checked(len(clips), len(blobs), seq, hash_, tuple(faults))


def _has_key(store: Store, clip_id: str) -> bool:
    try:
        return store.keys.get(clip_id) is not None
    except VfeedError:
        return False


def _unreadable(store: Store, clip_id: str, role: str) -> Iterator[str]:
    try:
        with store.blobs.open(clip_id, role) as file:
            while file.read(PIECE):
                pass
    except VfeedError as error:
        if not isinstance(error, NotFound) or _has_key(store, clip_id):
            yield f"Film {clip_id}, {role}: {error.message}"
