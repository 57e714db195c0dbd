"""Screening films for coding: what the computer offers, and a person's word above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vfeed.journal.journal import Folded
from vfeed.perception.metrics import Heard
from vfeed.research.checks import CheckState
from vfeed.research.codability import Best, Codability, FilmFacts, Verdict, judge, with_person
from vfeed.research.film_facts import kept_facts
from vfeed.screening.one_clip import MISSING, SEPARATOR, Row
from vfeed.screening.tables import Told, table
from vfeed.services.access import Actor, require
from vfeed.services.offers import MetricsOutdated, Offers
from vfeed.store.screenings import Measured
from vfeed.store.store import Store
from vfeed.store.tables import Clip

AT_ONCE = 100
NOTHING_SAID = CheckState()
ORDER = [Verdict.CODABLE, Verdict.LIMITS, Verdict.UNKNOWN, Verdict.AGAIN]


@dataclass(frozen=True)
class Screened:
    """A film with what the computer and people say of it. `strip` is how much is seen, "" where nobody looked."""

    clip_id: str
    name: str
    facts: FilmFacts
    machine: Codability
    found: Codability
    check: CheckState
    strip: str

    @property
    def best(self) -> Best | None:
        """The best three minutes without a cut."""
        return self.facts.best[0] if self.facts.best else None


class Screening:
    """What a researcher does before films are coded."""

    def __init__(self, store: Store, offers: Offers) -> None:
        self._store = store
        self._offers = offers

    def films(self, actor: Actor) -> list[Screened]:
        """Return every film that is open to research today, by what can be done with it and then by name: nothing
        ranks.

        Films that the actor still has to code blind are not among them.
        """
        clips = self._open(actor)
        checks = self._store.screenings.checks([clip.id for clip in clips])
        found = self._together(clips, self._store.screenings.facts(), checks)
        return sorted(found, key=lambda each: (ORDER.index(each.found.verdict), each.name))

    def next_of(self, actor: Actor, clip_id: str) -> str | None:
        """Return the id of the next film in the table that no person has spoken of; None where there is none."""
        clips = sorted(self._open(actor), key=_name)
        checks = self._store.screenings.checks([clip.id for clip in clips])
        here = next((clip for clip in clips if clip.id == clip_id), None)
        if here is not None:
            # Most often the next one is of the same kind and near: then few films are looked at.
            kind = self._near([here], checks)[0].found.verdict
            after = [clip for clip in clips if _name(clip) > _name(here) and _unspoken(checks.get(clip.id))]
            for start in range(0, len(after), AT_ONCE):
                for each in self._near(after[start : start + AT_ONCE], checks):
                    if each.found.verdict is kind:
                        return each.clip_id
        films = self.films(actor)
        start = next((number + 1 for number, each in enumerate(films) if each.clip_id == clip_id), 0)
        for each in [*films[start:], *films[:start]]:
            if each.check.word is None and each.clip_id != clip_id:
                return each.clip_id
        return None

    def best_of(self, clip_ids: Sequence[str]) -> dict[str, Best]:
        """Return the best uncut minutes of these clips; those of which nothing is known are missing."""
        clips = [self._store.clips.get(clip_id) for clip_id in clip_ids]
        return {each.clip_id: each.best for each in self._near(clips, {}) if each.best is not None}

    def _open(self, actor: Actor) -> list[Clip]:
        require(actor, "research.view")
        hidden = self._store.studies.still_to_code(actor.name) if "coder" in actor.roles else set()
        return [clip for clip in self._store.consents.open_to("research") if clip.id not in hidden]

    def _near(self, clips: Sequence[Clip], checks: Mapping[str, CheckState]) -> list[Screened]:
        return self._together(clips, self._store.screenings.facts([clip.id for clip in clips]), checks)

    def _together(
        self, clips: Sequence[Clip], kept: Mapping[str, Measured], checks: Mapping[str, CheckState]
    ) -> list[Screened]:
        """These films; what had to be measured is kept, a hundred at once, so that it is measured once."""
        found = []
        for start in range(0, len(clips), AT_ONCE):
            made: list[Measured] = []
            for clip in clips[start : start + AT_ONCE]:
                of = kept.get(clip.id)
                if of is not None and of.facts is None:
                    of = replace(of, facts=self._measured(clip))
                    made.append(of)
                facts = of.facts if of else None
                found.append(_screened(clip, facts or {}, checks.get(clip.id, NOTHING_SAID)))
            if made:
                self._store.screenings.keep(made)
        return found

    def film(self, actor: Actor, clip_id: str) -> tuple[Screened, Folded[CheckState]]:
        """Return one film; raises VfeedError `not_found`, `consent_missing`."""
        require(actor, "research.view")
        self._store.consents.require(clip_id, "research")
        clip = self._store.clips.get(clip_id)
        folded = self._store.screenings.read(clip_id)
        return self._near([clip], {clip_id: folded.state})[0], folded

    def record(self, actor: Actor, clip_id: str, type_: str, payload: Mapping[str, Any]) -> None:
        """A person's answer, or word."""
        require(actor, "research.view")
        self._store.consents.require(clip_id, "research")
        self._store.screenings.append(clip_id, actor.name, type_, payload)

    def take_back(self, actor: Actor, clip_id: str, *, redo: bool = False) -> None:
        """Take the last answer or word back, or say it again."""
        require(actor, "research.view")
        self._store.consents.require(clip_id, "research")
        self._store.screenings.take_back(clip_id, actor.name, redo=redo)

    def lines(self, actor: Actor) -> list[list[str]]:
        """Return the films as the rows of `vfeed screen`'s table."""
        films = self.films(actor)
        told = {
            each.name: Told(None, "", each.check.by, each.check.word, each.check.answers)
            for each in films
            if each.check != NOTHING_SAID
        }
        return table([_row(each) for each in films], told, {}, "infant")

    def _measured(self, clip: Clip) -> dict[str, Any]:
        """The facts of an analysed film, empty where its analysis kept too little for them."""
        analysis = self._store.analyses.latest(clip.id)
        if analysis is None or not self._store.blobs.has(clip.id, "metrics") or "asks" not in analysis.filming:
            return {}
        infant, caregiver = (analysis.roles.get(f"{who}_track") for who in ("infant", "adult"))
        try:
            metrics = self._offers.metrics(clip.id)
        except MetricsOutdated:
            return {}
        return kept_facts(metrics, infant, caregiver, analysis.filming, clip.film.duration_us)


