"""How soon vfeed is there: starts until pages answer, the first word of an analysis, a plain loading beside them."""

from __future__ import annotations

import contextlib
import http.client
import os
import pty
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
FILM = ROOT / "sample_clips" / "side_view_woman.mp4"
VFEED = (sys.executable, "-m", "vfeed")
PLAIN = "import flask, cv2, numpy"
TURNS = 7
MOST_START_S, MOST_WORD_S = 3, 2
PATIENCE_S, LOOK_S = 120, 0.005
Row = tuple[str, float, str, str]


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of all cores in the process and those that it began."""

    clock_s: float
    cpu_s: float


def report() -> list[Row]:
    """Rows of (what, value, unit, what was asked): medians of `TURNS`, by turns: a busy machine is so for all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = pages_answer(folder)
        turns = [(plain_loading(), pages_answer(folder), first_word(folder)) for _ in range(TURNS)]
    plain, second, word = (_middle(each) for each in zip(*turns, strict=True))
    slowest_start_s, slowest_word_s = (max(turn[which].clock_s for turn in turns) for which in (1, 2))
    return [
        ("load of the machine meanwhile, this among it", os.getloadavg()[1], "at work or waiting", ""),
        (f'python -c "{PLAIN}"', plain.clock_s, "s", ""),
        ("- of processors", plain.cpu_s, "s", ""),
        ("vfeed run answers on an empty folder, with the demo family", first.clock_s, "s", ""),
        ("- of processors", first.cpu_s, "s", ""),
        ("vfeed run answers when it is started again", second.clock_s, "s", f"under {MOST_START_S}"),
        (f"- the slowest of {TURNS}", slowest_start_s, "s", ""),
        ("- of processors", second.cpu_s, "s", ""),
        ("- beside the plain loading, of processors", second.cpu_s / plain.cpu_s, "x", ""),
        ("vfeed analyse shows that it is at work", word.clock_s, "s", f"under {MOST_WORD_S}"),
        (f"- the slowest of {TURNS}", slowest_word_s, "s", ""),
        ("- of processors", word.cpu_s, "s", ""),
        ("- beside the plain loading, of processors", word.cpu_s / plain.cpu_s, "x", ""),
    ]


def _middle(found: Iterable[Took]) -> Took:
    clock_s, cpu_s = zip(*((each.clock_s, each.cpu_s) for each in found), strict=True)
    return Took(statistics.median(clock_s), statistics.median(cpu_s))


def plain_loading() -> Took:
    """What any start in Python with these three libraries takes."""
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", PLAIN], env=_environment()) as begun:
        _, status, used = os.wait4(begun.pid, 0)
        begun.returncode = os.waitstatus_to_exitcode(status)
    if begun.returncode:
        raise RuntimeError(f"python -c '{PLAIN}' ended with an error")
    return Took(time.perf_counter() - start, used.ru_utime + used.ru_stime)


def pages_answer(folder: Path) -> Took:
    """`vfeed run` until its pages answer, on what lies in the folder; it is stopped then, and has ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"VFEED_DATA_DIR": folder / "data", "VFEED_KEY_FILE": folder / "master.key", "VFEED_PORT": port}
    environment = _environment() | {name: str(value) for name, value in told.items()}
    start = time.perf_counter()
    with subprocess.Popen([*VFEED, "run"], env=environment, stdout=subprocess.DEVNULL) as begun:
        try:
            return _until(begun, start, lambda: _is_ready(port))
        finally:
            begun.send_signal(signal.SIGINT)


def first_word(folder: Path) -> Took:
    """`vfeed analyse` until a terminal shows the first sign of its progress; it is stopped then."""
    shown, terminal = pty.openpty()
    os.set_blocking(shown, False)
    command = [*VFEED, "analyse", str(FILM), "-o", str(folder / "first")]
    start = time.perf_counter()
    with subprocess.Popen(command, env=_environment(), stdin=terminal, stdout=terminal, stderr=terminal) as begun:
        os.close(terminal)
        try:
            return _until(begun, start, lambda: _has_said(shown))
        finally:
            begun.kill()
            os.close(shown)


def _until(begun: subprocess.Popen[bytes], start: float, happened: Callable[[], bool]) -> Took:
    """What a process and its children took until something happened; raises RuntimeError when it ends before."""
    while not happened():
        if begun.poll() is not None or time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError(f"{begun.args!r} ended, or took too long")
        time.sleep(LOOK_S)
    clock_s = time.perf_counter() - start
    return Took(clock_s, sum(map(_cpu_s, _family(psutil.Process(begun.pid)))))


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        used = process.cpu_times()
        return float(used.user + used.system + used.children_user + used.children_system)
    return 0.0


def _is_ready(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asked.request("GET", "/ready")
        return asked.getresponse().status == HTTPStatus.OK
    except ConnectionError:
        return False
    finally:
        asked.close()


def _has_said(shown: int) -> bool:
    try:
        return bool(os.read(shown, 1))
    except BlockingIOError:
        return False


def _environment() -> dict[str, str]:
    """As people start it: with compiled modules kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
