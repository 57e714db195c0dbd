"""Setting up a study: which films, by which scheme, given to whom; and how far the coding is."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.research.assignment import ALGORITHM, Shares, StudyClip, assign
from vfeed.research.scheme import LOOKING, Scheme, scheme_of
from vfeed.research.study import Assigning, Phase, Plan, StudyState
from vfeed.services.access import Actor, require
from vfeed.services.screening import Screening
from vfeed.store import tables
from vfeed.store.store import Store
from vfeed.store.studies import StudyPart, ToDo

FIRSTS = ("first", "second")
"""What a coder codes a film for that is compared with another coder’s."""
AGAIN = ("repeat", "gold")
"""What a coder codes a film for that is compared with what was coded before."""
REPEAT_AFTER = timedelta(days=28)
"""A coder sees a film again no sooner: by then nobody remembers what they coded."""


@dataclass(frozen=True)
class Film:
    """A film that everybody in it has opened to research; `name` is no title."""

    clip_id: str
    family_id: str
    name: str
    length_us: int
    ready: bool


@dataclass(frozen=True)
class Progress:
    """How far a coder is with what was given to them."""

    coder: str
    given: int
    opened: int
    handed_in: int
    paused: str | None


@dataclass(frozen=True)
class StudyRead:
    """A study with everything that its page shows, of the films that are open today.

    `closed_off` counts those that are not, `erased` and `withdrawn` those that are gone for good.
    """

    row: tables.Study
    folded: Folded[StudyState]
    clips: Sequence[tables.StudyClip]
    codings: Sequence[tables.StudyCoding]
    progress: Sequence[Progress]
    withdrawn: int
    erased: int
    closed_off: int

    @property
    def state(self) -> StudyState:
        """What holds now."""
        return self.folded.state

    @property
    def not_given(self) -> Sequence[tables.StudyClip]:
        """The clips that nobody was given yet."""
        given = {coding.clip_id for coding in self.codings}
        return [clip for clip in self.clips if clip.clip_id not in given]

    def of_two(self, *, handed_in: bool = False) -> set[str]:
        """Return the ids of the films that two coders were given, or handed in, repeats apart."""
        had = {
            (coding.clip_id, coding.coder)
            for coding in self.codings
            if coding.purpose in FIRSTS and (coding.handed_in_at is not None or not handed_in)
        }
        return {clip_id for clip_id, coders in Counter(clip_id for clip_id, _coder in had).items() if coders > 1}


class StudyDesk:
    """What a researcher does with studies."""

    def __init__(self, store: Store, screening: Screening) -> None:
        self._store = store
        self._screening = screening

    def films(self, actor: Actor) -> list[Film]:
        """Return every film that may be taken into a study today, by name."""
        require(actor, "study.manage")
        found = [
            Film(
                clip.id,
                clip.family_id,
                clip.id[:8],
                clip.film.duration_us,
                self._store.blobs.has(clip.id, "proxy"),
            )
            for clip in self._store.consents.open_to("research")
        ]
        return sorted(found, key=lambda film: film.name)

    def schemes(self) -> dict[str, Scheme]:
        """Return the schemes to choose from, by id: where each looks, and every code set that can be coded."""
        found = {LOOKING.id: LOOKING}
        for pack in self._store.packs.known().packs:
            scheme = scheme_of(pack)
            if scheme is not None:
                found[scheme.id] = scheme
        return found

    def scheme(self, scheme_id: str) -> Scheme:
        """Return a scheme as it is today; raises VfeedError `invalid_input`."""
        found = self.schemes().get(scheme_id)
        if found is None:
            raise VfeedError("invalid_input", _("There is no such code set."), hint=_("Choose one from the list."))
        return found

    def all(self, actor: Actor) -> list[tuple[tables.Study, StudyState]]:
        """Return every study, newest first."""
        require(actor, "study.manage")
        return self._store.studies.all()

    def begin(self, actor: Actor, plan: Plan, clip_ids: Sequence[str]) -> tables.Study:
        """Begin a study; raises VfeedError `invalid_input` without films, `consent_missing` for one that is not
        open.
        """
        require(actor, "study.manage")
        films = {film.clip_id: film for film in self.films(actor)}
        chosen = list(dict.fromkeys(clip_ids))
        if not chosen:
            raise VfeedError("invalid_input", _("No film was chosen."), hint=_("Tick the films of the study."))
        if unknown := [clip_id for clip_id in chosen if clip_id not in films]:
            raise VfeedError(
                "consent_missing",
                _("%(count)s of the films are not open to research today."),
                hint=_("Load the page again: only films that everybody in them has opened can be taken."),
                count=len(unknown),
            )
        parts = self._parts([films[clip_id] for clip_id in chosen], plan)
        return self._store.studies.begin(plan, parts, actor.name)

    def _parts(self, films: Sequence[Film], plan: Plan) -> list[StudyPart]:
        if plan.window == "best":
            best = self._screening.best_of([film.clip_id for film in films])
            if missing := [film.name for film in films if film.clip_id not in best]:
                raise VfeedError(
                    "invalid_input",
                    _("Of %(count)s films no best minutes are known: %(films)s."),
                    hint=_("Have them analysed first, leave them out, or choose another stretch."),
                    count=len(missing),
                    films=", ".join(missing[:5]),
                )
            spans = {clip_id: (each.start_us, each.end_us) for clip_id, each in best.items()}
        else:
            whole = plan.window == "whole"
            spans = {
                film.clip_id: (0, film.length_us if whole else min(film.length_us, plan.window_us)) for film in films
            }
        return [StudyPart(film.clip_id, film.family_id, *spans[film.clip_id]) for film in films]

    def read(self, actor: Actor, study_id: str) -> StudyRead:
        """Return a study; raises VfeedError `not_found`."""
        require(actor, "study.manage")
        row, folded = self._store.studies.read(study_id)
        clips = self._store.studies.clips(study_id)
        today = {clip.id for clip in self._store.consents.open_to("research")}
        codings = [each for each in self._store.studies.codings(study_id) if each.clip_id in today]
        open_today = [clip for clip in clips if clip.clip_id in today]
        erased = self._store.studies.erased(study_id)
        return StudyRead(
            row,
            folded,
            open_today,
            codings,
            _progress(codings, folded.state.paused),
            self._store.studies.withdrawn(study_id),
            erased,
            len(clips) - len(open_today) - erased,
        )

    def coders(self) -> Sequence[str]:
        """Return the accounts that films can be given to."""
        return self._store.studies.coders()

    def assign(
        self,
        actor: Actor,
        study_id: str,
        phase: Phase,
        coders: Sequence[str],
        *,
        everyone: bool,
        clips: int | None = None,
        seed: str | None = None,
        agreed: AbstractSet[str] = frozenset(),
    ) -> int:
        """Give out films that nobody has yet (in training, test and recalibration so many); returns how many codings.

        In main coding films from `agreed`, whose agreed coding is finished, are put among them unseen. Raises
        VfeedError `invalid_input` where there is no film, or no coder who may code it, and `conflict` where somebody
        else gave films out at the same time.
        """
        before = len(self._store.studies.codings(study_id))
        study = self.read(actor, study_id)
        unknown = set(coders) - set(self.coders())
        if unknown:
            raise VfeedError(
                "invalid_input", _("%(name)s is no coder."), hint=_("Choose from the list."), name=min(unknown)
            )
        plan, luck = study.state.plan, seed or secrets.token_hex(8)
        left = _some(study.not_given, clips, luck)
        gold = [each for each in study.clips if each.clip_id in agreed] if phase == "main" else []
        clip_ids = {each.clip_id for each in (*left, *gold)}
        saw = {coder: self._store.studies.saw_more(coder, clip_ids) for coder in coders}
        never = _never(saw, {each.clip_id for each in left}, len(coders))
        had = _codings_of(study.codings)
        for coder in coders:
            never[coder] |= {clip_id for clip_id, purposes in had[coder].items() if "gold" in purposes}
        main = phase == "main"
        shares = Shares(plan.second_share, plan.repeat_share if main else 0.0, plan.gold_share if main else 0.0)
        assigned = assign(_parts(left), coders, shares, luck, gold=_parts(gold), everyone=everyone, never=never)
        later = date.today() + REPEAT_AFTER
        todo = [
            ToDo(
                each.clip,
                each.coder,
                each.purpose,
                each.place,
                each.clip not in saw[each.coder],
                _why(saw[each.coder].get(each.clip)),
                # What a coder has coded before waits until nobody remembers it.
                later if each.purpose == "repeat" or each.clip in had[each.coder] else None,
            )
            for each in assigned
        ]
        names = tuple(sorted(set(coders)))
        assigning = Assigning(
            phase=phase, coders=names, everyone=everyone, seed=luck, algorithm=ALGORITHM, codings=len(todo)
        )
        self._store.studies.assign(study_id, actor.name, assigning, todo, before)
        return len(todo)

    def pause(self, actor: Actor, study_id: str, coder: str, why: str) -> None:
        """Give a coder no further film for now."""
        require(actor, "study.manage")
        self._store.studies.append(study_id, actor.name, "coder_paused", {"coder": coder, "why": why})

    def take_up(self, actor: Actor, study_id: str, coder: str) -> None:
        """Let a paused coder go on."""
        require(actor, "study.manage")
        self._store.studies.append(study_id, actor.name, "coder_taken_up", {"coder": coder})

    def close(self, actor: Actor, study_id: str) -> None:
        """End blind coding, for good."""
        require(actor, "study.manage")
        if not self._store.studies.read(study_id)[1].state.rounds:
            raise VfeedError("invalid_input", _("Nothing was coded yet."), hint=_("Give the films to coders first."))
        self._store.studies.append(study_id, actor.name, "coding_closed", {})


def _parts(clips: Sequence[tables.StudyClip]) -> list[StudyClip]:
    return [StudyClip(each.clip_id, each.family_pseudonym, each.end_us - each.start_us) for each in clips]


def _codings_of(codings: Sequence[tables.StudyCoding]) -> dict[str, dict[str, set[str]]]:
    """What each coder was given before: for which purposes, by clip."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in codings:
        found[each.coder][each.clip_id].add(each.purpose)
    return found