def _screened(clip: Clip, made: Mapping[str, Any], said: CheckState) -> Screened:
    facts = _facts(made) if made else FilmFacts(clip.film.duration_us, _sound_of(clip))
    machine = judge(facts)
    found = with_person(machine, answers=said.answers, verdict=said.word)
    return Screened(clip.id, _name(clip), facts, machine, found, said, made["strip"] if made else "")


def _name(clip: Clip) -> str:
    return clip.id[:8]


def _unspoken(said: CheckState | None) -> bool:
    return said is None or said.word is None


def _sound_of(clip: Clip) -> Heard:
    return Heard.NONE if clip.film.audio_codec is None else Heard.UNKNOWN


def _facts(kept: Mapping[str, Any]) -> FilmFacts:
    values = {name: value for name, value in kept.items() if name != "strip"}
    best = tuple(Best(**each) for each in values["best"])
    return FilmFacts(**{**values, "sound": Heard(values["sound"]), "best": best, "advice": tuple(values["advice"])})


def _row(each: Screened) -> Row:
    best = each.best
    more = (
        {
            "best_start_us": str(best.start_us),
            "best_end_us": str(best.end_us),
            "both_seen_share": f"{best.both_seen_share:.3f}",
            "others_share": f"{best.others_share:.3f}",
        }
        if best
        else {}
    )
    for place, name in ((1, "second_best_start_us"), (2, "third_best_start_us")):
        if len(each.facts.best) > place:
            more[name] = str(each.facts.best[place].start_us)
    if each.facts.people is not None:
        more["people"] = str(each.facts.people)
    return Row(
        clip_id=each.name,
        seen_strip=each.strip or MISSING,
        verdict=each.machine.verdict.value,
        reasons=SEPARATOR.join(each.machine.reasons),
        advice=SEPARATOR.join(each.machine.advice),
        sound=each.facts.sound.name.lower(),
        length_us=str(each.facts.length_us),
        **more,
    )


def counted(films: Sequence[Screened]) -> dict[Verdict, int]:
    """Return how many films there are of each kind."""
    found = Counter(film.found.verdict for film in films)
    return {each: found[each] for each in ORDER}
