"""Evidence for a review with other agencies, for supervision or a court: chosen, confirmed by another, handed out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.events import Reel
from vfeed.practice.evidence import Terms, copy_role, decide_leaving, decide_unchanged
from vfeed.services.access import Access, Actor
from vfeed.services.files import Files
from vfeed.store.evidence import EvidenceExport
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Consent


@dataclass(frozen=True)
class Piece:
    """A film of moments in an export: who chose its moments and when, and what the parent said of each.

    `role` is the file that leaves, "" while the copy with faces hidden is not there; `is_made` whether the film shows
    what is chosen now; `file_id` changes whenever the file is replaced.
    """

    clip: Clip
    reel: Reel
    chosen_by: str
    chosen_at: datetime | None
    words: Sequence[str]
    role: str
    is_made: bool
    file_id: str


@dataclass(frozen=True)
class Exported:
    """An export with its films and the consents that are held for them today."""

    row: EvidenceExport
    pieces: Sequence[Piece]
    consents: Sequence[tuple[str, Consent]]


class EvidenceWork:
    """Each raises VfeedError `not_found`, and `forbidden` for another worker's family."""

    def __init__(self, store: Store, access: Access, files: Files) -> None:
        self._store = store
        self._access = access
        self._files = files

    def choose(self, actor: Actor, family_id: str, terms: Terms) -> str:
        """Choose what leaves; returns the export's id. Raises VfeedError `invalid_input`, `consent_missing`."""
        self._access.open_family(actor, family_id)
        for clip_id, reel_id in terms.reels:
            clip = self._access.open_clip(actor, clip_id, among={"session"})
            if clip.family_id != family_id or not self._store.blobs.has(clip_id, f"reel:{reel_id}"):
                raise VfeedError("invalid_input", "This film cannot be handed out.", hint=_("Load the page again."))
        return self._store.evidence.choose(family_id, terms, actor.name)

    def of(self, actor: Actor, family_id: str) -> Sequence[EvidenceExport]:
        """What was chosen and what left, the newest first."""
        self._access.open_family(actor, family_id)
        return self._store.evidence.of(family_id)

    def offered(self, actor: Actor, family_id: str) -> list[tuple[Clip, Reel]]:
        """The films of moments that are there to choose from."""
        self._access.open_family(actor, family_id)
        clips = [each.clip for each in self._store.clips.with_files(family_id)]
        return [
            (clip, reel)
            for clip in clips
            if self._access.decide(actor, clip.id, among={"session"})
            for reel in self._store.events.state(clip.id).reels
            if self._store.blobs.has(clip.id, f"reel:{reel.reel_id}")
        ]

    def confirm(self, actor: Actor, family_id: str, export_id: str) -> None:
        """Confirm as the second account; raises VfeedError `forbidden` for the first, `conflict` for a film gone."""
        found = self.read(actor, family_id, export_id)
        for piece in found.pieces:
            _refuse_unready(piece)
        if len(found.pieces) != len(found.row.reels):
            raise VfeedError("conflict", "Not every film of this is there any more.", hint="Choose them anew.")
        self._store.evidence.confirm(family_id, export_id, actor.name, self._sum(found))

    def read(self, actor: Actor, family_id: str, export_id: str) -> Exported:
        """An export as it stands; films that were destroyed since are gone from it."""
        self._access.open_family(actor, family_id)
        row = self._store.evidence.get(family_id, export_id)
        alive = {each.clip.id: each.clip for each in self._store.clips.with_files(family_id)}
        pieces = [self._piece(row, alive[clip_id], reel_id) for clip_id, reel_id in row.reels if clip_id in alive]
        people = {each.id: each.label for each in self._store.families.participants(family_id)}
        held = [each for each in self._store.consents.for_family(family_id) if each.withdrawn_at is None]
        return Exported(
            row,
            [piece for piece in pieces if piece is not None],
            [(people[each.participant_id], each) for each in held if each.use in ("session", "supervision")],
        )

    def watch(self, actor: Actor, family_id: str, export_id: str, number: int) -> tuple[Clip, str]:
        """The file of an export's film, counted from 0, to look at before it leaves; raises VfeedError `not_found`."""
        pieces = self.read(actor, family_id, export_id).pieces
        if not 0 <= number < len(pieces):
            raise VfeedError("not_found", "There is no such film in this.", hint="Load the page again.")
        self._access.open_clip(actor, pieces[number].clip.id, among={"session"})
        _refuse_unready(pieces[number])
        return pieces[number].clip, pieces[number].role

    def hand_out(self, actor: Actor, family_id: str, export_id: str) -> Exported:
        """What leaves now, asked anew; raises VfeedError `consent_missing` with the reason."""
        found = self.read(actor, family_id, export_id)
        if not found.pieces:
            raise VfeedError("not_found", "Every film of this was destroyed.", hint="Nothing is left to hand out.")
        use = "supervision" if found.row.purpose == "supervision" else "session"
        for piece in found.pieces:
            _refuse_unready(piece)
            consent = self._store.consents.decide(piece.clip.id, use)
            decision = decide_leaving(found.row.purpose, found.row.confirmed_by, consent)
            if not decision:
                raise VfeedError("consent_missing", decision.reason, hint="It stays here until that is mended.")
        unchanged = decide_unchanged(found.row.confirmed_sum, self._sum(found))
        if not unchanged:
            raise VfeedError("conflict", unchanged.reason, hint="Choose them anew; a second account confirms anew.")
        return found

    def left(self, actor: Actor, family_id: str, export_id: str) -> None:
        """Write down that it was taken out, once the file is there."""
        self._store.evidence.left(family_id, export_id, actor.name)

    def _sum(self, found: Exported) -> str:
        """A keyed sum of all that leaves: each film's file, its moments and title, and the words to them."""
        told = repr([(each.clip.id, each.role, each.file_id, each.reel, list(each.words)) for each in found.pieces])
        return hmac.new(self._store.secret("evidence"), told.encode(), hashlib.sha256).hexdigest()

    def _piece(self, row: EvidenceExport, clip: Clip, reel_id: str) -> Piece | None:
        folded = self._store.events.read(clip.id)
        reel = folded.state.reel(reel_id)
        if reel is None or not self._store.blobs.has(clip.id, f"reel:{reel_id}"):
            return None
        saved = [each for each in folded.live if isinstance(each.payload, Reel) and each.payload.reel_id == reel_id]
        last = saved[-1] if saved else None
        words = [folded.state.words.get(piece.moment_id, "") for piece in reel.moments]
        role = f"reel:{reel_id}"
        if row.faces_hidden:
            copy, shown = (
                self._store.blobs.info(clip.id, each) for each in (copy_role(row.id, reel_id), f"reel:{reel_id}")
            )
            # A copy that is older than the film may show what was taken out of it since.
            is_new = copy is not None and shown is not None and copy.created_at >= shown.created_at
            role = copy_role(row.id, reel_id) if is_new else ""
        file = self._store.blobs.info(clip.id, role) if role else None
        chosen = (last.actor, last.at) if last else ("", None)
        return Piece(clip, reel, *chosen, words, role, self._files.is_made(clip.id, reel), file.id if file else "")


def _refuse_unready(piece: Piece) -> None:
    if not piece.is_made:
        raise VfeedError(
            "conflict", "The film does not show what is chosen now.", hint="Make the film anew, then choose it again."
        )
    if not piece.role:
        raise VfeedError(
            "not_found", "The copy with faces hidden is not ready yet.", hint="Wait until it is made, then look at it."
        )