def _progress(codings: Sequence[tables.StudyCoding], paused: Mapping[str, str]) -> list[Progress]:
    found = []
    for coder in sorted({coding.coder for coding in codings}):
        own = [coding for coding in codings if coding.coder == coder]
        opened = sum(coding.opened_at is not None for coding in own)
        handed_in = sum(coding.handed_in_at is not None for coding in own)
        found.append(Progress(coder, len(own), opened, handed_in, paused.get(coder)))
    return found


def _some(clips: Sequence[tables.StudyClip], count: int | None, seed: str) -> list[tables.StudyClip]:
    """So many of the clips, drawn by the seed; all of them without a count."""
    if count is None or count >= len(clips):
        return list(clips)
    return Random(f"{ALGORITHM}:{seed}:draw").sample(sorted(clips, key=lambda each: each.clip_id), max(1, count))


def _never(saw: Mapping[str, Mapping[str, date]], clip_ids: Iterable[str], coders: int) -> dict[str, set[str]]:
    """Clips that a coder does not get since they have seen its flags, as long as two others can code it."""
    found: dict[str, set[str]] = {coder: set() for coder in saw}
    for clip_id in clip_ids:
        seen_by = [coder for coder in saw if clip_id in saw[coder]]
        if coders - len(seen_by) >= 2:
            for coder in seen_by:
                found[coder].add(clip_id)
    return found


def _why(day: date | None) -> str:
    return f"saw the flags on {day.isoformat()}" if day else ""
