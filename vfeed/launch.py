"""Starting vfeed on one machine: folders, key, first account, demo family, web server and worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType

from vfeed import loading
from vfeed.config import Settings
from vfeed.doctor import has_listener, refuse_unsafe
from vfeed.errors import VfeedError
from vfeed.jobs.allocator import ALLOCATOR
from vfeed.private import keep_to_this_user
from vfeed.store import Store

Say = Callable[[str], None]
WORKER_STOP_S = 15
RESTART_PAUSE_S = 2.0
FIRST_FILE = "first-password.txt"


def open_store(settings: Settings, *, takes_older: bool = False) -> Store:
    """Open the data folder, made and migrated when needed; raises what `refuse_unsafe` and `Store` raise.

    `takes_older` as for `Store`.
    """
    keep_to_this_user()
    loading.done()
    refuse_unsafe(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store(settings, takes_older=takes_older)


def prepare(settings: Settings, *, say: Say) -> Store:
    """Make everything ready that a first start needs, and say what a person has to know."""
    first_time = not settings.key_file.exists()
    store = open_store(settings)
    if first_time:
        say(f"A key was made: {settings.key_file}. Keep a copy of it somewhere safe: without it everything is lost.")
    password = store.accounts.ensure_first_account()
    if password is not None:
        say("")
        say("The first account:   name  admin")
        say(f"                     one-time password  {shown_or_kept(settings, password)}")
        say("You choose your own password when you first sign in.")
        say("")
    if settings.demo:
        from vfeed.demo import load_demo

        if load_demo(store):
            say("The demo family with the sample clips was loaded.")
    return store


def shown_or_kept(settings: Settings, password: str) -> str:
    """The password itself for a terminal; for a log, the file beside the key where it waits for whoever may read it."""
    if sys.stdout.isatty():
        return password
    path = settings.key_file.with_name(FIRST_FILE)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{password}\n")
    return f"is in {path}; delete that file then"


def run_all(settings: Settings, *, say: Say) -> None:
    """Serve the pages in this process and run workers beside it until SIGINT or SIGTERM.

    Raises VfeedError `setting_invalid` when the port or the socket is in use.
    """
    from vfeed.server.app import serve

    refuse_second(settings)
    store = prepare(settings, say=say)
    stopping = threading.Event()
    keepers: list[threading.Thread] = []

    def begin_workers() -> None:
        # Not before the pages answer: somebody waits for those, and loading takes all that a small machine has.
        for number in range(settings.workers):
            keeper = threading.Thread(
                target=_keep_worker, args=(settings, stopping, say), name=f"worker-keeper-{number}"
            )
            keeper.start()
            keepers.append(keeper)
        say(f"vfeed is ready. Open {settings.opens_at} in a browser. Ctrl-C stops it.")

    # SIGINT too: a process started in the background is born ignoring it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _as_interrupt)
    try:
        # waitress ends quietly on an interrupt.
        serve(settings, store, when_listening=begin_workers)
    finally:
        say("Stopping. What was under way goes on at the next start.")
        stopping.set()
        for keeper in keepers:
            keeper.join()


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def refuse_second(settings: Settings) -> None:
    """Raise VfeedError `setting_invalid` when something listens already where the pages would be served."""
    if has_listener(settings):
        place, other = (
            (settings.socket, "name another socket in VFEED_SOCKET")
            if settings.socket
            else (f"Port {settings.port}", "start with another port: VFEED_PORT=8010 make run")
        )
        raise VfeedError(
            "setting_invalid",
            f"{place} is in use: perhaps vfeed is running already.",
            hint=f"Open {settings.opens_at}, or {other}",
        )


def _keep_worker(settings: Settings, stopping: threading.Event, say: Say) -> None:
    """Start the worker, and start it again when it dies, until told to stop."""
    # The worker ends by itself when its stdin closes, so a killed parent leaves no orphan.
    command = [sys.executable, "-m", "vfeed", "work", "--until-stdin-closes"]
    while not stopping.is_set():
        # A process group of its own keeps Ctrl-C from it; in a session of its own its priority would count for nothing.
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment(settings), process_group=0)
        while worker.poll() is None and not stopping.wait(0.2):
            pass
        if stopping.is_set():
            worker.terminate()
            try:
                worker.wait(WORKER_STOP_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            return
        say("A worker stopped and is started again; no work is lost.")
        stopping.wait(RESTART_PAUSE_S)


def _environment(settings: Settings) -> dict[str, str]:
    """This process's environment with the settings in force, so that the worker sees the same ones."""
    ours = {
        f"VFEED_{name.upper()}": str(value) for name, value in settings.model_dump().items() if value not in ("", None)
    }
    return os.environ | ours | ALLOCATOR
