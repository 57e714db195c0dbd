"""What people did, in words: the entries of every journal, put into the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.journal.journal import AvailableUndo, Change, Entry, HistoryEntry, Step
from vfeed.practice.annotations import edge_moved
from vfeed.practice.library import Library, shipped
from vfeed.practice.review import Original
from vfeed.server.web.context import day
from vfeed.server.web.i18n import gettext as _
from vfeed.timeline.clock import clock

Say = Callable[[Entry], str]


def later(text: str) -> str:
    """Mark a text for the catalogues; it is looked up when it is needed."""
    return text


KINDS = {
    "gaze_contact": later("gaze contact"),
    "gaze_aversion": later("looking away"),
    "joint_attention": later("looking at the same thing"),
    "look_to_parent": later("looking to the parent"),
    "parent_waiting": later("parent waits and watches"),
    "repair": later("contact again"),
}
DECISIONS = {
    "candidate_confirmed": later("kept %(name)s"),
    "candidate_rejected": later("marked %(name)s as not this"),
    "candidate_unsure": later("put %(name)s aside as unsure"),
    "candidate_added": later("marked %(name)s"),
}
EDGES = {
    "start": later("moved the start of %(name)s"),
    "end": later("moved the end of %(name)s"),
    "both": later("changed the times of %(name)s"),
}
ANCHORS = {
    "child_initiative": later("the child’s initiative"),
    "parent_reception": later("the parent’s reception"),
    "parent_response": later("the parent’s response"),
    "child_reception": later("the child’s reception"),
    "child_response": later("the child’s response"),
    "parent_second_reception": later("the parent’s reception at the end"),
}
MOMENTS = {
    "moment_opened": later("began %(name)s"),
    "moment_ended": later("ended %(name)s"),
    "moment_tagged": later("tagged %(name)s"),
    "moment_recoded": later("changed the strength of %(name)s"),
    "moment_steps_moved": later("moved the steps of %(name)s"),
    "moment_note_changed": later("changed the note of %(name)s"),
    "moment_words_changed": later("changed the words for the parent of %(name)s"),
    "moment_removed": later("removed %(name)s"),
}
SETUPS = {
    CameraSetup.ONE_VIEW: later("both are in one view"),
    CameraSetup.SPLIT_SCREEN: later("the film is a split screen of two cameras"),
    CameraSetup.PICTURE_IN_PICTURE: later("one picture lies in the other"),
    CameraSetup.CAREGIVER_AT_CAMERA: later("only the infant is in view, the parent is at the camera"),
}
REVIEW = {
    "moment_removed": later("removed a moment"),
    "still_taken": later("took a still at %(at)s"),
    "still_captioned": later("changed the caption of the still at %(at)s"),
    "still_removed": later("removed the still at %(at)s"),
    "reel_saved": later("saved the film of moments “%(title)s”"),
    "reel_changed": later("changed the film of moments “%(title)s”"),
    "reel_removed": later("took out the film of moments “%(title)s”"),
    "review_started": later("started showing the film of moments"),
    "review_stopped": later("stopped showing the film of moments"),
    "words_written": later("wrote down the parent’s words"),
    "words_removed": later("took out the parent’s words"),
    "talk_marked": later("marked what the parent wants to talk about, at %(at)s"),
    "talk_unmarked": later("took away a mark of the parent’s"),
    "voice_recorded": later("recorded what the parent said"),
    "voice_removed": later("deleted what the parent said"),
    "gaze_meaningful": later("marked gaze as meaningful here"),
    "gaze_not_meaningful": later("marked gaze as not meaningful here"),
    "candidates_hidden": later("switched the candidates off"),
    "candidates_shown": later("switched the candidates on"),
    "play_begins": later("said that the play begins at %(at)s"),
    "play_ends": later("said that the play ends at %(at)s"),
    "play_bounded": later("said where the play begins and ends"),
    "play_whole": later("took the whole film for the play"),
    "people_named": later("said who is who"),
    "people_left_open": later("left it to the analysis who is who"),
    "setup_left_open": later("left the set-up to the analysis"),
    "roles_swapped": later("swapped infant and parent"),
}
PARTS = {
    "helping_question": later("the helping question"),
    "working_point": later("the working point"),
    "went_well": later("what went well"),
    "held_on": later("the day of the review"),
    "next_on": later("the next date"),
}
SESSION = {
    "session_begun": later("began this record"),
    "part_written": later("wrote %(part)s"),
    "part_set": later("set %(part)s"),
    "part_taken_out": later("took out %(part)s"),
    "reels_chosen": later("chose what was shown"),
}
SHEET = {
    "sheet_begun": later("began this sheet"),
    "sheet_put_aside": later("put this sheet aside"),
    "sheet_taken_up": later("took this sheet up again"),
    "item_left_open": later("left “%(item)s” open"),
    "item_written": later("wrote “%(item)s”"),
    "item_answered": later("“%(item)s”: %(answer)s"),
    "item_counted": later("counted %(count)s at “%(item)s”, %(mark)s"),
}
PROGRAMME = {
    "programme_chosen": later("chose %(title)s"),
    "programme_left": later("chose no programme"),
    "session_ticked": later("ticked “%(title)s”"),
    "session_unticked": later("took the tick from “%(title)s”"),
    "films_paired": later("chose the films before and after"),
    "outcome_pointed": later("pointed to “%(label)s”"),
}
CODING = {
    "coding_begun": later("began this coding"),
    "switched": later("%(code)s from %(at)s"),
    "switch_removed": later("took out %(code)s at %(at)s"),
    "switch_moved": later("moved the start of %(code)s at %(at)s"),
    "pointed": later("%(code)s at %(at)s"),
    "point_removed": later("took out a point"),
    "pass_ended": later("ended the pass: %(who)s"),
    "pass_taken_up": later("took the pass up again: %(who)s"),
    "handed_in": later("handed in"),
}
AGREED = {
    "first": later("took the circle’s code at %(at)s"),
    "second": later("took the triangle’s code at %(at)s"),
    "new": later("chose another code at %(at)s"),
    "leave": later("left out what is at %(at)s"),
}
AGREED_COURSE = {
    "finished": later("finished the agreed coding"),
    "taken_up_again": later("took the agreed coding up again"),
}
WHO = {"infant": later("infant"), "parent": later("parent"), "both": later("both")}
MEASURES = {
    "measure_named": later("named the measure %(name)s"),
    "measure_corrected": later("corrected the measure %(name)s"),
    "words_entered": later("entered “%(words)s”"),
    "number_entered": later("entered the number %(value)s"),
    "number_removed": later("took out a number"),
}
GROUP_SESSION = {
    "session_named": later("added this session as “%(title)s”, %(day)s"),
    "session_mended": later("changed this session to “%(title)s”, %(day)s"),
}


@dataclass(frozen=True)
class Line:
    """One event for a page: what it did in words, who did it and when; `stands` is false once it was taken back."""

    label: str
    stands: bool
    actor: str
    at: Any


def lines(history: Sequence[HistoryEntry], say: Say) -> list[Line]:
    """A journal in words, newest first."""
    return [Line(history_words(each, say), each.stands, each.event.actor, each.event.at) for each in reversed(history)]


def history_words(each: HistoryEntry, say: Say) -> str:
    """One event of a history in words."""
    return changed(say(each.entry), each.change)


def changed(words: str, change: Change) -> str:
    """Words about what was done, taken back or done again."""
    if change == "done":
        return words
    return _("did again: %(step)s", step=words) if change == "redone" else _("took back: %(step)s", step=words)


def offers(available_undo: AvailableUndo, say: Say) -> dict[str, dict[str, Any] | None]:
    """What undo and redo would act on, JSON-able."""
    return {"undo": step_json(available_undo.undo, say), "redo": step_json(available_undo.redo, say)}


def step_json(step: Step | None, say: Say) -> dict[str, Any] | None:
    """A step with its words; None where there is none."""
    return None if step is None else {"event_id": step.event_id, "label": say(step.entry)}


def review_words(originals: Mapping[str, Original] | None = None, library: Library | None = None) -> Say:
    """Words for what was done with a clip; `originals` makes them exact ("gaze contact 3"), `library` names codes."""
    codes, known = library or shipped(), originals or {}

    def say(entry: Entry) -> str:
        if "candidate_id" in entry.params:
            return _decision(entry, known.get(entry.param("candidate_id", str)))
        if "packs" in entry.params:
            return _("chose the code sets %(titles)s", titles=_titles(entry.param("packs", tuple), codes))
        if "code_ref" in entry.params:
            return _moment(entry, codes)
        return _review(entry)

    return say


def _titles(packs: Sequence[str], library: Library) -> str:
    return ", ".join(f"“{library.title(each)}”" for each in packs)


def kind_words(kind: str) -> str:
    """A candidate's kind within a sentence."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ")


