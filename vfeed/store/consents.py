"""Consents: given, asked for at every opening, withdrawn with all that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError, filled, within
from vfeed.errors import marked as _
from vfeed.practice import consent as rules
from vfeed.practice.permission import PermissionDecision
from vfeed.store.audit import AuditTrail
from vfeed.store.clips import Clips, erase
from vfeed.store.database import Database, get
from vfeed.store.events import Events
from vfeed.store.family_reads import consents_in, people_in
from vfeed.store.job_rows import requeue_refused
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.studies import withdraw_from_studies
from vfeed.store.tables import Clip, Consent, Participant, new_id, utc_now
from vfeed.store.voices import erase_voices

MAX_NOTE = 4_000
# The uses that a film is kept for: without them there is nothing to keep it for.
ERASING = frozenset({"session", "session_film"})


class Consents:
    """Keeps consents and decides by them."""

    def __init__(self, database: Database, keys: KeyStore, clips: Clips, events: Events, audit: AuditTrail) -> None:
        self._database = database
        self._keys = keys
        self._clips = clips
        self._events = events
        self._audit = audit

    def give(
        self,
        participant_id: str,
        use: str,
        clip_id: str | None,
        granted_on: date,
        expires_on: date | None,
        note: str,
        actor: str,
    ) -> Consent:
        """Record a person's consent; work that waited for it is queued again.

        Raises VfeedError `not_found` for an unknown person or clip, `invalid_input` for what does not fit.
        """
        _known_use(use)
        if expires_on is not None and expires_on < granted_on:
            raise VfeedError(
                "invalid_input", _("The consent ends before it begins."), hint=_("Correct one of the dates.")
            )
        consent = Consent(
            id=new_id(),
            participant_id=participant_id,
            use=use,
            clip_id=clip_id,
            granted_on=granted_on,
            expires_on=expires_on,
            note=within(note, MAX_NOTE),
            created_by=actor,
        )
        with self._database.write() as session:
            person = _person(session, participant_id)
            covered = _covered(session, person.family_id, clip_id)
            session.add(consent)
            detail = {"consent": consent.id, "participant": participant_id, "use": use, "clip": clip_id}
            self._audit.append(session, actor, "consent.given", person.family_id, detail)
            if use in ERASING:
                requeue_refused(session, covered, "consent_missing")
        return consent

    def refuse(self, participant_id: str, use: str, said_on: date, note: str, actor: str) -> Consent:
        """Write down that a person said no to a use: a row that never held, withdrawn at the moment it was written.

        Films stay closed as they were; nothing is destroyed, for nothing was allowed. A yes may follow it.
        Raises VfeedError `not_found`, `invalid_input` for an unknown use, `conflict` for what was agreed to and stands.
        """
        _known_use(use)
        now = utc_now()
        with self._database.write() as session:
            person = _person(session, participant_id)
            standing = (Consent.participant_id == participant_id, Consent.use == use, Consent.withdrawn_at.is_(None))
            if session.scalar(select(Consent.id).where(*standing).limit(1)):
                raise VfeedError(
                    "conflict",
                    _("%(name)s agreed to %(use)s before."),
                    hint=_("Withdraw that consent: the page says what is destroyed."),
                    name=person.label,
                    use=rules.USE_WORDS[cast(rules.Use, use)],
                )
            refusal = Consent(
                id=new_id(),
                participant_id=participant_id,
                use=use,
                granted_on=said_on,
                note=within(note, MAX_NOTE),
                created_at=now,
                created_by=actor,
                withdrawn_at=now,
                withdrawn_by=actor,
            )
            session.add(refusal)
            detail = {"consent": refusal.id, "participant": participant_id, "use": use}
            self._audit.append(session, actor, "consent.refused", person.family_id, detail)
        return refusal

    def withdraw(self, consent_id: str, actor: str, reason: str) -> Sequence[str]:
        """Withdraw a consent and every narrower one of the same person and use; returns the ids of erased clips.

        Withdrawing consent to the sessions erases what it covered, for good: the clip's key and all derived from it.
        Withdrawing consent to the filming of shared reviews erases those films in the same way.
        Withdrawing consent to the recording of voices deletes the recordings.
        Withdrawing consent to research takes the films out of every study, with their codings.
        Raises VfeedError `not_found`, `conflict` when it was withdrawn before.
        """
        files: list[str] = []
        erased: list[str] = []
        with self._database.write() as session:
            consent = _current(session, consent_id)
            person = _person(session, consent.participant_id)
            withdrawn = _same_or_narrower(session, consent)
            for each in withdrawn:
                each.withdrawn_at, each.withdrawn_by, each.withdraw_reason = utc_now(), actor, reason.strip()
            detail = {"consent": consent_id, "participant": person.id, "use": consent.use, "clip": consent.clip_id}
            self._audit.append(session, actor, "consent.withdrawn", person.family_id, detail)
            if consent.use in ERASING:
                films_of_reviews = consent.use == "session_film"
                for clip_id in _of_person(session, person, consent.clip_id, films_of_reviews=films_of_reviews):
                    files += erase(session, clip_id)
                    erased.append(clip_id)
                    self._audit.append(session, actor, "clip.erased", clip_id, {"consent": consent_id})
            if consent.use == "research":
                withdraw_from_studies(session, self._audit, _of_person(session, person, consent.clip_id), actor)
            if consent.use == "voice":
                for clip_id in _of_person(session, person, consent.clip_id):
                    files += erase_voices(session, self._events, clip_id, actor)
            self._keys.note((Ended.CONSENT, each.id) for each in withdrawn)
        if files or erased:
            self._clips.destroy(erased, files)
        return erased

    def covered(self, consent_id: str) -> frozenset[str]:
        """The ids of the clips that a consent covers and that are still here; those of another pair are not among them.

        Raises VfeedError `not_found`, `conflict` when it was withdrawn.
        """
        with self._database.read() as session:
            consent = _current(session, consent_id)
            person = _person(session, consent.participant_id)
            films_of_reviews = consent.use == "session_film"
            return frozenset(_of_person(session, person, consent.clip_id, films_of_reviews=films_of_reviews))

    def for_clip(self, clip_id: str) -> Sequence[Consent]:
        """Every consent, current or not, that is about a clip, newest first."""
        with self._database.read() as session:
            clip = self._clip(session, clip_id)
            return [row for row in consents_in(session, clip.family_id) if row.clip_id in (None, clip_id)]

    def for_family(self, family_id: str) -> Sequence[Consent]:
        """Every consent of a family's people, newest first."""
        with self._database.read() as session:
            return consents_in(session, family_id)

    def decide(self, clip_id: str, use: str, today: date | None = None) -> PermissionDecision:
        """Whether the clip may be opened for a use today, with the reason. Default: no."""
        if use not in rules.USES:
            return PermissionDecision(False, filled(_("There is no use called '%(use)s'."), use=use))
        with self._database.read() as session:
            clip = get(session, Clip, clip_id)
            if clip is None or clip.erased_at is not None:
                return PermissionDecision(False, _("There is no such film, or it was destroyed."))
            people = people_in(session, clip.family_id)
            about = [fact_of(row) for row in consents_in(session, clip.family_id) if row.clip_id in (None, clip_id)]
            decision = PermissionDecision(False, _("The film of a shared review is not kept for this."))
            for each in rules.needed(use, session_film=clip.session_id is not None):
                decision = rules.decide(
                    each,
                    clip_id,
                    people=rules.those_seen([rules.Person(each.id, each.label) for each in people], clip.seen),
                    consents=about,
                    today=today or date.today(),
                )
                if not decision:
                    break
            return decision

    def open_to(self, use: rules.Use, today: date | None = None) -> list[Clip]:
        """Every clip of play that may be opened for a use today, in few queries however many there are."""
        day = today or date.today()
        needed = rules.needed(use, session_film=False)
        with self._database.read() as session:
            clips = session.scalars(select(Clip).where(Clip.erased_at.is_(None), Clip.session_id.is_(None))).all()
            people: dict[str, list[rules.Person]] = {}
            facts: dict[str, list[rules.Consent]] = {}
            family_of = {}
            for id_, family_id, label in session.execute(
                select(Participant.id, Participant.family_id, Participant.label)
            ):
                people.setdefault(family_id, []).append(rules.Person(id_, label))
                family_of[id_] = family_id
            for row in session.scalars(select(Consent).where(Consent.use.in_(needed))):
                facts.setdefault(family_of[row.participant_id], []).append(fact_of(row))
        found = []
        for clip in clips:
            about = [each for each in facts.get(clip.family_id, ()) if each.clip_id in (None, clip.id)]
            own = rules.those_seen(people.get(clip.family_id, []), clip.seen)
            if needed and all(rules.decide(each, clip.id, people=own, consents=about, today=day) for each in needed):
                found.append(clip)
        return found

    def require(self, clip_id: str, use: str) -> None:
        """Raise VfeedError `consent_missing` with the reason unless the clip may be opened for the use."""
        decision = self.decide(clip_id, use)
        if not decision:
            raise VfeedError("consent_missing", decision.reason, hint=_("Record the consent on the family’s page."))

    @staticmethod
    def _clip(session: Session, clip_id: str) -> Clip:
        clip = session.get(Clip, clip_id)
        if clip is None:
            raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to the family."))
        return clip


