"""Whom the analysis follows in a clip, in the light of what a person said: who there is, their heads and stills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vfeed.analysis.display import head_boxes
from vfeed.analysis.gaze_overlay import gaze_lines
from vfeed.analysis.people import Person, people_among
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.candidates import Candidate
from vfeed.dyad.people import Roles, find_roles
from vfeed.dyad.person_labels import found_again
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.isolated_process import frame_isolated
from vfeed.perception.metrics import Metrics
from vfeed.practice.overrides import ManualOverrides
from vfeed.services.access import Access, Actor
from vfeed.services.face_pictures import BothPeople, Box, FacePicture, both, pair_of, pair_role, portrait_of
from vfeed.services.files import JPEG
from vfeed.services.offers import MetricsOutdated, Offers
from vfeed.store.store import Store

RECOMPUTED = 32

GazeLine = tuple[float, float, float, bool]


@dataclass(frozen=True)
class FoundPeople:
    """Everybody who is followed; the numbers hold for this analysis alone (None: there is none yet)."""

    analysis_id: str | None
    people: Sequence[Person]


class Faces:
    """The use cases of who is who; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access, offers: Offers) -> None:
        self._store = store
        self._access = access
        self._offers = offers
        self._found = lru_cache(maxsize=RECOMPUTED)(self._people_found)

    def people(self, actor: Actor, clip_id: str) -> FoundPeople:
        """Return everybody to choose from, with what each is taken for."""
        self._access.open_clip(actor, clip_id)
        analysis_id = self._store.analyses.latest_id(clip_id)
        if analysis_id is None:
            return FoundPeople(None, ())
        return FoundPeople(analysis_id, self._people(analysis_id, clip_id, self._overrides(clip_id)))

    def portrait(self, actor: Actor, clip_id: str, number: int) -> str | None:
        """Return the role of the clearest sighting of somebody, None while it is not made.

        Raises VfeedError `not_found` for a number that nobody has.
        """
        return self._if_made(clip_id, self._portrait(actor, clip_id, number).role)

    def make_portrait(self, actor: Actor, clip_id: str, number: int) -> None:
        """Make and keep that picture, unless it is there; raises VfeedError `not_found` likewise."""
        self._make(clip_id, self._portrait(actor, clip_id, number))

    def heads(self, actor: Actor, clip_id: str) -> BothPeople[Box]:
        """Return the boxes of both heads, shares of the frame's width and height; `not_found` before an analysis."""
        self._access.open_clip(actor, clip_id)
        return self._heads(clip_id, self._overrides(clip_id))

    def gaze_lines(self, actor: Actor, clip_id: str) -> BothPeople[GazeLine]:
        """Return where each of the two looks; nothing where gaze is said to mean little, or was not kept."""
        self._access.open_clip(actor, clip_id)
        state = self._store.events.state(clip_id)
        nothing: BothPeople[GazeLine] = BothPeople((), (), ())
        if not state.gaze_flags.meaningful or not self._store.blobs.has(clip_id, "metrics"):
            return nothing
        try:
            metrics = self._offers.metrics(clip_id)
        except MetricsOutdated:
            return nothing
        return both(gaze_lines(metrics, roles_by(metrics, state.overrides)))

    def pair(self, actor: Actor, clip_id: str, candidate_id: str) -> str | None:
        """Return the role of infant left and parent right at the middle of a candidate, None while it is not made.

        A face that cannot be seen is grey. Raises VfeedError `not_found` for no such candidate.
        """
        candidate, overrides = self._candidate(actor, clip_id, candidate_id)
        return self._if_made(clip_id, pair_role(candidate.id, overrides))

    def make_pair(self, actor: Actor, clip_id: str, candidate_id: str) -> None:
        """Make and keep that picture, unless it is there; raises VfeedError `not_found` likewise."""
        candidate, overrides = self._candidate(actor, clip_id, candidate_id)
        self._make(clip_id, pair_of(candidate, self._heads(clip_id, overrides), overrides))

    def _candidate(self, actor: Actor, clip_id: str, candidate_id: str) -> tuple[Candidate, ManualOverrides]:
        self._access.open_clip(actor, clip_id)
        state = self._store.events.state(clip_id)
        offer = self._offers.after(clip_id, state)
        candidate = next((each for each in offer.candidates if each.id == candidate_id), None)
        if candidate is None:
            raise VfeedError("not_found", _("There is no such candidate."), hint=_("Load the film’s page again."))
        return candidate, state.overrides

    def _portrait(self, actor: Actor, clip_id: str, number: int) -> FacePicture:
        self._access.open_clip(actor, clip_id)
        analysis_id = self._store.analyses.latest_id(clip_id)
        people = self._people(analysis_id, clip_id, ManualOverrides()) if analysis_id is not None else ()
        person = next((each for each in people if each.number == number), None)
        if person is None or analysis_id is None:
            raise VfeedError(
                "not_found", _("There is no such person in this film."), hint=_("Load the film’s page again.")
            )
        return portrait_of(person, analysis_id)

    def _if_made(self, clip_id: str, role: str) -> str | None:
        return role if self._store.blobs.has(clip_id, role) else None

    def _make(self, clip_id: str, picture: FacePicture) -> None:
        if self._if_made(clip_id, picture.role):
            return
        with self._store.blobs.open(clip_id, "original") as file:
            image = frame_isolated(file, picture.time_us)
            with self._store.blobs.put(clip_id, picture.role, JPEG, cut_from=file) as out:
                out.write(picture.cut(image))

    def _overrides(self, clip_id: str) -> ManualOverrides:
        return self._store.events.state(clip_id).overrides

    def _heads(self, clip_id: str, overrides: ManualOverrides) -> BothPeople[Box]:
        if overrides.moves_people:
            metrics = self._offers.metrics(clip_id)
            return both(head_boxes(metrics, roles_by(metrics, overrides)))
        heads: BothPeople[Box] = both(json.loads(self._store.blobs.read(clip_id, "heads")))
        return BothPeople(heads.time_us, heads.parent, heads.infant) if overrides.swapped else heads

    def _people(self, analysis_id: str, clip_id: str, overrides: ManualOverrides) -> Sequence[Person]:
        if not self._store.blobs.has(clip_id, "metrics"):
            # The film was turned: where people were seen says nothing until it is looked at again.
            raise MetricsOutdated
        return self._found(analysis_id, clip_id, overrides)

    def _people_found(self, _analysis_id: str, clip_id: str, overrides: ManualOverrides) -> Sequence[Person]:
        metrics = self._offers.metrics(clip_id)
        return people_among(metrics, roles_by(metrics, overrides))


def roles_by(metrics: Metrics, overrides: ManualOverrides) -> Roles:
    """Return who is infant and who parent, without the rest of the analysis."""
    at_camera = overrides.setup is CameraSetup.CAREGIVER_AT_CAMERA
    named = found_again(metrics, overrides.named)
    return find_roles(metrics, swap=overrides.swapped, named=named, caregiver_at_camera=at_camera)
