"""What a family may take home: asked anew at every making and every opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.events import ReelMoment
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.sessions import SessionState
from vfeed.services.access import Actor, require
from vfeed.services.files import Files
from vfeed.services.moments import ShownMoment, ShownMoments
from vfeed.services.reels import Part, Reels
from vfeed.services.sessions import Sessions
from vfeed.store.reasons import seal_reason
from vfeed.store.store import Store
from vfeed.store.tables import Clip, TakeHomeLink
from vfeed.store.take_home import Offer, link_gone

# Both: what is taken home was shown in a session first.
NEEDED = ("session", "take_home")


@dataclass(frozen=True)
class Film:
    """A reel that is ready; `part` is its number where it has parts in several clips, from 1, else None."""

    clip_id: str
    reel_id: str
    title: str
    part: int | None = None


@dataclass(frozen=True)
class ExportBundle:
    """What may go home of a feedback session: its moments and films; `reason`: the first against what may not.

    Without a reason and without moments nothing was shown yet.
    """

    state: SessionState
    moments: tuple[ShownMoment, ...]
    films: tuple[Film, ...]
    reason: str = ""
    are_gone: bool = False
    """Whether films were shown and none of them is there any more."""

    def __bool__(self) -> bool:
        return bool(self.moments)

    def film(self, clip_id: str, reel_id: str) -> Film:
        """Return one film; raises VfeedError `not_found`."""
        for film in self.films:
            if (film.clip_id, film.reel_id) == (clip_id, reel_id):
                return film
        raise _not_here()

    def moment(self, moment_id: str) -> ShownMoment:
        """Return one moment; raises VfeedError `not_found`."""
        for moment in self.moments:
            if moment.moment_id == moment_id:
                return moment
        raise _not_here()


class TakeHome:
    """The use cases of what goes home."""

    def __init__(self, store: Store, reels: Reels, files: Files, moments: ShownMoments, sessions: Sessions) -> None:
        self._store = store
        self._reels = reels
        self._files = files
        self._moments = moments
        self._sessions = sessions

    def decide(self, clip_id: str) -> PermissionDecision:
        """Return whether moments of a clip may be taken home today, with the first reason against it."""
        refusals = (refused for use in NEEDED if not (refused := self._store.consents.decide(clip_id, use)))
        return next(refusals, PermissionDecision(True, ""))

    def read(self, actor: Actor, family_id: str, session_id: str) -> ExportBundle:
        """Return what of a feedback session may go home now; raises VfeedError as `Sessions.read`."""
        return self.bundle(family_id, self._sessions.read(actor, family_id, session_id).state)

    def bundle(self, family_id: str, state: SessionState) -> ExportBundle:
        """Return what of a session that the caller has opened may go home now."""
        clips = {clip.id: clip for clip in self._store.clips.for_family(family_id)}
        decisions = {each: self.decide(each) for each in dict.fromkeys(reel.clip_id for reel in state.reels)}
        allowed: dict[str, Clip] = {clip_id: clips[clip_id] for clip_id, found in decisions.items() if found}
        films: list[Film] = []
        for named in state.reels:
            reel = self._store.events.state(named.clip_id).reel(named.reel_id) if named.clip_id in allowed else None
            if reel is not None and self._files.is_made(named.clip_id, reel):
                before = sum(film.reel_id == reel.reel_id for film in films)
                films.append(Film(named.clip_id, named.reel_id, reel.title, before + 1 if reel.order else None))
        reason = next((found.reason for found in decisions.values() if not found), "")
        are_gone = bool(state.reels) and not any(each.clip_id in clips for each in state.reels)
        return ExportBundle(state, tuple(self._moments.of(state.reels, allowed)), tuple(films), reason, are_gone)

    def film_role(self, film: Film) -> str:
        """Return the file of a film of an export bundle, as it leaves vfeed."""
        return self._files.role_of(film.clip_id, self._reels.of(film.clip_id, film.reel_id))

    def film_content(self, film: Film) -> bytes:
        """Return all of that file."""
        return self._files.content(film.clip_id, self.film_role(film))

    def piece_of(self, moment: ShownMoment) -> ReelMoment:
        """Return a moment of an export bundle as its reel has it."""
        reel = self._reels.of(moment.clip_id, moment.reel_id)
        return next(each for each in reel.moments if each.moment_id == moment.moment_id)

    def plain_film(self, actor: Actor, clip_id: str, reel_id: str, reason: str, path: str) -> tuple[str, str]:
        """Return role and title of a reel's film as a plain file, and write down who took it out and why.

        Raises VfeedError `conflict` until it is made, `consent_missing`, and `invalid_input` without a reason.
        """
        part: Part = self._reels.one(actor, clip_id, reel_id)
        self._files.require_made([part])
        for use in NEEDED:
            self._store.consents.require(clip_id, use)
        if not reason:
            raise VfeedError(
                "invalid_input", _("Nobody has said why it leaves vfeed."), hint=_("Write a reason first.")
            )
        detail = {"path": path, "reason": seal_reason(self._store.keys, clip_id, reason)}
        self._store.audit.record(actor.name, "reel.exported", clip_id, detail)
        return self._files.role_of(clip_id, part.reel), part.reel.title

    def written_down(self, actor: Actor, family_id: str, session_id: str, what: str) -> None:
        """Write down that a locked file was made."""
        require(actor, "take_home.give")
        detail = {"session": session_id, "what": what}
        self._store.audit.record(actor.name, "take_home.file", family_id, detail)

    def offer(self, actor: Actor, session_id: str, days: int) -> Offer:
        """Make a link for so many days, for a session whose bundle the caller has read."""
        require(actor, "take_home.give")
        return self._store.take_home.offer(session_id, days, actor.name)

    def links(self, session_id: str) -> Sequence[TakeHomeLink]:
        """Return the links of a session that the caller has opened."""
        return self._store.take_home.for_session(session_id)

    def revoke(self, actor: Actor, family_id: str, session_id: str, link_id: str) -> None:
        """Close a link at once."""
        self._sessions.read(actor, family_id, session_id)
        self._store.take_home.revoke(session_id, link_id, actor.name)

    def behind(self, token: str) -> tuple[str, ExportBundle]:
        """Return a link's id and what it shows now.

        Raises VfeedError `not_found` when link or consent has ended: nobody learns which.
        """
        link, family_id = self._store.take_home.find(token)
        found = self.bundle(family_id, self._sessions.shared_part(link.session_id))
        if not found:
            raise link_gone()
        return link.id, found

    def unlock(self, token: str, passphrase: str) -> bool:
        """Return whether a passphrase opens a link; written down when it does."""
        return self._store.take_home.open(token, passphrase) is not None


def _not_here() -> VfeedError:
    return VfeedError("not_found", _("This is not here any more."), hint=_("Load the page again."))
