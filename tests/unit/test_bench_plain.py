"""The page in plain words says what the results say, and keeps its marks."""

import json
from pathlib import Path

import pytest

from bench import plain
from bench.ceiling import EYES, HEADS
from bench.report import RESULTS, stored

RESULT = json.loads((RESULTS / "samples.json").read_text())


def test_the_page_shows_today_s_figures_of_the_test_set() -> None:
    test, longer = (json.loads((RESULTS / f"{name}.json").read_text()) for name in ("test", "long_test"))
    assert plain.figures(test, longer, stored("real_like_test"), stored("ceiling")) in plain.PAGE.read_text()


def test_films_like_those_of_homes_come_first_and_are_missed_when_not_measured() -> None:
    homelike = json.loads(json.dumps(RESULT))
    homelike["looks"]["held"] = {"balanced": 0.81}
    told = plain.figures(RESULT, RESULT, homelike)
    assert told.index("like those of homes") < told.index("clean films")
    assert "told from a look at the face? | right in 81 of 100 frames" in told
    assert "not measured yet" in plain.figures(RESULT, RESULT, None)


def test_what_exact_directions_would_reach_is_told_in_words() -> None:
    row = [10, 10, 0.9, 0.9]
    found = {"rows": [[EYES, *row, 0.85, 0.7], [HEADS, *row, 0.5, 0.4]]}
    told = plain.figures(RESULT, RESULT, None, found)
    assert "where both heads point in these films, in every picture, would reach the agreement “weak”" in told
    assert "where the eyes point, “good”" in told
    assert "exactly" not in plain.figures(RESULT, RESULT, None)


def test_figures_are_put_between_the_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{plain.FROM}of last year\n{plain.UNTIL}after\n")
    plain.write(RESULT, RESULT, None, page=page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "of last year" not in text
    assert f"{RESULT['looks']['contact']['matched']} of {RESULT['looks']['contact']['true']}" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="lost the marks"):
        plain.write(RESULT, RESULT, None, page=page)
    assert page.read_text() == "nothing\n"
