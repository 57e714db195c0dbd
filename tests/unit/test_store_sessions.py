"""Shared reviews in the store."""

from __future__ import annotations

import pytest
from app_site import a_reviewed_clip
from filled_store import TODAY, Home, a_home

from vfeed.errors import VfeedError
from vfeed.practice.sessions import ShownReel
from vfeed.store import Store
from vfeed.store.tables import FeedbackSession


def a_session(store: Store, home: Home) -> FeedbackSession:
    return store.sessions.begin(home.family.id, home.visit.id, "pat", held_on=TODAY)


def write(store: Store, home: Home, session_id: str, text: str, expect: int | None = None) -> int:
    payload = {"name": "working_point", "text": text}
    return store.sessions.append(home.family.id, session_id, "pat", "words_set", payload, expect).event.id


def test_a_session_takes_over_the_visits_question_and_is_written_down(store: Store, home: Home) -> None:
    found = a_session(store, home)
    assert store.sessions.state(found.id).words["helping_question"] == "What helps Baby settle?"
    newest = store.audit.list()[0]
    assert (newest.action, newest.object, newest.detail) == ("session.begun", home.family.id, {"session": found.id})


def test_what_was_written_before_stays_in_the_journal(store: Store, home: Home) -> None:
    found = a_session(store, home)
    write(store, home, found.id, "I wait.")
    write(store, home, found.id, "")
    kept = [event.payload.model_dump() for event in store.sessions.read(found.id).events]
    assert [payload["text"] for payload in kept[1:]] == ["I wait.", ""]
    back, again = (store.sessions.take_back(home.family.id, found.id, "pat", redo=redo) for redo in (False, True))
    assert back.after.state.words["working_point"] == "I wait."
    assert again.after.state.words["working_point"] == ""


def test_two_writers_of_one_part_do_not_overwrite_each_other(store: Store, home: Home) -> None:
    found = a_session(store, home)
    write(store, home, found.id, "hers", expect=0)
    with pytest.raises(VfeedError) as error:
        write(store, home, found.id, "his", expect=0)
    assert error.value.code == "conflict"
    assert store.sessions.state(found.id).words["working_point"] == "hers"


def test_writers_of_two_parts_do_not_disturb_each_other(store: Store, home: Home) -> None:
    found = a_session(store, home)
    write(store, home, found.id, "hers", expect=0)
    payload = {"name": "went_well", "text": "calm"}
    state = store.sessions.append(home.family.id, found.id, "kim", "words_set", payload, 0).after.state
    assert state.words["working_point"] == "hers" and state.words["went_well"] == "calm"


def test_only_reels_of_the_familys_own_films_are_named(store: Store, home: Home) -> None:
    clip = a_reviewed_clip(store, home)
    shown = ShownReel(clip_id=clip.id, reel_id="reel-1")
    found = store.sessions.begin(home.family.id, home.visit.id, "pat", held_on=TODAY, reels=[shown])
    assert store.sessions.showing(home.family.id, shown) is not None
    other = a_home(store, "Wren")
    for family, reel in ((other, shown), (home, ShownReel(clip_id=clip.id, reel_id="none"))):
        with pytest.raises(VfeedError) as error:
            store.sessions.begin(family.family.id, None, "pat", held_on=TODAY, reels=[reel])
        assert error.value.code == "invalid_input"
    # A film that was destroyed meanwhile must not stop the record from being kept.
    store.clips.erase(clip.id)
    kept = {"reels": [shown.model_dump()]}
    assert store.sessions.append(home.family.id, found.id, "pat", "reels_set", kept).after.state.reels == (shown,)


def test_a_session_is_found_in_its_own_family_alone(store: Store, home: Home) -> None:
    found = a_session(store, home)
    other = a_home(store, "Wren")
    for attempt in (
        lambda: store.sessions.get(other.family.id, found.id),
        lambda: write(store, other, found.id, "x"),
        lambda: store.sessions.take_back(other.family.id, "nothing", "pat"),
        lambda: a_session(store, Home(other.family, other.child, other.caregiver, home.visit)),
    ):
        with pytest.raises(VfeedError):
            attempt()
    with pytest.raises(VfeedError, match="nothing to take back"):
        store.sessions.take_back(home.family.id, found.id, "pat")
