"""Reels: moments of one clip or of several clips of a visit, each clip keeping its own part.

A part lies with its clip: under its key, behind its consents, and gone with it. What shows a reel puts together the
parts that are there and may be opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.events import Reel, ReelMoment
from vfeed.practice.reel_file import cut_role, player_role
from vfeed.services.access import FAMILY_WORK, Access, Actor
from vfeed.store.store import Store
from vfeed.store.tables import Clip


@dataclass(frozen=True)
class Part:
    """What a reel shows of one clip."""

    clip: Clip
    reel: Reel


@dataclass(frozen=True)
class Shown:
    """A moment of a reel, and the part that it is in; `number` is its place in that part, from 0."""

    part: Part
    number: int

    @property
    def moment(self) -> ReelMoment:
        """The moment itself."""
        return self.part.reel.moments[self.number]


@dataclass(frozen=True)
class SavedReel:
    """A reel that was saved: its id, and the clips that hold a part of it, in the order in which they are shown."""

    reel_id: str
    clip_ids: tuple[str, ...]


class Reels:
    """The use cases of reels."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def one(self, actor: Actor, clip_id: str, reel_id: str, *, among: Collection[str] = FAMILY_WORK) -> Part:
        """Return what a reel shows of a clip; raises VfeedError `not_found`, and as `Access` does."""
        clip = self._access.open_clip(actor, clip_id, among=among)
        return Part(clip, self.of(clip_id, reel_id))

    def of(self, clip_id: str, reel_id: str) -> Reel:
        """Return a reel of a clip that the caller has opened; raises VfeedError `not_found`."""
        reel = self._store.events.state(clip_id).reel(reel_id)
        if reel is None:
            raise VfeedError("not_found", _("There is no such film of moments."), hint=_("Go back to the film’s page."))
        return reel

    def open(self, actor: Actor, clip_id: str, reel_id: str, *, among: Collection[str] = FAMILY_WORK) -> list[Part]:
        """Return the reel's parts that the actor may open, that of this clip first; raises VfeedError as `one`."""
        part = self.one(actor, clip_id, reel_id, among=among)
        return self.parts(actor, part.clip, part.reel, among=among)

    def all_in(self, clips: Iterable[Clip]) -> list[tuple[Clip, Reel]]:
        """Return every reel of clips that the caller has opened, each with its clip."""
        return [(clip, reel) for clip in clips for reel in self._store.events.state(clip.id).reels]

    def was_shown(self, clip_id: str, reel_id: str) -> bool:
        """Return whether a reel of a clip that the caller has opened was on show in the parent's room before."""
        return reel_id in self._store.events.state(clip_id).reviewed

    def films(self, actor: Actor, clip: Clip) -> list[Clip]:
        """Return the clip, then the other clips of its visit that the actor may open, oldest first."""
        if clip.visit_id is None:
            return [clip]
        others = [each for each in self._store.clips.for_family(clip.family_id) if each.visit_id == clip.visit_id]
        may = [each for each in others if each.id != clip.id and self._access.decide(actor, each.id, among=FAMILY_WORK)]
        return [clip, *may]

    def parts(self, actor: Actor, clip: Clip, reel: Reel, *, among: Collection[str] = FAMILY_WORK) -> list[Part]:
        """Return the part of this clip and those of others that the actor may open for the uses `among`, each once."""
        if not reel.order:
            return [Part(clip, reel)]
        named = {each.clip_id for each in reel.order} - {clip.id}
        others = [each for each in self._store.clips.for_family(clip.family_id) if each.id in named]
        may = [each for each in others if self._access.decide(actor, each.id, among=among)]
        parts = [(each, self._store.events.state(each.id).reel(reel.reel_id)) for each in may]
        return [Part(clip, reel), *(Part(each, part) for each, part in parts if part is not None)]

    def save(self, actor: Actor, clip_id: str, reel_id: str | None, title: str, moments: object) -> SavedReel:
        """Save a reel on the page of a clip, in one transaction; what a clip shows no more of is taken out of it.

        A moment without `clip_id` is of this clip. Raises VfeedError `invalid_input` for what does not fit,
        `not_found` and `consent_missing` for a clip that may not be opened.
        """
        clip = self._access.open_clip(actor, clip_id)
        wanted, order = _by_clip(clip_id, moments)
        for other in wanted.keys() - {clip_id}:
            self._refuse_stranger(actor, clip, other)
        reel_id = reel_id or secrets.token_urlsafe(16)
        whole = {"reel_id": reel_id, "title": title, **({"order": order} if len(wanted) > 1 else {})}
        gone = [each for each in self._held(clip, reel_id) if each not in wanted]
        self._store.events.append_all(
            [
                *((each, "reel_saved", {**whole, "moments": pieces}) for each, pieces in wanted.items()),
                *((each, "reel_removed", {"reel_id": reel_id}) for each in gone),
            ],
            actor.name,
        )
        for each in gone:
            for role in (f"reel:{reel_id}", player_role(reel_id), cut_role(reel_id)):
                self._store.blobs.remove(each, role)
        return SavedReel(reel_id, tuple(wanted))

    def _held(self, clip: Clip, reel_id: str) -> list[str]:
        """The clips that hold a part of the reel now."""
        reel = self._store.events.state(clip.id).reel(reel_id)
        named = {each.clip_id for each in reel.order} if reel else set()
        alive = {each.id for each in self._store.clips.for_family(clip.family_id)} & (named | {clip.id})
        return [each for each in sorted(alive) if self._store.events.state(each).reel(reel_id) is not None]

    def _refuse_stranger(self, actor: Actor, clip: Clip, other_id: str) -> None:
        other = self._access.open_clip(actor, other_id, among=FAMILY_WORK)
        if other.visit_id is None or other.visit_id != clip.visit_id:
            raise VfeedError(
                "invalid_input",
                _("The moments are not all of one visit."),
                hint=_("Choose moments of the films of one visit."),
            )


def in_order(parts: Sequence[Part]) -> list[Shown]:
    """Return the moments of these parts as they are shown one after the other."""
    shown = {
        (part.clip.id, piece.moment_id): Shown(part, number)
        for part in parts
        for number, piece in enumerate(part.reel.moments)
    }
    named = [(each.clip_id, each.moment_id) for part in parts[:1] for each in part.reel.order]
    return [shown[each] for each in dict.fromkeys([*named, *shown]) if each in shown]


def _by_clip(clip_id: str, moments: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The pieces of each clip, and all moments in their order; what is no list of moments stays, to be refused."""
    if not isinstance(moments, list) or not all(isinstance(each, dict) for each in moments) or not moments:
        return {clip_id: moments}, []
    found: dict[str, Any] = {}
    order = []
    for moment in moments:
        piece = dict(moment)
        part_of = piece.pop("clip_id", clip_id)
        if not isinstance(part_of, str):
            raise VfeedError(
                "invalid_input", _("A moment names no film."), hint=_("Load the page again and choose anew.")
            )
        found.setdefault(part_of, []).append(piece)
        order.append({"clip_id": part_of, "moment_id": piece.get("moment_id")})
    return found, order
