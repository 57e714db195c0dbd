"""Work that gives way."""

import os
import subprocess

import pytest

from vfeed.errors import VfeedError
from vfeed.jobs.background import STEPS_BACK, run_giving_way


def test_the_task_and_what_it_starts_give_way_and_the_caller_does_not() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    seen: list[int] = []

    def task() -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, 0))
        seen.append(int(subprocess.run(["nice"], capture_output=True, check=True).stdout))

    run_giving_way(task)
    expected = min(19, before + STEPS_BACK)
    assert seen == [expected, expected]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_a_refusal_reaches_the_caller() -> None:
    def task() -> None:
        raise VfeedError("media_failed", "It broke.")

    with pytest.raises(VfeedError, match="It broke"):
        run_giving_way(task)
