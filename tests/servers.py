"""Real servers for tests, each on the loopback in a folder of its own, ended with the run that started it."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

# What is lost with the power does not matter here, and syncing it would make the tests slow.
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=300")
PATIENCE_S = 60.0
# Set where a test that needs one of these servers must not be skipped, as in .ci/run; with their packages of Debian.
NEEDED = "VFEED_TESTS_NEED_SERVERS"
PACKAGES = {"initdb": "postgresql", "redis-server": "redis-server", "nginx": "nginx-light"}
# Where the server of the tests listens, told to the processes that a test starts.
PORT = "VFEED_TEST_POSTGRES_PORT"
LENT = os.environ.get(PORT, "")


@dataclass
class Server:
    """A running server; `restart` is what follows a `kill`, and keeps its address and its data."""

    name: str
    port: int
    command: list[str]
    is_ready: Callable[[Server], bool]
    folder: Path
    popen: Mapping[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """How to reach it, without a path."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return once it answers."""
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.popen
        )
        ended = time.monotonic() + PATIENCE_S
        while not self.is_ready(self):
            if self.process.poll() is not None or time.monotonic() > ended:
                raise RuntimeError(f"{self.name} did not start: {' '.join(self.command)}")
            time.sleep(0.05)

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End it at once, as a crash does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_S)
            self.process = None

    def restart(self) -> None:
        """Start it again after a `kill`."""
        ended = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.start()
            except RuntimeError:
                # What a killed server left behind (a lock, shared memory) goes with its last child.
                if time.monotonic() > ended:
                    raise
                time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def program(name: str, *folders: str) -> str:
    """Where a program is; skips the test where it is not installed, or fails it where it must be."""
    found = shutil.which(name)
    for folder in folders:
        found = found or next(iter(sorted(map(str, Path("/").glob(f"{folder}/{name}")), reverse=True)), None)
    if found is None:
        said = f"{name} is not installed on this machine: apt-get install -y {PACKAGES.get(name, name)}"
        if name in PACKAGES and os.environ.get(NEEDED):
            pytest.fail(said, pytrace=False)
        pytest.skip(said)
    return found


@cache
def postgres() -> Server:
    """The PostgreSQL server of this process."""
    initdb = program("initdb", "usr/lib/postgresql/*/bin")
    folder = Path(tempfile.mkdtemp(prefix="vfeed-postgres-"))
    popen: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        whose = _no_root()
        shutil.chown(folder, whose)
        popen |= {"user": whose, "group": pwd.getpwnam(whose).pw_gid, "extra_groups": []}
    data = str(folder / "data")
    subprocess.run(
        [initdb, "-D", data, "-U", "vfeed", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        **popen,
    )
    port = free_port()
    options = [option for each in QUICK for option in ("-c", each)]
    where = ["-h", "127.0.0.1", "-p", str(port), "-c", "unix_socket_directories="]
    server = Server(
        "PostgreSQL",
        port,
        [str(Path(initdb).with_name("postgres")), "-D", data, *where, *options],
        _has_tables,
        folder,
        popen,
    )
    os.environ[PORT] = str(port)
    return _started(server, signal.SIGQUIT)


@cache
def redis() -> Server:
    """The Redis server of this process, which keeps what it was told on disk at once."""
    found = program("redis-server")
    folder = Path(tempfile.mkdtemp(prefix="vfeed-redis-"))
    port = free_port()
    kept = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
    command = [found, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *kept]
    return _started(Server("Redis", port, command, _answers, folder), signal.SIGTERM)


@contextlib.contextmanager
def pgbouncer(mode: str) -> Iterator[str]:
    """The address (without a path) of a PgBouncer before the PostgreSQL of this process; it shares by `mode`."""
    found = program("pgbouncer", "usr/sbin")
    behind, port = postgres().port if not LENT else int(LENT), free_port()
    place = Path(tempfile.mkdtemp(prefix="vfeed-pgbouncer-"))
    (place / "users.txt").write_text('"vfeed" ""\n')
    (place / "pgbouncer.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"unix_socket_dir =\nauth_type = trust\nauth_file = {place}/users.txt\npool_mode = {mode}\n"
        "default_pool_size = 40\nmax_client_conn = 300\n"
    )
    popen: dict[str, Any] = {"cwd": place}
    if os.geteuid() == 0:
        # It refuses to run as root.
        whose = _no_root()
        for path in (place, *place.iterdir()):
            shutil.chown(path, whose)
        popen |= {"user": whose, "group": pwd.getpwnam(whose).pw_gid, "extra_groups": []}
    server = Server("PgBouncer", port, [found, "-q", str(place / "pgbouncer.ini")], _answers, place, popen)
    try:
        server.start()
        yield server.address
    finally:
        server.kill(signal.SIGTERM)
        shutil.rmtree(place, ignore_errors=True)


def _no_root() -> str:
    return next(user for user in ("postgres", "nobody") if _is_user(user))


def _started(server: Server, how: int) -> Server:
    def end() -> None:
        server.kill(how)
        shutil.rmtree(server.folder, ignore_errors=True)

    atexit.register(end)
    server.start()
    return server


def _is_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _answers(server: Server) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
        return True
    return False


def _has_tables(server: Server) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(_own_database(server), connect_timeout=2).close()
        return True
    return False


def _own_database(server: Server, name: str = "postgres") -> str:
    return f"postgresql://vfeed@{server.address}/{name}"


class Databases:
    """A PostgreSQL database for each folder that a test keeps a store in."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self._lasting: set[str] = set()

    def address(self, folder: Path) -> str:
        """The address of the folder's database, which is made when a test asks for it first."""
        name = self._name(folder)
        if LENT:
            return f"postgresql://vfeed@127.0.0.1:{LENT}/{name}"
        if name not in self.made:
            self._ask(f'CREATE DATABASE "{name}"')
            self.made.add(name)
        return _own_database(postgres(), name)

    def copy(self, source: Path, target: Path) -> None:
        """Give the target folder a database that holds what the source's does."""
        self._lasting.add(self._name(source))
        self.drop([self._name(target)])
        self._ask(f'CREATE DATABASE "{self._name(target)}" TEMPLATE "{self._name(source)}" STRATEGY FILE_COPY')
        self.made.add(self._name(target))

    def drop_passing(self) -> None:
        """Drop every database that no other was copied from."""
        self.drop(self.made - self._lasting)

    def drop(self, names: Any) -> None:
        for name in list(names):
            if name in self.made:
                self._ask(f'DROP DATABASE "{name}" WITH (FORCE)')
                self.made.discard(name)

    @staticmethod
    def _name(folder: Path) -> str:
        return str(folder.resolve())[-60:]

    @staticmethod
    def _ask(statement: str) -> None:
        with psycopg.connect(_own_database(postgres()), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type,unused-ignore]


databases = Databases()
ON_POSTGRES = os.environ.get("VFEED_TEST_DATABASE") == "postgres"
# What the source of a test file names that opens a database.
OPENS_A_DATABASE = re.compile(r"\b(store|site|furnished|settings_in|Store|Service)\b")


@cache
def opens_a_database(file: Path) -> bool:
    """Whether the tests of a file may open a database, so that they are run on PostgreSQL too."""
    return bool(OPENS_A_DATABASE.search(file.read_text(encoding="utf-8")))