def _decision(entry: Entry, original: Original | None) -> str:
    kind = kind_words(entry.param("kind", str))
    name = f"{kind} {original.number}" if original else f"“{kind}”"
    if entry.code == "candidate_adjusted":
        return _(EDGES[_edge_of(entry, original)], name=name)
    return _(DECISIONS[entry.code], name=name)


@dataclass(frozen=True)
class _Span:
    start_us: int
    end_us: int


def _edge_of(entry: Entry, original: Original | None) -> str:
    if "edge" in entry.params:
        return entry.param("edge", str)
    span = _Span(entry.param("start_us", int), entry.param("end_us", int))
    return edge_moved(original.span if original else None, span)


def anchor_words(anchor: str | None) -> str:
    """A step of the chain; None: several at once."""
    return _("the steps") if anchor is None else _(ANCHORS[anchor])


def _moment(entry: Entry, library: Library) -> str:
    label, at = library.label(entry.param("code_ref", str)), clock(entry.param("start_us", int))
    name = _("the moment “%(label)s” at %(at)s", label=label, at=at)
    if entry.code == "moment_moved":
        return _(EDGES[entry.param("edge", str)], name=name)
    if entry.code == "chain_step_set":
        step = None if entry.params["step"] is None else entry.param("step", str)
        return _("set %(step)s in %(name)s", step=anchor_words(step), name=name)
    return _(MOMENTS[entry.code], name=name)


