"""vfeed never tries to leave the machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def may_make_namespaces() -> bool:
    return subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True).returncode == 0


@pytest.mark.sqlite
def test_the_main_job_makes_no_outbound_attempt(tmp_path: Path) -> None:
    attempts = tmp_path / "attempts.txt"
    guarded = os.environ | {"PYTHONPATH": str(TESTS / "guard"), "VFEED_TEST_ATTEMPTS": str(attempts)}
    walk = [sys.executable, str(TESTS / "offline_walk.py"), str(tmp_path / "service")]
    if may_make_namespaces():
        # Here the kernel counts attempts of native code too, and nothing could get out if it tried.
        walk = ["unshare", "--net", "--map-root-user", *walk]
    done = subprocess.run(walk, env=guarded, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "service" / "result.json").read_text())
    assert result["candidates"] > 0
    assert result["reel_bytes"] > 10_000
    if walk[0] == "unshare":
        assert result["counter_works"]
        assert result["attempts"] == 0
    assert not attempts.exists(), attempts.read_text()


def test_the_guard_notices_an_attempt(tmp_path: Path) -> None:
    attempts = tmp_path / "attempts.txt"
    guarded = os.environ | {"PYTHONPATH": str(TESTS / "guard"), "VFEED_TEST_ATTEMPTS": str(attempts)}
    code = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], env=guarded, capture_output=True, text=True)
    assert done.returncode != 0
    assert "192.0.2.1" in attempts.read_text()
