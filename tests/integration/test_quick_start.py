"""What takes long to load is loaded by those who use it: each command starts at once."""

import subprocess
import sys

import pytest

SLOW = {"scipy", "matplotlib", "mediapipe", "cv2", "av", "flask", "sqlalchemy", "pandas"}


def loaded_by(code: str) -> set[str]:
    """The packages that are loaded once `code` has run in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_the_command_loads_nothing_that_takes_long_before_it_knows_what_is_asked() -> None:
    assert not SLOW & loaded_by("import vfeed.cli")


@pytest.mark.parametrize("module", ["vfeed.perception.hands", "vfeed.perception.blaze"])
def test_the_networks_are_loaded_without_what_draws(module: str) -> None:
    found = loaded_by(f"import {module}")
    assert "mediapipe" in found and "matplotlib" not in found


def test_what_draws_can_be_used_afterwards_and_stays_where_it_was_loaded_before() -> None:
    assert "matplotlib" in loaded_by("import vfeed.perception.hands, matplotlib.pyplot as p\nassert p.figure")
    assert "mediapipe" in loaded_by("import matplotlib.pyplot as p, vfeed.perception.hands\nassert p.figure")
