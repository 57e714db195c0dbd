"""Code sets of a service's own: versions that are only ever added."""

from __future__ import annotations

import pytest
from filled_store import a_clip, a_home

from vfeed.errors import VfeedError
from vfeed.practice.protocol import Code, CodeSet, Pack
from vfeed.server.web.step_words import review_words
from vfeed.store import Store


def ours(*labels: str, pack_id: str = "ours") -> Pack:
    codes = tuple(Code(id=label.lower(), label=label, part="both") for label in labels)
    return Pack(id=pack_id, title="Ours", owner="The service", code_sets=(CodeSet(id="all", title="All", codes=codes),))


def moment(reference: str) -> dict[str, object]:
    return {"moment_id": "m1", "start_us": 0, "end_us": 1, "code_ref": reference, "note": ""}


def test_a_saved_set_is_offered_after_those_that_ship(store: Store) -> None:
    saved = store.packs.save(ours("Smile"), "ann", over=0)
    assert saved.version == 1
    assert store.packs.known().packs[-1] == saved == store.packs.get("ours")


def test_a_code_that_a_later_version_drops_keeps_its_words_on_old_tags(store: Store) -> None:
    clip = a_clip(store, a_home(store))
    store.packs.save(ours("Smile", "Wait"), "ann", over=0)
    store.events.append(clip.id, "ann", "moment_tagged", moment("ours.wait"))
    store.packs.save(ours("Smile"), "ann", over=1)
    undo = store.events.read(clip.id).available_undo.undo
    assert undo is not None and "“Wait”" in review_words(library=store.packs.known())(undo.entry)
    assert [code.id for code in store.packs.get("ours").codes()] == ["smile"]


def test_a_removed_set_is_not_offered_and_can_be_brought_back(store: Store) -> None:
    store.packs.save(ours("Smile"), "ann", over=0)
    store.packs.remove("ours", "ann")
    with pytest.raises(VfeedError, match="no such code set"):
        store.packs.get("ours")
    assert store.packs.known().label("ours.smile") == "Smile"
    assert store.packs.bring_back("ours", 1, "bob").version == 3
    assert store.packs.get("ours").title == "Ours"
    assert [(row.version, row.removed, row.actor) for row in store.packs.versions("ours")] == [
        (1, False, "ann"),
        (2, True, "ann"),
        (3, False, "bob"),
    ]


def test_every_change_is_in_the_audit_trail(store: Store) -> None:
    store.packs.save(ours("Smile"), "ann", over=0)
    store.packs.remove("ours", "ann")
    assert [row.action for row in store.audit.list()][:2] == ["code_set.removed", "code_set.saved"]


@pytest.mark.parametrize("over", [0, 2])
def test_who_was_overtaken_is_told(store: Store, over: int) -> None:
    store.packs.save(ours("Smile"), "ann", over=0)
    with pytest.raises(VfeedError) as refusal:
        store.packs.save(ours("Wait"), "bob", over=over)
    assert refusal.value.code == "conflict"


def test_the_id_of_a_pack_that_ships_is_taken(store: Store) -> None:
    with pytest.raises(VfeedError, match="comes with vfeed"):
        store.packs.save(ours("Smile", pack_id="vig"), "ann", over=0)


@pytest.mark.parametrize("act", ["remove", "bring_back"])
def test_what_is_not_ones_own_is_not_found(store: Store, act: str) -> None:
    with pytest.raises(VfeedError) as refusal:
        store.packs.remove("vig", "ann") if act == "remove" else store.packs.bring_back("vig", 1, "ann")
    assert refusal.value.code == "not_found"
