"""A clip's files in the vault, each with a role: original, proxy, poster, metrics, reel:<id> and so on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.turned import Turned, quarters_of
from vfeed.store.database import Database, known
from vfeed.store.keystore import KeyStore
from vfeed.store.tables import Blob, Clip, new_id
from vfeed.store.unavailable import CommitUnknown
from vfeed.store.vault import PendingFile, Vault

OPEN_TRIES = 3
ORIGINAL = "original"


@dataclass
class _Staged:
    blob: Blob
    draft: PendingFile


class Batch:
    """New files of one clip that become visible together, in one transaction, or not at all.

    Leaving the block without `commit` removes them, unless nobody knows whether it was kept. Each role replaces the
    clip's earlier file of that role.
    """

    def __init__(self, database: Database, vault: Vault, clip_id: str, key: bytes, *, new_clip: bool = False) -> None:
        self._new_clip = new_clip
        self._database = database
        self._vault = vault
        self._clip_id = clip_id
        self._key = key
        self._staged: list[_Staged] = []

    @contextlib.contextmanager
    def put(self, role: str, media_type: str) -> Iterator[BinaryIO]:
        """A writer for one file; raises VfeedError `disk_full`."""
        blob_id = new_id()
        draft = self._vault.create(self._key, associated_data(self._clip_id, blob_id))
        try:
            yield draft.writer
            size = draft.publish()
        except BaseException:
            draft.discard()
            raise
        blob = Blob(
            id=blob_id,
            clip_id=self._clip_id,
            role=role,
            media_type=media_type,
            file_name=draft.name,
            size_bytes=size,
        )
        self._staged.append(_Staged(blob, draft))

    def commit(self, within: Callable[[Session], None] | None = None) -> None:
        """Make the files visible; `within` runs in the same transaction, clip locked, and may refuse by raising.

        Raises VfeedError `not_found` when the clip has been erased meanwhile.
        """
        with self._database.write() as session:
            if not self._new_clip:
                _refuse_erased(session, self._clip_id)
            if within is not None:
                within(session)
            replaced = self._attach(session)
        for staged in self._staged:
            staged.draft.release()
        self._staged.clear()
        for name in replaced:
            self._vault.remove(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, value: object, _trace: TracebackType | None) -> None:
        for staged in self._staged:
            if isinstance(value, CommitUnknown):
                # The rows that name them may be there; if not, `sweep` finds files that nobody wants.
                staged.draft.release()
            else:
                staged.draft.discard()

    def _attach(self, session: Session) -> list[str]:
        roles = [staged.blob.role for staged in self._staged]
        old = session.scalars(select(Blob).where(Blob.clip_id == self._clip_id, Blob.role.in_(roles))).all()
        names = [blob.file_name for blob in old]
        for blob in old:
            session.delete(blob)
        session.flush()
        session.add_all(staged.blob for staged in self._staged)
        return names


class Blobs:
    """Opens and replaces the files of clips."""

    def __init__(self, database: Database, vault: Vault, keys: KeyStore) -> None:
        self._database = database
        self._vault = vault
        self._keys = keys

    @contextlib.contextmanager
    def put(self, clip_id: str, role: str, media_type: str, *, cut_from: BinaryIO | None = None) -> Iterator[BinaryIO]:
        """A writer for one file, visible after a clean exit; raises VfeedError `disk_full`, `not_found`.

        What is `cut_from` the original, as `open` gave it, is refused with `conflict` when the film was turned since.
        """
        with self.batch(clip_id) as batch:
            with batch.put(role, media_type) as writer:
                yield writer
            batch.commit(lambda session: _refuse_turned(session, clip_id, cut_from))

    def batch(self, clip_id: str) -> Batch:
        """Several files that become visible together; raises VfeedError `not_found`."""
        key = self._key(clip_id)
        return Batch(self._database, self._vault, clip_id, key)

    def new_clip_batch(self, clip_id: str, key: bytes) -> Batch:
        """The files of a clip whose rows are made within the batch's commit."""
        return Batch(self._database, self._vault, clip_id, key, new_clip=True)

    def open(self, clip_id: str, role: str) -> BinaryIO:
        """A seekable plain view of a file; raises VfeedError `not_found`, `vault_damaged`.

        Who may open it is the caller's to decide: see `Consents.decide`.
        """
        for _try in range(OPEN_TRIES):
            with self._database.read() as session:
                blob = _find(session, clip_id, role)
                if blob is None:
                    raise VfeedError("not_found", _("This file is not here."), hint=_("It may still be in the making."))
                key = self._key(clip_id)
                quarters = _turned(session, clip_id) if role == ORIGINAL else 0
            # A file replaced since the row was read is gone: look again.
            with contextlib.suppress(FileNotFoundError):
                file = self._vault.open(blob.file_name, key, associated_data(clip_id, blob.id))
                # The one place where a person's turn enters: whatever is made from the original is made of this.
                return cast(BinaryIO, Turned(file, quarters)) if quarters else file
        raise VfeedError(
            "vault_damaged",
            _("A stored file is missing from the vault."),
            hint=_("Restore the data folder from a backup."),
        )

    def read(self, clip_id: str, role: str) -> bytes:
        """The whole of a small file; raises as `open`."""
        with self.open(clip_id, role) as file:
            return file.read()

    def has(self, clip_id: str, role: str) -> bool:
        """Whether the clip has a file of this role."""
        return self.info(clip_id, role) is not None

    def those_there(self, clip_ids: Collection[str], roles: Collection[str]) -> set[tuple[str, str]]:
        """Which files of these roles these clips have: the clip's id with the role."""
        query = select(Blob.clip_id, Blob.role).where(Blob.clip_id.in_(clip_ids), Blob.role.in_(roles))
        with self._database.read() as session:
            return {(clip_id, role) for clip_id, role in session.execute(query)}

    def info(self, clip_id: str, role: str) -> Blob | None:
        """The file's row (media type, plain size, an id that changes whenever it is replaced), or None."""
        with self._database.read() as session:
            return next((each for each in _of(session, clip_id) if each.role == role), None)

    def list(self, clip_id: str) -> Sequence[Blob]:
        """Every file of a clip."""
        with self._database.read() as session:
            return _of(session, clip_id)

    def remove(self, clip_id: str, role: str) -> None:
        """Remove a file; one that is not there is no error."""
        with self._database.write() as session:
            blob = _find(session, clip_id, role)
            if blob is not None:
                session.delete(blob)
        if blob is not None:
            self._vault.remove(blob.file_name)

    def sweep(self) -> int:
        """Remove what killed processes left in the vault; returns how many files."""

        def is_wanted(name: str) -> bool:
            with self._database.read() as session:
                return session.scalar(select(Blob.id).where(Blob.file_name == name)) is not None

        return self._vault.sweep(is_wanted)

    def _key(self, clip_id: str) -> bytes:
        key = self._keys.get(clip_id)
        if key is None:
            raise erased()
        return key


