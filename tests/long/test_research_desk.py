"""The research desk at its full size: 5,000 films killed five times, 200 films compared, and BORIS itself."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
from pathlib import Path

import fake_screening_tasks
import pytest

from vfeed.research.agreement import Pair, compare
from vfeed.research.formats.boris import Boris
from vfeed.research.formats.registry import read_file
from vfeed.research.formats.text import seconds
from vfeed.research.marks import Coding, Mark
from vfeed.research.rules import Rules
from vfeed.timeline.interval import Interval

FILMS = 5_000
COMPARED = 200
MOST_CPU_S = 30
MINUTE_US = 60_000_000
CODES = ("partner", "object", "away", "cannot see")
BORIS_PYTHON = os.environ.get("VFEED_TEST_BORIS_PYTHON", "")


@pytest.mark.timeout(1800)
def test_five_thousand_films_killed_five_times_have_a_row_each(tmp_path: Path) -> None:
    forked = multiprocessing.get_context("fork")
    ends = []
    for seed in (1, 2, 3, 4, 5, 0):
        run = forked.Process(target=fake_screening_tasks.screen_until_killed, args=(tmp_path, FILMS, seed))
        run.start()
        run.join(900)
        ends.append(run.exitcode)
    assert ends == [-signal.SIGKILL] * 5 + [0]
    rows = [json.loads(line)["clip_id"] for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert sorted(rows) == [f"{number:04d}" for number in range(FILMS)]


def three_minutes(luck: random.Random, clip: str, coder: str, like: Coding | None) -> Coding:
    """A coding of three minutes, a look every four seconds or so; a second coder's is near the first's."""
    marks, here = [], 0
    if like is not None:
        for mark in like.marks:
            start = max(here, mark.start_us + luck.randint(-300_000, 300_000))
            end = max(start + 80_000, mark.end_us + luck.randint(-300_000, 300_000))
            code = mark.code if luck.random() < 0.85 else luck.choice(CODES)
            marks.append(Mark(start, end, mark.who, mark.lane, code))
            here = end
    else:
        while here < 3 * MINUTE_US:
            end = here + luck.randint(500_000, 8_000_000)
            marks.append(Mark(here, end, "infant", "looking", luck.choice(CODES)))
            here = end
    return Coding(clip, coder, tuple(marks), (Interval(0, 3 * MINUTE_US),), 3 * MINUTE_US)


def test_two_hundred_films_of_two_coders_are_compared_in_half_a_minute_of_computing() -> None:
    luck = random.Random(5)
    pairs = []
    for number in range(COMPARED):
        first = three_minutes(luck, f"c{number}", "kim", None)
        pairs.append(Pair(first.clip, f"F{number // 4}", first, three_minutes(luck, first.clip, "lee", first)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = compare(pairs, "infant", "looking", Rules())
    spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    print(f"{COMPARED} films, {found.events[0]} and {found.events[1]} events: {spent:.1f} s of CPU")
    assert found.clips == COMPARED and found.gamma_clips == COMPARED and 0.3 < found.kappa.value < 1
    assert spent < MOST_CPU_S


def busy(luck: random.Random) -> Coding:
    """Looks, points, notes with quotes and line ends, modifiers, and looks that overlap those of their own lane."""
    looks = three_minutes(luck, "clip-0001.mp4", "kim", None)
    more = []
    for _ in range(20):
        at_us = luck.randint(0, 3 * MINUTE_US - 5_000_000)
        note = luck.choice(["", 'says "ba"', "two\nlines", "a; b, c\td", "\u05e2\u05d9\u05e0\u05d9\u05d9\u05dd"])
        more.append(Mark(at_us, at_us, "parent", "", "smile", (), note))
        side = luck.choice([(), ("left",), ("", "long")])
        more.append(Mark(at_us, at_us + luck.randint(40_000, 5_000_000), "parent", "looking", "partner", side, note))
    return Coding(looks.clip, looks.coder, (*looks.marks, *more), looks.window, looks.length_us)


@pytest.mark.skipif(not BORIS_PYTHON, reason="VFEED_TEST_BORIS_PYTHON names no Python with boris-behav-obs")
@pytest.mark.parametrize("seed", range(5))
def test_boris_itself_opens_our_projects_and_exports_what_we_wrote(seed: int, tmp_path: Path) -> None:
    coding = busy(random.Random(seed))
    written = Boris().write(coding)
    project = tmp_path / next(iter(written.files))
    project.write_bytes(next(iter(written.files.values())))
    script = Path(__file__).with_name("boris_reads.py")
    told = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [BORIS_PYTHON, str(script), str(project), str(tmp_path)], env=told, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "integrity: ''" in done.stdout and "exported: (True, '')" in done.stdout
    assert "not paired" not in done.stdout.lower()
    [table] = tmp_path.glob("*.tsv")
    theirs = [mark for each in read_file(table).codings for mark in each.marks]
    ours = [mark for each in read_file(project).codings for mark in each.marks]
    kept = sorted((seconds(m.start_us, 3), seconds(m.end_us, 3), m.who, m.code) for m in ours)
    assert sorted((seconds(m.start_us, 3), seconds(m.end_us, 3), m.who, m.code) for m in theirs) == kept
