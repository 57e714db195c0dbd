"""Programmes and sheets in the store."""

from __future__ import annotations

import pytest
from filled_store import TODAY, Home, a_clip, a_home

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.tables import Sheet


def choose(store: Store, home: Home, pack: str = "vig") -> None:
    store.programmes.append(home.family.id, "pat", "programme_chosen", {"pack": pack, "title": pack})


def a_sheet(store: Store, home: Home, visit_id: str | None = None) -> Sheet:
    visit_id = visit_id or home.visit.id
    return store.sheets.begin(home.family.id, "pat", "infant_massage", "sheet", visit_id=visit_id)


def test_the_chosen_pack_is_the_familys_and_the_audit_trail_says_so(store: Store, home: Home) -> None:
    assert store.programmes.pack(home.family.id) is None
    choose(store, home)
    pack = store.programmes.pack(home.family.id)
    assert pack is not None and pack.id == "vig"
    newest = store.audit.list()[0]
    assert (newest.action, newest.object) == ("programme.programme_chosen", home.family.id)
    assert store.programmes.pack(a_home(store, "Wren").family.id) is None


def test_a_choice_is_taken_back_and_made_again(store: Store, home: Home) -> None:
    choose(store, home)
    choose(store, home, "plain")
    assert store.programmes.take_back(home.family.id, "pat").after.state.pack == "vig"
    assert store.programmes.take_back(home.family.id, "pat", redo=True).after.state.pack == "plain"
    kept = store.programmes.read(home.family.id).history()
    assert [each.stands for each in kept] == [True, True, False, True]
    with pytest.raises(VfeedError, match="nothing to do again"):
        store.programmes.take_back(home.family.id, "pat", redo=True)


def test_two_people_do_not_overwrite_each_other(store: Store, home: Home) -> None:
    choose(store, home)
    with pytest.raises(VfeedError) as refusal:
        store.programmes.append(home.family.id, "kim", "programme_chosen", {"pack": "plain"}, expect_last=0)
    assert refusal.value.code == "conflict"


def test_only_the_familys_own_films_are_paired(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    payload = {"before": clip.id, "after": None}
    assert store.programmes.append(home.family.id, "pat", "films_paired", payload).after.state.before == clip.id
    with pytest.raises(VfeedError, match="no such film in this family"):
        store.programmes.append(a_home(store, "Wren").family.id, "pat", "films_paired", payload)


def test_a_sheet_of_one_form_and_visit_is_begun_once(store: Store, home: Home) -> None:
    sheet = a_sheet(store, home)
    assert a_sheet(store, home).id == sheet.id
    later = store.families.add_visit(home.family.id, TODAY, "Second visit")
    assert a_sheet(store, home, later.id).id != sheet.id
    store.sheets.append(home.family.id, sheet.id, "pat", "put_aside", {"aside": True})
    assert len(store.sheets.for_family(home.family.id)) == 1
    assert a_sheet(store, home).id != sheet.id, "one that was put aside is not gone on with"


def test_what_was_filled_in_before_stays_in_the_journal(store: Store, home: Home) -> None:
    sheet = a_sheet(store, home)
    for text in ("seen", "variable"):
        store.sheets.append(home.family.id, sheet.id, "pat", "answered", {"item": "m1", "text": text})
    assert store.sheets.take_back(home.family.id, sheet.id, "pat").after.state.words("m1") == "Yes"
    kept = [(each.entry.code, each.change) for each in store.sheets.read(home.family.id, sheet.id).history()]
    assert kept == [("sheet_begun", "done"), *[("item_answered", "done")] * 2, ("item_answered", "undone")]


def test_two_writers_of_one_place_are_told_and_of_two_are_not(store: Store, home: Home) -> None:
    sheet = a_sheet(store, home)
    args = (home.family.id, sheet.id)
    store.sheets.append(*args, "pat", "answered", {"item": "m1", "text": "seen"}, expect=0)
    with pytest.raises(VfeedError) as refusal:
        store.sheets.append(*args, "kim", "answered", {"item": "m1", "text": "not_seen"}, expect=0)
    assert refusal.value.code == "conflict"
    added = store.sheets.append(*args, "kim", "answered", {"item": "m2", "text": "seen"}, expect=0)
    assert added.after.state.words("m2") == "Yes"


def test_a_sheet_belongs_to_its_family_and_to_a_visit_or_review_of_it(store: Store, home: Home) -> None:
    other = a_home(store, "Wren")
    sheet = a_sheet(store, home)
    with pytest.raises(VfeedError, match="no such sheet"):
        store.sheets.get(other.family.id, sheet.id)
    begin = store.sheets.begin
    with pytest.raises(VfeedError, match="not one of the family"):
        begin(other.family.id, "pat", "infant_massage", "sheet", visit_id=home.visit.id)
    with pytest.raises(VfeedError, match="belongs to a visit"):
        begin(home.family.id, "pat", "infant_massage", "sheet")
    with pytest.raises(VfeedError, match="no such form"):
        begin(home.family.id, "pat", "infant_massage", "other", visit_id=home.visit.id)
