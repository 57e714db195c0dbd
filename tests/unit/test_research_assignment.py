"""Assignment: the same seed gives the same list, and each rule holds for any number of clips and coders."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.research.assignment import APART, Assigned, Shares, StudyClip, assign

MINUTE = 60_000_000


def clips_of(*families: int) -> list[StudyClip]:
    """A clip of three minutes for each film of each family."""
    return [
        StudyClip(f"c{family}-{number}", f"F{family}", 3 * MINUTE)
        for family, count in enumerate(families)
        for number in range(count)
    ]


def test_the_seed_gives_exactly_this_list() -> None:
    found = assign(clips_of(2, 2), ["kim", "lee"], Shares(0.5, 0, 0), "a seed")
    assert [(each.coder, each.place, each.clip, each.purpose) for each in found] == GOLDEN
    assert assign(list(reversed(clips_of(2, 2))), ["lee", "kim"], Shares(0.5, 0, 0), "a seed") == found
    assert assign(clips_of(2, 2), ["kim", "lee"], Shares(0.5, 0, 0), "another") != found


GOLDEN: list[tuple[str, int, str, str]] = [
    ("kim", 0, "c1-1", "first"),
    ("kim", 1, "c0-1", "second"),
    ("kim", 2, "c1-0", "first"),
    ("lee", 0, "c0-1", "first"),
    ("lee", 1, "c1-0", "second"),
    ("lee", 2, "c0-0", "first"),
]


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=8),
    st.integers(2, 5),
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]),
    st.text(min_size=1, max_size=8),
)
def test_every_clip_is_coded_and_enough_of_each_family_twice(
    families: list[int], coders: int, share: float, seed: str
) -> None:
    clips = clips_of(*families)
    names = [f"coder{number}" for number in range(coders)]
    found = assign(clips, names, Shares(share, 0, 0), seed)
    firsts = Counter(each.clip for each in found if each.purpose == "first")
    assert firsts == Counter(clip.id for clip in clips)
    seconds = {each.clip for each in found if each.purpose == "second"}
    for family, count in enumerate(families):
        own = sum(clip_id.startswith(f"c{family}-") for clip_id in seconds)
        assert own >= max(1 if share else 0, share * count)
    for name in names:
        places = sorted(each.place for each in found if each.coder == name)
        assert places == list(range(len(places)))
    assert all(
        len({each.coder for each in found if each.clip == clip.id}) == 1 + (clip.id in seconds) for clip in clips
    )


@given(st.integers(8, 12), st.text(min_size=1, max_size=8))
def test_two_clips_of_a_family_lie_apart_where_that_can_be_done(families: int, seed: str) -> None:
    found = assign(clips_of(*[2] * families), ["kim", "lee"], Shares(), seed, everyone=True)
    for name in ("kim", "lee"):
        order = [each for each in found if each.coder == name and each.purpose != "repeat"]
        for one in order:
            for two in order:
                if one.place < two.place < one.place + APART:
                    assert one.clip.split("-")[0] != two.clip.split("-")[0]


def test_pairs_are_even() -> None:
    found = assign(clips_of(*[1] * 30), ["a", "b", "c"], Shares(1, 0, 0), "seed")
    pairs = Counter(frozenset(each.coder for each in found if each.clip == clip.id) for clip in clips_of(*[1] * 30))
    assert set(pairs.values()) == {10}


def test_repeats_are_the_coders_own_and_gold_comes_from_what_was_agreed() -> None:
    gold = [StudyClip(f"g{number}", f"G{number}", MINUTE) for number in range(4)]
    found = assign(clips_of(*[1] * 40), ["kim", "lee"], Shares(0.25, 0.1, 0.1), "seed", gold=gold)
    for name in ("kim", "lee"):
        own = [each for each in found if each.coder == name]
        repeats = [each.clip for each in own if each.purpose == "repeat"]
        assert repeats and set(repeats) <= {each.clip for each in own if each.purpose in ("first", "second")}
        assert {each.clip for each in own if each.purpose == "gold"} <= {clip.id for clip in gold}
        assert sum(each.purpose == "gold" for each in own) >= 2


def test_nobody_gets_a_clip_that_they_must_not_code() -> None:
    never = {"kim": {f"c{number}-0" for number in range(5)}}
    found = assign(clips_of(*[1] * 10), ["kim", "lee", "max"], Shares(1, 0, 0), "seed", never=never)
    assert not any(each.coder == "kim" and each.clip in never["kim"] for each in found)


@pytest.mark.parametrize(
    ("clips", "coders", "words"),
    [([], ["kim", "lee"], "no film"), (clips_of(1), [], "Nobody"), (clips_of(1), ["kim"], "two coders")],
)
def test_what_cannot_be_given_out_is_refused_with_the_fix(
    clips: list[StudyClip], coders: list[str], words: str
) -> None:
    with pytest.raises(VfeedError) as refused:
        assign(clips, coders, Shares(), "seed")
    assert words in refused.value.message and refused.value.hint


def test_one_coder_alone_may_code_where_nothing_is_coded_twice() -> None:
    found = assign(clips_of(1, 1), ["kim"], Shares(0, 0, 0), "seed")
    assert {each.purpose for each in found} == {"first"} and all(isinstance(each, Assigned) for each in found)
