"""Filled-in forms: what holds, what a step did in words, and what is refused; for every form that ships."""

from __future__ import annotations

from typing import Any

import pytest

from vfeed.errors import VfeedError
from vfeed.journal.events import Event, Undone
from vfeed.journal.journal import Folded
from vfeed.practice.library import shipped
from vfeed.practice.protocol import Pack
from vfeed.practice.sheet_form import Form
from vfeed.practice.sheets import SHEET, SheetState, check

FORMS = [(pack, form) for pack in shipped().packs for form in pack.forms]


def filled(pack: Pack, form: Form, *sent: tuple[str, dict[str, Any]]) -> Folded[SheetState]:
    """A sheet of this form with these steps, each checked as it comes."""
    begun = {"pack": pack.id, "pack_title": pack.title, "form": form.model_dump(mode="json")}
    sheet = SHEET.fold([Event(1, "sheet_begun", SHEET.parse("sheet_begun", begun))])
    for type_, payload in sent:
        step = SHEET.parse(type_, payload)
        check(step, sheet.state)
        sheet = sheet.after(Event(sheet.last_id + 1, type_, step))
    return sheet


def something_everywhere(form: Form) -> list[tuple[str, dict[str, Any]]]:
    sent: list[tuple[str, dict[str, Any]]] = []
    for item in form.items:
        if item.filling == "counter":
            sent += [("counted", {"item": item.id, "mark": mark.id, "count": 2}) for mark in form.marks]
        else:
            text = form.answers[0].id if item.filling == "choice" else "4"
            sent.append(("answered", {"item": item.id, "text": text}))
    return sent


@pytest.mark.parametrize(("pack", "form"), FORMS, ids=[f"{pack.id}.{form.id}" for pack, form in FORMS])
def test_every_place_of_every_form_can_be_filled_in_and_taken_back(pack: Pack, form: Form) -> None:
    sent = something_everywhere(form)
    sheet = filled(pack, form, *sent)
    values = sheet.state.as_dict()["values"]
    assert set(values) == set(form.places()) and all(values.values())
    assert set(sheet.state.as_dict()["touched"].values()) == set(range(2, len(sent) + 2))
    undo = sheet.available_undo.undo
    assert undo is not None and undo.event_id == sheet.last_id
    back = sheet.after(Event(sheet.last_id + 1, "undone", Undone(event_id=undo.event_id))).state
    assert len([value for value in back.as_dict()["values"].values() if value]) == len(sent) - 1


def the_sheet() -> tuple[Pack, Form]:
    pack = shipped().pack("infant_massage")
    return pack, pack.forms[0]


def test_answers_and_counts_are_told_in_words() -> None:
    state = filled(*the_sheet(), ("answered", {"item": "m3", "text": "variable"})).state
    assert (state.words("m3"), state.words("m4")) == ("Variable", "")
    pack = shipped().pack("abc")
    counted = filled(pack, pack.forms[0], ("counted", {"item": "delight", "mark": "on_target", "count": 3}))
    assert counted.state.words("delight", "on_target") == "3"
    assert counted.state.words("delight", "off_target") == ""


def test_an_answer_may_be_left_open_again() -> None:
    sent = [("answered", {"item": "m1", "text": text}) for text in ("seen", "")]
    sheet = filled(*the_sheet(), *sent)
    assert sheet.state.words("m1") == ""
    assert [each.entry.code for each in sheet.history()] == ["sheet_begun", "item_answered", "item_left_open"]


def test_a_sheet_keeps_its_form_whatever_becomes_of_the_pack() -> None:
    pack, form = the_sheet()
    changed = form.model_copy(update={"title": "Our sheet"})
    assert filled(pack, changed).state.form.title == "Our sheet"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (("answered", {"item": "m1", "text": "maybe"}), "none of the answers"),
        (("answered", {"item": "m99", "text": "seen"}), "no such item"),
        (("counted", {"item": "m1", "mark": "on_target", "count": 1}), "nothing of this name to count"),
        (("sheet_begun", None), "has begun already"),
    ],
)
def test_what_does_not_fit_the_form_is_refused(sent: tuple[str, Any], words: str) -> None:
    sheet = filled(*the_sheet())
    step = sheet.events[0].payload if sent[1] is None else SHEET.parse(sent[0], sent[1])
    with pytest.raises(VfeedError, match=words) as refusal:
        check(step, sheet.state)
    assert refusal.value.hint


@pytest.mark.parametrize("text", ["x" * 41, "3\n4"])
def test_an_entry_is_short(text: str) -> None:
    pack = shipped().pack("kips")
    step = SHEET.parse("answered", {"item": "f1", "text": text})
    with pytest.raises(VfeedError, match="An entry is short"):
        check(step, filled(pack, pack.forms[0]).state)


@pytest.mark.parametrize("count", [-1, 1000, 1.5, "2"])
def test_a_count_is_a_whole_number_in_bounds(count: Any) -> None:
    with pytest.raises(VfeedError):
        SHEET.parse("counted", {"item": "a", "mark": "b", "count": count})
