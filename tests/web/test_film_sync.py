"""A sample of the ten minutes of `make test-long`: sound and pictures of a copy in step in a real Chromium."""

from pathlib import Path

from film_sync import copy_of, made, measured, out_of_step
from playwright.sync_api import Browser

SECONDS, IN_STEP_S = 11, 0.04


def test_sound_of_a_clock_that_is_off_is_heard_with_its_pictures(browser: Browser, tmp_path: Path) -> None:
    film = made(SECONDS, 1.01)
    assert out_of_step(measured(browser, copy_of(film), tmp_path, SECONDS)) <= IN_STEP_S


def test_played_as_it_was_recorded_the_same_film_runs_apart(browser: Browser, tmp_path: Path) -> None:
    assert out_of_step(measured(browser, made(SECONDS, 1.01), tmp_path, SECONDS)) > IN_STEP_S
