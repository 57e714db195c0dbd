"""The tables: one class a table, in rooms by what they are about; whoever imports one here knows them all."""

from vfeed.store.tables.accounts import Attempt, Role, SignIn, User, WebAuthn
from vfeed.store.tables.base import ID_LENGTH, Base, BigInteger, UtcDateTime, new_id, utc_now
from vfeed.store.tables.clips import Analysis, Blob, Clip, Job, JobState, Upload
from vfeed.store.tables.families import Consent, Family, FamilyClock, FamilyWorker, Participant, Visit
from vfeed.store.tables.groups import Group, GroupAttendance, GroupConsent, GroupFamily, GroupFilm, GroupSession
from vfeed.store.tables.service import Audit, AuditHead, KeyCheck, OwnPack
from vfeed.store.tables.sessions import FeedbackSession, JournalEvent, Sheet, SupervisionShare, TakeHomeLink
from vfeed.store.tables.studies import (
    CodingWords,
    ScreeningFacts,
    ScreeningRow,
    ScreeningRun,
    Study,
    StudyClip,
    StudyCoding,
    StudyConsensus,
    StudyGamma,
    StudyTable,
    StudyWorry,
)

__all__ = [
    "ID_LENGTH",
    "Analysis",
    "Attempt",
    "Audit",
    "AuditHead",
    "Base",
    "BigInteger",
    "Blob",
    "Clip",
    "CodingWords",
    "Consent",
    "Family",
    "FamilyClock",
    "FamilyWorker",
    "FeedbackSession",
    "Group",
    "GroupAttendance",
    "GroupConsent",
    "GroupFamily",
    "GroupFilm",
    "GroupSession",
    "Job",
    "JobState",
    "JournalEvent",
    "KeyCheck",
    "OwnPack",
    "Participant",
    "Role",
    "ScreeningFacts",
    "ScreeningRow",
    "ScreeningRun",
    "Sheet",
    "SignIn",
    "Study",
    "StudyClip",
    "StudyCoding",
    "StudyConsensus",
    "StudyGamma",
    "StudyTable",
    "StudyWorry",
    "SupervisionShare",
    "TakeHomeLink",
    "Upload",
    "User",
    "UtcDateTime",
    "Visit",
    "WebAuthn",
    "new_id",
    "utc_now",
]
