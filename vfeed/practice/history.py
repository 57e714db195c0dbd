"""What was done with a clip, step by step, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vfeed.practice.events import (
    CandidateDecision,
    Event,
    Moment,
    MomentOpened,
    MomentRemoved,
    Payload,
    Still,
    StillRemoved,
    TalkMark,
    Undone,
    VoiceNote,
    Words,
)
from vfeed.practice.library import Library
from vfeed.practice.review import Draft, Original, standing


@dataclass(frozen=True)
class Told:
    """An event in words. `about` is the candidate or moment it concerns; `stands` is false once it was taken back."""

    event_id: int
    label: str
    about: str | None
    stands: bool


def history(
    events: Sequence[Event], originals: Mapping[str, Original] | None = None, library: Library | None = None
) -> list[Told]:
    """Every event in words, in order, each told as things stood when it was done."""
    stands = {event.id for event in standing(events)}
    types = {event.id: event.type for event in events}
    steps: dict[int, tuple[str, str | None]] = {}
    draft = Draft(originals or {}, library)
    told = []
    for count, event in enumerate(events, start=1):
        if isinstance(event.payload, Undone):
            target = event.payload.event_id
            step, about = steps[target]
            label = f"{'did again' if types[target] == 'undone' else 'took back'}: {step}"
            draft = _after(events[:count], originals, library)
        else:
            step = label = draft.apply(event)
            about = _about(event.payload)
        steps[event.id] = (step, about)
        told.append(Told(event.id, label, about, event.id in stands))
    return told


def _after(events: Sequence[Event], originals: Mapping[str, Original] | None, library: Library | None) -> Draft:
    draft = Draft(originals or {}, library)
    for event in standing(events):
        draft.apply(event)
    return draft


def _about(payload: Payload) -> str | None:
    match payload:
        case CandidateDecision():
            return payload.candidate_id
        case Moment() | MomentOpened() | MomentRemoved() | Words() | TalkMark() | VoiceNote():
            return payload.moment_id
        case Still() | StillRemoved():
            return payload.still_id
        case _:
            return None
