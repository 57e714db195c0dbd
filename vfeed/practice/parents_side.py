"""What the parent said and marked in a shared review, folded from its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vfeed.errors import VfeedError
from vfeed.practice.events import Moment, Payload, TalkMark, TalkMarkRemoved, VoiceNote, VoiceRemoved, Words


@dataclass(frozen=True)
class ParentsSide:
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

    def refuse_misfit(self, payload: Payload, moment: Moment | None) -> None:
        """Refuse a mark that does not fit; `moment` is the one it names.

        Raises VfeedError `invalid_input`.
        """
        match payload:
            case TalkMark():
                if moment is None or not moment.start_us <= payload.time_us < moment.end_us:
                    raise _refused("The mark lies outside its moment.", "Load the page and mark it again.")
                if self.talk_mark(payload.mark_id) is not None:
                    raise _refused("This is marked already.", "Take the mark away first.")
            case TalkMarkRemoved():
                if self.talk_mark(payload.mark_id) is None:
                    raise _refused("There is no such mark.", "It was taken away before.")
            case VoiceNote():
                if self.voice(payload.voice_id) is not None:
                    raise _refused("This recording is here already.", "Give a new one its own id.")
            case VoiceRemoved():
                if self.voice(payload.voice_id) is None:
                    raise _refused("There is no such recording.", "It was deleted before.")
            case _:
                pass


class ParentsDraft:
    """The parent's side under construction."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._talk_marks: dict[str, TalkMark] = {}
        self._voices: dict[str, VoiceNote] = {}

    def state(self) -> ParentsSide:
        """What holds after everything that was applied."""
        marks = sorted(self._talk_marks.values(), key=lambda mark: (mark.time_us, mark.mark_id))
        return ParentsSide(self._words, tuple(marks), tuple(self._voices.values()))

    def apply(self, payload: Payload) -> str | None:
        """Do what an event does; returns it in words, None when it is no event of the parent's."""
        match payload:
            case Words(text=""):
                self._words.pop(payload.moment_id, None)
                return "took out the parent's words"
            case Words():
                self._words[payload.moment_id] = payload.text
                return "wrote down the parent's words"
            case TalkMark():
                self._talk_marks[payload.mark_id] = payload
                return f"marked what the parent wants to talk about, at {_clock(payload.time_us)}"
            case TalkMarkRemoved():
                self._talk_marks.pop(payload.mark_id, None)
                return "took away a mark of the parent's"
            case VoiceNote():
                self._voices[payload.voice_id] = payload
                return "recorded what the parent said"
            case VoiceRemoved():
                self._voices.pop(payload.voice_id, None)
                return "deleted what the parent said"
            case _:
                return None


def _clock(time_us: int) -> str:
    minutes, seconds = divmod(time_us // 1_000_000, 60)
    return f"{minutes}:{seconds:02d}"


def _refused(message: str, hint: str) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint)
