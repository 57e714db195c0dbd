"""At a start: what was withdrawn, deleted or closed for good since these data were copied is so again.

Films and families are erased first, by `Clips` and `Erasure`; a study's key by `StudyKeeping`, which can make the
tables that stay.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.store.consents import Consents
from vfeed.store.database import Database, get
from vfeed.store.groups import Groups
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.screening_runs import ScreeningRuns
from vfeed.store.shares import Shares
from vfeed.store.studies import Studies
from vfeed.store.tables import Blob, Consent, SupervisionShare, TakeHomeLink
from vfeed.store.take_home import TakeHome
from vfeed.store.voices import Voices, role_of

SYSTEM = "vfeed"
ELSEWHERE = frozenset({Ended.CLIP, Ended.FAMILY, Ended.STUDY_KEY, Ended.STUDY_TABLES})


@dataclass(frozen=True)
class Replay:
    """Does again what the list of erasures says; each field is what it needs for one kind of it."""

    database: Database
    keys: KeyStore
    consents: Consents
    voices: Voices
    take_home: TakeHome
    shares: Shares
    screening_runs: ScreeningRuns
    groups: Groups
    studies: Studies

    def run(self) -> None:
        """Do again what these data do not know of, and note what they know and the list lacks; raises nothing."""
        for kind, id_ in sorted(self.keys.erased()):
            # Not here: the copy is older than the thing itself, or its family was erased.
            with contextlib.suppress(VfeedError):
                self.again(Ended(kind), id_)
        self._note_what_is_ended()

    def again(self, kind: Ended, id_: str) -> None:
        """End one thing, where it is here and has not ended; raises VfeedError `not_found`."""
        match kind:
            case Ended.CONSENT:
                self._consent(id_)
            case Ended.VOICE:
                self._voice(id_)
            case Ended.LINK:
                self._link(id_)
            case Ended.SHARE:
                self._share(id_)
            case Ended.SCREENING:
                self.screening_runs.remove(id_, SYSTEM)
            case Ended.GROUP_YES:
                self.groups.withdraw_again(id_, SYSTEM)
            case _:
                assert kind in ELSEWHERE

    def _note_what_is_ended(self) -> None:
        """What ended before there were such lines in the list."""
        ended: list[tuple[str, str]] = []
        with self.database.read() as session:
            for kind, id_, at in (
                (Ended.CONSENT, Consent.id, Consent.withdrawn_at),
                (Ended.LINK, TakeHomeLink.id, TakeHomeLink.revoked_at),
                (Ended.SHARE, SupervisionShare.id, SupervisionShare.revoked_at),
            ):
                ended += [(kind, each) for each in session.scalars(select(id_).where(at.is_not(None)))]
        for row, state in self.studies.everything():
            ended += [(Ended.STUDY_KEY, row.id)] if state.key_destroyed else []
            ended += [(Ended.STUDY_TABLES, row.id)] if state.tables_deleted else []
        self.keys.note(ended)

    def _consent(self, consent_id: str) -> None:
        with self.database.read() as session:
            row = get(session, Consent, consent_id)
        if row is not None and row.withdrawn_at is None:
            self.consents.withdraw(consent_id, SYSTEM, "")

    def _voice(self, voice_id: str) -> None:
        with self.database.read() as session:
            clip_id = session.scalar(select(Blob.clip_id).where(Blob.role == role_of(voice_id)))
        if clip_id is not None:
            self.voices.remove(clip_id, SYSTEM, voice_id)

    def _link(self, link_id: str) -> None:
        with self.database.read() as session:
            row = get(session, TakeHomeLink, link_id)
        if row is not None and row.revoked_at is None:
            self.take_home.revoke(row.session_id, link_id, SYSTEM)

    def _share(self, share_id: str) -> None:
        with self.database.read() as session:
            row = get(session, SupervisionShare, share_id)
        if row is not None and row.revoked_at is None:
            self.shares.revoke(share_id, SYSTEM)
