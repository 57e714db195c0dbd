"""Codings of other programs taken in: looked at first, put with their film, and taken back again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.isolated_process import frame_times_isolated
from vfeed.research.counting import count
from vfeed.research.film_names import same_film
from vfeed.research.formats.registry import read_bytes
from vfeed.research.formats.seam import Asked, Columns, Found, Loss, LossKind, snapped
from vfeed.research.kept_codings import Blind, CodingImported, packed
from vfeed.research.marks import Coding
from vfeed.research.recoding import recoded
from vfeed.research.scheme import Scheme
from vfeed.services.access import Actor, require
from vfeed.store.coding_words import Learnt
from vfeed.store.store import Store
from vfeed.store.tables import Clip, new_id

USE: Literal["research"] = "research"
SHOWN = 10
"""Marks that are shown of each coding before it is kept."""


@dataclass(frozen=True)
class Sent:
    """A coding file as it came."""

    data: bytes
    name: str


@dataclass(frozen=True)
class Place:
    """Which film each coding goes to: by the name that it has in the file, else all to `clip_id`.

    A name that stands for "" is left out.
    """

    clip_id: str = ""
    films: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """Which place in a scheme each word of a file has; see `research.recoding`."""

    scheme: Scheme
    told: Mapping[str, str]


@dataclass(frozen=True)
class Whose:
    """For whom it is remembered what was told of a file: a study, or without one the account."""

    study_id: str = ""

    def name(self, actor: Actor) -> str:
        """As it is kept."""
        return f"study:{self.study_id}" if self.study_id else f"account:{actor.name}"


@dataclass(frozen=True)
class KnownFilm:
    """A film that codings may go to; `name` is its name in the study, or no more than the start of its id."""

    clip_id: str
    name: str
    length_us: int


@dataclass(frozen=True)
class Taking:
    """What a file would put with which film (its identity in vfeed), and what was lost on the way."""

    codings: tuple[tuple[str, Coding], ...]
    losses: tuple[Loss, ...]
    tool: str

    def shown(self) -> Iterator[str]:
        """Sentences and the first marks of each coding, to compare with the film."""
        for clip_id, coding in self.codings:
            yield f"Film {clip_id}, coder {coding.coder or 'not named'}: {count(len(coding.marks), 'mark')}."
            for mark in coding.marks[:SHOWN]:
                about = " ".join(part for part in (mark.who, mark.lane) if part) or "-"
                more = f" ({', '.join(part for part in mark.modifiers if part)})" if any(mark.modifiers) else ""
                span = f"{clock(mark.start_us)}" if mark.point else f"{clock(mark.start_us)} to {clock(mark.end_us)}"
                yield f"  {span}  {about}: {mark.code}{more}"
            if len(coding.marks) > SHOWN:
                yield f"  and {len(coding.marks) - SHOWN} more"


@dataclass(frozen=True)
class KeptCoding:
    """A coding that is kept with a film: what it is, when it came and by whom."""

    clip_id: str
    film: str
    coding: CodingImported
    at: datetime | None
    by: str


@dataclass(frozen=True)
class KeptFilm:
    """A film with the codings from elsewhere that are kept with it, and whether a step can be taken back or redone."""

    clip_id: str
    film: str
    kept: tuple[KeptCoding, ...]
    can_undo: bool
    can_redo: bool


def clock(time_us: int) -> str:
    """Return minutes and seconds as a player shows them.

    >>> clock(62_500_000)
    '01:02.500'
    """
    minutes, rest = divmod(time_us, 60_000_000)
    return f"{minutes:02d}:{rest // 1_000_000:02d}.{rest // 1_000 % 1_000:03d}"


class TakingIn:
    """What a researcher does with codings from elsewhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def films(self, actor: Actor, study_id: str = "") -> list[KnownFilm]:
        """Return the films that are open to research today, of a study under their names there; by name.

        Films that the actor still has to code blind are not among them: a coding of them would be seen.
        """
        require(actor, "study.manage")
        hidden = self._store.studies.still_to_code(actor.name)
        clips = {clip.id: clip for clip in self._store.consents.open_to(USE) if clip.id not in hidden}
        if study_id:
            self._store.studies.read(study_id)
            parts = self._store.studies.clips(study_id)
            names = {each.clip_id: each.pseudonym for each in parts if each.clip_id in clips}
        else:
            names = {clip_id: clip_id[:8] for clip_id in clips}
        found = [KnownFilm(id_, name, clips[id_].film.duration_us) for id_, name in names.items()]
        return sorted(found, key=lambda film: film.name)

    def read(self, actor: Actor, sent: Sent, asked: Asked) -> Found:
        """Return what a file says, before anybody said which films it is of; raises VfeedError as `look`."""
        require(actor, "study.manage")
        return read_bytes(sent.data, sent.name, asked)

    def look(self, actor: Actor, sent: Sent, asked: Asked, place: Place, words: Words | None = None) -> Taking:
        """Return what a coding file would put with which film; nothing is kept yet.

        A file about several films must name them all in `place`, or the one by `asked.clip`. Times within a
        millisecond of a frame are put on it. Raises VfeedError `consent_missing` unless all in each film gave it to
        research, `not_found`, and `codes_unreadable` or `codes_unclear` as the readers do.
        """
        require(actor, "study.manage")
        if not place.clip_id and not place.films:
            raise VfeedError(
                "invalid_input",
                _("It must be said which film this is of."),
                hint=_("Give either --clip or --pseudonyms."),
            )
        films: dict[str, tuple[tuple[int, ...], int]] = {}
        if place.clip_id:
            films[place.clip_id] = self._film(actor, place.clip_id)
            asked = replace(asked, length_us=films[place.clip_id][1])
        found = read_bytes(sent.data, sent.name, asked)
        losses = list(found.losses)
        codings = []
        for film, coding in _placed(found, place, asked.clip, sent.name, losses):
            films[film] = times, length_us = films.get(film) or self._film(actor, film)
            ours = replace(snapped(coding, times), length_us=length_us)
            if words is not None:
                ours, more = recoded(ours, words.scheme, words.told)
                losses += more
            codings.append((film, ours))
        if not any(coding.marks or coding.stretches for _, coding in codings):
            why = losses[0].what if losses else "No row holds a mark."
            raise VfeedError(
                "codes_unclear",
                _("%(name)s: there is nothing to take in. %(why)s"),
                hint=_("Look at the file."),
                name=sent.name,
                why=why,
            )
        return Taking(tuple(codings), tuple(losses), found.tool)

    def keep(self, actor: Actor, taking: Taking, *, blind: Blind = "") -> int:
        """Keep what `look` found; returns how many codings. All or none; raises as `look` and `conflict`."""
        require(actor, "study.manage")
        by_film: dict[str, list[Coding]] = {}
        for clip_id, coding in taking.codings:
            by_film.setdefault(clip_id, []).append(coding)
        for clip_id in by_film:
            self._refuse_unseen(actor, clip_id)
        self._store.codings.add_all(
            {
                clip_id: [packed(each, new_id(), blind, taking.losses) for each in codings]
                for clip_id, codings in by_film.items()
            },
            actor.name,
        )
        return len(taking.codings)

    def remembered(self, actor: Actor, whose: Whose) -> Learnt:
        """Return what was told of files before."""
        require(actor, "study.manage")
        return self._store.readings.of(whose.name(actor))

    def remember(
        self, actor: Actor, whose: Whose, words: Words | None, columns: Mapping[str, Columns] | None = None
    ) -> None:
        """Keep what was told of a file for the next one."""
        require(actor, "study.manage")
        scheme_id, told = (words.scheme.id, words.told) if words else ("", {})
        self._store.readings.keep(whose.name(actor), scheme_id, told, columns or {})

    def kept(self, actor: Actor, study_id: str = "") -> list[KeptFilm]:
        """Return the films with codings from elsewhere that are kept with them, or were; by name."""
        films = {film.clip_id: film for film in self.films(actor, study_id)}
        return [
            KeptFilm(
                clip_id,
                films[clip_id].name,
                tuple(
                    KeptCoding(clip_id, films[clip_id].name, event.payload, event.at, event.actor)
                    for event in folded.events
                    if isinstance(event.payload, CodingImported) and event.payload.coding_id in folded.state.codings
                ),
                folded.available_undo.undo is not None,
                folded.available_undo.redo is not None,
            )
            for clip_id, folded in self._store.codings.of_all(films).items()
        ]

    def take_back(self, actor: Actor, clip_id: str, *, redo: bool = False) -> None:
        """Take back the last step with a film's codings, or do it again; raises VfeedError `invalid_input`."""
        self._refuse_unseen(actor, clip_id)
        self._store.codings.take_back(clip_id, actor.name, redo=redo)

    def remove(self, actor: Actor, clip_id: str, coding_id: str) -> None:
        """Take a coding out; raises VfeedError `not_found`."""
        self._refuse_unseen(actor, clip_id)
        self._store.codings.remove(clip_id, actor.name, coding_id)

    def _refuse_unseen(self, actor: Actor, clip_id: str) -> None:
        require(actor, "study.manage")
        self._store.consents.require(clip_id, USE)
        if self._store.studies.taken_by(clip_id, actor.name):
            raise VfeedError("not_found", _("There is no such film."), hint=_("Choose one from the list."))

    def _film(self, actor: Actor, clip_id: str) -> tuple[tuple[int, ...], int]:
        """The true times of a film's frames and its length; raises VfeedError `consent_missing`, `not_found`."""
        clip: Clip = self._store.clips.get(clip_id)
        self._refuse_unseen(actor, clip_id)
        length_us = clip.film.duration_us
        if self._store.blobs.has(clip_id, "pts_map"):
            pairs = json.loads(self._store.blobs.read(clip_id, "pts_map"))
            return tuple(int(time_us) for _, time_us in pairs), length_us
        try:
            with self._store.blobs.open(clip_id, "original") as file:
                return frame_times_isolated(file), length_us
        except VfeedError as error:
            # A film whose frames cannot be read any more may still have codings; their times stay as they are.
            if not error.permanent:
                raise
            return (), length_us


def _placed(found: Found, place: Place, film: str, name: str, losses: list[Loss]) -> list[tuple[str, Coding]]:
    """Each coding with its film; one of no film is said. Raises VfeedError `codes_unclear` as `_of_one`."""
    if not place.films:
        return [(place.clip_id, coding) for coding in _of_one(found.codings, film, name)]
    placed = []
    for coding in found.codings:
        clip_id = place.films.get(coding.clip, place.clip_id)
        if clip_id:
            placed.append((clip_id, coding))
        else:
            losses.append(Loss(LossKind.DROPPED, coding.clip or name, "No film was said for it."))
    return placed


def _of_one(codings: Sequence[Coding], film: str, name: str) -> Sequence[Coding]:
    """The codings of one film; raises VfeedError `codes_unclear` where they are of several."""
    ours = [each for each in codings if film and each.clip and same_film(each.clip, film)]
    called = sorted({each.clip for each in codings})
    if not ours and len(called) > 1:
        raise VfeedError(
            "codes_unclear",
            _("%(name)s is about several films: %(films)s."),
            hint=_("Say which of them it is: --film NAME."),
            name=name,
            films=", ".join(called)[:200],
        )
    return ours or codings
