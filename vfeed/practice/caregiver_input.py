"""What the parent said and marked in a shared review, folded from its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Payload
from vfeed.journal.journal import Entry
from vfeed.practice.events import Moment, TalkMark, TalkMarkRemoved, VoiceNote, VoiceRemoved, Words


def voice_role(voice_id: str) -> str:
    """Return the role under which a recording's sound lies in the vault."""
    return f"voice:{voice_id}"


@dataclass(frozen=True)
class CaregiverInput:
    """What holds now: words by moment, what the parent wants to talk about in the order of time, and what they said
    aloud in the order in which they said it.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    talk_marks: tuple[TalkMark, ...] = ()
    voices: tuple[VoiceNote, ...] = ()

    def talk_mark(self, mark_id: str) -> TalkMark | None:
        """The mark with this id, or None."""
        return next((mark for mark in self.talk_marks if mark.mark_id == mark_id), None)

    def voice(self, voice_id: str) -> VoiceNote | None:
        """The recording with this id, or None."""
        return next((voice for voice in self.voices if voice.voice_id == voice_id), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "words": dict(self.words),
            "talk_marks": [mark.model_dump() for mark in self.talk_marks],
            "voices": [voice.model_dump() for voice in self.voices],
        }

    def apply(self, payload: Payload) -> CaregiverInput:
        """Return the parent's side after an event; itself for an event that is none of the parent's."""
        match payload:
            case Words():
                words = {name: text for name, text in self.words.items() if name != payload.moment_id}
                return replace(self, words=words | ({payload.moment_id: payload.text} if payload.text else {}))
            case TalkMark():
                marks = [*(mark for mark in self.talk_marks if mark.mark_id != payload.mark_id), payload]
                return replace(self, talk_marks=tuple(sorted(marks, key=lambda mark: (mark.time_us, mark.mark_id))))
            case TalkMarkRemoved():
                rest = tuple(mark for mark in self.talk_marks if mark.mark_id != payload.mark_id)
                return replace(self, talk_marks=rest)
            case VoiceNote():
                return replace(self, voices=(*self.voices, payload))
            case VoiceRemoved():
                return replace(self, voices=tuple(v for v in self.voices if v.voice_id != payload.voice_id))
            case _:
                return self

    def describe(self, type_: str, payload: Payload) -> Entry | None:
        """Return what an event does; None when it is none of the parent's."""
        match payload:
            case Words():
                return Entry("words_written" if payload.text else "words_removed", about=payload.moment_id)
            case TalkMark():
                return Entry(type_, {"time_us": payload.time_us}, payload.moment_id)
            case VoiceNote():
                return Entry(type_, about=payload.moment_id)
            case TalkMarkRemoved() | VoiceRemoved():
                return Entry(type_)
            case _:
                return None

    def refuse_misfit(self, payload: Payload, moment: Moment | None) -> None:
        """Refuse a mark that does not fit; `moment` is the one it names.

        Raises VfeedError `invalid_input`.
        """
        match payload:
            case TalkMark():
                if moment is None or not moment.start_us <= payload.time_us < moment.end_us:
                    raise _refused(_("The mark lies outside its moment."), _("Load the page and mark it again."))
                if self.talk_mark(payload.mark_id) is not None:
                    raise _refused(_("This is marked already."), _("Take the mark away first."))
            case TalkMarkRemoved():
                if self.talk_mark(payload.mark_id) is None:
                    raise _refused(_("There is no such mark."), _("It was taken away before."))
            case VoiceNote():
                if self.voice(payload.voice_id) is not None:
                    raise _refused(_("This recording is here already."), _("Give a new one its own id."))
            case VoiceRemoved():
                if self.voice(payload.voice_id) is None:
                    raise _refused(_("There is no such recording."), _("It was deleted before."))
            case _:
                pass


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)
