"""Backups: encrypted, incremental, and such that nothing erased comes back from them.

vfeed-backup.json       what this folder is
vault/ab/NAME           the vault's files, as they are: encrypted, never changed, copied once
data/STAMP.db           the database at that moment, encrypted under the master key
data/STAMP.json         what belongs to it, sealed with a key from the master key; written last
keys/                   the films' wrapped keys and the list of erasures as they are now: kept once, without history
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.config import Settings
from vfeed.errors import DataNewer, VfeedError
from vfeed.store.copying import copy_from_file, copy_to_file
from vfeed.store.keyring import Keyring, key_missing, make_folder, read_key_file, sync_folder, write_whole
from vfeed.store.keystore import ERASED, KEYS, Ended, KeyStore, key_purpose, read_erased
from vfeed.store.migrating import migrate
from vfeed.store.store import DATABASE, Store, holds_films, in_use, open_vault, refuse_half_rotated
from vfeed.store.tables import Blob, utc_now
from vfeed.store.vault import Vault, copy_whole, disk_errors

MARK = "vfeed-backup.json"
FILE = "vfeed.db"
FORMAT = 1
KEPT = 14
STAMP = "%Y%m%dT%H%M%S.%fZ"
TRIES = 3


@dataclass(frozen=True)
class VaultFile:
    """A file of the vault in a backup."""

    clip: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Made:
    """A backup that was made: its name, files copied and those that were there already, in bytes and numbers."""

    stamp: str
    copied: int
    copied_bytes: int
    kept: int


def make_backup(store: Store, folder: Path, *, keep: int = KEPT) -> Made:
    """Add a backup to a folder, which is made when it is not there; vfeed may go on meanwhile.

    The newest `keep` stay. Uploads under way are not part of it. What PostgreSQL holds is copied row by row into a file
    like vfeed's own. Raises VfeedError `disk_full`, `invalid_input` for a folder that holds something else, `conflict`
    while another backup is made in it.
    """
    _refuse_inside(store.settings, folder)
    with disk_errors(), _one_at_a_time(folder):
        _prepare(folder)
        stamp = utc_now().strftime(STAMP)
        known = _known_files(folder, store.keyring)
        for attempt in range(TRIES):
            _snapshot(store, folder / "data" / f"{stamp}.db")
            try:
                files, copied = _copy_vault(store, folder, known)
                break
            except FileNotFoundError:
                # A film was erased, or a file replaced, since the snapshot: take another.
                if attempt == TRIES - 1:
                    raise
        _mirror_keys(store.settings.clip_keys, folder / "keys")
        database = {"sha256": _sha256(folder / "data" / f"{stamp}.db")}
        body = {"stamp": stamp, "database": database, "vault": {name: asdict(each) for name, each in files.items()}}
        write_whole(folder / "data" / f"{stamp}.json", _sealed(body, store.keyring))
        _prune(folder, store.keyring, keep)
    store.audit.record("command line", "backup.made", stamp, {"files": len(files)})
    return Made(stamp, len(copied), sum(files[name].bytes for name in copied), len(files) - len(copied))


def stamps(folder: Path) -> list[str]:
    """The backups in a folder, oldest first.

    Raises VfeedError `not_found` for a folder that is no backup, `data_newer` for one that a newer vfeed has made.
    """
    if not (folder / MARK).is_file():
        raise VfeedError("not_found", f"{folder} holds no backup of vfeed.", hint="Name the folder of the backups.")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        # A damaged mark is a mark: what counts is in the lists.
        if int(json.loads((folder / MARK).read_bytes())["format"]) > FORMAT:
            hint = "Use the vfeed that made it, or a newer one."
            raise DataNewer("data_newer", f"{folder} was written by a newer vfeed.", hint=hint)
    return sorted(path.stem for path in (folder / "data").glob("*.json"))


def check_backup(folder: Path, keyring: Keyring, stamp: str | None = None) -> dict[str, VaultFile]:
    """Read a whole backup (the newest when not named) and compare it with its list; returns what is to be restored.

    Raises VfeedError `not_found`, `key_wrong` for another key, `vault_damaged` naming the first file that is not as it
    was.
    """
    body = read_manifest(folder, keyring, stamp)
    erased = {id_ for kind, id_ in read_erased(folder / "keys" / ERASED) if kind == Ended.CLIP}
    database = folder / "data" / f"{body['stamp']}.db"
    if not database.is_file() or _sha256(database) != body["database"]["sha256"]:
        raise _changed(f"data/{body['stamp']}.db")
    wanted = {name: VaultFile(**each) for name, each in body["vault"].items() if each["clip"] not in erased}
    for name, each in wanted.items():
        path = folder / "vault" / name[:2] / name
        if not path.is_file() or _sha256(path) != each.sha256:
            raise _changed(f"vault/{name[:2]}/{name}")
    for clip_id in sorted({each.clip for each in wanted.values()}):
        try:
            keyring.unwrap((folder / "keys" / KEYS / clip_id).read_bytes(), key_purpose(clip_id))
        except (OSError, VfeedError) as error:
            raise _changed(f"keys/{KEYS}/{clip_id}") from error
    return wanted


def restore_backup(settings: Settings, folder: Path, stamp: str | None = None) -> str:
    """Put a backup into an empty data folder, with its key file in place; returns the backup's name.

    Erasures are replayed before it returns, those that the backup knows and those that this machine knows.
    Raises what `check_backup` raises, VfeedError `key_missing`, `data_newer`, `disk_full`, and `conflict` where there
    are data already; nothing of the backup is there then.
    """
    if not settings.key_file.exists():
        raise key_missing(settings.key_file)
    refuse_half_rotated(settings)
    keyring = read_key_file(settings.key_file, settings.key_passphrase_file)
    with contextlib.closing(open_vault(settings)) as vault:
        if (settings.data_dir / FILE).exists() or holds_films(settings, vault):
            raise VfeedError(
                "conflict",
                f"There are data in {settings.vault or settings.data_dir} already; nothing was changed.",
                hint="Move them away, or set VFEED_DATA_DIR and VFEED_VAULT to empty places, and restore again.",
            )
        wanted = check_backup(folder, keyring, stamp)
        name = read_manifest(folder, keyring, stamp)["stamp"]
        with disk_errors(), _alone_and_whole(settings, vault, wanted):
            _put_keys(folder / "keys", KeyStore(settings.clip_keys, keyring), settings.clip_keys)
            for file in wanted:
                with (folder / "vault" / file[:2] / file).open("rb") as source:
                    vault.put_sealed(file, source)
            _put_database(folder / "data" / f"{name}.db", settings, keyring.secret(DATABASE))
    Store(settings, restored=name).close()
    return str(name)


def read_manifest(folder: Path, keyring: Keyring, stamp: str | None = None) -> dict[str, Any]:
    """The list of a backup (the newest when not named); raises VfeedError `not_found`, `key_wrong`, `vault_damaged`."""
    known = stamps(folder)
    if not known or (stamp is not None and stamp not in known):
        raise VfeedError("not_found", "There is no such backup.", hint=f"Backups here: {', '.join(known) or 'none'}.")
    path = folder / "data" / f"{stamp or known[-1]}.json"
    try:
        sealed = json.loads(path.read_bytes())
        is_whole = hmac.compare_digest(sealed["seal"], _seal(sealed["body"], keyring))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _changed(f"data/{path.name}") from error
    if not is_whole:
        raise VfeedError(
            "key_wrong",
            "The key file does not belong to this backup, or its list was changed.",
            hint="Set VFEED_KEY_FILE to the key that these data were kept with.",
        )
    body: dict[str, Any] = json.loads(sealed["body"])
    return body


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Mark a folder as one of backups, and let nobody else make one in it: each removes what no list names yet."""
    mark = folder / MARK
    make_folder(folder)
    if not mark.exists():
        # What a first backup that was cut off left of its mark is no other thing.
        if any(not path.name.startswith(f".{MARK}.") for path in folder.iterdir()):
            raise VfeedError("invalid_input", f"{folder} holds something else.", hint="Name an empty folder.")
        write_whole(mark, json.dumps({"format": FORMAT}).encode())
    with mark.open("r+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise VfeedError(
                "conflict",
                f"Another backup is being made in {folder}.",
                hint="Wait until it is done, or name another folder.",
            ) from error
        except OSError:
            # A disk that knows no locks is no reason for having no backup.
            pass
        yield


