"""The fixtures that Python and TypeScript share: every stream leads here to the states that are written down."""

from __future__ import annotations

from typing import Any

import pytest
from journal_fixtures import JOURNALS, play, read

from vfeed.services.review import ELSEWHERE

STREAMS = [(name, stream) for name in JOURNALS for stream in read(name)]


@pytest.mark.parametrize(("name", "stream"), STREAMS, ids=[f"{name}: {stream['name']}" for name, stream in STREAMS])
def test_the_fold_leads_to_the_states_that_the_browser_is_held_to(name: str, stream: dict[str, Any]) -> None:
    assert play(JOURNALS[name], stream) == stream


@pytest.mark.parametrize("name", JOURNALS)
def test_every_type_of_event_stands_in_a_stream_and_is_taken_back_somewhere(name: str) -> None:
    steps = [step for stream in read(name) for step in stream["steps"]]
    assert {step["type"] for step in steps if "type" in step} == set(JOURNALS[name].types) - {"undone"}
    assert {"undo", "redo"} == {step["do"] for step in steps if "do" in step}


def test_what_the_review_room_sends_is_what_the_browser_folds_itself() -> None:
    room = {step["type"] for stream in read("review") for step in stream["steps"] if step.get("room")}
    # Words are written in the parent's room, or on the page of the moments.
    assert set(JOURNALS["review"].types) - ELSEWHERE - {"words_written"} == room
