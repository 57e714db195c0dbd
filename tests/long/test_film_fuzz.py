"""20,000 damaged films: no crash, no error without a code, memory bounded. Each process reads a part of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILMS, A_PROCESS = 20_000, 2_000
MOST_BYTES = 600_000_000


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("first", range(0, FILMS, A_PROCESS))
def test_damaged_films_are_taken_or_refused_with_a_code_within_bounds(first: int) -> None:
    command = [sys.executable, str(TESTS / "fuzz_films.py"), str(first), str(A_PROCESS)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    took = json.loads(done.stdout)
    assert took["memory_bytes"] < MOST_BYTES and took["slowest_s"] < 20
    assert sum(took["found"].values()) == A_PROCESS
