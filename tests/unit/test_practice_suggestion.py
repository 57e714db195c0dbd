"""What is suggested to begin a film with: balance, variety, and what is well seen; never the same twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.practice.events import MAX_REEL_MOMENT_US, Moment
from vfeed.practice.protocol import Part
from vfeed.practice.suggestion import Suggested, suggest
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

SECOND = 1_000_000
LONG = 120 * SECOND


def moment(
    name: str, start_s: float, length_s: float = 4, code_ref: str = "attentive", *, point: bool = False
) -> Moment:
    start = round(start_s * SECOND)
    return Moment(
        moment_id=name, start_us=start, end_us=start + round(length_s * SECOND), code_ref=code_ref, point=point
    )


def names(found: list[Suggested]) -> list[str]:
    return [each.moment_id for each in found]


def test_nothing_tagged_nothing_suggested_and_a_point_is_not_played() -> None:
    assert suggest([], {}, None, LONG) == []
    assert suggest([moment("p", 3, 0.04, point=True)], {}, None, LONG) == []


def test_three_of_many_in_the_order_of_time_with_both_people_in_it() -> None:
    moments = [moment(f"m{n}", 10 * n, code_ref=f"s{n % 4}") for n in range(9)]
    parts: dict[str, Part] = {each.moment_id: "child" if each.moment_id == "m4" else "parent" for each in moments}
    found = suggest(moments, parts, None, LONG)
    assert len(found) == 3 and "m4" in names(found)
    assert [each.interval for each in found] == sorted(each.interval for each in found)


def test_different_strengths_come_before_one_and_the_same() -> None:
    moments = [moment("a", 0), moment("b", 20), moment("c", 40), moment("d", 60, code_ref="guiding")]
    assert "d" in names(suggest(moments, {}, None, LONG))


def test_what_is_seen_decides_between_equals() -> None:
    moments = [moment(name, 20 * n) for n, name in enumerate("abcd")]
    seen = Timeline([Interval(0, 60 * SECOND)])
    assert names(suggest(moments, {}, seen, LONG)) == ["a", "b", "c"]


def test_of_a_long_moment_the_part_that_is_seen_is_taken() -> None:
    (found,) = suggest([moment("a", 0, 30)], {}, Timeline([Interval(12 * SECOND, 27 * SECOND)]), LONG)
    assert found.interval == Interval(12 * SECOND, 27 * SECOND) and found.seen == 1


@pytest.mark.parametrize("length_s", [0.4, 1.92, 4, 12])
def test_a_persons_edges_stay_as_they_are(length_s: float) -> None:
    (found,) = suggest([moment("a", 13.8, length_s)], {}, Timeline([Interval(0, 9 * SECOND)]), LONG)
    assert found.interval == Interval(13_800_000, round((13.8 + length_s) * SECOND))


def test_what_was_tagged_comes_before_what_was_only_kept() -> None:
    moments = [moment(f"k{n}", 20 * n, code_ref=f"s{n}") for n in range(5)] + [moment("t", 110, 2), moment("u", 115, 2)]
    found = suggest(moments, {}, Timeline([Interval(0, 100 * SECOND)]), LONG, tagged={"t", "u"})
    assert {"t", "u"} < set(names(found)) and len(found) == 3


def test_two_tags_of_one_moment_are_shown_once() -> None:
    assert len(suggest([moment("a", 0, 6), moment("b", 2, 6, "guiding")], {}, None, LONG)) == 1


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.2, 40), st.sampled_from(["x", "y", "z"])), max_size=12))
def test_whatever_is_tagged_is_kept_to_and_cut_short(tags: list[tuple[float, float, str]]) -> None:
    moments = [moment(f"m{n}", start, length, code) for n, (start, length, code) in enumerate(tags)]
    found = suggest(moments, {}, None, 150 * SECOND)
    by_id = {each.moment_id: each for each in moments}
    assert len(found) <= 3 and bool(found) == bool(moments)
    for each in found:
        whole = Interval(by_id[each.moment_id].start_us, by_id[each.moment_id].end_us)
        assert whole.intersection(each.interval) == each.interval
        assert each.interval.duration_us == pytest.approx(min(whole.duration_us, MAX_REEL_MOMENT_US))
