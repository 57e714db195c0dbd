"""What can be done with a film, by what was seen of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vfeed.perception.metrics import Heard, Metrics
from vfeed.research.codability import Best, FilmFacts, Verdict, best_stretches, judge, longest_uncut_us

MINUTE = 60_000_000
FINE = FilmFacts(
    5 * MINUTE,
    Heard.SOUND,
    5 * MINUTE,
    (Best(0, 3 * MINUTE, 0.9, 0.0),),
    people=2,
    face_px=120.0,
    advice=("Come closer.",),
)


def test_a_good_film_looks_codable_and_a_person_still_looks_at_what_vfeed_cannot_see() -> None:
    found = judge(FINE)
    assert found.verdict is Verdict.CODABLE and not found.reasons and not found.advice
    assert "nobody tells them what to do" in found.to_look_at


@pytest.mark.parametrize(
    ("change", "verdict", "words"),
    [
        ({"length_us": 2 * MINUTE}, Verdict.AGAIN, "shorter than three minutes"),
        ({"uncut_us": 2 * MINUTE, "best": ()}, Verdict.LIMITS, "across cuts"),
        ({"sound": Heard.NONE}, Verdict.AGAIN, "no sound"),
        ({"sound": Heard.SILENT}, Verdict.AGAIN, "silent"),
        ({"sound": Heard.UNKNOWN}, Verdict.CODABLE, ""),
        ({"people": 1}, Verdict.AGAIN, "Only one person"),
        ({"people": 0}, Verdict.AGAIN, "Nobody’s face"),
        ({"people": None}, Verdict.UNKNOWN, "not looked at"),
        ({"best": (Best(0, 1, 0.24, 0.0),)}, Verdict.AGAIN, "24 %"),
        ({"best": (Best(0, 1, 0.5, 0.0),)}, Verdict.LIMITS, "50 %"),
        ({"best": (Best(0, 1, 0.7, 0.05),)}, Verdict.CODABLE, ""),
        ({"best": (Best(0, 1, 0.9, 0.1),)}, Verdict.LIMITS, "Somebody else"),
        ({"best": (Best(0, 1, 0.9, 0.3),)}, Verdict.AGAIN, "Somebody else"),
        ({"unclear": True}, Verdict.LIMITS, "Who is the child"),
        ({"face_px": 20.0}, Verdict.AGAIN, "20 px"),
        ({"face_px": 36.0}, Verdict.LIMITS, "small"),
    ],
)
def test_each_limit_says_itself(change: dict[str, object], verdict: Verdict, words: str) -> None:
    found = judge(replace(FINE, **change))
    assert found.verdict is verdict
    assert words in " ".join(found.reasons)


def test_there_are_never_more_than_three_reasons_and_the_worst_come_first() -> None:
    bad = FilmFacts(
        5 * MINUTE,
        Heard.NONE,
        2 * MINUTE,
        (Best(0, 1, 0.5, 0.5),),
        people=2,
        unclear=True,
        face_px=20.0,
        advice=("x",) * 5,
    )
    found = judge(bad)
    assert found.verdict is Verdict.AGAIN and len(found.reasons) == 3 and len(found.advice) <= 3
    assert "no sound" in found.reasons[0]


def film(seconds: int, seen: list[tuple[int, int]], cut_at: int | None = None) -> tuple[Metrics, NDArray[Any]]:
    times = np.arange(seconds, dtype=np.int64) * 1_000_000
    both = np.zeros(seconds, np.bool_)
    for start, end in seen:
        both[start:end] = True
    shot = np.zeros(seconds, np.int32)
    if cut_at is not None:
        shot[cut_at:] = 1
    return {"time_us": times, "duration_us": np.array([seconds * 1_000_000]), "shot": shot}, both


def test_the_best_three_minutes_hold_most_of_what_can_be_seen() -> None:
    metrics, both = film(600, [(300, 480)])
    best = best_stretches(metrics, both, np.zeros(600, np.bool_))
    assert (best[0].start_us, best[0].end_us, best[0].both_seen_share) == (300_000_000, 480_000_000, 1.0)
    assert len(best) == 3
    assert all(abs(a.start_us - b.start_us) > 90_000_000 for a in best for b in best if a is not b)


def test_the_first_and_last_seconds_are_left_out_where_there_is_room() -> None:
    metrics, both = film(300, [(0, 300)])
    assert best_stretches(metrics, both, ~both)[0].start_us == 5_000_000
    metrics, both = film(182, [(0, 182)])
    assert best_stretches(metrics, both, ~both)[0].start_us == 0


def test_time_with_somebody_else_in_view_does_not_count() -> None:
    metrics, both = film(600, [(0, 600)])
    others = np.zeros(600, np.bool_)
    others[:300] = True
    best = best_stretches(metrics, both, others)[0]
    assert best.start_us == 300_000_000 and best.others_share == 0.0


def test_no_stretch_crosses_a_cut_and_a_short_film_has_none() -> None:
    metrics, both = film(400, [(0, 400)], cut_at=150)
    best = best_stretches(metrics, both, ~both)
    assert best[0].start_us >= 150_000_000 and longest_uncut_us(metrics) == 250_000_000
    metrics, both = film(100, [(0, 100)])
    assert best_stretches(metrics, both, ~both) == ()
