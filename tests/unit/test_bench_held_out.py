"""What a confidence is worth is asked of each pair of people by the others alone."""

import numpy as np
import pytest

from bench.held_out import Statements, by_others, line_of, off_by, table


def statements(pairs: int, each: int, worth: float) -> Statements:
    """Pairs of whose statements, all of .9, the share `worth` is true."""
    count = pairs * each
    true = np.tile(np.arange(each) < round(worth * each), pairs).astype(float)
    return Statements(np.full(count, 0.9), true, np.ones(count), np.repeat(np.arange(pairs), each))


def test_what_is_stated_too_high_is_mended_by_what_others_show() -> None:
    given = statements(6, 20, 0.5)
    assert off_by(given, given.stated) == pytest.approx(0.4)
    assert off_by(given, by_others(given)) < 0.03


def test_a_pair_has_no_say_in_its_own_line() -> None:
    good, bad = statements(5, 20, 0.9), statements(1, 20, 0.0)
    given = Statements(
        *(np.concatenate([getattr(each, name) for each in (good, bad)]) for name in ("stated", "true", "count", "pair"))
    )
    given.pair[100:] = 9
    told = by_others(given)
    assert told[100:] == pytest.approx(0.9, abs=0.02)
    assert told[:100].max() < 0.8


def test_a_row_that_stands_for_several_weighs_as_much_as_they() -> None:
    one = statements(3, 10, 0.7)
    few = Statements(np.full(3, 0.9), np.full(3, 0.7), np.full(3, 10.0), np.arange(3))
    assert line_of(few) == pytest.approx(line_of(one), abs=0.01)
    assert off_by(few, few.stated) == pytest.approx(off_by(one, one.stated))
    assert [(row.count, row.pairs, row.true) for row in table(few)] == [(30, 3, pytest.approx(0.7))]


def test_the_range_is_wide_where_pairs_differ_and_narrow_where_they_agree() -> None:
    alike = table(statements(8, 10, 0.5))[0]
    apart = statements(8, 10, 0.0)
    apart.true[:40] = 1.0
    low, high = table(apart)[0].between
    assert alike.between == (0.5, 0.5) and low < 0.3 and high > 0.7


def test_statements_come_from_the_lines_of_clips_and_nothing_stated_gives_no_table() -> None:
    lines = [{"stated": [[0.9, 1.0, 1]]}, {"stated": []}, {"stated": [[0.3, 0.0, 1], [0.5, 1.0, 1]]}]
    given = Statements.of(lines, "stated")
    assert given.pair.tolist() == [0, 2, 2] and given.stated.tolist() == [0.9, 0.3, 0.5]
    assert [row.count for row in table(given)] == [1, 1, 1]
    assert table(Statements.of([{"stated": []}], "stated")) == []
