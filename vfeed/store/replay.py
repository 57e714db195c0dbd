"""At a start: what was withdrawn, deleted or closed for good since these data were copied is so again.

Films and families are erased first, by `Clips` and `Erasure`; a study's key by `StudyKeeping`, which can make the
tables that stay.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.store.database import get
from vfeed.store.keystore import Ended
from vfeed.store.tables import Blob, Consent, SupervisionShare, TakeHomeLink
from vfeed.store.voices import role_of

if TYPE_CHECKING:
    from vfeed.store.store import Store

SYSTEM = "vfeed"


def replay(store: Store) -> None:
    """Do again what the list of erasures says and these data do not know; raises nothing for what is not here."""
    for kind, id_ in sorted(store.keys.erased()):
        if kind in AGAIN:
            # Not here: the copy is older than the thing itself, or its family was erased.
            with contextlib.suppress(VfeedError):
                AGAIN[kind](store, id_)


def note_what_is_ended(store: Store) -> None:
    """Put into the list what these data know to be ended and it lacks: ended before there were such lines in it."""
    ended: list[tuple[str, str]] = []
    with store.database.read() as session:
        for kind, id_, at in (
            (Ended.CONSENT, Consent.id, Consent.withdrawn_at),
            (Ended.LINK, TakeHomeLink.id, TakeHomeLink.revoked_at),
            (Ended.SHARE, SupervisionShare.id, SupervisionShare.revoked_at),
        ):
            ended += [(kind, each) for each in session.scalars(select(id_).where(at.is_not(None)))]
    for row, state in store.studies.everything():
        ended += [(Ended.STUDY_KEY, row.id)] if state.key_destroyed else []
        ended += [(Ended.STUDY_TABLES, row.id)] if state.tables_deleted else []
    store.keys.note(ended)


def _consent(store: Store, consent_id: str) -> None:
    with store.database.read() as session:
        row = get(session, Consent, consent_id)
    if row is not None and row.withdrawn_at is None:
        store.consents.withdraw(consent_id, SYSTEM, "")


def _voice(store: Store, voice_id: str) -> None:
    with store.database.read() as session:
        clip_id = session.scalar(select(Blob.clip_id).where(Blob.role == role_of(voice_id)))
    if clip_id is not None:
        store.voices.remove(clip_id, SYSTEM, voice_id)


def _link(store: Store, link_id: str) -> None:
    with store.database.read() as session:
        row = get(session, TakeHomeLink, link_id)
    if row is not None and row.revoked_at is None:
        store.take_home.revoke(row.session_id, link_id, SYSTEM)


def _share(store: Store, share_id: str) -> None:
    with store.database.read() as session:
        row = get(session, SupervisionShare, share_id)
    if row is not None and row.revoked_at is None:
        store.shares.revoke(share_id, SYSTEM)


def _screening(store: Store, run_id: str) -> None:
    store.screening_runs.remove(run_id, SYSTEM)


def _group_yes(store: Store, yes: str) -> None:
    store.groups.withdraw_again(yes, SYSTEM)


AGAIN: dict[str, Callable[[Store, str], None]] = {
    Ended.CONSENT: _consent,
    Ended.VOICE: _voice,
    Ended.LINK: _link,
    Ended.SHARE: _share,
    Ended.SCREENING: _screening,
    Ended.GROUP_YES: _group_yes,
}
"""How each kind of the list is done again."""
