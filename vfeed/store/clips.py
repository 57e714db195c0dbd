"""Clips: taken in whole or not at all, and erased by destroying their key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import ClipKnown, VfeedError, within
from vfeed.errors import marked as _
from vfeed.media.clip_facts import NOTHING, ClipFacts
from vfeed.media.turned import turned_facts
from vfeed.practice.events import MAX_TITLE
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import Batch, Blobs, erased
from vfeed.store.database import Database, get
from vfeed.store.family_reads import ClipFiles, clips_in
from vfeed.store.job_rows import new_job, requeue_refused
from vfeed.store.journal import (
    CODINGS_STREAM,
    COMMENTS_STREAM,
    OWN_STREAM,
    REVIEW_STREAM,
    SCREENING_STREAM,
    erase_stream,
)
from vfeed.store.keyring import new_key
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.studies import erase_codings
from vfeed.store.tables import (
    Analysis,
    Blob,
    Clip,
    Family,
    FeedbackSession,
    Job,
    Participant,
    ScreeningFacts,
    StudyWorry,
    Visit,
    new_id,
    utc_now,
)
from vfeed.store.tables.clips import ACTIVE
from vfeed.store.unavailable import CommitUnknown
from vfeed.store.vault import Vault

READ_BYTES = 1 << 20
FIRST_JOBS = ("prepare", "analyse")
OCTETS = "application/octet-stream"
# What shows a film as it was turned before: roles, and the beginnings of roles.
DERIVED_ROLES = ("poster", "proxy", "pts_map", "metrics", "heads")
DERIVED_PREFIXES = ("reel:", "player:", "cut:", "still:", "frame:", "person:", "facepair:")


def first_jobs(session_id: str | None) -> tuple[str, ...]:
    """Return the kinds of the first jobs of a clip; in one of a shared review nobody looks for glances."""
    return FIRST_JOBS if session_id is None else ("prepare",)


class Clips:
    """Keeps clips and their originals."""

    def __init__(self, database: Database, vault: Vault, keys: KeyStore, blobs: Blobs, audit: AuditTrail) -> None:
        self._database = database
        self._vault = vault
        self._keys = keys
        self._blobs = blobs
        self._audit = audit

    def ingest(
        self,
        file: BinaryIO,
        *,
        family_id: str,
        visit_id: str | None,
        title: str,
        actor: str,
        facts: ClipFacts,
        recorded_on: date | None = None,
        session_id: str | None = None,
        jobs: Sequence[str] = FIRST_JOBS,
    ) -> Clip:
        """Encrypt a clip into the vault and enter it, together with its first jobs, in one transaction.

        Raises `ClipKnown`, VfeedError `disk_full`, `invalid_input` or `not_found`; after any error nothing is stored.
        """
        clip = Clip(
            id=new_id(),
            family_id=family_id,
            visit_id=visit_id,
            session_id=session_id,
            title=within(title, MAX_TITLE) or "Clip",
            film=facts,
            recorded_on=recorded_on,
            created_by=actor,
        )
        with self._database.read() as session:
            _refuse_misplaced(session, clip)
        key = new_key()
        with self._blobs.new_clip_batch(clip.id, key) as batch:
            clip.sha256, clip.size_bytes = _encrypt(file, batch)
            self._refuse_twin(clip.sha256)
            # Before the row: what is committed must open also after a power cut.
            self._keys.put(clip.id, key)
            try:
                batch.commit(lambda session: self._enter(session, clip, jobs))
            except CommitUnknown:
                # The clip may be there, and would never open again without its key.
                raise
            except BaseException as error:
                self._keys.drop(clip.id)
                # The same clip may have been taken in by somebody else at the same time.
                if isinstance(error, IntegrityError):
                    self._refuse_twin(clip.sha256)
                raise
        return clip

    def get(self, clip_id: str) -> Clip:
        """The clip; raises VfeedError `not_found`, also for an erased one."""
        with self._database.read() as session:
            clip = get(session, Clip, clip_id)
        if clip is None or clip.erased_at is not None:
            raise erased()
        return clip

    def find_content(self, sha256: str) -> Clip | None:
        """The clip with this content hash (hex), or None."""
        with self._database.read() as session:
            return session.scalar(select(Clip).where(Clip.sha256 == sha256))

    def for_family(self, family_id: str) -> Sequence[Clip]:
        """The clips of a family, oldest first, without erased ones and films of shared reviews."""
        return [each.clip for each in self.with_files(family_id)]

    def with_files(self, family_id: str) -> Sequence[ClipFiles]:
        """The same, each with what was made of it."""
        with self._database.read() as session:
            return [each for each in clips_in(session, family_id) if each.clip.session_id is None]

    def session_films(self, family_id: str) -> Sequence[Clip]:
        """The films of a family's shared reviews, oldest first, without erased ones."""
        with self._database.read() as session:
            return [each.clip for each in clips_in(session, family_id) if each.clip.session_id is not None]

    def owners(self) -> dict[str, str]:
        """Whose each clip is that is not erased: the family's id by the clip's."""
        with self._database.read() as session:
            rows = session.execute(select(Clip.id, Clip.family_id).where(Clip.erased_at.is_(None)))
            return {row.id: row.family_id for row in rows}

    def rename(self, clip_id: str, title: str, actor: str) -> None:
        """Give the clip another title; raises VfeedError `not_found`, `invalid_input` for an empty or too long one."""
        said = within(title, MAX_TITLE)
        if not said:
            raise VfeedError("invalid_input", _("The title is empty."), hint=_("Write a title."))
        with self._database.write() as session:
            clip = session.get(Clip, clip_id)
            if clip is None or clip.erased_at is not None:
                raise erased()
            clip.title = said
            self._audit.append(session, actor, "clip.renamed", clip_id)

    def turn_in(
        self, session: Session, clip_id: str, quarters: int, reel_ids: Sequence[str], actor: str
    ) -> Sequence[str]:
        """Turn a clip's film by so many quarters clockwise from what the camera noted (0 to 3); the original stays.

        What was made of its frames is removed and made anew by new jobs, these reels too. Returns the files to remove
        once the caller's transaction is kept. Raises VfeedError `not_found`, and `conflict` while it is being worked
        on: what comes of that would still lie on its side.
        """
        clip = session.get(Clip, clip_id, with_for_update=True)
        if clip is None or clip.erased_at is not None:
            raise erased()
        if session.scalar(select(Job.id).where(Job.clip_id == clip_id, Job.state.in_(ACTIVE)).limit(1)):
            raise VfeedError(
                "conflict", _("The film is still being made ready."), hint=_("Wait until it is, then turn it.")
            )
        clip.film = turned_facts(clip.film, quarters)
        made = [
            blob
            for blob in session.scalars(select(Blob).where(Blob.clip_id == clip_id))
            if blob.role in DERIVED_ROLES or blob.role.startswith(DERIVED_PREFIXES)
        ]
        for blob in made:
            session.delete(blob)
        session.add_all(new_job(kind, clip, {}, actor) for kind in first_jobs(clip.session_id))
        session.add_all(new_job("reel", clip, {"reel_id": reel_id}, actor) for reel_id in reel_ids)
        self._audit.append(session, actor, "clip.turned", clip_id, {"quarters": quarters})
        return [blob.file_name for blob in made]

    def set_seen(self, clip_id: str, participant_ids: Sequence[str], actor: str) -> None:
        """Say who is in a clip: a child and an adult of the family at least; nobody named: the whole family.

        From then on their consents are asked for, and nobody else's. Raises VfeedError `not_found`, `invalid_input`.
        """
        with self._database.write() as session:
            clip = session.get(Clip, clip_id, with_for_update=True)
            if clip is None or clip.erased_at is not None:
                raise erased()
            named = list(dict.fromkeys(participant_ids))
            query = select(Participant).where(Participant.family_id == clip.family_id, Participant.id.in_(named))
            people = session.scalars(query).all()
            fits = len(people) == len(named) and {each.kind for each in people} == {"child", "adult"}
            if named and not (fits and clip.session_id is None):
                raise VfeedError(
                    "invalid_input", _("A pair is a child and an adult of this family."), hint=_("Load the page again.")
                )
            clip.seen = named or None
            requeue_refused(session, [clip_id], "consent_missing")
            self._audit.append(session, actor, "clip.people_said", clip_id, {"seen": named})

    def erase(self, clip_id: str, actor: str = "vfeed", *, from_old_copy: bool = False) -> None:
        """Erase a clip: its key, its files, and everything derived from it. Raises VfeedError `not_found`."""
        with self._database.write() as session:
            files = erase(session, clip_id)
            self._audit.append(session, actor, "clip.erased", clip_id, {"from_old_copy": True} if from_old_copy else {})
        self.destroy([clip_id], files)

    def destroy(self, clip_ids: Sequence[str], files: Sequence[str], *, family_id: str | None = None) -> None:
        """After an erasure was committed: destroy the keys, note it against old copies, remove the files."""
        self._keys.destroy(clip_ids, family_id=family_id)
        self.remove_files(files)

    def finish_erasures(self) -> None:
        """At a start: destroy keys that a killed process left of clips whose erasure was committed."""
        with self._database.read() as session:
            erased_ids = set(session.scalars(select(Clip.id).where(Clip.erased_at.is_not(None))))
        left = sorted(erased_ids & self._keys.ids())
        if left:
            self._keys.destroy(left)

    def replay_erasures(self) -> None:
        """At a start: erase again what was erased since these data were copied; raises nothing."""
        with self._database.read() as session:
            living = set(session.scalars(select(Clip.id).where(Clip.erased_at.is_(None))))
        for clip_id in sorted(living & {id_ for kind, id_ in self._keys.erased() if kind == Ended.CLIP}):
            self.erase(clip_id, from_old_copy=True)

    def remove_files(self, names: Sequence[str]) -> None:
        """After a removal was committed: remove the files that have become noise."""
        self._database.tidy()
        for name in names:
            self._vault.remove(name)

    def _enter(self, session: Session, clip: Clip, jobs: Sequence[str]) -> None:
        session.add(clip)
        session.flush()
        session.add_all(new_job(kind, clip, {}, clip.created_by) for kind in jobs)
        self._audit.append(session, clip.created_by, "clip.added", clip.id, {"family": clip.family_id})

    def _refuse_twin(self, sha256: str) -> None:
        twin = self.find_content(sha256)
        if twin is not None:
            raise ClipKnown(twin.id)


