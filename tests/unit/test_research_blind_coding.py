"""A coder's work on a film: states that cannot overlap, not coded apart from absent, and the check at the end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.journal.events import Event
from vfeed.practice.library import shipped
from vfeed.research.blind_coding import CODING, CodingState, check, end_check, lane_coding
from vfeed.research.marks import Provenance
from vfeed.research.scheme import LOOKING, left_out, scheme_of
from vfeed.research.units import watched
from vfeed.timeline.interval import Interval

LANE = "infant_looking"
SECOND = 1_000_000
END = 20 * SECOND


def coded(*steps: tuple[str, dict[str, Any]], end_us: int = END) -> CodingState:
    begun = ("coding_begun", {"scheme": LOOKING.model_dump(mode="json"), "start_us": 0, "end_us": end_us})
    folded = CODING.fold()
    for number, (type_, payload) in enumerate([begun, *steps], 1):
        parsed = CODING.parse(type_, payload)
        check(parsed, folded.state)
        folded = folded.after(Event(number, type_, parsed, "kim"))
    return folded.state


def switched(at_s: float, code: str, lane: str = LANE) -> tuple[str, dict[str, Any]]:
    return "switched", {"lane": lane, "at_us": round(at_s * SECOND), "code": code}


def spans_of(state: CodingState) -> list[tuple[float, float, str, bool]]:
    lane = state.scheme.lane(LANE)
    assert lane is not None
    return [(each.start_us / 1e6, each.end_us / 1e6, each.code, each.running) for each in state.spans(lane)]


def test_the_next_state_ends_the_last_and_the_last_runs_until_the_pass_is_ended() -> None:
    state = coded(switched(2, "partner"), switched(5, "away"))
    assert spans_of(state) == [(0, 2, "not_coded", False), (2, 5, "partner", False), (5, 20, "away", True)]
    ended = coded(switched(2, "partner"), switched(5, "away"), ("pass_ended", {"who": "infant"}))
    assert spans_of(ended)[-1] == (5, 20, "away", False)


def test_a_state_set_in_between_holds_until_the_next() -> None:
    state = coded(switched(0, "partner"), switched(10, "away"), switched(4, "object"))
    assert [each[:3] for each in spans_of(state)] == [(0, 4, "partner"), (4, 10, "object"), (10, 20, "away")]


def test_a_state_that_was_set_again_while_it_held_is_one_mark() -> None:
    state = coded(
        *(switched(at, code) for at, code in ((0, "partner"), (4, "away"), (6, "partner"), (9, "object"))),
        ("switch_removed", {"lane": LANE, "at_us": 4 * SECOND}),
    )
    lane = state.scheme.lane(LANE)
    assert lane is not None
    coding = lane_coding(state, lane, "AAA-F01-C1", "kim", END, Provenance("human_coding"))
    assert [(mark.start_us, mark.end_us, mark.code) for mark in coding.marks] == [
        (0, 9 * SECOND, "partner"),
        (9 * SECOND, END, "object"),
    ]


def test_absent_is_watched_and_not_coded_is_not() -> None:
    state = coded(switched(0, "none"), switched(5, "cannot_see"), switched(8, "partner"), switched(12, "not_coded"))
    lane = state.scheme.lane(LANE)
    assert lane is not None
    coding = lane_coding(state, lane, "AAA-F01-C1", "kim", END, Provenance("human_coding"))
    assert [(mark.start_us, mark.end_us, mark.code) for mark in coding.marks] == [
        (5 * SECOND, 8 * SECOND, "cannot see"),
        (8 * SECOND, 12 * SECOND, "partner"),
    ]
    assert coding.lanes == {("infant", "Looking"): (Interval(0, 12 * SECOND),)}
    nothing = lane_coding(coded(), lane, "AAA-F01-C1", "kim", END, Provenance("human_coding"))
    assert not watched(nothing, "infant", "Looking")


def test_a_change_is_moved_and_taken_out() -> None:
    state = coded(
        switched(0, "partner"),
        switched(4, "away"),
        ("switch_moved", {"lane": LANE, "at_us": 4 * SECOND, "to_us": 6 * SECOND}),
    )
    assert [each[:3] for each in spans_of(state)] == [(0, 6, "partner"), (6, 20, "away")]
    assert [each[2] for each in spans_of(coded(switched(0, "partner"), switched(4, "away"), _removed(4)))] == [
        "partner"
    ]


def _removed(at_s: int) -> tuple[str, dict[str, Any]]:
    return "switch_removed", {"lane": LANE, "at_us": at_s * SECOND}


@pytest.mark.parametrize(
    "step",
    [
        switched(3, "no_such_code"),
        switched(3, "partner", "no_such_lane"),
        switched(20, "partner"),
        _removed(7),
        ("switch_moved", {"lane": LANE, "at_us": SECOND, "to_us": 2 * SECOND}),
        ("switch_moved", {"lane": LANE, "at_us": SECOND, "to_us": END}),
        ("pointed", {"lane": LANE, "point_id": "p", "at_us": 1, "code": "partner"}),
        ("point_removed", {"point_id": "none"}),
        ("pass_ended", {"who": "both"}),
        ("handed_in", {}),
        ("coding_begun", {"scheme": LOOKING.model_dump(mode="json"), "start_us": 0, "end_us": END}),
    ],
    ids=lambda step: f"{step[0]} {step[1].get('code', '')}",
)
def test_what_does_not_fit_is_refused_in_words(step: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(VfeedError) as refused:
        coded(switched(1, "partner"), switched(2, "away"), step)
    assert refused.value.code == "invalid_input" and refused.value.hint


def test_nothing_can_be_changed_once_it_is_handed_in() -> None:
    passes = [("pass_ended", {"who": who}) for who in ("infant", "parent")]
    with pytest.raises(VfeedError) as refused:
        coded(switched(1, "partner"), *passes, ("handed_in", {}), switched(2, "away"))
    assert refused.value.code == "conflict"


def test_the_end_check_tells_open_passes_gaps_slips_and_unused_codes() -> None:
    found = end_check(coded(switched(1, "partner"), switched(2, "away"), switched(2.05, "partner")))
    assert found.open_passes == ("infant", "parent")
    assert [(lane, span.start_us, span.end_us) for lane, span in found.not_coded] == [
        (LANE, 0, SECOND),
        ("parent_looking", 0, END),
    ]
    assert [span.start_us for _lane, span in found.short] == [2 * SECOND]
    assert (LANE, "object") in found.unused and (LANE, "partner") not in found.unused


@given(st.lists(st.tuples(st.integers(0, END - 1), st.sampled_from(["partner", "object", "none", "not_coded"]))))
def test_a_lane_is_always_one_row_of_stretches_without_gap_or_overlap(changes: list[tuple[int, str]]) -> None:
    state = coded(*(("switched", {"lane": LANE, "at_us": at, "code": code}) for at, code in changes))
    lane = state.scheme.lane(LANE)
    assert lane is not None
    spans = state.spans(lane)
    assert spans[0].start_us == 0 and spans[-1].end_us == END
    assert all(one.end_us == two.start_us for one, two in pairwise(spans))
    assert all(span.start_us < span.end_us for span in spans)


def test_every_code_set_that_comes_with_vfeed_is_a_scheme_or_says_what_has_no_place() -> None:
    for pack in shipped().packs:
        scheme = scheme_of(pack)
        placed = {code.id for lane in scheme.lanes for code in lane.codes} if scheme else set()
        assert len(placed) + len(left_out(pack)) == len(list(pack.codes())), pack.id
