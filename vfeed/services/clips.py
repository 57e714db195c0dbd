"""Clips: renamed, erased, and what a clip's page shows beside its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vfeed.analysis.version import seen_otherwise
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.turned import QUARTERS
from vfeed.practice.consent import USES
from vfeed.practice.review import ReviewState
from vfeed.services.access import FAMILY_WORK, Access, Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Job


@dataclass(frozen=True)
class ClipPage:
    """What a clip's page shows: what was said and decided, whether it was analysed, and so that it would be seen
    otherwise today.
    """

    state: ReviewState
    analysed: bool
    seen_otherwise: bool


@dataclass(frozen=True)
class Turning:
    """How a film stands, quarter turns clockwise from what the camera noted, and what turning it touches.

    `people_said`: who is who was said by where the faces are. `shared`: a copy in which something is hidden is open to
    a supervisor, and places hidden by hand in it would fit no more.
    """

    clip: Clip
    quarters: int
    reels: int
    people_said: bool
    shared: bool


class ClipWork:
    """The use cases of clips; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def page(self, clip_id: str) -> ClipPage:
        """Return what the page of a clip shows, which the caller has opened."""
        latest = self._store.analyses.latest(clip_id)
        seen_anew = latest is not None and seen_otherwise(latest.version)
        return ClipPage(self._store.events.state(clip_id), latest is not None, seen_anew)

    def state(self, clip_id: str) -> ReviewState:
        """Return what was said and decided of a clip that the caller has opened."""
        return self._store.events.state(clip_id)

    def for_research(self, actor: Actor) -> list[tuple[Clip, bool]]:
        """Return the clips whose families have agreed to research, each with whether it is analysed.

        They come in the order of their ids, which tells of no family.
        """
        require(actor, "research.view")
        clips = self._store.consents.open_to("research") if "research" in actor.uses else []
        analysed = self._store.analyses.made_of([clip.id for clip in clips])
        return [(clip, clip.id in analysed) for clip in sorted(clips, key=lambda clip: clip.id)]

    def agreed(self, clip_id: str) -> Mapping[str, bool]:
        """Return for each use whether everybody in a clip, which the caller has opened, has agreed to it."""
        return {use: self._store.consents.decide(clip_id, use).allowed for use in USES}

    def files(self, clip_id: str) -> Sequence[str]:
        """Return the roles of what is kept of a clip that the caller has opened."""
        return [blob.role for blob in self._store.blobs.list(clip_id)]

    def rename(self, actor: Actor, clip_id: str, title: str) -> Clip:
        """Give a clip another name; raises VfeedError `invalid_input` for none."""
        self._access.open_clip(actor, clip_id, among=FAMILY_WORK)
        self._store.clips.rename(clip_id, title, actor.name)
        return self._store.clips.get(clip_id)

    def turning(self, actor: Actor, clip_id: str) -> Turning:
        """Return how a film stands and what turning it touches."""
        clip = self._access.open_clip(actor, clip_id)
        state = self._store.events.state(clip_id)
        quarters = clip.film.turned_quarters
        return Turning(clip, quarters, len(state.reels), bool(state.overrides.people), self._is_shared(clip))

    def turn(self, actor: Actor, clip_id: str, quarters: int) -> None:
        """Turn a film by so many quarters clockwise from what the camera noted, and have all made of it anew.

        Decisions stay, being times. Who is who, where it was said by places in the frame, is left open again. Raises
        VfeedError `invalid_input` for another number than 0 to 3, `conflict` while the film is being worked on or a
        copy of it is shared in which something is hidden.
        """
        now = self.turning(actor, clip_id)
        if quarters not in QUARTERS:
            raise VfeedError("invalid_input", _("A film cannot be turned like that."), hint=_("Choose a picture."))
        if now.shared:
            raise VfeedError(
                "conflict",
                _("A copy of this film, in which something is hidden, is shared for supervision."),
                hint=_("Stop the sharing, turn the film, and share it anew."),
            )
        if quarters == now.quarters:
            return
        with self._store.database.write() as session:
            state = self._store.events.read_in(session, clip_id).state
            reels = [reel.reel_id for reel in state.reels]
            files = self._store.clips.turn_in(session, clip_id, quarters, reels, actor.name)
            if state.overrides.people:
                self._store.events.append_in(session, clip_id, actor.name, "people_named", {})
        self._store.clips.remove_files(files)

    def _is_shared(self, clip: Clip) -> bool:
        terms = [self._store.shares.get(each).terms for each in self._store.shares.of_family(clip.family_id)]
        return any(
            each.needs_copies
            and each.revoked_at is None
            and each.last_day >= date.today()
            and any(film.clip_id == clip.id for film in each.films)
            for each in terms
        )

    def to_erase(self, actor: Actor, clip_id: str) -> Clip:
        """Return a clip that is to be erased; needs no consent, for it ends the keeping."""
        require(actor, "clip.erase")
        return self._store.clips.get(clip_id)

    def erase(self, actor: Actor, clip_id: str) -> None:
        """Destroy the clip's key, and with it all that was made from it."""
        require(actor, "clip.erase")
        self._store.clips.erase(clip_id, actor.name)

    def jobs(self, clip_id: str) -> Sequence[Job]:
        """Return the jobs of a clip that the caller has opened, oldest first."""
        return self._store.jobs.for_clip(clip_id)

    def open_job(self, actor: Actor, job_id: str) -> None:
        """Raise VfeedError unless the actor may open the clip that a job works on."""
        self._access.open_clip(actor, self._store.jobs.get(job_id).clip_id)