def associated_data(clip_id: str, blob_id: str) -> bytes:
    """What a file is bound to, so that files cannot be exchanged for each other."""
    return json.dumps(["vfeed", clip_id, blob_id]).encode()


def erased() -> VfeedError:
    """The refusal for a clip that is not there, or not any more."""
    return VfeedError("not_found", _("There is no such film, or it was destroyed."), hint=_("Go back to the family."))


def _of(session: Session, clip_id: str) -> Sequence[Blob]:
    query = select(Blob).where(Blob.clip_id == clip_id).order_by(Blob.role)
    return known(session, ("blobs", clip_id), lambda: session.scalars(query).all())


def _find(session: Session, clip_id: str, role: str) -> Blob | None:
    return session.scalar(select(Blob).where(Blob.clip_id == clip_id, Blob.role == role))


def _turned(session: Session, clip_id: str) -> int:
    # As it stands now: whoever looked at it earlier in this transaction may have seen it before it was turned.
    clip = session.get(Clip, clip_id, populate_existing=True)
    return clip.film.turned_quarters if clip else 0


def _refuse_turned(session: Session, clip_id: str, cut_from: BinaryIO | None) -> None:
    if cut_from is not None and quarters_of(cut_from) != _turned(session, clip_id):
        raise VfeedError("conflict", _("The film was turned meanwhile."), hint=_("Load the film’s page again."))


def _refuse_erased(session: Session, clip_id: str) -> None:
    # The lock keeps an erasure from slipping in before this transaction's commit.
    clip = session.get(Clip, clip_id, with_for_update=True)
    if clip is None or clip.erased_at is not None:
        raise erased()
