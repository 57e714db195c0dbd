"""What must be right on this machine before vfeed may hold a child's video: `vfeed doctor`."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import imageio_ffmpeg

from vfeed import logs
from vfeed.analysis.libraries import opencv_owners
from vfeed.config import GB, Settings
from vfeed.errors import VfeedError
from vfeed.perception.models import verified_models
from vfeed.store.addresses import unreadable_address
from vfeed.store.connection_check import (
    allowed_connections,
    check_database,
    connected,
    most_connections,
    newest_film,
    refuse_older_database,
    server_message,
)
from vfeed.store.keyring import NEW
from vfeed.store.keystore import KEYS, key_errors
from vfeed.store.shapes import stop_before
from vfeed.store.store import open_vault, refuse_lost_database

LOW_DISK_BYTES = 5 * GB
LOOK_S = 2
KEY_BYTES = 4096
"""More than a film's wrapped key takes."""
SOCKET_BYTES = 107
"""The longest address of a Unix socket."""
QUIET_VERSIONS = {"mediapipe": "0.10.21", "onnxruntime": "1.26.0"}
"""What runs the networks, at the last versions that were found to send nothing to their makers."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is right, in words, and the error to raise when it is unsafe."""

    subject: str
    ok: bool
    detail: str
    error: VfeedError | None = None


def examine(settings: Settings) -> list[Finding]:
    """Look at everything once; never raises for what it finds."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python,
        _opencv,
        _network_runners,
        _models,
        _ffmpeg,
        _key,
        _modes,
        _network,
        _data_folder,
        _logs,
        _key_store,
        _disk,
        _film_store,
        _database,
        _films_of_database,
        _queue,
        _limits,
        _assets,
        _port,
    )
    return [check(settings) for check in checks]


def refuse_unsafe(settings: Settings) -> None:
    """Raise the first unsafe finding's VfeedError; what is merely inconvenient passes."""
    unsafe = (
        _opencv,
        _network_runners,
        _models,
        _key,
        _modes,
        _network,
        _data_folder,
        _key_store,
        _film_store,
        _queue,
        _limits,
    )
    for check in unsafe:
        finding = check(settings)
        if finding.error is not None:
            raise finding.error


def _python(_settings: Settings) -> Finding:
    ok = (3, 11) <= sys.version_info < (3, 13)
    return Finding("Python", ok, f"{sys.version.split()[0]}{'' if ok else ': vfeed needs 3.11 or 3.12'}")


def _opencv(_settings: Settings) -> Finding:
    owners = list(opencv_owners())
    said = ", ".join(f"{name} {version}" for name, version in owners) or "not installed"
    if len({version for _, version in owners}) == 1:
        return Finding("OpenCV", True, said)
    extra = " ".join(name for name, _ in owners if name != "opencv-python") or "opencv-python"
    error = VfeedError(
        "opencv_clash",
        f"Exactly one OpenCV must own the cv2 folder; found: {said}.",
        hint=f"Run: pip uninstall -y {extra} && pip install --force-reinstall --no-deps opencv-python==4.11.0.86",
    )
    return Finding("OpenCV", False, said, error)


def _network_runners(_settings: Settings) -> Finding:
    found = {name: _version_of(name) for name in QUIET_VERSIONS}
    others = [name for name, version in QUIET_VERSIONS.items() if found[name] != version]
    said = ", ".join(f"{name} {version}" for name, version in found.items())
    if not others:
        return Finding("What runs the networks", True, f"{said} (open no socket)")
    wanted = " ".join(f"{name}=={QUIET_VERSIONS[name]}" for name in others)
    error = VfeedError(
        "model_missing",
        f"The networks must be run by {wanted}; found: {said}. Later ones send usage data to their makers.",
        hint=f"Run: pip install --no-deps {wanted}",
    )
    return Finding("What runs the networks", False, said, error)