def _prepare(folder: Path) -> None:
    for name in ("data", "vault", f"keys/{KEYS}"):
        make_folder(folder / name)
    for leftover in [*folder.glob("vault/*/*.part"), *folder.glob("data/*.db*")]:
        if leftover.suffix == ".part" or not leftover.with_name(leftover.name.split(".db")[0] + ".json").exists():
            leftover.unlink()


def _snapshot(store: Store, to: Path) -> None:
    """The database at this moment, under the same key."""
    to.unlink(missing_ok=True)
    if store.settings.database_url:
        copy_to_file(store.database.engine, to, store.settings, store.secret(DATABASE))
    else:
        _export(store, to)
    with to.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(to.parent)


def _export(store: Store, to: Path) -> None:
    key = store.secret(DATABASE).hex()
    connection = sqlcipher.connect(str(store.settings.data_dir / FILE), isolation_level=None, timeout=30)
    try:
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        connection.execute(f"ATTACH DATABASE ? AS snapshot KEY \"x'{key}'\"", (str(to),))
        connection.execute("SELECT sqlcipher_export('snapshot')")
        connection.execute("DETACH DATABASE snapshot")
    finally:
        connection.close()
    to.chmod(0o600)


@contextlib.contextmanager
def _alone_and_whole(settings: Settings, vault: Vault, names: Iterable[str]) -> Iterator[None]:
    """Nobody else uses the data meanwhile; after an error nothing that was put there is left, nor a folder made for it.

    What a backup knows to be erased stays in this machine's list of erasures.
    """
    before = _paths(settings)
    with in_use(settings, alone=True):
        try:
            yield
        except BaseException:
            for name in names:
                with contextlib.suppress(VfeedError):
                    vault.remove(name)
            # What lies in a folder goes before it.
            for path in sorted(_paths(settings) - before, reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            raise


def _paths(settings: Settings) -> set[Path]:
    folders = (settings.data_dir, settings.clip_keys)
    return {path for each in folders for path in (each, *each.parents, *each.rglob("*")) if path.exists()}


def _put_database(copy: Path, settings: Settings, key: bytes) -> None:
    """Put the copy in place, in this version's shape: as vfeed's own file, or row by row into VFEED_DATABASE_URL's."""
    to = settings.data_dir / (f"{FILE}.restoring" if settings.database_url else FILE)
    with copy.open("rb") as source:
        copy_whole(source, to)
    if settings.database_url:
        try:
            copy_from_file(to, settings, key)
        finally:
            to.unlink()
    else:
        migrate(settings, key)


def _copy_vault(store: Store, folder: Path, known: Mapping[str, VaultFile]) -> tuple[dict[str, VaultFile], list[str]]:
    with store.database.read() as session:
        rows = session.execute(select(Blob.file_name, Blob.clip_id)).all()
    files, copied = {}, []
    for name, clip_id in rows:
        to = folder / "vault" / name[:2] / name
        if name in known and to.exists():
            files[name] = known[name]
            continue
        with store.vault.sealed(name) as file:
            size, digest = copy_whole(file, to)
        files[name] = VaultFile(clip_id, size, digest)
        copied.append(name)
    return files, copied


def _known_files(folder: Path, keyring: Keyring) -> dict[str, VaultFile]:
    known: dict[str, VaultFile] = {}
    for stamp in stamps(folder):
        # Lists that are damaged, or made under an earlier master key, tell nothing: what they name is copied again.
        with contextlib.suppress(VfeedError):
            body = read_manifest(folder, keyring, stamp)
            known |= {name: VaultFile(**each) for name, each in body["vault"].items()}
    return known


def _mirror_keys(live: Path, to: Path) -> None:
    """Make the copy of the keys what the keys are now: what was destroyed is destroyed here, too."""
    _mirror_list(live, to)
    ids = {path.name: path for path in (live / KEYS).iterdir() if path.suffix != ".new"}
    for path in list((to / KEYS).iterdir()):
        if path.name not in ids:
            _overwrite_and_remove(path)
    for name, path in ids.items():
        # One that is destroyed at this moment is noted before, and so in the list below.
        with contextlib.suppress(FileNotFoundError):
            wrapped = path.read_bytes()
            if not (to / KEYS / name).exists() or (to / KEYS / name).read_bytes() != wrapped:
                write_whole(to / KEYS / name, wrapped)
    _mirror_list(live, to)


def _mirror_list(live: Path, to: Path) -> None:
    erased = read_erased(live / ERASED) | read_erased(to / ERASED)
    write_whole(to / ERASED, "".join(f"{kind} {id_}\n" for kind, id_ in sorted(erased)).encode())


def _put_keys(folder: Path, keys: KeyStore, live: Path) -> None:
    keys.note(read_erased(folder / ERASED))
    gone = {id_ for kind, id_ in keys.erased() if kind == Ended.CLIP}
    for path in (folder / KEYS).iterdir():
        if path.name not in gone and not (live / KEYS / path.name).exists():
            write_whole(live / KEYS / path.name, path.read_bytes())


def _prune(folder: Path, keyring: Keyring, keep: int) -> None:
    """Remove the oldest backups, files that none of the others names, and files of films that were erased."""
    known = stamps(folder)
    for stamp in known[: max(0, len(known) - max(1, keep))]:
        (folder / "data" / f"{stamp}.json").unlink()
        (folder / "data" / f"{stamp}.db").unlink(missing_ok=True)
    erased = {id_ for kind, id_ in read_erased(folder / "keys" / ERASED) if kind == Ended.CLIP}
    wanted = {name for name, each in _known_files(folder, keyring).items() if each.clip not in erased}
    for path in folder.glob("vault/*/*"):
        if path.name not in wanted:
            path.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed(body: Mapping[str, Any], keyring: Keyring) -> bytes:
    text = json.dumps(body, sort_keys=True)
    return json.dumps({"body": text, "seal": _seal(text, keyring)}).encode()


def _seal(text: str, keyring: Keyring) -> str:
    return hmac.new(keyring.secret("backup"), text.encode(), hashlib.sha256).hexdigest()


def _overwrite_and_remove(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))
    path.unlink()
    sync_folder(path.parent)


def _refuse_inside(settings: Settings, folder: Path) -> None:
    if folder.resolve().is_relative_to(settings.data_dir.resolve()):
        raise VfeedError(
            "invalid_input", "A backup inside the data folder is lost with it.", hint="Name a folder on another disk."
        )


def _changed(name: str) -> VfeedError:
    return VfeedError(
        "vault_damaged",
        f"{name} of the backup is missing or was changed.",
        hint="Use another backup: see vfeed backup.",
    )
