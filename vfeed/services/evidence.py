"""Evidence for a review with other agencies, for supervision or a court: chosen, confirmed by another, handed out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.consent import Person, needed, those_seen
from vfeed.practice.events import Reel
from vfeed.practice.evidence import (
    Terms,
    check_terms,
    copy_role,
    decide_leaving,
    decide_looking,
    decide_open,
    decide_right,
    decide_unchanged,
    use_for,
)
from vfeed.practice.permission import PermissionDecision
from vfeed.services.access import Access, Actor
from vfeed.services.files import Files
from vfeed.store.consents import fact_of
from vfeed.store.evidence import EvidenceExport
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Consent, utc_now


@dataclass(frozen=True)
class Piece:
    """A film of moments in an export: who chose its moments and when, and what the parent said of each.

    `role` is the file that leaves, "" while the copy with faces hidden is not there; `is_made` whether the film shows
    what is chosen now; `file_id` changes whenever the file is replaced. `consent` is how the consents to it stand
    today, `right` whether it may be handed out by them or by an order.
    """

    clip: Clip
    reel: Reel
    chosen_by: str
    chosen_at: datetime | None
    words: Sequence[str]
    role: str
    is_made: bool
    file_id: str
    consent: PermissionDecision
    right: PermissionDecision


@dataclass(frozen=True)
class Exported:
    """An export with its films and the consents of those who are in them, each by name.

    `sum` is a keyed sum of all that its paper says and its films show; `stands` whether anything can be done with it.
    """

    row: EvidenceExport
    pieces: Sequence[Piece]
    consents: Sequence[tuple[str, Consent]]
    sum: str
    stands: PermissionDecision


class EvidenceWork:
    """Each raises VfeedError `not_found`, and `forbidden` for another worker's family."""

    def __init__(self, store: Store, access: Access, files: Files) -> None:
        self._store = store
        self._access = access
        self._files = files

    def choose(self, actor: Actor, family_id: str, terms: Terms) -> str:
        """Choose what leaves; returns the export's id. Raises VfeedError `invalid_input`, `consent_missing`."""
        self._access.open_family(actor, family_id)
        check_terms(terms)
        for clip_id, reel_id in terms.reels:
            clip = self._store.clips.get(clip_id)
            if clip.family_id != family_id or not self._store.blobs.has(clip_id, f"reel:{reel_id}"):
                raise VfeedError("invalid_input", _("This film cannot be handed out."), hint=_("Load the page again."))
            _require(decide_right(terms.purpose, terms.ground, self._consent(terms.purpose, clip_id)))
        return self._store.evidence.choose(family_id, terms, actor.name)

    def of(self, actor: Actor, family_id: str) -> Sequence[EvidenceExport]:
        """Return what was chosen and what left, the newest first."""
        self._access.open_family(actor, family_id)
        return self._store.evidence.of(family_id)

    def offered(self, actor: Actor, family_id: str) -> list[tuple[Clip, Reel, PermissionDecision]]:
        """Return the films of moments to choose from, each with whether it opens: one that does not, for a court
        alone.
        """
        self._access.open_family(actor, family_id)
        clips = [each.clip for each in self._store.clips.with_files(family_id)]
        states = self._store.events.states([clip.id for clip in clips])
        reels = [(clip, reel) for clip in clips for reel in states[clip.id].reels]
        made = self._store.blobs.those_there([clip.id for clip in clips], [f"reel:{reel.reel_id}" for _, reel in reels])
        return [
            (clip, reel, self._access.decide(actor, clip.id, among={"session"}))
            for clip, reel in reels
            if (clip.id, f"reel:{reel.reel_id}") in made
        ]

    def confirm(self, actor: Actor, family_id: str, export_id: str, seen: str) -> None:
        """Confirm what was read, by its sum, as the second account.

        Raises VfeedError `forbidden` for the first account, `conflict` for a film that is gone, for what is not as it
        was read and for what has left already, `consent_missing` for a film without consent or order.
        """
        found = self.read(actor, family_id, export_id)
        for piece in found.pieces:
            _refuse_unready(piece)
            _require(piece.right)
        if len(found.pieces) != len(found.row.reels):
            raise VfeedError("conflict", _("Not every film of this is there any more."), hint=_("Choose them anew."))
        unchanged = decide_unchanged(seen, found.sum)
        if not unchanged:
            raise VfeedError("conflict", unchanged.reason, hint=_("Read it once more, then confirm it."))
        self._store.evidence.confirm(family_id, export_id, actor.name, found.sum)

    def call_off(self, actor: Actor, family_id: str, export_id: str) -> None:
        """Let it not leave, whoever chose or confirmed it; raises VfeedError `conflict` when it has left."""
        self._access.open_family(actor, family_id)
        self._store.evidence.call_off(family_id, export_id, actor.name)

    def read(self, actor: Actor, family_id: str, export_id: str) -> Exported:
        """Return an export as it stands; films that were destroyed since are gone from it."""
        self._access.open_family(actor, family_id)
        row = self._store.evidence.get(family_id, export_id)
        alive = {each.clip.id: each.clip for each in self._store.clips.with_files(family_id)}
        pieces = [self._piece(row, alive[clip_id], reel_id) for clip_id, reel_id in row.reels if clip_id in alive]
        found = [piece for piece in pieces if piece is not None]
        consents = self._consents(row, [piece.clip for piece in found])
        return Exported(row, found, consents, self._sum(found, consents), decide_open(row.stand, utc_now()))

    def watch(self, actor: Actor, family_id: str, export_id: str, number: int) -> tuple[Exported, Piece]:
        """Return an export's film, counted from 0, to look at before it leaves.

        Raises VfeedError `not_found`, and `consent_missing` for one without consent, unless it is to leave by order.
        """
        found = self.read(actor, family_id, export_id)
        if not found.row.with_pictures or not 0 <= number < len(found.pieces):
            raise VfeedError("not_found", _("There is no such film in this."), hint=_("Load the page again."))
        piece = found.pieces[number]
        _require(self.may_watch(actor, found, piece))
        _refuse_unready(piece)
        return found, piece

    def may_watch(self, actor: Actor, found: Exported, piece: Piece) -> PermissionDecision:
        """Return whether the actor may look at a film of it: by its consents, or by the order it is to leave by."""
        if piece.consent or not found.stands:
            return piece.consent
        return decide_looking(found.row.stand, actor.name, piece.right)

    def hand_out(self, actor: Actor, family_id: str, export_id: str) -> Exported:
        """Return what leaves now, asked anew; raises VfeedError `consent_missing` and `conflict` with the reason."""
        found = self.read(actor, family_id, export_id)
        if not found.pieces:
            raise VfeedError(
                "not_found", _("Every film of this was destroyed."), hint=_("Nothing is left to hand out.")
            )
        if not found.stands:
            raise VfeedError("conflict", found.stands.reason, hint=_("Choose anew what is to leave."))
        for piece in found.pieces:
            _refuse_unready(piece)
            _require(decide_leaving(found.row.stand, piece.right))
        unchanged = decide_unchanged(found.row.confirmed_sum, found.sum)
        if not unchanged:
            raise VfeedError("conflict", unchanged.reason, hint=_("Choose them anew; a second account confirms anew."))
        return found

    def left(self, actor: Actor, family_id: str, export_id: str) -> None:
        """Write down that it is taken out, once the file is there; raises VfeedError `conflict` for a second time."""
        self._store.evidence.left(family_id, export_id, actor.name)

    def _consent(self, purpose: str, clip_id: str) -> PermissionDecision:
        return self._store.consents.decide(clip_id, use_for(purpose))

    def _consents(self, row: EvidenceExport, clips: Sequence[Clip]) -> list[tuple[str, Consent]]:
        """The consents of those who are in these films, to what the films leave for; for a court also one run out."""
        labels = {each.id: each.label for each in self._store.families.participants(row.family_id)}
        everybody = [Person(id_, label) for id_, label in labels.items()]
        inside = {person.id for clip in clips for person in those_seen(everybody, clip.seen)}
        uses = {use for clip in clips for use in needed(use_for(row.purpose), session_film=clip.session_id is not None)}
        return [
            (labels[each.participant_id], each)
            for each in self._store.consents.for_family(row.family_id)
            if each.withdrawn_at is None
            and each.participant_id in inside
            and each.use in uses
            and each.clip_id in {None, *(clip.id for clip in clips)}
            and (row.purpose == "court" or fact_of(each).is_current(date.today()))
        ]

    def _sum(self, pieces: Sequence[Piece], consents: Sequence[tuple[str, Consent]]) -> str:
        """A keyed sum of all that leaves: each film's file, moments, title and words, and the consents told of."""
        films = [(each.clip.id, each.role, each.file_id, each.reel, list(each.words)) for each in pieces]
        held = [(label, each.use, each.granted_on, each.expires_on) for label, each in consents]
        told = repr([films, held, [(each.consent.allowed, each.consent.reason) for each in pieces]])
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
        is_made, consent = self._files.is_made(clip.id, reel), self._consent(row.purpose, clip.id)
        right = decide_right(row.purpose, row.ground, consent)
        return Piece(clip, reel, *chosen, words, role, is_made, file.id if file else "", consent, right)


def _refuse_unready(piece: Piece) -> None:
    if not piece.is_made:
        raise VfeedError(
            "conflict",
            _("The film does not show what is chosen now."),
            hint=_("Make the film anew, then choose it again."),
        )
    if not piece.role:
        raise VfeedError(
            "not_found",
            _("The copy with faces hidden is not ready yet."),
            hint=_("Wait until it is made, then look at it."),
        )


def _require(decision: PermissionDecision) -> None:
    if not decision:
        raise VfeedError("consent_missing", decision.reason, hint=_("It stays here until that is mended."))
