"""Where the parts of a measure's plot lie."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from vfeed.practice.measures import CutOff, Measure, MeasureNamed, NumberEntered
from vfeed.server.story.plots import HEIGHT, WIDTH, Plot, plot_of


def drawn(
    *values: float,
    lowest: float | None = None,
    highest: float | None = None,
    also: float | None = None,
    apart: int = 7,
) -> Plot:
    cut_offs = (CutOff(value=13, words="talk"), *([] if also is None else [CutOff(value=also, words="look again")]))
    named = MeasureNamed(measure_id="e", name="EPDS", lowest=lowest, highest=highest, cut_offs=cut_offs)
    numbers = tuple(
        NumberEntered(number_id=f"n{index}", measure_id="e", on=date(2026, 1, 1 + apart * index), value=value)
        for index, value in enumerate(values)
    )
    app = Flask("plots")
    Babel(app)
    with app.test_request_context():
        plot = plot_of(Measure(named, numbers))
    assert plot is not None
    return plot


def test_a_higher_number_stands_higher_and_a_later_one_further_right() -> None:
    first, second, third = drawn(5, 20, 10).points
    assert first.x < second.x < third.x
    assert second.y < third.y < first.y


@pytest.mark.parametrize("values", [(5.0,), (5.0, 5.0), (0.0, 30.0), (-3.0, 40.0), (0.1, 0.2), (1e6, -1e6)])
def test_everything_lies_inside_the_picture(values: tuple[float, ...]) -> None:
    plot = drawn(*values, lowest=0, highest=30)
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for point in plot.points)
    assert all(0 <= rule.y <= HEIGHT for rule in (*plot.ticks, *plot.cut_offs))
    assert 2 <= len(plot.ticks) <= 6


def test_a_day_that_is_the_first_and_the_last_is_told_once() -> None:
    assert [foot.anchor for foot in drawn(5, 20, 10).foot] == ["start", "end"]
    assert [foot.anchor for foot in drawn(5).foot] == ["middle"]
    assert [(foot.words, foot.anchor) for foot in drawn(14, 9, apart=0).foot] == [("1 Jan 2026", "middle")]


def test_a_cut_off_stands_between_the_numbers_around_it() -> None:
    plot = drawn(10, 16)
    assert plot.points[1].y < plot.cut_offs[0].y < plot.points[0].y
    assert plot.cut_offs[0].words == "talk (13)"


@pytest.mark.parametrize("values", [(5, 12), (5, 13), (5, 14), (12, 5), (12, 13), (14, 13), (11, 15), (15, 11)])
def test_the_words_of_a_cut_off_cover_no_number(values: tuple[float, ...]) -> None:
    plot = drawn(*values, lowest=0, highest=30)
    [rule] = plot.cut_offs
    end = plot.points[0] if rule.words_left else plot.points[-1]
    top, foot = end.y - plot.number_above - 12, end.y + 5
    assert rule.words_y <= top or rule.words_y - 12 >= foot


def test_the_words_of_two_cut_offs_cover_neither_each_other_nor_the_other_line() -> None:
    plot = drawn(22, 16, 13, lowest=0, highest=30, also=10)
    upper, lower = plot.cut_offs
    assert (upper.words_left, lower.words_left) == (True, False)
    assert all(not each.words_y - 12 < other.y < each.words_y for each, other in ((upper, lower), (lower, upper)))


def test_words_of_a_cut_off_stand_above_its_right_end_where_nothing_is_there() -> None:
    [rule] = drawn(25, 28, lowest=0, highest=30).cut_offs
    assert (rule.words_left, rule.words_y) == (False, rule.y - 5)


def test_without_numbers_there_is_no_plot() -> None:
    assert plot_of(Measure(MeasureNamed(measure_id="e", name="EPDS"))) is None
