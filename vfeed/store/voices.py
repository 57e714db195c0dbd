"""What parents said aloud: sound in the vault under the clip's key, an event for each, both or neither."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.caregiver_input import voice_role
from vfeed.store.blobs import Blobs
from vfeed.store.clips import Clips
from vfeed.store.database import Database
from vfeed.store.events import Events
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.tables import Blob, new_id


class Voices:
    """Keeps and deletes recordings; whether there is a consent is the caller's to ask, see `Consents.require`."""

    def __init__(self, database: Database, keys: KeyStore, blobs: Blobs, clips: Clips, events: Events) -> None:
        self._database = database
        self._keys = keys
        self._blobs = blobs
        self._clips = clips
        self._events = events

    def keep(self, clip_id: str, actor: str, moment_id: str, sound: bytes, media_type: str) -> str:
        """Keep one recording about a moment; returns its id.

        Raises VfeedError `not_found` for no such clip, `invalid_input` for no such moment, `disk_full`.
        """
        voice_id = new_id()
        payload = {"voice_id": voice_id, "moment_id": moment_id}

        def within(session: Session) -> None:
            self._events.append_in(session, clip_id, actor, "voice_recorded", payload)

        with self._blobs.batch(clip_id) as batch:
            with batch.put(voice_role(voice_id), media_type) as out:
                out.write(sound)
            batch.commit(within)
        return voice_id

    def remove(self, clip_id: str, actor: str, voice_id: str) -> None:
        """Delete one recording for good; raises VfeedError `not_found` when it is not there."""
        with self._database.write() as session:
            if self._events.read_in(session, clip_id).state.parent.voice(voice_id) is None:
                raise VfeedError("not_found", _("There is no such recording."), hint=_("It was deleted before."))
            names = _erase(session, self._events, clip_id, actor, voice_id)
            self._keys.note([(Ended.VOICE, voice_id)])
        self._clips.remove_files(names)


def erase_voices(session: Session, events: Events, clip_id: str, actor: str) -> list[str]:
    """Delete every recording of a clip in the caller's transaction; returns the vault names to remove after it."""
    names: list[str] = []
    for voice in events.read_in(session, clip_id).state.parent.voices:
        names += _erase(session, events, clip_id, actor, voice.voice_id)
    return names


def _erase(session: Session, events: Events, clip_id: str, actor: str, voice_id: str) -> list[str]:
    events.append_in(session, clip_id, actor, "voice_removed", {"voice_id": voice_id})
    session.flush()
    here = (Blob.clip_id == clip_id, Blob.role == voice_role(voice_id))
    names = list(session.scalars(select(Blob.file_name).where(*here)))
    session.execute(delete(Blob).where(*here))
    return names
