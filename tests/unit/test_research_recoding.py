"""A file's words in those of a scheme: what is guessed, what a person tells, and what is lost on the way."""

from __future__ import annotations

import pytest

from vfeed.research.blind_coding import UNSEEN
from vfeed.research.formats.seam import LossKind
from vfeed.research.marks import Coding, Mark
from vfeed.research.recoding import LEFT_OUT, Word, guessed, places, recoded, words_of
from vfeed.research.scheme import LOOKING, Lane, Scheme, SchemeCode

S = 1_000_000
POINTS = Scheme(
    id="bids",
    title="Bids",
    lanes=(Lane(id="bid", who="infant", title="Bids", kind="point", codes=(SchemeCode(id="smile", label="A smile"),)),),
)


@pytest.mark.parametrize(
    ("word", "place"),
    [
        (Word("infant", "Looking", "partner"), "infant_looking/partner"),
        (Word("infant", "", "object"), "infant_looking/object"),
        (Word("", "child gaze", "Elsewhere"), "infant_looking/away"),
        (Word("mother", "looking", "the infant's face"), "parent_looking/partner"),
        (Word("Mother_looking", "", "Not visible"), "parent_looking/cannot_see"),
        (Word("baby", "", "none of these"), "infant_looking/none"),
        (Word("", "", "away"), ""),  # of whom, the file does not say
        (Word("sibling", "Looking", "away"), ""),
        (Word("infant", "Looking", ""), ""),
        (Word("infant", "Looking", "smiles"), ""),
    ],
)
def test_a_word_is_guessed_only_where_one_place_is_called_like_it(word: Word, place: str) -> None:
    assert guessed(word, LOOKING) == place


def test_words_become_the_schemes_and_the_report_says_which() -> None:
    marks = (
        Mark(0, S, "mother", "gaze", "baby"),
        Mark(S, 2 * S, "mother", "gaze", "baby"),
        Mark(2 * S, 3 * S, "mother", "gaze", "?"),
        Mark(3 * S, 4 * S, "mother", "gaze", "nothing"),
        Mark(4 * S, 5 * S, "mother", "voice", "sings"),
        Mark(5 * S, 5 * S, "mother", "gaze", "baby"),
    )
    told = {
        Word("mother", "gaze", "baby").key: "parent_looking/partner",
        Word("mother", "gaze", "?").key: "parent_looking/cannot_see",
        Word("mother", "gaze", "nothing").key: "parent_looking/none",
        Word("mother", "voice", "sings").key: LEFT_OUT,
    }
    found, losses = recoded(Coding("a.mp4", "kim", marks), LOOKING, told)
    assert [(m.start_us, m.end_us, m.who, m.lane, m.code) for m in found.marks] == [
        (0, S, "parent", "Looking", "partner"),
        (S, 2 * S, "parent", "Looking", "partner"),
        (2 * S, 3 * S, "parent", "Looking", UNSEEN),
    ]
    assert (found.provenance.scheme_id, found.provenance.scheme_version) == (LOOKING.id, "1")
    said = [(loss.kind, loss.where, loss.what) for loss in losses]
    assert (LossKind.DROPPED, "baby at 5.000 s", "A point has no place among states.") in said
    assert (
        LossKind.CHANGED,
        "mother · gaze · baby, a.mp4",
        "3 marks became parent · Looking · partner.",
    ) in said
    assert (
        LossKind.DROPPED,
        "mother · voice · sings, a.mp4",
        "1 mark left out: no place was said.",
    ) in said


def test_a_word_that_nothing_is_told_of_is_left_out_and_said() -> None:
    found, losses = recoded(Coding("a", marks=(Mark(0, S, "x", "y", "z"),)), LOOKING, {})
    assert found.marks == ()
    assert [(loss.kind, loss.where) for loss in losses] == [(LossKind.DROPPED, "x · y · z, a")]


def test_a_stretch_among_points_is_its_start_and_states_at_once_are_said() -> None:
    told = {Word("", "", "s").key: "bid/smile"}
    found, losses = recoded(Coding("a", marks=(Mark(S, 2 * S, "", "", "s"),)), POINTS, told)
    assert [(m.start_us, m.end_us, m.code) for m in found.marks] == [(S, S, "smile")]
    assert "Of the stretch its start was kept." in {loss.what for loss in losses}
    both = (Mark(0, 3 * S, "infant", "Looking", "away"), Mark(S, 2 * S, "infant", "Looking", "partner"))
    told = {word.word.key: guessed(word.word, LOOKING) for word in words_of([Coding("a", marks=both)])}
    found, losses = recoded(Coding("a", marks=both), LOOKING, told)
    assert len(found.marks) == 2
    assert [(loss.kind, loss.what) for loss in losses] == [
        (LossKind.NOTED, "1 states begin before the one before has ended, the first at 1.000 s.")
    ]


def test_words_are_counted_with_their_points_and_every_place_has_a_name() -> None:
    marks = (Mark(0, S, "a", "b", "c"), Mark(S, S, "a", "b", "c"))
    (used,) = words_of([Coding("x", marks=marks)])
    assert (used.word, used.marks, used.points) == (Word("a", "b", "c"), 2, 1)
    assert [name for name in places(LOOKING) if name.startswith("infant")] == [
        f"infant_looking/{code}" for code in ("partner", "object", "away", "cannot_see", "none")
    ]
    assert list(places(POINTS)) == ["bid/smile"]