def _version_of(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def _models(_settings: Settings) -> Finding:
    try:
        models = verified_models()
    except VfeedError as error:
        return _refused("Models", error)
    return Finding("Models", True, f"{len(models)} files as listed in models/manifest.toml")


def _ffmpeg(_settings: Settings) -> Finding:
    try:
        binary = imageio_ffmpeg.get_ffmpeg_exe()
        first = subprocess.run([binary, "-version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        return Finding("ffmpeg", False, f"does not start ({error}). Run: pip install --force-reinstall imageio-ffmpeg")
    return Finding("ffmpeg", True, " ".join(first.split()[:3]))


def _key(settings: Settings) -> Finding:
    holds_data = settings.vault_dir.is_dir() and any(settings.vault_dir.iterdir())
    if settings.key_file.is_file():
        mode = settings.key_file.stat().st_mode & 0o077
        if mode:
            return Finding("Key file", False, f"others may read it. Run: chmod 600 {settings.key_file}")
        return Finding("Key file", True, f"{settings.key_file} (keep a copy of it somewhere safe)")
    if not holds_data:
        return Finding("Key file", True, "is made at the first start")
    error = VfeedError(
        "key_missing",
        f"There are clips in {settings.vault_dir}, but their key {settings.key_file} is missing.",
        hint="Copy the key file back from your safe copy, or set VFEED_KEY_FILE to where it is.",
    )
    return Finding("Key file", False, error.message, error)


def _modes(settings: Settings) -> Finding:
    kept = (settings.key_file, settings.clip_keys, settings.data_dir, settings.vault_keys_file)
    loose = [path for path in kept if path is not None and path.exists() and path.stat().st_mode & 0o077]
    if not loose:
        return Finding("Who may read", True, "this user alone")
    told = " ".join(f"'{path}'" for path in loose)
    error = VfeedError(
        "modes_open",
        f"Other users of this machine may read {', '.join(str(path) for path in loose)}.",
        hint=f"Run: chmod go-rwx {told}",
    )
    return Finding("Who may read", False, f"others, too. {error.hint}", error)


def _network(settings: Settings) -> Finding:
    wrongs = (
        (
            settings.is_on_a_network and not settings.https,
            f"vfeed would be served unencrypted to the network on {settings.host}.",
            "Put a proxy with HTTPS in front (deploy/) and set VFEED_HTTPS=true; or take VFEED_HOST=127.0.0.1.",
        ),
        (
            settings.socket and not settings.https,
            "Whoever asks by VFEED_SOCKET comes through a proxy, and that must speak HTTPS.",
            "Put a proxy with HTTPS in front (deploy/) and set VFEED_HTTPS=true; or leave VFEED_SOCKET empty.",
        ),
        (
            settings.socket and not _can_be_made(settings.socket),
            f"No socket can be made at {settings.socket}.",
            f"Name one in VFEED_SOCKET that no file has, of {SOCKET_BYTES} letters at most, in a folder that vfeed may "
            "write in and the proxy may enter.",
        ),
        (
            settings.socket and _anybody_may_write_in(settings.socket.parent),
            f"Anybody on this machine may put a socket at {settings.socket}, and would be sent passwords.",
            "Name one in VFEED_SOCKET in a folder that only vfeed may write in, such as /run/vfeed/web.sock.",
        ),
        (
            settings.https and not settings.public_url.startswith("https://"),
            "With VFEED_HTTPS the address at which people reach vfeed must be known.",
            "Set VFEED_PUBLIC_URL=https://... to the address of the proxy in front.",
        ),
    )
    for is_wrong, message, hint in wrongs:
        if is_wrong:
            return Finding("Network", False, message, VfeedError("setting_invalid", message, hint=hint))
    return Finding("Network", True, settings.public_url or "this machine alone")


def _anybody_may_write_in(folder: Path) -> bool:
    return folder.is_dir() and bool(folder.stat().st_mode & stat.S_IWOTH)


def _can_be_made(path: Path) -> bool:
    """Whether a socket can be made there, or anew where one was left."""
    fits = len(os.fsencode(path)) <= SOCKET_BYTES and (path.is_socket() or not os.path.lexists(path))
    return fits and path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if folder.exists() and folder.stat().st_mode & 0o077:
        return Finding("Data folder", False, f"others may look into it. Run: chmod 700 {folder}")
    try:
        with tempfile.NamedTemporaryFile(dir=nearest, prefix=".vfeed-") as made:
            writer = os.fstat(made.fileno()).st_uid
    except OSError as error:
        refusal = VfeedError(
            "data_unwritable",
            f"The data folder {folder} cannot be written ({error.strerror}). Nothing there was touched.",
            hint="Give the user that runs vfeed the right to write there, mount it for writing, or set VFEED_DATA_DIR.",
        )
        return _refused("Data folder", refusal)
    if folder.exists() and writer != folder.stat().st_uid:
        return _not_its_owner(folder, writer)
    return Finding("Data folder", True, str(folder))


def _refused(subject: str, error: VfeedError) -> Finding:
    """The finding that a start is refused by this error."""
    return Finding(subject, False, f"{error.message} {error.hint}", error)


def _not_its_owner(folder: Path, writer: int) -> Finding:
    """The finding where root, mostly, would leave files that the user whom the folder belongs to cannot read."""
    owner = _user(folder.stat().st_uid)
    error = VfeedError(
        "data_unwritable",
        f"The data folder {folder} belongs to {owner}: what {_user(writer)} writes there would be closed to {owner}.",
        hint=f"Run vfeed as {owner}, with the same settings. Nothing was touched.",
    )
    return _refused("Data folder", error)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _logs(settings: Settings) -> Finding:
    folder = settings.data_dir / logs.FOLDER
    found = sorted(path.name for path in folder.glob("*.log"))
    said = f"{folder}: {', '.join(found)}" if found else f"in {folder} from the first start on"
    return Finding("What vfeed writes down", True, said)


def _key_store(settings: Settings) -> Finding:
    subject, folder = "Films' keys", settings.clip_keys
    if not folder.exists():
        return Finding(subject, True, "their folder is made at the first start")
    try:
        with key_errors(), tempfile.NamedTemporaryFile(dir=folder, prefix=".vfeed-", suffix=NEW) as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
    except VfeedError as error:
        unsafe = error if error.code == "data_unwritable" else None
        return Finding(subject, False, f"{folder}: {error.message} {error.hint}", unsafe)
    return Finding(subject, True, str(folder))


def _disk(settings: Settings) -> Finding:
    nearest: Path = next(p for p in (settings.data_dir, *settings.data_dir.parents) if p.exists())
    free = shutil.disk_usage(nearest).free
    return Finding("Free disk", free > LOW_DISK_BYTES, f"{free / GB:.0f} GB")


def _film_store(settings: Settings) -> Finding:
    if not settings.vault:
        return Finding("Films", True, "in the data folder")
    try:
        with contextlib.closing(open_vault(settings)) as vault:
            vault.check()
    except VfeedError as error:
        # One that is away may come back: pages open without it, and films say so.
        unsafe = None if error.code in {"vault_away", "disk_full"} else error
        return Finding("Films", False, f"{error.message} {error.hint}", unsafe)
    return Finding("Films", True, f"{settings.vault}, can be written, read and removed")


def _database(settings: Settings) -> Finding:
    try:
        with contextlib.closing(open_vault(settings)) as vault:
            refuse_lost_database(settings, vault)
        shape = check_database(settings) if settings.database_url else None
        refuse_older_database(settings)
        if not settings.database_url:
            return Finding("Database", True, "in the data folder")
        allowed, most = allowed_connections(settings), most_connections(settings)
    except VfeedError as error:
        return Finding("Database", False, f"{server_message(error) or error.message} {error.hint}", error)
    said = f"answers; {'the key opens it' if shape else 'empty, as before a first start'}"
    if stop_before(shape):
        said += ". Before this vfeed starts, those before it must be stopped on every machine"
    if most > allowed:
        said += f". It allows {allowed} connections, and what starts here may open {most}: raise its max_connections"
    return Finding("Database", most <= allowed, said)


def _films_of_database(settings: Settings) -> Finding:
    """Whether this machine sees the films of a server's database: another machine's folders are easily forgotten."""
    subject = "Films of the database"
    try:
        newest = newest_film(settings) if settings.database_url else None
        if newest is None:
            return Finding(subject, True, "none yet" if settings.database_url else "in the same folder")
        clip_id, file_name = newest
        if not (settings.clip_keys / KEYS / clip_id).exists():
            told = f"the newest has no key in {settings.clip_keys}. Set VFEED_KEY_STORE to the folder that all machines"
            return Finding(subject, False, f"{told} share")
        with contextlib.closing(open_vault(settings)) as vault, vault.sealed(file_name):
            pass
    except FileNotFoundError:
        told = f"the newest is not in {settings.vault or settings.data_dir}. Set VFEED_VAULT or VFEED_DATA_DIR to"
        return Finding(subject, False, f"{told} what all machines share")
    except VfeedError:
        return Finding(subject, False, "could not be looked at, as said above")
    return Finding(subject, True, "their keys and files are in reach")


def _limits(settings: Settings) -> Finding:
    subject = "Counts of wrong tries"
    if not settings.limits_url:
        return Finding(subject, True, "in the database")
    try:
        import redis
    except ImportError:
        return Finding(subject, False, 'need a package that is not installed. Run: pip install "vfeed[redis]"')
    try:
        with contextlib.closing(
            redis.Redis.from_url(settings.limits_url, socket_timeout=LOOK_S, socket_connect_timeout=LOOK_S)
        ) as server:
            server.ping()
    except ValueError:
        error = unreadable_address("VFEED_LIMITS_URL")
        return _refused(subject, error)
    except redis.RedisError as error:
        # Until it does each process counts for itself: guessing stays slow.
        return Finding(subject, False, f"VFEED_LIMITS_URL does not answer: {error}. Correct it, or see to that Redis.")
    return Finding(subject, True, "the Redis of VFEED_LIMITS_URL answers")


def _queue(settings: Settings) -> Finding:
    if not settings.queue_url:
        return Finding("Queue", True, "in the data folder")
    from vfeed.jobs.queue import away, make_huey

    try:
        if settings.queue_url.startswith("postgres"):
            # Huey's own connection would make its table, and a backup is restored to an empty database alone.
            with connected(settings.queue_url):
                pass
        else:
            make_huey(settings, b"looks").pending_count()
    except VfeedError as error:
        unsafe = error if error.code == "setting_invalid" else None
        # What looks at an address of PostgreSQL knows it as the database's.
        told = f"{server_message(error) or error.message} {error.hint}".replace("VFEED_DATABASE_URL", "VFEED_QUEUE_URL")
        return Finding("Queue", False, told, unsafe)
    except away() as error:
        # The database holds what is to be done, and workers look there by themselves: later, but nothing is lost.
        return Finding(
            "Queue",
            False,
            f"VFEED_QUEUE_URL does not answer: {str(error).rstrip('.')}. Until it does, work begins later.",
        )
    return Finding("Queue", True, "answers")


def _assets(_settings: Settings) -> Finding:
    manifest = Path(__file__).parent / "server" / "static" / "dist" / "manifest.json"
    return Finding("Page files", manifest.is_file(), "built" if manifest.is_file() else "not built. Run: make web")


def _port(settings: Settings) -> Finding:
    free = not has_listener(settings)
    if settings.socket:
        return Finding("Socket", free, f"{settings.socket} is {'free' if free else 'in use: set VFEED_SOCKET'}")
    return Finding("Port", free, f"{settings.port} is {'free' if free else 'in use: set VFEED_PORT'}")


def has_listener(settings: Settings) -> bool:
    """Whether something listens already where the pages would be served."""
    try:
        if settings.socket:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(settings.socket))
        else:
            socket.create_connection((settings.host, settings.port), LOOK_S).close()
    except OSError:
        return False
    return True
