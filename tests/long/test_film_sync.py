"""Ten minutes of film in a real Chromium: sound stays with its pictures, also from a clock that is 1 % off."""

from pathlib import Path

import pytest
from film_sync import copy_of, made, measured, out_of_step

from bench.review_browser import chromium

SECONDS, IN_STEP_S = 600, 0.04
pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("pace", [1.0, 1.01, 0.99])
def test_sound_stays_with_its_pictures_for_ten_minutes(tmp_path: Path, pace: float) -> None:
    with chromium() as browser:
        assert out_of_step(measured(browser, copy_of(made(SECONDS, pace)), tmp_path, SECONDS)) <= IN_STEP_S
