"""At a start: what was withdrawn, deleted or closed for good since these data were copied is so again.

Films and families are erased first, by `Clips` and `Erasure`; a study's key by `StudyKeeping`, which can make the
tables that stay.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from sqlalchemy import select

from vfeed.errors import Conflict, NotFound
from vfeed.practice.caregiver_input import voice_role
from vfeed.store.consents import Consents
from vfeed.store.database import Database, get
from vfeed.store.groups import Groups, yes_of
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.screening_runs import ScreeningRuns
from vfeed.store.shares import Shares
from vfeed.store.studies import Studies
from vfeed.store.tables import Blob, Consent, GroupConsent, ScreeningRun, SupervisionShare, TakeHomeLink
from vfeed.store.take_home import TakeHome
from vfeed.store.voices import Voices

SYSTEM = "vfeed"


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
        """Do again what these data do not know of, and note what they know and the list lacks.

        What cannot be done again now raises its VfeedError: nothing is opened that should be closed.
        """
        for kind, id_ in sorted(self.keys.erased() & self._not_ended()):
            # So it is refused where another end in the list has taken it along.
            with contextlib.suppress(NotFound, Conflict):
                self._end(Ended(kind), id_)
        self._note_what_is_ended()

    def _not_ended(self) -> set[tuple[str, str]]:
        """Everything here that may be in the list, and has not ended here."""
        with self.database.read() as session:
            found: set[tuple[str, str]] = {
                (kind, each)
                for kind, query in (
                    (Ended.CONSENT, select(Consent.id).where(Consent.withdrawn_at.is_(None))),
                    (Ended.LINK, select(TakeHomeLink.id).where(TakeHomeLink.revoked_at.is_(None))),
                    (Ended.SHARE, select(SupervisionShare.id).where(SupervisionShare.revoked_at.is_(None))),
                    (Ended.SCREENING, select(ScreeningRun.id)),
                )
                for each in session.scalars(query)
            }
            voices = select(Blob.role).where(Blob.role.startswith(voice_role("")))
            found |= {(Ended.VOICE, role.removeprefix(voice_role(""))) for role in session.scalars(voices)}
            return found | {(Ended.GROUP_YES, yes_of(row)) for row in session.scalars(select(GroupConsent))}

    def _end(self, kind: Ended, id_: str) -> None:
        with self.database.read() as session:
            clip_id = session.scalar(select(Blob.clip_id).where(Blob.role == voice_role(id_)))
            link = get(session, TakeHomeLink, id_)
        match kind:
            case Ended.CONSENT:
                self.consents.withdraw(id_, SYSTEM, "")
            case Ended.VOICE if clip_id is not None:
                self.voices.remove(clip_id, SYSTEM, id_)
            case Ended.LINK if link is not None:
                self.take_home.revoke(link.session_id, id_, SYSTEM)
            case Ended.SHARE:
                self.shares.revoke(id_, SYSTEM)
            case Ended.SCREENING:
                self.screening_runs.remove(id_, SYSTEM)
            case Ended.GROUP_YES:
                self.groups.withdraw_again(id_, SYSTEM)

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
        for row, state in self.studies.all():
            ended += [(Ended.STUDY_KEY, row.id)] if state.key_destroyed else []
            ended += [(Ended.STUDY_TABLES, row.id)] if state.tables_deleted else []
        self.keys.note(ended)
