"""Every pack that ships: its schema, its strings, its plan, prompts and forms; and what a pack's file must not hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_catalogues import english
from vfeed.practice.library import shipped
from vfeed.practice.pack_files import read_pack, write_pack
from vfeed.practice.protocol import Pack

PACKS = shipped().packs
every_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)

WITH_FORM = """
schema: 2
id: ours
title: Ours
owner: The service
plan:
  rounds: {least: 1, most: 3}
  sessions:
    - {id: first, title: First, once: true}
    - {id: again, title: Again, forms: [sheet]}
clip_rules:
  film_minutes: {least: 3, most: 5}
prompts:
  pauses: [A, B]
forms:
  - id: sheet
    title: Sheet
    answers: [{id: seen, label: Seen}, {id: not_seen, label: Not seen}]
    items:
      - {id: a, label: A}
      - {id: b, label: B, filling: text}
record: [plan, forms]
"""


def strings(value: Any) -> list[str]:
    """Every text in a part of a pack."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    return [text for each in value for text in strings(each)] if isinstance(value, list | tuple) else []


@every_pack
def test_what_is_written_is_read_back_the_same(pack: Pack) -> None:
    assert read_pack(write_pack(pack)) == pack
    assert pack.schema_ == 2


@every_pack
def test_a_programme_has_a_plan_and_says_what_its_record_shows(pack: Pack) -> None:
    assert pack.plan is not None and pack.record
    assert all(session.purpose or session.title for session in pack.plan.sessions)
    assert ("forms" in pack.record) == bool(pack.forms)
    assert pack.prompts is not None or pack.id == "care_index", "the filming list has nothing to ask a parent"


@every_pack
def test_strings_are_whole_and_straight(pack: Pack) -> None:
    for text in strings(pack.model_dump()):
        assert text == text.strip() and "  " not in text and not re.search(r"[<>{}|\\]", text), text
    for session in pack.plan.sessions if pack.plan else ():
        for text in (session.purpose, *session.prompts):
            assert re.fullmatch(r"(\S.*[.?”])?", text), text


@every_pack
def test_what_is_asked_of_a_parent_is_a_question_and_known_in_every_language(pack: Pack) -> None:
    if pack.prompts is None:
        return
    assert pack.prompts.helping_question.endswith("?") and pack.prompts.working_point.endswith("?")
    assert len(pack.prompts.pauses) >= 3
    assert set(pack.prompts.pauses) <= set(english().questions.values())


@every_pack
def test_every_form_belongs_to_a_session_and_is_open_to_all(pack: Pack) -> None:
    used = {form_id for session in (pack.plan.sessions if pack.plan else ()) for form_id in session.forms}
    assert used == {form.id for form in pack.forms}
    for form in pack.forms:
        assert len(set(form.places())) == len(list(form.places()))
        assert {"total", "sum"}.isdisjoint(strings(form.model_dump())), "nothing is added up"


def test_vipp_sd_has_seven_visits_and_vig_three_or_four_cycles() -> None:
    plans = {pack.id: pack.plan for pack in PACKS}
    vipp, vig = plans["vipp_sd"], plans["vig"]
    assert vipp is not None and [s.id for s in vipp.sessions] == [f"visit_{n}" for n in range(1, 8)]
    assert vig is not None and vig.rounds is not None and (vig.rounds.least, vig.rounds.most) == (3, 4)
    rules = shipped().pack("vig").clip_rules
    assert rules is not None and rules.moments is not None
    assert (rules.moments.most, rules.moment_seconds) == (3, 10)


def test_courses_have_the_meetings_that_their_owners_tell_of() -> None:
    plans = {pack.id: pack.plan for pack in PACKS}
    baby_steps, meetings, frame = (
        plans[name] for name in ("baby_steps", "my_baby_and_us", "parent_infant_psychotherapy")
    )
    assert baby_steps is not None and meetings is not None and frame is not None and frame.rounds is not None
    ids = [session.id for session in baby_steps.sessions]
    assert sum(name.startswith("group") for name in ids) == 9 and sum(name.startswith("home") for name in ids) == 2
    assert [name for name in ids[ids.index("home_after") :] if name.startswith("group")] == [
        "group_7",
        "group_8",
        "group_9",
    ]
    assert len(meetings.sessions) == 8
    assert (frame.rounds.least, frame.rounds.most) == (5, 20)


