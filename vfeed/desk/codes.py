"""What people coded in vfeed, taken out for research; what nobody confirmed goes apart from it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from vfeed.errors import VfeedError
from vfeed.journal.events import Event
from vfeed.practice.events import MaskedFirstPass
from vfeed.practice.review import ReviewState
from vfeed.research.formats.long_table import LONG_COLUMNS, long_rows
from vfeed.research.formats.registry import exporter_named, write_codings
from vfeed.research.formats.seam import Loss
from vfeed.research.formats.table_writing import csv_bytes
from vfeed.research.kept_codings import unpacked
from vfeed.research.marks import Coding, Mark, Provenance, clean
from vfeed.screening.run import Names
from vfeed.services.study_files import Keep, nowhere
from vfeed.store import Store
from vfeed.store.tables import Clip

UNCONFIRMED = "machine_unconfirmed.csv"
CONFIRMED, ADJUSTED, CODED, OFFERED = (
    "candidate_confirmed",
    "candidate_adjusted",
    "human_coding",
    "candidate_unconfirmed",
)
WHO = {
    "gaze_contact": "both",
    "joint_attention": "both",
    "repair": "both",
    "gaze_aversion": "infant",
    "look_to_parent": "infant",
    "parent_waiting": "parent",
}
LOOKS, MOMENTS, STILLS = "looks", "moments", "stills"
USE = "research"


@dataclass(frozen=True)
class Taken:
    """An export: files by name, how many clips it is of, how many were left out for want of consent, what was lost."""

    files: dict[str, bytes]
    clips: int
    without_consent: int
    losses: tuple[Loss, ...]


def take_out(
    store: Store,
    family: str,
    format_name: str,
    names: Path,
    actor: str,
    *,
    unconfirmed: bool,
    notes: bool,
    keep: Keep = nowhere,
) -> Taken:
    """Return the codings of a family's clips that all in them gave to research, each clip noted in the audit trail.

    Clips get random identifiers that `names` alone explains; coders become coder-1 and so on. Notes stay behind
    unless asked for: they may name people. `keep` has the files before the trail says so.
    Raises VfeedError `not_found` for no such family, `consent_missing` where no clip is open to research.
    """
    exporter = exporter_named(format_name)
    found = collected(store, [family], names, notes=notes)
    written = write_codings(exporter, found.codings)
    files = dict(written.files)
    if unconfirmed:
        files[UNCONFIRMED] = _apart(found.offered)
    keep(files)
    for clip, _ in found.clips:
        store.audit.record(
            actor, "codes.exported", clip.id, {"format": format_name, "unconfirmed": unconfirmed, "notes": notes}
        )
    return Taken(files, len(found.clips), found.without_consent, written.losses)


@dataclass(frozen=True)
class Collected:
    """Codings of the clips that are open to research, each clip with its identifier, and what nobody decided on."""

    clips: tuple[tuple[Clip, str], ...]
    codings: tuple[Coding, ...]
    offered: tuple[Coding, ...]
    without_consent: int


def collected(store: Store, families: Sequence[str], names: Path, *, notes: bool) -> Collected:
    """Return the codings of several families' clips; raises as `take_out`."""
    every: list[Clip] = []
    for family in families:
        found = store.families.find(family)
        if found is None:
            raise VfeedError(
                "not_found", f"There is no family called {family!r}.", hint="Look at its code name in the browser."
            )
        every += store.clips.for_family(found.id)
    clips = [clip for clip in every if store.consents.decide(clip.id, USE)]
    if not clips:
        reason = store.consents.decide(every[0].id, USE).reason if every else "The family has no film."
        raise VfeedError("consent_missing", reason, hint="Record the family's consent to research on its page first.")
    called = Names(names).of([clip.id for clip in clips])
    coders = _Coders()
    codings: list[Coding] = []
    offered: list[Coding] = []
    for clip in clips:
        ours, theirs = _of_clip(store, clip, called[clip.id], coders, notes=notes)
        codings += ours
        offered += theirs
    pairs = tuple((clip, called[clip.id]) for clip in clips)
    return Collected(pairs, tuple(codings), tuple(offered), len(every) - len(clips))


