"""Sharing a shared review with one supervisor: for how long, how much is hidden, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Journal
from vfeed.practice.events import Id, Micros
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.thread import COMMENTED, Comment, Commented, Thread, describe

Purpose = Literal["supervision", "training"]
Faces = Literal["blurred", "infant_stays", "parent_stays", "as_they_are"]
Voices = Literal["altered", "off", "as_it_is"]
VOICES: tuple[Voices, ...] = get_args(Voices)
MAX_FILMS = 6
LONGEST = timedelta(days=90)
"""A share that nobody thinks of any more must not stay open: supervision of one session is over long before."""
USUAL = timedelta(days=14)
# What a person marks on a frame: squares of a grid, large enough for a finger on a tablet.
GRID_COLUMNS, GRID_ROWS = 8, 6


class SharedFilm(Payload):
    """A film in a share: a reel of a clip, or the whole clip when `reel_id` is None."""

    clip_id: Id
    reel_id: Id | None = None

    @property
    def key(self) -> str:
        """Its name within the share."""
        return self.reel_id or f"whole-{self.clip_id}"


@dataclass(frozen=True)
class Terms:
    """What a share allows: `last_day` is the last day on which it is open, `purpose` the consent that it needs."""

    supervisor: str
    last_day: date
    faces: Faces
    voices: Voices
    films: tuple[SharedFilm, ...]
    purpose: Purpose = "supervision"
    revoked_at: datetime | None = None

    @property
    def needs_copies(self) -> bool:
        """Whether the films are shown as copies in which something is hidden."""
        return self.faces != "as_they_are" or self.voices != "as_it_is"

    def film(self, key: str) -> SharedFilm:
        """The film of this name; raises VfeedError `not_found`."""
        for film in self.films:
            if film.key == key:
                return film
        raise VfeedError(
            "not_found", _("This film is not part of what is shared."), hint=_("Go back to the shared session.")
        )


def check_terms(terms: Terms, today: date) -> None:
    """Refuse terms that do not fit; raises VfeedError `invalid_input` with the fix."""
    if not 1 <= len(terms.films) <= MAX_FILMS or len({film.key for film in terms.films}) < len(terms.films):
        raise VfeedError(
            "invalid_input",
            _("Choose what is shared."),
            hint=_("Tick one to %(most)s films, each of them once."),
            most=MAX_FILMS,
        )
    if not today <= terms.last_day <= today + LONGEST:
        raise VfeedError(
            "invalid_input",
            _("The last day of sharing does not fit."),
            hint=_("Choose a day from today to %(days)s days from now."),
            days=LONGEST.days,
        )


HIDE = "hide"
"""The kind of job that makes a copy with faces hidden."""


def copy_role(share_id: str, number: int) -> str:
    """Return the role of the copy of a share's film, by its number from 0."""
    return f"shared:{share_id}:{number}"


def review_flags_role(share_id: str, number: int) -> str:
    """Return the role of the list of what a person should look at in that copy."""
    return f"doubts:{share_id}:{number}"


def source_role(film: SharedFilm) -> str:
    """Return the role of what is shown when nothing is hidden."""
    return f"reel:{film.reel_id}" if film.reel_id else "proxy"


def decide(terms: Terms, account: str, today: date) -> PermissionDecision:
    """Whether the terms open anything to this account today. Consent and copies are asked for beside it."""
    if account != terms.supervisor:
        return PermissionDecision(False, _("This session is shared with somebody else."))
    if terms.revoked_at is not None:
        return PermissionDecision(False, _("The sharing of this session has been stopped."))
    if today > terms.last_day:
        return PermissionDecision(False, _("The time for which this session was shared is over."))
    return PermissionDecision(True, _("This session is shared with you."))


class FilmCommented(Commented):
    """Words about a time of a shared film."""

    film: Id


class Looked(Payload):
    """Somebody has looked at a doubtful stretch of a copy and saw no face; `copy_id` says of which copy."""

    film: Id
    copy_id: Id
    doubt: Annotated[int, Field(ge=0, strict=True)]


Cell = Annotated[int, Field(ge=0, lt=GRID_COLUMNS * GRID_ROWS, strict=True)]


class Marked(Payload):
    """Squares of the frame in which somebody saw a face, to be hidden for a stretch in the next copy.

    Squares are numbered from 0 along the rows of a grid of eight by six.
    """

    film: Id
    start_us: Micros
    end_us: Micros
    cells: Annotated[tuple[Cell, ...], Field(min_length=1)]


CHECKS = ("looked", "marked")
"""What the worker does with a copy, which is taken back on a page of its own."""
STEP_TYPES: dict[str, type[Payload]] = {
    COMMENTED: FilmCommented,
    "looked": Looked,
    "marked": Marked,
    "undone": Undone,
}


@dataclass(frozen=True)
class ShareState:
    """What has been said about what is shared, what was looked at and what was marked, each by its event."""

    thread: Thread = field(default_factory=Thread)
    looks: Mapping[int, Looked] = field(default_factory=dict)
    marks: Mapping[int, Marked] = field(default_factory=dict)

    def comments_on(self, film: str) -> list[Comment]:
        """The comments on a film that stand, by their times in it."""
        about = (
            each for each in self.thread.comments if isinstance(each.said, FilmCommented) and each.said.film == film
        )
        return sorted(about, key=lambda each: each.at_us)

    def looked_at(self, film: str, copy_id: str) -> set[int]:
        """The doubts of a copy of a film that somebody has settled."""
        return {look.doubt for look in self.looks.values() if (look.film, look.copy_id) == (film, copy_id)}

    def marks_on(self, film: str) -> list[tuple[int, Marked]]:
        """What is marked on a film, each with its event."""
        return [(number, mark) for number, mark in self.marks.items() if mark.film == film]


def apply(state: ShareState, event: Event) -> ShareState:
    """Return the state after an event."""
    match event.payload:
        case FilmCommented():
            return replace(state, thread=state.thread.after(event))
        case Looked() as payload:
            return replace(state, looks={**state.looks, event.id: payload})
        case Marked() as payload:
            return replace(state, marks={**state.marks, event.id: payload})
        case _:
            return state


SHARE = Journal(STEP_TYPES, ShareState(), apply, describe)
"""What is said about a shared session."""
