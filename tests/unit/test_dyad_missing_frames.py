"""Time without pictures: nothing is claimed from it, nobody is taken to be seen in it, and it is said."""

from itertools import chain, pairwise

import numpy as np
import pytest
from synthetic_heads import scene

from vfeed.analysis.display import states_for_display
from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.recording_facts import sentences_of
from vfeed.perception.metrics import Metrics
from vfeed.timeline.smoothing import HELD_US

SECOND_US = 1_000_000
CONTACT, AWAY = ("partner", "partner"), ("partner", "behind")


def film(*looks: tuple[str, str], gaps_us: dict[int, int], end_us: int = 0) -> Metrics:
    """A frame for each (adult, infant); behind the frames in `gaps_us` no picture comes for so long."""
    metrics = scene([caregiver for caregiver, _ in looks], [infant for _, infant in looks])
    for frame, gap_us in gaps_us.items():
        metrics["time_us"][frame + 1 :] += gap_us
    metrics["duration_us"][:] = max(end_us, int(metrics["time_us"][-1]) + 80_000)
    return metrics


def held(metrics: Metrics) -> list[tuple[int, int]]:
    """The stretches that pictures say something of."""
    times = metrics["time_us"].tolist()
    return [(start_us, start_us + HELD_US) for start_us in times]


FILMS = {
    "hole between two contacts": film(*[CONTACT] * 60, gaps_us={29: 6 * SECOND_US}),
    "hole in a look away": film(*[CONTACT] * 30, *[AWAY] * 40, *[CONTACT] * 30, gaps_us={49: 3 * SECOND_US}),
    "contact lost in the hole": film(*[CONTACT] * 30, *[AWAY] * 30, *[CONTACT] * 30, gaps_us={59: 2 * SECOND_US}),
    "pictures end early": film(*[CONTACT] * 20, gaps_us={}, end_us=60 * SECOND_US),
    "one picture every three seconds": film(*[CONTACT] * 20, gaps_us=dict.fromkeys(range(19), 3 * SECOND_US)),
    "many holes": film(*[CONTACT] * 100, gaps_us=dict.fromkeys(range(4, 99, 5), 3 * SECOND_US)),
    "ten minutes missing": film(*[CONTACT] * 40, gaps_us={19: 600 * SECOND_US}),
}


@pytest.mark.parametrize("name", FILMS)
def test_no_candidate_and_no_lane_claims_time_that_no_picture_is_near(name: str) -> None:
    metrics = FILMS[name]
    result = recompute(metrics)
    for start_us, end_us, state, _ in chain(*states_for_display(result).values()):
        if state != "unseen":
            assert _covered(start_us, end_us, held(metrics)), (state, start_us, end_us)
    for candidate in result.candidates:
        assert _covered(candidate.interval.start_us, candidate.interval.end_us, held(metrics)), candidate.kind


def _covered(start_us: int, end_us: int, stretches: list[tuple[int, int]]) -> bool:
    for low, high in stretches:
        if low <= start_us < high:
            start_us = high
    return start_us >= end_us


@pytest.mark.parametrize("name", FILMS)
def test_the_lanes_cover_the_whole_film_without_a_break(name: str) -> None:
    result = recompute(FILMS[name])
    for lane in states_for_display(result).values():
        assert lane[0][0] == 0 and lane[-1][1] == result.states.end_us
        assert all(before[1] == after[0] for before, after in pairwise(lane))


def test_seen_shares_are_of_time_so_that_missing_pictures_count_as_not_seen() -> None:
    result = recompute(FILMS["pictures end early"])
    assert result.filming["infant"]["seen_share"] == pytest.approx(2.02 / 60, abs=0.002)
    assert result.filming["usable"] == "again"
    assert result.filming["missing"] == [[2.02, 60.0]]


def test_a_film_with_a_hole_is_never_called_fine_and_says_where_it_is() -> None:
    said = sentences_of(recompute(FILMS["hole between two contacts"]).filming)
    assert "as it is" not in said[0]
    assert any("no pictures for 5.6 s of this film (0:02.8 to 0:08.4)" in sentence for sentence in said)


def test_many_holes_are_counted_and_the_first_are_named() -> None:
    said = " ".join(sentences_of(recompute(FILMS["many holes"]).filming))
    assert "0:00.8 to 0:03.4, 0:04.2 to 0:06.8" in said and "and 16 more places" in said


def test_of_a_film_with_hardly_any_pictures_that_is_said_and_no_list_of_places() -> None:
    result = recompute(FILMS["one picture every three seconds"])
    said = " ".join(sentences_of(result.filming))
    assert "only every 3.1 s" in said and "49 s in all" in said and "more places" not in said
    assert result.candidates == [] and result.filming["usable"] != "fine"


@pytest.mark.parametrize("gap_us", [0, 120_000, 410_000])
def test_gaps_that_phones_leave_in_bad_light_change_nothing(gap_us: int) -> None:
    whole: ClipAnalysis = recompute(film(*[CONTACT] * 60, gaps_us={29: gap_us}))
    assert [candidate.kind for candidate in whole.candidates] == ["gaze_contact"]
    assert whole.filming["missing"] == [] and "no pictures" not in " ".join(sentences_of(whole.filming))
    assert np.all(np.array(whole.states.infant) == "partner")