def setup_words(kind: CameraSetup) -> str:
    """How a film is set up, within a sentence."""
    return _(SETUPS[kind])


def _review(entry: Entry) -> str:
    if entry.code == "setup_named":
        return _("said that %(setup)s", setup=setup_words(entry.param("kind", CameraSetup)))
    if entry.code == "still_removed" and "at_us" not in entry.params:
        return _("removed a still")
    at = clock(entry.param("at_us", int, entry.param("time_us", int, 0)))
    return _(REVIEW[entry.code], at=at, title=entry.param("title", str, ""))


def part_words(part: str) -> str:
    """A part of the record of a shared review, within a sentence."""
    return _(PARTS[part])


def session_words(entry: Entry) -> str:
    """Words for what was done in the record of a shared review."""
    return _(SESSION[entry.code], part=part_words(entry.param("part", str)) if "part" in entry.params else "")


def sheet_words(entry: Entry) -> str:
    """Words for what was filled in at a form."""
    return _(SHEET[entry.code], **{**entry.params, "mark": entry.param("mark", str, "").lower()})


def programme_words(entry: Entry) -> str:
    """Words for what was done with a family's programme."""
    return _(PROGRAMME[entry.code], title=entry.param("title", str, ""), label=entry.param("label", str, ""))


def group_session_words(entry: Entry) -> str:
    """Words for what was mended of a group's session."""
    return _(GROUP_SESSION[entry.code], title=entry.param("title", str), day=day(entry.param("held_on", date)))


def measure_words(entry: Entry) -> str:
    """Words for what was done with a family's measures."""
    value = f"{entry.param('value', float):g}" if "value" in entry.params else ""
    words = entry.param("words", str, "")
    return _(MEASURES[entry.code], name=entry.param("name", str, ""), value=value, words=words)


def coding_words(entry: Entry) -> str:
    """Words for what a coder did."""
    who = _(WHO[entry.param("who", str)]) if "who" in entry.params else ""
    at = clock(entry.param("at_us", int, 0))
    return _(CODING[entry.code], code=entry.param("code", str, ""), at=at, who=who)


def consensus_words(entry: Entry) -> str:
    """Words for what was agreed."""
    if entry.code in AGREED_COURSE:
        return _(AGREED_COURSE[entry.code])
    return _(AGREED[entry.param("choice", str)], at=clock(entry.param("at_us", int)))
