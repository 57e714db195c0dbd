"""The rows of the store that use cases hand out: what a page may know of them by name, and it knows no other.

They are typed throughout and read by whoever shows them; what changes one is a use case. Where a page needs several
rows together, or a few facts of many, its use case hands out a view model instead.
"""

from vfeed.store.shares import Share
from vfeed.store.tables import (
    Audit,
    Clip,
    Consent,
    Family,
    FeedbackSession,
    Job,
    JobState,
    Participant,
    Sheet,
    TakeHomeLink,
    Upload,
    Visit,
)

__all__ = [
    "Audit",
    "Clip",
    "Consent",
    "Family",
    "FeedbackSession",
    "Job",
    "JobState",
    "Participant",
    "Share",
    "Sheet",
    "TakeHomeLink",
    "Upload",
    "Visit",
]