def erase(session: Session, clip_id: str) -> list[str]:
    """Erase a clip's derived rows in the caller's transaction; returns the vault names for `destroy` after it.

    Raises VfeedError `not_found`. The row that stays says only that there was a clip of this family.
    """
    clip = session.get(Clip, clip_id, with_for_update=True)
    if clip is None or clip.erased_at is not None:
        raise erased()
    files = list(session.scalars(select(Blob.file_name).where(Blob.clip_id == clip_id)))
    for table in (Blob, Analysis, Job, ScreeningFacts, StudyWorry):
        session.execute(delete(table).where(table.clip_id == clip_id))
    for stream in (REVIEW_STREAM, OWN_STREAM, COMMENTS_STREAM, CODINGS_STREAM, SCREENING_STREAM):
        erase_stream(session, stream, clip_id)
    erase_codings(session, clip_id)
    clip.title, clip.sha256, clip.size_bytes, clip.film = "", None, 0, NOTHING
    clip.erased_at = utc_now()
    session.flush()
    return files


def _refuse_misplaced(session: Session, clip: Clip) -> None:
    if session.get(Family, clip.family_id) is None:
        raise VfeedError("not_found", _("There is no such family."), hint=_("Choose a family first."))
    if clip.session_id is not None:
        found = session.get(FeedbackSession, clip.session_id)
        if found is None or found.family_id != clip.family_id:
            raise VfeedError(
                "invalid_input", _("This shared review is not one of the family’s."), hint=_("Go back to the family.")
            )
    if clip.visit_id is None:
        return
    visit = session.get(Visit, clip.visit_id)
    if visit is None or visit.family_id != clip.family_id:
        raise VfeedError(
            "invalid_input", _("This visit is not one of the family’s."), hint=_("Choose one of its visits.")
        )


def _encrypt(file: BinaryIO, batch: Batch) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with batch.put("original", OCTETS) as out:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return digest.hexdigest(), size
