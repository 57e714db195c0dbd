"""Every part can be left out, and what that costs is summed up over the clips."""

from pathlib import Path

import numpy as np
import pytest
from sample_analysis import SAMPLES, analysed

from bench import ablation, report
from vfeed.analysis.version import PERCEPTION_SOURCES, sources_digest
from vfeed.perception.parameters import PERCEPTION


def test_each_part_is_left_out_by_parameters_of_its_own() -> None:
    parts = list(ablation.PARTS_SEEN.values())
    assert parts[0] == PERCEPTION and len(set(parts)) == len(parts)
    rules = list(ablation.PARTS_RULED.values())
    assert len(set(rules)) == len(rules)


def test_a_clip_gives_a_row_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation, "_seen", lambda *_: analysed())
    rows = ablation.of_clip(SAMPLES / "side_view_woman.mp4")
    assert {row.part for row in rows} == {*ablation.PARTS_SEEN, *ablation.PARTS_RULED}
    assert all(row.counts.sum() > 0 and row.both[1] <= row.both[0] for row in rows)


def test_rows_of_a_part_are_summed_over_clips_and_shown() -> None:
    agree, differ = np.array([10, 0, 0, 10]), np.array([0, 10, 10, 0])
    surely = np.ones(10), np.ones(10, np.bool_)
    openly = np.full(10, 0.5), np.zeros(10, np.bool_)
    row = ablation._summed(
        "hands",
        [ablation.Row("hands", agree, 1.0, surely, (20, 20)), ablation.Row("hands", differ, -1.0, openly, (20, 10))],
    )
    assert row == ("hands", 0.0, 0.0, 0.125, 0.75)
    found = {"measured": "2026-01-01", "clips": 2, "rows": [row]}
    text = report.compose({"ablation_test": found}, Path("unused"))
    assert "on test" in text and "| hands | .00 | .00 | .12 | 75 % |" in text
    assert "Measured with an earlier perception" in text
    today = found | {"perception": sources_digest(PERCEPTION_SOURCES)}
    assert "earlier perception" not in report.compose({"ablation_test": today}, Path("unused")).split("## ")[-1]
