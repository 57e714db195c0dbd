"""A start loads what every start needs; what few need is loaded by whoever needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What takes long to load: fitting and statistics, drawing, networks, PDF, files under a passphrase, changes of tables.
SLOW = ("scipy.linalg", "scipy.optimize", "scipy.sparse", "scipy.special", "matplotlib", "mediapipe", "fpdf")
SELDOM = ("fontTools", "pyzipper", "alembic", "openpyxl", "xlsxwriter", "botocore", "distributed")


@pytest.mark.parametrize(
    "begun", ["vfeed.cli, vfeed.launch, vfeed.server.app, vfeed.server.processes", "vfeed.jobs.worker"]
)
def test_a_start_loads_no_library_that_few_need(begun: str) -> None:
    asked = f"import {begun}, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert "sqlalchemy.orm" in loaded
    assert not {*SLOW, *SELDOM} & set(loaded)


def test_looking_at_a_film_by_a_command_loads_no_database() -> None:
    asked = "import vfeed.cli, vfeed.media.apart, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert "av" in loaded
    assert not {"sqlalchemy", "flask", *SLOW, *SELDOM} & set(loaded)