class _Coders:
    """Accounts as coder-1, coder-2: in the order in which they come up."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def __getitem__(self, actor: str) -> str:
        return self.known.setdefault(actor, f"coder-{len(self.known) + 1}")


def _of_clip(store: Store, clip: Clip, name: str, coders: _Coders, *, notes: bool) -> tuple[list[Coding], list[Coding]]:
    """A clip's codings by coder and source, and what the analysis offers that nobody decided on."""
    folded, analysis = store.events.read(clip.id), store.analyses.latest(clip.id)
    state, events = folded.state, {event.id: event for event in folded.events}
    candidates: Sequence[Mapping[str, Any]] = analysis.candidates if analysis else ()
    version = analysis.version if analysis else {}
    length_us = clip.film.duration_us
    made = Provenance(
        analysis_version=_version(version),
        models_sha=_sha(version.get("models")),
        parameters_sha=_sha(version.get("parameters")),
    )
    marks: dict[tuple[str, str, str], list[Mark]] = defaultdict(list)
    latest: dict[tuple[str, str, str], datetime] = {}
    seen_at = flags_seen_at(folded.events, store.analyses.first_at(clip.id))

    def keep(event_id: int, source: str, mark: Mark) -> None:
        event = events[event_id]
        blind = source == CODED and event.at is not None and (seen_at is None or event.at < seen_at)
        key = coders[event.actor], source, "true" if blind else "false"
        marks[key].append(mark)
        if event.at is not None:
            latest[key] = max(latest.get(key, event.at), event.at)

    if state.gaze_flags.meaningful:
        _decisions(state, {str(each["id"]): each for each in candidates}, keep)
    _tags(state, _by_moment(events), keep, notes=notes)
    codings = []
    for (coder, source, blind), each in sorted(marks.items()):
        told = replace(made, source=source, blind=blind, changed_utc=_when(latest.get((coder, source, blind))))
        # Who saw no flags decided on none: no version of an analysis belongs to it.
        told = replace(told, analysis_version="", models_sha="", parameters_sha="") if blind == "true" else told
        codings.append(Coding(name, coder, tuple(each), (), length_us, provenance=told))
    codings += [unpacked(each, name, coders[f"import:{each.coder}"], notes=notes) for each in store.codings.of(clip.id)]
    open_ones = (
        [each for each in candidates if str(each["id"]) not in state.decisions] if state.gaze_flags.meaningful else []
    )
    offered = [_mark(str(each["kind"]), *_span(each)) for each in open_ones if state.play.holds(*_span(each))]
    told = replace(made, source=OFFERED, blind="false")
    return codings, [Coding(name, "", tuple(offered), (), length_us, provenance=told)] if offered else []


def flags_seen_at(events: Sequence[Event], analysed_at: datetime | None) -> datetime | None:
    """When somebody may first have seen a film's candidates; None where nobody could so far.

    They are there from the first analysis on, and seen unless the film was being watched without them.
    """
    if analysed_at is None:
        return None
    hidden = False
    for event in events:
        if isinstance(event.payload, MaskedFirstPass) and event.at is not None:
            if event.at >= analysed_at and not hidden:
                return analysed_at
            if event.at >= analysed_at and not event.payload.on:
                return event.at
            hidden = event.payload.on
    return None if hidden else analysed_at


KeepMark = Callable[[int, str, Mark], None]


def _decisions(state: ReviewState, candidates: Mapping[str, Mapping[str, Any]], keep: KeepMark) -> None:
    """What was kept, at the times that a person gave it; what was marked "not this" or put aside is no finding."""
    for candidate_id, decision in state.decisions.items():
        if decision.state != "confirmed":
            continue
        original = candidates.get(candidate_id)
        same = original is not None and _span(original) == (decision.start_us, decision.end_us)
        source = CODED if decision.own else CONFIRMED if same else ADJUSTED
        keep(decision.event_id, source, _mark(decision.kind, decision.start_us, decision.end_us))


def _tags(state: ReviewState, told_by: Mapping[str, int], keep: KeepMark, *, notes: bool) -> None:
    for moment in state.moments:
        end_us = moment.start_us if moment.point else moment.end_us
        note = clean(moment.note, lines=True) if notes else ""
        mark = Mark(moment.start_us, end_us, "", MOMENTS, clean(moment.code_ref), note=note)
        keep(told_by[moment.moment_id], CODED, mark)
    for still in state.stills:
        note = clean(still.caption, lines=True) if notes else ""
        keep(told_by[still.still_id], CODED, Mark(still.at_us, still.at_us, "", STILLS, "still", note=note))


def _by_moment(events: Mapping[int, Any]) -> dict[str, int]:
    """The last event about each moment and still."""
    found: dict[str, int] = {}
    for number, event in sorted(events.items()):
        for name in ("moment_id", "still_id"):
            about = getattr(event.payload, name, None)
            if about is not None:
                found[about] = number
    return found


def _when(time: datetime | None) -> str:
    return "" if time is None else time.isoformat()


def _span(candidate: Mapping[str, Any]) -> tuple[int, int]:
    return int(candidate["start_us"]), int(candidate["end_us"])


def _mark(kind: str, start_us: int, end_us: int) -> Mark:
    return Mark(start_us, end_us, WHO.get(kind, ""), LOOKS, kind)


def _version(version: Mapping[str, Any]) -> str:
    """Code and what computes, as one word; "" where nothing was analysed."""
    return "+".join(part for part in (str(version.get("code", "")), str(version.get("perception", ""))[:12]) if part)


def _sha(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest() if value else ""


def _apart(offered: Sequence[Coding]) -> bytes:
    """The machine's offers as a table whose first columns say what they are not."""
    rows = [["unconfirmed", "true", *row] for row in long_rows(offered)]
    return csv_bytes(("status", "not_a_finding", *LONG_COLUMNS), rows)