def _known_use(use: str) -> None:
    if use not in rules.USES:
        raise VfeedError(
            "invalid_input", _("There is no use called '%(use)s'."), hint=_("Choose one from the list."), use=use
        )


def _person(session: Session, participant_id: str) -> Participant:
    person = session.get(Participant, participant_id)
    if person is None:
        raise VfeedError("not_found", _("There is no such person."), hint=_("Go back to the family."))
    return person


def _covered(session: Session, family_id: str, clip_id: str | None, *, films_of_reviews: bool = False) -> list[str]:
    """The family's clips that are still here, or the one named; `films_of_reviews`: of those alone.

    Raises VfeedError `not_found` for another family's.
    """
    query = select(Clip.id).where(Clip.family_id == family_id)
    if films_of_reviews:
        query = query.where(Clip.session_id.is_not(None))
    if clip_id is None:
        return list(session.scalars(query.where(Clip.erased_at.is_(None))))
    if session.scalar(query.where(Clip.id == clip_id)) is None:
        raise VfeedError("not_found", _("This film is not one of the family’s."), hint=_("Go back to the family."))
    return list(session.scalars(query.where(Clip.id == clip_id, Clip.erased_at.is_(None))))


def _of_person(
    session: Session, person: Participant, clip_id: str | None, *, films_of_reviews: bool = False
) -> list[str]:
    """Of the clips that a consent of this person covered, those that they may be in: another pair's own stay."""
    covered = _covered(session, person.family_id, clip_id, films_of_reviews=films_of_reviews)
    seen = {row.id: row.seen for row in session.execute(select(Clip.id, Clip.seen).where(Clip.id.in_(covered)))}
    return [each for each in covered if seen[each] is None or person.id in (seen[each] or ())]


def _current(session: Session, consent_id: str) -> Consent:
    consent = session.get(Consent, consent_id, with_for_update=True)
    if consent is None:
        raise VfeedError("not_found", _("There is no such consent."), hint=_("Go back to the family."))
    if consent.withdrawn_at is not None:
        raise VfeedError("conflict", _("This consent was withdrawn before."), hint=_("Nothing more needs to be done."))
    return consent


def _same_or_narrower(session: Session, consent: Consent) -> Sequence[Consent]:
    # A renewal beside the old consent must not survive the person's "no".
    query = select(Consent).where(
        Consent.participant_id == consent.participant_id,
        Consent.use == consent.use,
        Consent.withdrawn_at.is_(None),
    )
    if consent.clip_id is not None:
        query = query.where(Consent.clip_id == consent.clip_id)
    return session.scalars(query).all()


def fact_of(row: Consent) -> rules.Consent:
    """A kept consent as the rules of consent take it."""
    return rules.Consent(
        participant_id=row.participant_id,
        use=cast(rules.Use, row.use),
        clip_id=row.clip_id,
        granted_on=row.granted_on,
        expires_on=row.expires_on,
        given_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
    )
