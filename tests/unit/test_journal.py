"""Journals: what stands, what undo and redo would do, and the state that follows, however the events came."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_steps import Given, folded, undone

from vfeed.errors import VfeedError
from vfeed.journal import journal
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import RECENT_STATES, Entry, Folded, Journal
from vfeed.journal.undo import standing


class Word(Payload):
    """A word that is said; a shout cannot be taken back."""

    text: str


@dataclass(frozen=True)
class Said:
    words: tuple[str, ...] = ()


def heard(state: Said, event: Event) -> Said:
    return Said((*state.words, event.payload.text)) if isinstance(event.payload, Word) else state


def told(state: Said, event: Event) -> Entry:
    return Entry(event.type, {"after": len(state.words)}, about=getattr(event.payload, "text", None))


TALK = Journal({"word": Word, "shout": Word, "undone": Undone}, Said(), heard, told, frozenset({"shout"}))


def word(text: str) -> Given:
    return "word", {"text": text}


SHOUT: Given = ("shout", {"text": "!"})


def said(*steps: Given) -> Folded[Said]:
    return folded(TALK, steps)


def test_nothing_done_leaves_nothing_to_undo() -> None:
    assert (said().last_id, said().state, said().available_undo.undo, said().available_undo.redo) == (
        0,
        Said(),
        None,
        None,
    )


def test_undo_takes_back_the_last_step_and_redo_does_it_again() -> None:
    back = said(word("a"), word("b"), undone(2))
    assert back.state.words == ("a",)
    assert back.available_undo.undo is not None and back.available_undo.undo.event_id == 1
    assert back.available_undo.redo is not None and back.available_undo.redo.event_id == 3
    assert back.available_undo.redo.entry == Entry("word", {"after": 1}, "b")
    again = said(word("a"), word("b"), undone(2), undone(3))
    assert again.state.words == ("a", "b")
    assert again.available_undo.undo is not None and again.available_undo.undo.event_id == 2
    assert again.available_undo.redo is None


def test_several_steps_are_undone_and_redone_in_turn() -> None:
    steps = [word("a"), word("b"), word("c")]
    back = [undone(3), undone(2), undone(1)]
    assert (said(*steps, *back).state.words, said(*steps, *back).available_undo.undo) == ((), None)
    forth = [undone(6), undone(5), undone(4)]
    for count in range(1, 4):
        redo = said(*steps, *back, *forth[: count - 1]).available_undo.redo
        assert redo is not None and redo.event_id == forth[count - 1][1]["event_id"]
    assert said(*steps, *back, *forth).state.words == ("a", "b", "c")


def test_a_new_step_after_an_undo_leaves_nothing_to_redo() -> None:
    done = said(word("a"), undone(1), word("b"))
    assert (done.available_undo.redo, done.state.words) == (None, ("b",))


def test_undo_passes_by_what_cannot_be_made_not_to_have_happened() -> None:
    done = said(word("a"), SHOUT)
    assert done.available_undo.undo is not None and done.available_undo.undo.event_id == 1
    back = said(word("a"), SHOUT, undone(1))
    assert back.state.words == ("!",)
    assert back.available_undo.undo is None and back.available_undo.redo is not None
    shouted = said(word("a"), undone(1), SHOUT)
    assert shouted.available_undo.redo is not None, "a lasting step is no new one"


def test_the_history_tells_each_step_and_what_became_of_it() -> None:
    lines = said(word("a"), undone(1), undone(2)).history()
    assert [(line.entry.about, line.change, line.stands) for line in lines] == [
        ("a", "done", True),
        ("a", "undone", False),
        ("a", "redone", True),
    ]


@pytest.mark.parametrize("event_id", [7, 1])
def test_only_the_last_step_can_be_taken_back(event_id: int) -> None:
    with pytest.raises(VfeedError, match="Only the last step") as refusal:
        said(word("a"), word("b")).available_undo.check(Undone(event_id=event_id))
    assert refusal.value.code == "invalid_input" and refusal.value.hint


def test_an_event_with_a_number_that_is_not_the_next_is_refused() -> None:
    with pytest.raises(ValueError, match="does not follow"):
        said(word("a")).after(Event(3, "word", Word(text="c")))


@pytest.mark.parametrize(
    ("type_", "payload", "words"),
    [
        ("danced", {}, "no step called"),
        ("word", {}, "text"),
        ("word", {"text": "a", "more": 1}, "more"),
        ("word", {"text": 5}, "text"),
        ("undone", {"event_id": 0}, "event_id"),
        ("undone", {"event_id": "1"}, "event_id"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_by_name(type_: str, payload: dict[str, object], words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        TALK.parse(type_, payload)
    assert refusal.value.code == "invalid_input"


ACTS = st.lists(st.sampled_from(["word", "shout", "undo", "redo"]), max_size=60)


def played(acts: list[str]) -> list[Folded[Said]]:
    """The stream after each act; undo and redo that are not offered do nothing."""
    streams = [said()]
    for number, act in enumerate(acts):
        now = streams[-1]
        step = now.available_undo.undo if act == "undo" else now.available_undo.redo if act == "redo" else None
        if act in TALK.types:
            streams.append(now.after(Event(now.last_id + 1, act, Word(text=str(number)))))
        elif step is not None:
            streams.append(now.after(Event(now.last_id + 1, "undone", Undone(event_id=step.event_id))))
    return streams


@given(ACTS)
def test_undo_and_redo_always_agree_with_two_plain_stacks(acts: list[str]) -> None:
    done: list[str] = []
    taken_back: list[str] = []
    stream = said()
    for number, act in enumerate(acts):
        if act in TALK.types:
            stream = stream.after(Event(stream.last_id + 1, act, Word(text=str(number))))
            if act == "word":
                done, taken_back = [*done, str(number)], []
            continue
        step = stream.available_undo.undo if act == "undo" else stream.available_undo.redo
        assert (step is not None) == bool(done if act == "undo" else taken_back)
        if step is not None:
            source, target = (done, taken_back) if act == "undo" else (taken_back, done)
            assert step.entry.about == source[-1]
            target.append(source.pop())
            stream = stream.after(Event(stream.last_id + 1, "undone", Undone(event_id=step.event_id)))
        shouts = {
            event.payload.text for event in stream.live if isinstance(event.payload, Word) and event.type == "shout"
        }
        assert [text for text in stream.state.words if text not in shouts] == done


@given(ACTS)
def test_a_stream_read_event_by_event_is_the_stream_read_at_once(acts: list[str]) -> None:
    grown = played(acts)[-1]
    at_once = TALK.fold(grown.events)
    assert (at_once.state, at_once.live, at_once.entries, at_once.available_undo) == (
        grown.state,
        grown.live,
        grown.entries,
        grown.available_undo,
    )
    assert list(grown.live) == standing(grown.events)
    plain = Said()
    for event in standing(grown.events):
        plain = heard(plain, event)
    assert grown.state == plain


def test_a_long_stream_with_much_taken_back_holds_what_a_plain_fold_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "CHECKPOINT_EVENTS", every := 4 * RECENT_STATES)
    chosen = random.Random(5)
    acts = ["word"] * (2 * every + 7)
    for run in (3, RECENT_STATES - 1, RECENT_STATES, RECENT_STATES + 1, 3 * RECENT_STATES, every + 20):
        acts += ["undo"] * run + ["redo"] * chosen.randrange(run) + ["shout", "word", "word"]
    grown = played(acts)[-1]
    plain = Said()
    for event in standing(grown.events):
        plain = heard(plain, event)
    assert grown.state == plain
    assert len(grown.states) <= RECENT_STATES + len(grown.live) // every


def test_deeper_undo_than_is_ever_offered_still_stands_as_the_algebra_says() -> None:
    deep = said(word("a"), undone(1), undone(2), undone(3))
    assert [event.id for event in deep.live] == [2, 4]
    assert (deep.state.words, deep.available_undo.undo) == ((), None)


def test_a_parameter_of_an_entry_is_read_as_what_it_is_and_nothing_else() -> None:
    entry = Entry("pointed", {"at_us": 5, "code": "smile", "step": None})
    assert (entry.param("at_us", int), entry.param("code", str)) == (5, "smile")
    assert entry.param("who", str, "both") == "both"
    for name in ("code", "step", "who"):
        with pytest.raises(TypeError, match=name):
            entry.param(name, int)
