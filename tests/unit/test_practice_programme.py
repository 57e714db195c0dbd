"""A family's programme: chosen, ticked, undone; and the plan as it stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from journal_steps import folded, undone

from vfeed.errors import VfeedError
from vfeed.practice.library import shipped
from vfeed.practice.programme import PROGRAMME, ProgrammeState, check, plan_lines, shown_to_be_held

TODAY = date.today()


def after(*steps: tuple[str, dict[str, Any]]) -> ProgrammeState:
    return folded(PROGRAMME, steps).state


def chosen(pack: str) -> tuple[str, dict[str, Any]]:
    return "programme_chosen", {"pack": pack, "title": shipped().pack(pack).title if pack else ""}


def ticked(pack: str, session: str, round: int = 1, held_on: str | None = "2026-03-02") -> tuple[str, dict[str, Any]]:
    payload = {"pack": pack, "session": session, "round": round, "title": session, "held_on": held_on}
    return "session_ticked", payload


def lines(pack: str, state: ProgrammeState) -> list[tuple[int, str, bool, bool]]:
    return [
        (line.round, line.session.id, line.held_on is not None, line.is_next)
        for line in plan_lines(shipped().pack(pack), state)
    ]


def test_without_steps_there_is_no_programme() -> None:
    assert after().pack == ""
    assert folded(PROGRAMME, []).available_undo.undo is None


def test_the_first_visit_that_was_not_held_comes_next() -> None:
    state = after(chosen("vipp_sd"), ticked("vipp_sd", "visit_1"), ticked("vipp_sd", "visit_3"))
    shown = lines("vipp_sd", state)
    assert [line[1] for line in shown] == [f"visit_{n}" for n in range(1, 8)]
    assert [line[2] for line in shown] == [True, False, True, False, False, False, False]
    assert [line[1] for line in shown if line[3]] == ["visit_2"]


def test_the_next_cycle_shows_once_everything_of_the_last_was_held() -> None:
    first = [ticked("vig", session) for session in ("agree", "film", "choose", "review")]
    assert len(lines("vig", after(chosen("vig"), *first[:3]))) == 4
    shown = lines("vig", after(chosen("vig"), *first))
    assert [line[:2] for line in shown[4:]] == [(2, "film"), (2, "choose"), (2, "review")]
    assert shown[4][3]


def test_after_the_last_round_nothing_comes_next() -> None:
    held = [ticked("ng26_series", "session", number) for number in range(1, 11)]
    shown = lines("ng26_series", after(chosen("ng26_series"), *held))
    assert len(shown) == 10 and not any(line[3] for line in shown)


def test_a_tick_is_taken_back_and_made_again() -> None:
    steps = [chosen("vig"), ticked("vig", "film"), undone(2)]
    assert after(*steps).held == {}
    redo = folded(PROGRAMME, steps).available_undo.redo
    assert redo is not None and (redo.entry.code, redo.entry.params) == ("session_ticked", {"title": "film"})
    assert len(after(*steps, undone(3)).held) == 1


def test_ticks_of_an_earlier_programme_stay() -> None:
    state = after(chosen("vig"), ticked("vig", "film"), chosen("plain"), chosen("vig"))
    assert [line[2] for line in lines("vig", state)] == [False, True, False, False]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (("programme_chosen", {"pack": "none_such"}), "no such programme"),
        (ticked("plain", "film"), "Another programme"),
        (ticked("vig", "none_such"), "no such session"),
        (ticked("vig", "film", 5), "no such session"),
        (ticked("vig", "agree", 2), "no such session"),
        (ticked("vig", "film", held_on=(TODAY + timedelta(days=1)).isoformat()), "still to come"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fix(sent: tuple[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        check(PROGRAMME.parse(*sent), after(chosen("vig")), shipped())
    assert refusal.value.hint


def test_a_film_is_not_its_own_pair() -> None:
    with pytest.raises(VfeedError, match="the same film stands there twice"):
        PROGRAMME.parse("films_paired", {"before": "c1", "after": "c1"})


MARCH = date(2026, 3, 2)
KNOWN: dict[Any, list[date]] = {
    "question": [MARCH],
    "film": [MARCH, MARCH + timedelta(days=14)],
    "moments": [MARCH],
    "review": [],
    "visit": [MARCH],
}


def offered(pack: str, state: ProgrammeState, days: dict[Any, list[date]] | None = None) -> list[tuple[str, date]]:
    found = shown_to_be_held(shipped().pack(pack), state, KNOWN if days is None else days)
    return [(line.session.id, on) for line, on in found]


def test_what_is_kept_shows_the_sessions_that_were_held_up_to_the_first_that_nothing_shows() -> None:
    assert offered("vig", after(chosen("vig"))) == [("agree", MARCH), ("film", MARCH), ("choose", MARCH)]
    assert offered("vig", after(chosen("vig")), {}) == []


def test_a_day_that_a_tick_stands_for_is_not_offered_again() -> None:
    state = after(chosen("vig"), *(ticked("vig", each) for each in ("agree", "film", "choose", "review")))
    assert offered("vig", state) == [("film", MARCH + timedelta(days=14))]
    other_day = after(chosen("vig"), ticked("vig", "agree", held_on="2026-03-01"))
    assert offered("vig", other_day)[0] == ("film", MARCH)


def test_a_plan_without_more_rounds_ends() -> None:
    many = {"film": [MARCH] * 99, "moments": [MARCH] * 99, "review": [MARCH] * 99, "question": [MARCH] * 99}
    plan = shipped().pack("vig").plan
    assert plan is not None and plan.rounds is not None
    assert len(offered("vig", after(chosen("vig")), many)) == 1 + 3 * plan.rounds.most
