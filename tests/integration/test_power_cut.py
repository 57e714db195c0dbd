"""What was acknowledged outlives a power cut; the whole number of cuts is in tests/long."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_site import Furnished
from power_cut import lost_in_a_cut


@pytest.mark.sqlite
def test_nothing_that_was_acknowledged_is_lost_in_a_power_cut(tmp_path: Path, furnished: Furnished) -> None:
    lost = lost_in_a_cut(tmp_path, furnished, acts=20, films=2)
    assert lost == {"acts": [], "films": [], "uploads": [], "damage": []}
