"""Whom the analysis follows in a clip, in the light of what a person said: who there is, their heads and stills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np

from vfeed.analysis.display import head_boxes
from vfeed.analysis.gaze_overlay import gaze_lines
from vfeed.analysis.people import Person, people_among
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.people import Roles, find_roles
from vfeed.dyad.person_labels import found_again
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.isolated_process import frame_isolated
from vfeed.media.stills import jpeg, square_around
from vfeed.perception.metrics import Metrics
from vfeed.practice.overrides import ManualOverrides
from vfeed.services.access import Access, Actor
from vfeed.services.offers import MetricsOutdated, Offers
from vfeed.store.store import Store

PAIR_SIDE_PX = 160
# How much of the frame around a head's box is shown, as a share of the box.
PAIR_MARGIN = 0.35
PERSON_SIDE_PX = 320
# More than as much again as the face is shown around it, to know somebody by hair, clothes and place.
PERSON_MARGIN = 1.4
# A box this far from the candidate's middle no longer shows the same moment.
NEAR_US = 1_000_000
RECOMPUTED = 32

Box = tuple[float, float, float, float]
GazeLine = tuple[float, float, float, bool]
T = TypeVar("T")


@dataclass(frozen=True)
class BothPeople(Generic[T]):
    """Something about infant and parent at each analysed frame (`time_us`, microseconds); None: cannot be told."""

    time_us: Sequence[int]
    infant: Sequence[T | None]
    parent: Sequence[T | None]


@dataclass(frozen=True)
class FoundPeople:
    """Everybody who is followed; the numbers hold for this analysis alone (None: there is none yet)."""

    analysis_id: str | None
    people: Sequence[Person]


@dataclass(frozen=True)
class Portrait:
    """A JPEG image, and a name that it keeps as long as it stays the same."""

    name: str
    jpeg: bytes


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
        return FoundPeople(analysis_id, self._found(analysis_id, clip_id, self._overrides(clip_id)))

    def portrait(self, actor: Actor, clip_id: str, number: int) -> Portrait:
        """Return the clearest sighting of somebody, kept once it is made; `not_found` for a number that nobody has."""
        self._access.open_clip(actor, clip_id)
        analysis_id = self._store.analyses.latest_id(clip_id)
        people = self._found(analysis_id, clip_id, ManualOverrides()) if analysis_id is not None else ()
        person = next((each for each in people if each.number == number), None)
        if person is None:
            raise VfeedError(
                "not_found", _("There is no such person in this film."), hint=_("Load the film’s page again.")
            )
        role = f"person:{analysis_id}:{number}"
        if not self._store.blobs.has(clip_id, role):
            clearest = person.seen[0]
            with self._store.blobs.open(clip_id, "original") as file:
                image = frame_isolated(file, clearest.time_us)
            self._keep(clip_id, role, jpeg(square_around(image, clearest.box, PERSON_SIDE_PX, PERSON_MARGIN)))
        return Portrait(role, self._store.blobs.read(clip_id, role))

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
        return _both(gaze_lines(metrics, roles_by(metrics, state.overrides)))

    def pair(self, actor: Actor, clip_id: str, candidate_id: str) -> Portrait:
        """Return infant left and parent right at the middle of a candidate, grey where a face cannot be seen.

        Kept in the vault once it is made. Raises VfeedError `not_found` for no such candidate.
        """
        self._access.open_clip(actor, clip_id)
        state = self._store.events.state(clip_id)
        name = f"pair-{clip_id}-{candidate_id}-{state.overrides.key}"
        role = f"facepair:{candidate_id}:{state.overrides.key}"
        if not self._store.blobs.has(clip_id, role):
            offer = self._offers.after(clip_id, state)
            candidate = next((each for each in offer.candidates if each.id == candidate_id), None)
            if candidate is None:
                raise VfeedError("not_found", _("There is no such candidate."), hint=_("Load the film’s page again."))
            heads = self._heads(clip_id, state.overrides)
            frame = best_frame(heads, candidate.interval.start_us, candidate.interval.end_us)
            with self._store.blobs.open(clip_id, "original") as file:
                image = frame_isolated(file, heads.time_us[frame])
            boxes = (heads.infant[frame], heads.parent[frame])
            halves = [square_around(image, box, PAIR_SIDE_PX, PAIR_MARGIN) for box in boxes]
            self._keep(clip_id, role, jpeg(np.hstack(halves)))
        return Portrait(name, self._store.blobs.read(clip_id, role))

    def _overrides(self, clip_id: str) -> ManualOverrides:
        return self._store.events.state(clip_id).overrides

    def _heads(self, clip_id: str, overrides: ManualOverrides) -> BothPeople[Box]:
        if overrides.moves_people:
            metrics = self._offers.metrics(clip_id)
            return _both(head_boxes(metrics, roles_by(metrics, overrides)))
        heads: BothPeople[Box] = _both(json.loads(self._store.blobs.read(clip_id, "heads")))
        return BothPeople(heads.time_us, heads.parent, heads.infant) if overrides.swapped else heads

    def _people_found(self, _analysis_id: str, clip_id: str, overrides: ManualOverrides) -> Sequence[Person]:
        metrics = self._offers.metrics(clip_id)
        return people_among(metrics, roles_by(metrics, overrides))

    def _keep(self, clip_id: str, role: str, jpeg: bytes) -> None:
        with self._store.blobs.put(clip_id, role, "image/jpeg") as out:
            out.write(jpeg)


def roles_by(metrics: Metrics, overrides: ManualOverrides) -> Roles:
    """Return who is infant and who parent, without the rest of the analysis."""
    at_camera = overrides.setup is CameraSetup.CAREGIVER_AT_CAMERA
    named = found_again(metrics, overrides.named)
    return find_roles(metrics, swap=overrides.swapped, named=named, caregiver_at_camera=at_camera)


def best_frame(heads: BothPeople[Box], start_us: int, end_us: int) -> int:
    """Return the number of the analysed frame nearest the middle on which both heads are seen; else the nearest of all.

    Raises VfeedError `not_found` where no frame was analysed.
    """
    middle_us = (start_us + end_us) // 2
    times = np.asarray(heads.time_us)
    if not len(times):
        raise VfeedError("not_found", _("No faces were found in this film."), hint=_("Watch the film itself."))
    order = np.argsort(np.abs(times - middle_us), kind="stable")
    for frame in order:
        if abs(int(times[frame]) - middle_us) > max(NEAR_US, end_us - start_us):
            break
        if heads.infant[frame] and heads.parent[frame]:
            return int(frame)
    return int(order[0])


def _both(told: dict[str, Any]) -> BothPeople[Any]:
    return BothPeople(told["time_us"], told["infant"], told["parent"])
