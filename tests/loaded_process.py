"""Processes of vfeed that begin with their libraries loaded: loading them takes most of the time of a short command.

Each is forked from one process of the test run that has loaded the libraries and done nothing else. It has its own
environment, folder, signals and end, and may be killed. What a start itself does (what is loaded, and when) is for
real ones, as in test_quick_start.py, test_wheel.py and test_offline.py.

>>> done = run("-m", "vfeed", "doctor", env=environment, cwd=folder)
>>> process = begin("-c", "import os; os.abort()", env=environment, out=log)
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

# Not vfeed.cli and what it prints with: those ask the environment when they are loaded.
LIBRARIES = (
    "alembic.command",
    "onnxruntime",
    "psycopg",
    "rich.progress",
    "rich.table",
    "vfeed.analysis.pipeline",
    "vfeed.demo",
    "vfeed.doctor",
    "vfeed.jobs.handlers",
    "vfeed.jobs.worker",
    "vfeed.launch",
    "vfeed.media.isolated_process",
    "vfeed.server.app",
)
REQUEST_BYTES = 200_000


class Begun:
    """A process that was begun, with the part of `subprocess.Popen` that tests use."""

    returncode: int | None = None

    def __init__(self, command: tuple[str, ...], told: int) -> None:
        self.args, self._told, self._heard = command, told, b""
        while b"\n" not in self._heard:
            self._hear()
        self.pid = int(self._heard.split(b"\n")[0])

    def poll(self) -> int | None:
        """Return its exit status, or minus the number of the signal that ended it; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """As `poll` once it has ended; raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        ends = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if ends is None else max(0.0, ends - time.monotonic())
            if not select.select([self._told], [], [], left)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self._hear()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(9)

    def _hear(self) -> None:
        heard = os.read(self._told, 100)
        if not heard:
            raise ChildProcessError(f"nobody says how {self.args} fares")
        self._heard += heard
        if self._heard.count(b"\n") == 2:
            self.returncode = int(self._heard.split(b"\n")[1])
            os.close(self._told)


def begin(
    *command: str,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: IO[bytes] | int | None = None,
    out: IO[bytes] | int | None = None,
    err: IO[bytes] | int | None = None,
    new_session: bool = False,
) -> Begun:
    """Begin what Python would with `command` after its name: `-m MODULE` or `-c PROGRAM`, and arguments.

    What is not given is /dev/null; `err` is `out` where it is not given.
    """
    told, tells = os.pipe()
    request = json.dumps([command, dict(env), str(cwd or Path.cwd()), new_session]).encode()
    assert len(request) < REQUEST_BYTES
    with open(os.devnull, "r+b") as nothing:
        out = nothing if out is None else out
        ends = [nothing if stdin is None else stdin, out, out if err is None else err, tells]
        socket.send_fds(_loaded(), [request], [each if isinstance(each, int) else each.fileno() for each in ends])
    os.close(tells)
    return Begun(command, told)


def run(
    *command: str, env: Mapping[str, str], cwd: Path | None = None, timeout: float = 240
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` with the text of both outputs kept; what outlasts `timeout` seconds is killed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = begin(*command, env=env, cwd=cwd, out=out, err=err)
        try:
            status = begun.wait(timeout)
        finally:
            begun.kill()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(command, status, *texts)


@cache
def _loaded() -> socket.socket:
    """The line to the process that has the libraries loaded, which is begun with the first that asks."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VFEED_", "PYTEST_"))}
    process = subprocess.Popen(
        [sys.executable, __file__, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env=kept | {"PYTHONPATH": str(Path(__file__).parents[1])},
        start_new_session=True,
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(line: socket.socket) -> tuple[str, ...]:
    """Fork for each request; returns, in the process that was asked for, its command."""
    while True:
        request, ends, _flags, _address = socket.recv_fds(line, REQUEST_BYTES, 4)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not request:
            os._exit(0)
        if os.fork() == 0:
            line.close()
            if (pid := os.fork()) == 0:
                command, env, folder, new_session = json.loads(request)
                return _become(command, env, folder, new_session, ends)
            os.write(ends[3], b"%d\n" % pid)
            for end in ends[:3]:
                os.close(end)
            os.closerange(0, 3)
            ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            with contextlib.suppress(OSError):
                os.write(ends[3], b"%d\n" % ended)
            os._exit(0)
        for end in ends:
            os.close(end)


def _become(command: list[str], env: dict[str, str], cwd: str, new_session: bool, ends: list[int]) -> tuple[str, ...]:
    if new_session:
        os.setsid()
    # A test run in the background has it ignored, and so would whatever begins here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, end in enumerate(ends[:3]):
        os.dup2(end, number)
    for end in ends:
        os.close(end)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    tempfile.tempdir = None
    random.seed()
    more = [each for each in env.get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.path[:0] = ["", *more]
    sys.orig_argv = [sys.executable, *command]
    return tuple(command)


def _load() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    # Else each process would look through it all, and copy it by doing so.
    gc.collect()
    gc.freeze()


def _execute(how: str, what: str, *arguments: str) -> int:
    """Run a module or a program as Python does; returns the exit status."""
    try:
        if how == "-m":
            sys.argv = [what, *arguments]
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.argv = ["-c", *arguments]
            named: dict[str, Any] = {"__name__": "__main__"}
            exec(compile(what, "<string>", "exec"), named)
    except SystemExit as asked:
        if asked.code is None or isinstance(asked.code, int):
            return asked.code or 0
        print(asked.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001  # Python itself says of whatever was not caught what it was.
        traceback.print_exc()
        return 1
    return 0


def _end(status: int) -> None:
    """End as Python does, but for taking apart what is loaded."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _load()
    _end(_execute(*_serve(socket.socket(fileno=int(sys.argv[1])))))
