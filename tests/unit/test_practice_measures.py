"""Measures: dated numbers under the worker's own names, appended and undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from journal_steps import folded, undone

from vfeed.errors import VfeedError
from vfeed.practice.measures import MAX_MEASURES, MEASURES, MeasuresState, check

TODAY = date(2026, 6, 1)
EPDS = (
    "measure_named",
    {"measure_id": "e", "name": "EPDS", "lowest": 0, "highest": 30, "cut_offs": [{"value": 13, "words": "talk"}]},
)


def number(number_id: str, on: str, value: float, **more: str) -> tuple[str, dict[str, Any]]:
    return "number_entered", {"number_id": number_id, "measure_id": "e", "on": on, "value": value, **more}


def after(*steps: tuple[str, dict[str, Any]]) -> MeasuresState:
    return folded(MEASURES, steps).state


def test_numbers_stand_in_the_order_of_their_days() -> None:
    state = after(EPDS, number("b", "2026-05-01", 9), number("a", "2026-03-01", 14))
    assert [each.value for each in state.measures["e"].numbers] == [14, 9]


def test_a_number_taken_out_comes_back_by_undo() -> None:
    made = [EPDS, number("a", "2026-03-01", 14), ("number_removed", {"number_id": "a"})]
    assert after(*made).measures["e"].numbers == ()
    back = folded(MEASURES, [*made, undone(3)])
    assert [each.value for each in back.state.measures["e"].numbers] == [14]
    assert back.available_undo.redo is not None and back.available_undo.redo.entry.code == "number_removed"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (number("a", "2026-03-01", 31), "goes from 0 to 30"),
        (number("a", "2026-03-01", -1), "goes from 0 to 30"),
        (number("a", "2026-06-02", 3), "still to come"),
        (number("k", "2026-03-01", 3), "entered already"),
        (("measure_named", {"measure_id": "e", "name": "EPDS", "highest": 4}), "The number 5 does not fit"),
        (("number_removed", {"number_id": "x"}), "no such number"),
        (("number_entered", {"number_id": "a", "measure_id": "x", "on": "2026-03-01", "value": 1}), "no such measure"),
    ],
)
def test_what_does_not_fit_is_refused(step: tuple[str, dict[str, Any]], words: str) -> None:
    state = after(EPDS, number("k", "2026-02-01", 5))
    with pytest.raises(VfeedError, match=words):
        check(MEASURES.parse(*step), state, TODAY)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("measure_named", {"measure_id": "e", "name": ""}),
        ("measure_named", {"measure_id": "e", "name": "x", "lowest": 3, "highest": 3}),
        ("measure_named", {"measure_id": "e", "name": "x", "cut_offs": [{"value": 1, "words": "a"}] * 4}),
        ("number_entered", {"number_id": "a", "measure_id": "e", "on": "2026-03-01", "value": float("nan")}),
        ("number_entered", {"number_id": "a", "measure_id": "e", "on": "once", "value": 1}),
    ],
)
def test_what_has_no_shape_is_refused(type_: str, payload: dict[str, Any]) -> None:
    with pytest.raises(VfeedError):
        MEASURES.parse(type_, payload)


def test_there_is_an_end_to_measures() -> None:
    full = after(*[("measure_named", {"measure_id": f"m{n}", "name": f"M{n}"}) for n in range(MAX_MEASURES)])
    with pytest.raises(VfeedError, match="already"):
        check(MEASURES.parse("measure_named", {"measure_id": "more", "name": "more"}), full, TODAY)
    check(MEASURES.parse("measure_named", {"measure_id": "m0", "name": "renamed"}), full, TODAY)
