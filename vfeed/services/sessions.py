"""Records of shared reviews: begun, written up by workers together, each worker's own log for its writer alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import AvailableUndo, Folded, HistoryEntry
from vfeed.practice.sessions import OWN_LOG, SessionState, ShownReel
from vfeed.services.access import Access, Actor, require
from vfeed.services.reels import Part, Reels
from vfeed.store.store import Store
from vfeed.store.tables import Clip, FeedbackSession


@dataclass(frozen=True)
class Record:
    """A record as its reader may see it; `has_log`: the log in it is the reader's own, else it is left out."""

    session: FeedbackSession
    has_log: bool
    last_id: int
    state: SessionState
    available_undo: AvailableUndo
    history: Sequence[HistoryEntry]


@dataclass(frozen=True)
class Agreed:
    """What parent and worker wanted to find out, and what the parent would like to try next."""

    question: str
    next_step: str


@dataclass(frozen=True)
class RecordAnswer:
    """A step that was added: its number, and the record before and after it as its reader may see it."""

    event_id: int
    before: SessionState
    after: SessionState
    available_undo: AvailableUndo


class Sessions:
    """The use cases of shared reviews; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access, reels: Reels) -> None:
        self._store = store
        self._access = access
        self._reels = reels

    def begin(
        self, actor: Actor, family_id: str, visit_id: str | None, reels: Sequence[ShownReel] = ()
    ) -> FeedbackSession:
        """Begin a record of today; raises VfeedError `invalid_input` for another family's visit or reel."""
        self._open(actor, family_id)
        return self._store.sessions.begin(family_id, visit_id, actor.name, held_on=date.today(), reels=reels)

    def read(self, actor: Actor, family_id: str, session_id: str) -> Record:
        """Return a record with its history."""
        self._open(actor, family_id)
        found = self._store.sessions.get(family_id, session_id)
        folded = self._store.sessions.read(session_id)
        state = _as_read(found, actor, folded.state)
        return Record(found, _is_own(found, actor), folded.last_id, state, folded.available_undo, folded.history())

    def of_family(self, actor: Actor, family_id: str) -> Sequence[tuple[FeedbackSession, SessionState]]:
        """Return a family's records with what holds for each, oldest first."""
        self._open(actor, family_id)
        found = self._store.sessions.for_family(family_id)
        return [(row, _as_read(row, actor, state)) for row, state in found]

    def showing(self, clip: Clip, reel_id: str) -> FeedbackSession | None:
        """Return the latest record that names a reel, or None; for callers who have opened the clip."""
        return self._store.sessions.showing(clip.family_id, ShownReel(clip_id=clip.id, reel_id=reel_id))

    def of_reel(self, actor: Actor, clip_id: str, reel_id: str) -> FeedbackSession:
        """Return the record of a reel's shared review, begun now where there is none."""
        clip = self._store.clips.get(clip_id)
        found = self.showing(clip, reel_id)
        if found:
            return found
        parts: Sequence[Part] = self._reels.parts(actor, clip, self._reels.of(clip_id, reel_id))
        shown = [ShownReel(clip_id=part.clip.id, reel_id=reel_id) for part in parts]
        return self.begin(actor, clip.family_id, clip.visit_id, shown)

    def agreed_on(self, clip_id: str, reel_id: str) -> Agreed:
        """Return what parent and worker agreed on: of the record, else of the visit; for the parent's own room."""
        clip = self._store.clips.get(clip_id)
        if found := self.showing(clip, reel_id):
            words = self._store.sessions.state(found.id).words
            return Agreed(words.get("helping_question", ""), words.get("working_point", ""))
        return Agreed(self._store.families.visit(clip.visit_id).helping_question if clip.visit_id else "", "")

    def destroyed(self, family_id: str, state: SessionState) -> frozenset[str]:
        """Return which clips of a record that the caller has opened are not there any more."""
        there = {clip.id for clip in self._store.clips.for_family(family_id)}
        return frozenset(reel.clip_id for reel in state.reels) - there

    def films(self, actor: Actor, family_id: str, session_id: str) -> list[Clip]:
        """Return the films of the shared review itself, whether they open or not."""
        self._open(actor, family_id)
        return [each for each in self._store.clips.session_films(family_id) if each.session_id == session_id]

    def append(
        self,
        actor: Actor,
        family_id: str,
        session_id: str,
        type_: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> RecordAnswer:
        """Add one step; `expect` is the step that set this part last as the writer saw it.

        Raises VfeedError `invalid_input`, `conflict` when somebody was quicker, `forbidden` for a colleague's log.
        """
        self._open(actor, family_id)
        found = self._store.sessions.get(family_id, session_id)
        if payload.get("name") == OWN_LOG and not _is_own(found, actor):
            raise _anothers_log()
        added = self._store.sessions.append(family_id, session_id, actor.name, type_, payload, expect)
        return _answer(found, actor, added.event.id, added.before, added.after)

    def take_back(self, actor: Actor, family_id: str, session_id: str, *, redo: bool = False) -> RecordAnswer:
        """Take the last step back, or do it again; raises VfeedError as `append`."""
        self._open(actor, family_id)
        found = self._store.sessions.get(family_id, session_id)
        offered = self._store.sessions.read(session_id).available_undo
        step = offered.redo if redo else offered.undo
        if step is not None and step.entry.about == OWN_LOG and not _is_own(found, actor):
            raise _anothers_log()
        added = self._store.sessions.take_back(family_id, session_id, actor.name, redo=redo)
        return _answer(found, actor, added.event.id, added.before, added.after)

    def shared_part(self, session_id: str) -> SessionState:
        """Return a record without anybody's log, for callers who have opened what it is shown in."""
        return _without_log(self._store.sessions.state(session_id))

    def may_be_filmed(self, family_id: str) -> bool:
        """Return whether everyone in a family has agreed to the filming of shared reviews."""
        return self._access.everyone_agrees(family_id, "session_film")

    def require_may_be_filmed(self, family_id: str, session_id: str) -> None:
        """Raise VfeedError `not_found` or `consent_missing` unless a film of this shared review may be kept."""
        self._store.sessions.get(family_id, session_id)
        if not self.may_be_filmed(family_id):
            raise VfeedError(
                "consent_missing",
                _("Not everyone in the family has agreed to the filming of the shared review."),
                hint=_("Ask the family, then write the consent down on the family’s page."),
            )

    def _open(self, actor: Actor, family_id: str) -> None:
        require(actor, "session.keep")
        self._access.open_family(actor, family_id)


def _is_own(found: FeedbackSession, actor: Actor) -> bool:
    return found.created_by == actor.name


def _as_read(found: FeedbackSession, actor: Actor, state: SessionState) -> SessionState:
    return state if _is_own(found, actor) else _without_log(state)


def _without_log(state: SessionState) -> SessionState:
    return replace(state, words={name: text for name, text in state.words.items() if name != OWN_LOG})


def _answer(
    found: FeedbackSession, actor: Actor, event_id: int, before: Folded[SessionState], after: Folded[SessionState]
) -> RecordAnswer:
    states = _as_read(found, actor, before.state), _as_read(found, actor, after.state)
    return RecordAnswer(event_id, *states, after.available_undo)


def _anothers_log() -> VfeedError:
    return VfeedError(
        "forbidden",
        _("This log is your colleague’s own."),
        hint=_("Write what you both need under the other headings."),
    )
