"""The parent's room: a reel on show, what the parent says, marks and wants to try; nothing else of clip or family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.voice_recording import voice_type
from vfeed.practice.events import Moment, TalkMark, VoiceNote
from vfeed.practice.protocol import Code
from vfeed.practice.reel_places import Place, place_of, places_of
from vfeed.services.access import Access, Actor
from vfeed.services.files import Files
from vfeed.services.reels import Part, Reels, Shown
from vfeed.services.sessions import Sessions
from vfeed.store.store import Store

SHOWN_FOR = frozenset({"session"})


@dataclass(frozen=True)
class RoomMoment:
    """A chosen moment in the room: its place in the film of its part, what it is about, and what the parent said.

    `recorded`: everybody has agreed that voices are recorded; without that none is played, only deleted. `tagged` is
    the moment of the review; its note is for the worker's own pages alone.
    """

    part: Part
    place: Place
    tagged: Moment | None
    code: Code | None
    words: str
    recorded: bool
    voices: Sequence[VoiceNote]
    talk: Sequence[TalkMark]

    @property
    def sentence(self) -> str:
        """The sentence for the parent: the worker's own, else the code's; empty for none."""
        return (self.tagged.parent_words if self.tagged else "") or (self.code.parent_words if self.code else "")


class ParentsRoom:
    """The use cases of the room; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access, reels: Reels, files: Files, sessions: Sessions) -> None:
        self._store = store
        self._access = access
        self._reels = reels
        self._files = files
        self._sessions = sessions

    def parts(self, actor: Actor, clip_id: str, reel_id: str) -> list[Part]:
        """Return the reel's parts, of this clip and of others, that may be shown in a session."""
        return self._reels.open(actor, clip_id, reel_id, among=SHOWN_FOR)

    def moments(self, shown: Sequence[Shown]) -> list[RoomMoment]:
        """Return moments of parts that the caller has opened, as the room knows them."""
        library = self._store.packs.known()
        found = []
        for each in shown:
            clip_id, moment_id = each.part.clip.id, each.moment.moment_id
            state = self._store.events.state(clip_id)
            tagged = state.moment(moment_id)
            found.append(
                RoomMoment(
                    each.part,
                    places_of(each.part.reel)[each.number],
                    tagged,
                    library.code(tagged.code_ref) if tagged else None,
                    state.words.get(moment_id, ""),
                    self.may_record(clip_id),
                    tuple(voice for voice in state.parent.voices if voice.moment_id == moment_id),
                    tuple(mark for mark in state.parent.talk_marks if mark.moment_id == moment_id),
                )
            )
        return found

    def may_record(self, clip_id: str) -> bool:
        """Return whether everybody has agreed that voices are recorded; without that none is recorded or played."""
        return self._store.consents.decide(clip_id, "voice").allowed

    def hand_over(self, actor: Actor, clip_id: str, reel_id: str) -> list[Part]:
        """Write down that the reel is on show; raises VfeedError `conflict` until its film is made."""
        parts = self.parts(actor, clip_id, reel_id)
        self._files.require_made(parts)
        steps = [(part.clip.id, "review_started", {"reel_id": reel_id}) for part in parts]
        self._store.events.append_all(steps, actor.name)
        return parts

    def stop(self, actor: Actor, clip_ids: Sequence[str], reel_id: str) -> None:
        """Write down that the reel is on show no more, in each clip of which it showed something."""
        states = self._store.events.states(clip_ids).items()
        showing = [each for each, state in states if state.reviewing == reel_id]
        self._store.events.append_all([(each, "review_stopped", {"reel_id": reel_id}) for each in showing], actor.name)

    def keep_words(self, actor: Actor, clip_id: str, reel_id: str, moment_id: str, text: str) -> str:
        """Keep the parent's words about a moment of this reel; returns them as kept."""
        place_of(self._part(actor, clip_id, reel_id).reel, moment_id)
        payload = {"moment_id": moment_id, "text": text}
        added = self._store.events.append(clip_id, actor.name, "words_written", payload)
        return added.after.state.words.get(moment_id, "")

    def mark(self, actor: Actor, clip_id: str, reel_id: str, moment_id: str, mark_id: str, at_us: int | None) -> None:
        """Mark a place to talk about, `at_us` in the reel's film; None: the beginning of the moment."""
        place = place_of(self._part(actor, clip_id, reel_id).reel, moment_id)
        time_us = place.clip_us(place.start_us if at_us is None else at_us)
        payload = {"mark_id": mark_id, "moment_id": moment_id, "time_us": time_us}
        self._store.events.append(clip_id, actor.name, "talk_marked", payload)

    def unmark(self, actor: Actor, clip_id: str, reel_id: str, mark_id: str) -> None:
        """Take such a mark away; raises VfeedError `invalid_input` for one that is not there."""
        self._part(actor, clip_id, reel_id)
        self._store.events.append(clip_id, actor.name, "talk_unmarked", {"mark_id": mark_id})

    def try_next(self, actor: Actor, clip_id: str, reel_id: str, text: str) -> None:
        """Keep what the parent would like to try next, in the record of the shared review."""
        clip = self._part(actor, clip_id, reel_id).clip
        if text != self._sessions.agreed_on(clip_id, reel_id).next_step:
            record = self._sessions.of_reel(actor, clip_id, reel_id)
            payload = {"name": "working_point", "text": text}
            self._sessions.append(actor, clip.family_id, record.id, "words_set", payload)

    def keep_voice(self, actor: Actor, clip_id: str, reel_id: str, moment_id: str, sound: Callable[[], bytes]) -> str:
        """Keep what the parent said aloud, where everybody has agreed to that; returns its id. `sound` is asked for
        only then.

        Raises VfeedError `consent_missing`, and `invalid_input` for what is no recording.
        """
        place_of(self._part(actor, clip_id, reel_id).reel, moment_id)
        self._store.consents.require(clip_id, "voice")
        said = sound()
        return self._store.voices.keep(clip_id, actor.name, moment_id, said, voice_type(said))

    def remove_voice(self, actor: Actor, clip_id: str, reel_id: str, voice_id: str) -> None:
        """Delete a recording for good; needs no consent to recordings, for it ends the keeping."""
        self._part(actor, clip_id, reel_id)
        self._store.voices.remove(clip_id, actor.name, voice_id)

    def hear(self, actor: Actor, clip_id: str, reel_id: str, voice_id: str) -> None:
        """Raise VfeedError unless the actor may listen to this recording about a moment of this reel."""
        reel = self._reels.one(actor, clip_id, reel_id).reel
        said = self._store.events.state(clip_id).parent.voice(voice_id)
        if said is None or said.moment_id not in {each.moment_id for each in reel.moments}:
            raise VfeedError("not_found", _("There is no such recording."), hint=_("Load the page again."))
        self._store.consents.require(clip_id, "voice")

    def _part(self, actor: Actor, clip_id: str, reel_id: str) -> Part:
        return self._reels.one(actor, clip_id, reel_id, among=SHOWN_FOR)
