"""What is shared for supervision or training, as it stands now: terms, consents and copies are asked each time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.practice.events import Reel
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.sharing import (
    CHECKS,
    GRID_COLUMNS,
    GRID_ROWS,
    HIDE,
    Purpose,
    SharedFilm,
    ShareState,
    Terms,
    copy_role,
    decide,
    review_flags_role,
    source_role,
)
from vfeed.services.access import Access, Actor, require
from vfeed.services.files import Files
from vfeed.services.reels import Reels
from vfeed.services.sessions import Sessions
from vfeed.store.shares import Share
from vfeed.store.store import Store
from vfeed.store.tables import Blob, Job


class Called(StrEnum):
    """What a shared film is called by, where it is no reel that is there."""

    SESSION_FILM = "session_film"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class ReviewFlag:
    """A stretch of a copy that somebody should look at; `settled` once somebody saw no face there."""

    number: int
    start_us: int
    end_us: int
    reason: str
    look_us: tuple[int, ...]
    settled: bool


@dataclass(frozen=True)
class SharedNow:
    """One film of a share now: `role` is the file that is shown ("" while there is none), `job` the work on its copy.

    `copy_id` names the copy ("" for none, or where the film itself is shown). `reason` says why the supervisor may not
    see it yet, in words for them; empty when they may. `covered` is the share of the copy’s frame that is hidden, on
    average and at most; None where nothing is hidden, or an earlier vfeed made the copy.
    """

    number: int
    film: SharedFilm
    title: str | Called
    role: str
    copy_id: str
    review_flags: tuple[ReviewFlag, ...]
    job: Job | None
    reason: str
    covered: tuple[float, float] | None = None


class Supervision:
    """The use cases of shares; each raises VfeedError `not_found` for a share or film that there is not."""

    def __init__(self, store: Store, access: Access, reels: Reels, files: Files, sessions: Sessions) -> None:
        self._store = store
        self._access = access
        self._reels = reels
        self._files = files
        self._sessions = sessions

    def supervisors(self) -> Sequence[str]:
        """Return the names of the accounts that something can be shared with."""
        return self._store.shares.supervisors()

    def of_session(self, actor: Actor, family_id: str, session_id: str) -> Sequence[Share]:
        """Return every share of a feedback session, newest first."""
        require(actor, "supervision.share")
        self._sessions.read(actor, family_id, session_id)
        return self._store.shares.for_session(session_id)

    def with_me(self, actor: Actor) -> Sequence[Share]:
        """Return what was ever shared with this person, newest first."""
        return self._store.shares.for_supervisor(actor.name)

    def make(self, actor: Actor, session_id: str, terms: Terms) -> Share:
        """Share a session that the caller has opened; raises VfeedError `invalid_input` for terms that do not
        hold.
        """
        require(actor, "supervision.share")
        return self._store.shares.make(session_id, terms, actor.name, date.today())

    def stop(self, actor: Actor, share_id: str) -> Share:
        """Stop a share at once, with its copies and what is being made for it."""
        require(actor, "supervision.share")
        self._store.shares.revoke(share_id, actor.name)
        share = self._store.shares.get(share_id)
        for number, film in enumerate(share.terms.films):
            for job in self._copying(film, share_id, number):
                if job.state.is_active:
                    self._store.jobs.cancel(job.id, actor.name)
            for role in (copy_role(share_id, number), review_flags_role(share_id, number)):
                self._store.blobs.remove(film.clip_id, role)
        return share

    def open(self, actor: Actor, share_id: str, *, as_worker: bool) -> Share:
        """Return a share: a worker's own, or one on whose terms this supervisor gets in today.

        What was shared with somebody else does not exist: `not_found`. Raises `forbidden` when the share has ended, or
        no film of it has its consent any more.
        """
        share = self._store.shares.get(share_id)
        if as_worker:
            require(actor, "supervision.share")
            return share
        terms = share.terms
        if terms.supervisor != actor.name:
            raise VfeedError("not_found", _("Nothing is shared here."), hint=_("Go back to what is shared with you."))
        decision = self.standing(share)
        if not decision:
            self._store.audit.record(actor.name, "supervision.refused", share.session.family_id, {"share": share_id})
            raise VfeedError(
                "forbidden", decision.reason, hint=_("Ask the worker to share it again, if you still need it.")
            )
        return share

    def standing(self, share: Share) -> PermissionDecision:
        """Return whether a share opens to its supervisor today: by its terms, and by the consent to a film of it."""
        terms = share.terms
        decision = decide(terms, terms.supervisor, date.today())
        consents = [self.consent_to(film, terms.purpose) for film in terms.films] if decision else []
        return decision if any(consents) else next(iter(consents), decision)

    def opened(self, actor: Actor, share: Share) -> None:
        """Write down that this person opened a share."""
        self._store.audit.record(actor.name, "supervision.opened", share.session.family_id, {"share": share.id})

    def films(self, share: Share) -> list[SharedNow]:
        """Return each film of a share that the caller has opened, as it stands."""
        return [self.film(share, number) for number in range(len(share.terms.films))]

    def film(self, share: Share, number: int) -> SharedNow:
        """Return one film of a share that the caller has opened, as it stands."""
        terms = share.terms
        if not 0 <= number < len(terms.films):
            raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to what is shared."))
        film = terms.films[number]
        consent = self.consent_to(film, terms.purpose)
        reel, title = self._reel_and_title(film)
        source = "" if title is Called.TAKEN_BACK else source_role(film)
        there = bool(source) and self._is_there(film, reel, source)
        if not terms.needs_copies:
            missing = "" if there else _("This film is not there any more, or not ready yet.")
            ready = source if there else ""
            return SharedNow(number, film, title, ready, "", (), None, missing if consent else consent.reason)
        role = copy_role(share.id, number)
        copy = self._copy(film, source, role) if there else None
        review_flags, covered = self._checks(share.id, number, film, copy.id) if copy else ((), None)
        job = next(reversed(self._copying(film, share.id, number)), None)
        reason = _reason(consent, copy, review_flags)
        shown = (role, copy.id) if copy else ("", "")
        return SharedNow(number, film, title, *shown, review_flags, job, reason, covered)

    def consent_to(self, film: SharedFilm, purpose: Purpose) -> PermissionDecision:
        """Return whether everyone in a film agrees to what it is shared for, today."""
        try:
            self._store.clips.get(film.clip_id)
        except VfeedError as error:
            return PermissionDecision(False, error.message)
        return self._store.consents.decide(film.clip_id, purpose)

    def require_seen(self, actor: Actor, film: SharedNow, *, as_worker: bool) -> None:
        """Raise VfeedError `consent_missing` unless this person may watch the film now."""
        reason = film.reason
        if as_worker:
            self._access.open_clip(actor, film.film.clip_id, among={"session"})
            reason = "" if film.role else _("The copy of this film is not ready yet.")
        if reason:
            raise VfeedError("consent_missing", reason, hint=_("Ask the worker who shared it."))

    def said(self, share_id: str) -> Folded[ShareState]:
        """Return what was said and done about a share that the caller has opened."""
        return self._store.shares.read(share_id)

    def comment(self, actor: Actor, share_id: str, film: SharedNow, at_us: int | None, text: str) -> None:
        """Say something about a time of a film; raises VfeedError `invalid_input`."""
        self._append(actor, share_id, "commented", {"film": film.film.key, "at_us": at_us, "text": text})

    def take_back(self, actor: Actor, share_id: str, *, redo: bool) -> None:
        """Take back this person's own last comment, or say it again; raises VfeedError `invalid_input` for none."""
        self._store.shares.take_back(share_id, actor.name, redo=redo)

    def check(
        self, actor: Actor, share_id: str, film: SharedNow, *, looked_at: Collection[int], with_face: Collection[int]
    ) -> bool:
        """Settle doubtful stretches of a copy that somebody looked at; returns whether a new copy is to be made.

        A stretch with a face is covered there.
        """
        review_flags = [flag for flag in film.review_flags if flag.number in looked_at and not flag.settled]
        for flag in review_flags:
            if flag.number in with_face:
                cells = list(range(GRID_COLUMNS * GRID_ROWS))
                mark = {"start_us": flag.start_us, "end_us": flag.end_us, "cells": cells}
                self._append(actor, share_id, "marked", {"film": film.film.key, **mark})
            else:
                looked = {"film": film.film.key, "copy_id": film.copy_id, "doubt": flag.number}
                self._append(actor, share_id, "looked", looked)
        return any(flag.number in with_face for flag in review_flags)

    def uncheck(self, actor: Actor, share: Share) -> list[int]:
        """Take back this person's last check; returns the numbers of the films whose copies are to be made anew."""
        share_id, films = share.id, share.terms.films
        before = self._marks(share_id, films)
        self._store.shares.take_back(share_id, actor.name, CHECKS)
        after = self._marks(share_id, films)
        return [number for number, film in enumerate(films) if before[film.key] != after[film.key]]

    def _append(self, actor: Actor, share_id: str, type_: str, payload: dict[str, object]) -> None:
        self._store.shares.append(share_id, actor.name, type_, payload)

    def _marks(self, share_id: str, films: Iterable[SharedFilm]) -> dict[str, list[int]]:
        state = self._store.shares.state(share_id)
        return {film.key: [step for step, _mark in state.marks_on(film.key)] for film in films}

    def _reel_and_title(self, film: SharedFilm) -> tuple[Reel | None, str | Called]:
        if film.reel_id is None:
            return None, Called.SESSION_FILM
        reel = self._store.events.state(film.clip_id).reel(film.reel_id)
        return reel, reel.title if reel else Called.TAKEN_BACK

    def _is_there(self, film: SharedFilm, reel: Reel | None, source: str) -> bool:
        """Whether the film itself is there, as it was chosen last."""
        return self._files.has(film.clip_id, source) if reel is None else self._files.is_made(film.clip_id, reel)

    def _copy(self, film: SharedFilm, source: str, role: str) -> Blob | None:
        """The copy, unless the film was changed after it was made: it may show what was taken out since."""
        copy, shown = (self._store.blobs.info(film.clip_id, each) for each in (role, source))
        return None if copy is None or shown is None or copy.created_at < shown.created_at else copy

    def _checks(
        self, share_id: str, number: int, film: SharedFilm, copy_id: str
    ) -> tuple[tuple[ReviewFlag, ...], tuple[float, float] | None]:
        """What somebody should look at in a copy, and how much of its frame is hidden."""
        settled = self._store.shares.state(share_id).looked_at(film.key, copy_id)
        told = json.loads(self._store.blobs.read(film.clip_id, review_flags_role(share_id, number)))
        # Copies of earlier versions tell of flags alone.
        checks = told if isinstance(told, dict) else {"doubts": told, "covered": 0.0}
        review_flags = tuple(
            ReviewFlag(
                index, each["start_us"], each["end_us"], each["reason"], tuple(each["look_us"]), index in settled
            )
            for index, each in enumerate(checks["doubts"])
        )
        return review_flags, (checks["covered"], checks["most_covered"]) if checks["covered"] else None

    def _copying(self, film: SharedFilm, share_id: str, number: int) -> list[Job]:
        """The work on a film's copy, oldest first."""
        return [
            job
            for job in self._store.jobs.for_clip(film.clip_id)
            if job.kind == HIDE and (job.payload.get("share_id"), job.payload.get("film")) == (share_id, number)
        ]


def _reason(consent: PermissionDecision, copy: Blob | None, review_flags: Sequence[ReviewFlag]) -> str:
    if not consent:
        return consent.reason
    if copy is None:
        return _("The copy of this film is not ready yet, or the film was changed after it was made.")
    settled = all(flag.settled for flag in review_flags)
    return "" if settled else _("Pictures of this copy have still to be looked at.")