@pytest.mark.parametrize("pack_id", ["watch_me_play", "watch_wait_wonder", "parent_infant_psychotherapy"])
def test_where_the_child_leads_or_notes_stay_apart_nothing_is_counted(pack_id: str) -> None:
    pack = shipped().pack(pack_id)
    assert not any(form.marks for form in pack.forms)
    assert not any(item.filling == "counter" for form in pack.forms for item in form.items)


def test_every_programme_names_its_owner_and_what_training_it_needs() -> None:
    assert all(pack.owner and pack.training and pack.licence for pack in PACKS)


def test_the_massage_sheet_has_fifteen_mechanisms_by_number_only() -> None:
    [form] = shipped().pack("infant_massage").forms
    choices = [item for item in form.items if item.filling == "choice"]
    assert [item.label for item in choices] == [f"M{n}" for n in range(1, 16)]
    assert [answer.label for answer in form.answers] == ["Yes", "Variable", "No"]
    assert all(not item.about for item in choices), "the descriptions are the authors'"


def test_kips_names_twelve_facets_with_entries_of_ones_own() -> None:
    [form] = shipped().pack("kips").forms
    assert len([item for item in form.items if item.filling == "entry"]) == 12
    assert not form.answers and not form.marks


def test_the_coachs_comments_are_counted_on_target_and_off() -> None:
    [form] = shipped().pack("abc").forms
    assert [mark.id for mark in form.marks] == ["on_target", "off_target"]


def test_the_filming_list_of_the_care_index_has_no_codes() -> None:
    pack = shipped().pack("care_index")
    assert not pack.code_sets and [form.id for form in pack.forms] == ["filming"]


def test_a_pack_of_the_first_schema_stays_as_it_is() -> None:
    old = {"id": "ours", "title": "Ours", "owner": "We", "code_sets": [{"id": "a", "title": "A", "codes": []}]}
    old["code_sets"][0]["codes"] = [{"id": "smile", "label": "A smile", "part": "both"}]
    pack = Pack.model_validate(old)
    assert pack.schema_ == 1
    assert set(yaml.safe_load(write_pack(pack))) == {
        *("schema", "id", "version", "title", "owner", "about", "training", "licence", "code_sets")
    }


def test_the_file_in_the_documentation_is_read() -> None:
    text = (Path(__file__).parents[2] / "docs/packs.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    assert read_pack(example[1]).plan is not None


def test_a_pack_without_codes_is_read() -> None:
    pack = read_pack(WITH_FORM)
    assert list(pack.codes()) == [] and pack.form("sheet") is not None
    assert read_pack(write_pack(pack)) == pack


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("schema: 2", "schema: 1"), "“plan” needs “schema: 2”"),
        (("{least: 1, most: 3}", "{least: 4, most: 3}"), "“most” is smaller than “least”"),
        (("{least: 1, most: 3}", "{least: 1, most: 30}"), "at most 20 rounds"),
        (("  rounds: {least: 1, most: 3}\n", ""), "“once” says nothing in a plan without rounds"),
        (("title: Again", "title: First"), "two sessions have the title"),
        (("id: again", "id: first"), "two sessions have the id"),
        (("forms: [sheet]", "forms: [leaf]"), "names a form that is not there: “leaf”"),
        (("pauses: [A, B]", "pauses: [A, A]"), "a question stands there twice"),
        (("label: B, filling: text", "label: B, filling: counter"), "“marks” are there where an item is a counter"),
        (("label: Not seen", "label: Seen"), "two options have the label"),
        (
            ("    answers: [{id: seen, label: Seen}, {id: not_seen, label: Not seen}]\n", ""),
            "“answers” are two or more",
        ),
        (("label: B, filling: text", "label: A, filling: text"), "two items have the label"),
        (("filling: text", "filling: slider"), "Line 21 does not fit (forms, number 1, items, number 2, filling)"),
        (("[plan, forms]", "[plan, total]"), "Line 22 does not fit (record, number 2)"),
        (("[plan, forms]", "[plan, plan]"), "the record names twice “plan”"),
        (("least: 3, most: 5", "least: 0, most: 5"), "(clip_rules, film_minutes, least)"),
    ],
)
def test_a_plan_or_form_that_does_not_fit_is_refused_with_the_fix(change: tuple[str, str], words: str) -> None:
    assert change[0] in WITH_FORM
    with pytest.raises(VfeedError) as refusal:
        read_pack(WITH_FORM.replace(*change))
    assert refusal.value.code == "invalid_input" and refusal.value.hint
    assert words in refusal.value.message, refusal.value.message
