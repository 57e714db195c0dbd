"""The retention clock: what is erased when, never without notice, never what is held."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.practice.retention import NOTICE, Clock, decide, due_on, erased_on, is_to_be_announced

ENDED = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("clock", "months", "due"),
    [
        (Clock(), 2, None),
        (Clock(ended_on=ENDED), 0, None),
        (Clock(ended_on=ENDED), 1, date(2026, 2, 28)),
        (Clock(ended_on=ENDED), 12, date(2027, 1, 31)),
        (Clock(ended_on=ENDED, keep_until=date(2034, 5, 1)), 2, date(2034, 5, 1)),
        (Clock(ended_on=ENDED, keep_until=date(2020, 5, 1)), 2, ENDED),
    ],
)
def test_the_day_on_which_it_is_due(clock: Clock, months: int, due: date | None) -> None:
    assert due_on(clock, months) == due


def test_a_clock_that_ran_out_before_it_was_set_still_gives_notice() -> None:
    clock, today = Clock(ended_on=date(2020, 1, 1)), date(2026, 6, 1)
    assert is_to_be_announced(clock, 2, today) and not decide(clock, 2, today)
    announced = Clock(ended_on=date(2020, 1, 1), announced_on=today)
    assert not decide(announced, 2, today + NOTICE - timedelta(days=1))
    assert decide(announced, 2, today + NOTICE)


def test_a_hold_stops_it() -> None:
    held = Clock(ended_on=ENDED, hold_reason="a complaint", announced_on=ENDED)
    assert erased_on(held, 1, date(2030, 1, 1)) is None
    assert decide(held, 1, date(2030, 1, 1)).reason == "It is held."


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.integers(0, 60), DAYS)
def test_nothing_is_erased_before_its_day_or_without_notice(
    ended: date | None, keep: date | None, announced: date | None, months: int, today: date
) -> None:
    clock = Clock(ended, keep, "", announced)
    if decide(clock, months, today):
        due = due_on(clock, months)
        assert ended is not None and due is not None and today >= due
        assert announced is not None and today - announced >= NOTICE
