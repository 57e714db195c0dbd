"""Backups: a restore drill on another machine, nothing erased in it, and nothing readable in the folder."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from filled_store import Home, a_clip, a_home, agree, all_text, files_under, settings_in, some_bytes, tell_commands
from sqlalchemy import text

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store import Store, backup
from vfeed.store.backup import check_backup, make_backup, restore_backup, stamps
from vfeed.store.keyring import write_whole
from vfeed.store.vault import FileVault

MOMENT = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "NOTESECRET"}


def another_machine(store: Store, folder: Path) -> Settings:
    """A machine that has nothing but a copy of the key file."""
    settings = settings_in(folder)
    settings.key_file.parent.mkdir(parents=True, mode=0o700)
    shutil.copy(store.settings.key_file, settings.key_file)
    return settings


def test_a_restore_drill_on_another_machine_brings_everything_back(store: Store, home: Home, tmp_path: Path) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    store.events.append(clip.id, "ann", "moment_tagged", MOMENT)
    made = make_backup(store, tmp_path / "backup")
    settings = another_machine(store, tmp_path / "other")
    assert restore_backup(settings, tmp_path / "backup") == made.stamp
    with Store(settings) as back:
        assert back.blobs.read(clip.id, "original") == some_bytes()
        assert back.events.state(clip.id).moments[0].note == "NOTESECRET"
        assert back.consents.decide(clip.id, "session")
        assert back.audit.faults() == []
        assert back.audit.list()[0].action == "data.restored"


def test_the_second_backup_copies_only_what_is_new(store: Store, home: Home, tmp_path: Path) -> None:
    a_clip(store, home, some_bytes(seed=1))
    make_backup(store, tmp_path / "backup")
    a_clip(store, home, some_bytes(seed=2))
    made = make_backup(store, tmp_path / "backup")
    assert (made.copied, made.kept) == (1, 1)
    assert len(stamps(tmp_path / "backup")) == 2


def test_no_backup_brings_back_what_was_erased_since(store: Store, home: Home, tmp_path: Path) -> None:
    kept, erased = a_clip(store, home, some_bytes(seed=1)), a_clip(store, home, some_bytes(seed=2))
    store.events.append(erased.id, "ann", "moment_tagged", MOMENT)
    first = make_backup(store, tmp_path / "backup").stamp
    store.clips.erase(erased.id, "ann")
    make_backup(store, tmp_path / "backup")
    assert len(files_under(tmp_path / "backup" / "vault")) == 1
    settings = another_machine(store, tmp_path / "other")
    restore_backup(settings, tmp_path / "backup", first)
    assert "NOTESECRET" not in all_text(settings)
    with Store(settings) as back:
        assert back.blobs.read(kept.id, "original") == some_bytes(seed=1)
        with pytest.raises(VfeedError):
            back.blobs.open(erased.id, "original")


def test_a_family_erased_since_is_erased_from_every_backup_that_is_restored(store: Store, tmp_path: Path) -> None:
    stays, goes = a_home(store, "STAYS"), a_home(store, "FAMILYSECRET")
    clip = a_clip(store, goes)
    store.events.append(clip.id, "ann", "moment_tagged", MOMENT)
    first = make_backup(store, tmp_path / "backup").stamp
    store.erasure.family(goes.family.id, "ann")
    make_backup(store, tmp_path / "backup")
    settings = another_machine(store, tmp_path / "other")
    restore_backup(settings, tmp_path / "backup", first)
    text = all_text(settings)
    assert "STAYS" in text and "FAMILYSECRET" not in text and "NOTESECRET" not in text
    with Store(settings) as back:
        assert [family.id for family in back.families.list()] == [stays.family.id]


def test_nothing_in_a_backup_can_be_read(store: Store, home: Home, tmp_path: Path) -> None:
    clip = a_clip(store, home, b"FILMSECRET" * 1000)
    store.events.append(clip.id, "ann", "moment_tagged", MOMENT)
    make_backup(store, tmp_path / "backup")
    for path in files_under(tmp_path / "backup"):
        kept = path.read_bytes()
        assert all(word not in kept for word in (b"NOTESECRET", b"FILMSECRET", b"Robin", b"SQLite format")), path


def test_the_oldest_backups_go_and_the_files_that_only_they_named(store: Store, home: Home, tmp_path: Path) -> None:
    for number in range(3):
        with store.blobs.put(a_clip(store, home, some_bytes(seed=number)).id, "proxy", "video/mp4") as out:
            out.write(b"x")
        make_backup(store, tmp_path / "backup", keep=2)
    assert len(stamps(tmp_path / "backup")) == 2
    assert check_backup(tmp_path / "backup", store.keyring)


# A backup that ends as by `kill -9` when it first writes to the disk for good; then one at the second time, and so on,
# until one is through. Says at how many places it was cut off.
CUT_OFF = """
import os, sys
from pathlib import Path
from vfeed.config import load_settings
from vfeed.store import Store
from vfeed.store.backup import make_backup

durable, left = os.fsync, 0

def cut_off(handle):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
    durable(handle)

def backed_up(place):
    global left
    child = os.fork()
    if child == 0:
        with Store(load_settings()) as store:
            left, os.fsync = place, cut_off
            make_backup(store, Path(sys.argv[1]))
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

place = 1
while not backed_up(place):
    place += 1
print(place - 1)
"""


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_backup_that_is_cut_off_anywhere_harms_none_and_the_next_one_goes_through(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: int
) -> None:
    folder = tmp_path / "backup"
    a_clip(store, home)
    before = [make_backup(store, folder).stamp for _ in range(earlier)]
    a_clip(store, home, some_bytes(seed=2))
    tell_commands(store.settings, monkeypatch)
    cut = subprocess.run([sys.executable, "-c", CUT_OFF, folder], check=True, capture_output=True, text=True)
    assert int(cut.stdout) > 8
    assert stamps(folder)[:earlier] == before
    for stamp in stamps(folder):
        check_backup(folder, store.keyring, stamp)
    databases = {path.stem for path in (folder / "data").iterdir() if path.suffix == ".db"}
    assert databases == set(stamps(folder))
    assert not list(folder.rglob("*.part"))


def refused(settings: Settings, folder: Path, code: str) -> None:
    """The restore of `folder`'s backup is refused, and all else in the folder is as it was."""
    before = every_name(folder)
    with pytest.raises(VfeedError) as error:
        restore_backup(settings, folder / "backup")
    assert error.value.code == code
    assert every_name(folder) == before


def every_name(folder: Path) -> dict[Path, bytes]:
    """Every file with what is in it, and every folder."""
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def _changed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.mark.parametrize(
    ("what", "harm", "code"),
    [
        ("vault/*/*", _changed, "vault_damaged"),
        ("vault/*/*", Path.unlink, "vault_damaged"),
        ("data/*.db", _changed, "vault_damaged"),
        ("keys/keys/*", Path.unlink, "vault_damaged"),
        ("data/*.json", lambda path: path.write_text(path.read_text().replace("stamp", "Stamp")), "key_wrong"),
        ("data/*.json", lambda path: path.write_bytes(path.read_bytes()[:100]), "vault_damaged"),
        ("data/*.json", lambda path: path.write_bytes(b""), "vault_damaged"),
        ("data/*.json", lambda path: path.write_bytes(b'["\xff"]'), "vault_damaged"),
        ("data/*.json", lambda path: path.write_text('{"seal": 1, "body": "{}"}'), "vault_damaged"),
        ("data/*.json", Path.unlink, "not_found"),
        ("data/*.db", Path.unlink, "vault_damaged"),
        ("keys/keys/*", _changed, "vault_damaged"),
        ("keys/keys/*", lambda path: path.write_bytes(b""), "vault_damaged"),
        ("vfeed-backup.json", lambda path: path.write_text('{"format": 2}'), "data_newer"),
        ("vfeed-backup.json", Path.unlink, "not_found"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_restored(
    store: Store, home: Home, tmp_path: Path, what: str, harm: Callable[[Path], object], code: str
) -> None:
    a_clip(store, home)
    make_backup(store, tmp_path / "backup")
    harm(next((tmp_path / "backup").glob(what)))
    refused(another_machine(store, tmp_path / "other"), tmp_path, code)


@pytest.mark.sqlite
def test_a_backup_of_a_newer_shape_is_refused_and_nothing_is_restored(store: Store, home: Home, tmp_path: Path) -> None:
    a_clip(store, home)
    with store.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    make_backup(store, tmp_path / "backup")
    refused(another_machine(store, tmp_path / "other"), tmp_path, "data_newer")


def test_where_the_disk_is_full_half_way_nothing_is_left_and_a_restore_with_room_goes_through(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = a_clip(store, home)
    a_clip(store, home, some_bytes(seed=2))
    make_backup(store, tmp_path / "backup")
    settings = another_machine(store, tmp_path / "other")
    settings.data_dir.mkdir()
    (settings.data_dir / "note").write_text("of somebody")
    left = iter([True, False])

    def put(vault: FileVault, name: str, file: BinaryIO) -> None:
        if not next(left):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(vault, name, file)

    whole = FileVault.put_sealed
    with monkeypatch.context() as patch:
        patch.setattr(FileVault, "put_sealed", put)
        refused(settings, tmp_path, "disk_full")
    restore_backup(settings, tmp_path / "backup")
    with Store(settings) as back:
        assert back.blobs.read(clip.id, "original") == some_bytes()


def test_a_list_that_is_damaged_does_not_stop_the_next_backup(store: Store, home: Home, tmp_path: Path) -> None:
    a_clip(store, home)
    folder = tmp_path / "backup"
    first = make_backup(store, folder).stamp
    (folder / "data" / f"{first}.json").write_bytes(b"")
    second = make_backup(store, folder).stamp
    assert second != first and check_backup(folder, store.keyring, second)


@pytest.mark.parametrize("first", ["erased.txt", "a film's key"])
def test_a_film_erased_while_the_keys_are_copied_leaves_a_backup_that_can_be_restored(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    clips = [a_clip(store, home, some_bytes(seed=seed)).id for seed in range(3)]
    keys, write = tmp_path / "backup" / "keys", write_whole

    def erases_one_after_the_first(path: Path, data: bytes) -> None:
        write(path, data)
        if path == keys / first or (path.parent == keys / "keys" and first != "erased.txt"):
            monkeypatch.setattr(backup, "write_whole", write)
            store.clips.erase(next(each for each in clips if not (keys / "keys" / each).exists()), "ann")

    monkeypatch.setattr(backup, "write_whole", erases_one_after_the_first)
    make_backup(store, tmp_path / "backup")
    assert len({each.clip for each in check_backup(tmp_path / "backup", store.keyring).values()}) == 2


def test_a_second_one_meanwhile_is_refused_and_takes_nothing_from_the_first(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_clip(store, home)
    folder, refusals = tmp_path / "backup", []

    def copy(*told: Any) -> Any:
        with pytest.raises(VfeedError) as error:
            make_backup(store, folder)
        refusals.append(error.value.code)
        return copied(*told)

    copied = backup._copy_vault
    monkeypatch.setattr(backup, "_copy_vault", copy)
    first = make_backup(store, folder).stamp
    assert refusals == ["conflict"] and check_backup(folder, store.keyring, first)


def test_a_disk_that_knows_no_locks_is_backed_up_to(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_clip(store, home)

    def no_locks(*_told: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert make_backup(store, tmp_path / "backup").copied


def test_nothing_is_restored_over_data_or_without_the_key(store: Store, home: Home, tmp_path: Path) -> None:
    a_clip(store, home)
    make_backup(store, tmp_path / "backup")
    with pytest.raises(VfeedError) as error:
        restore_backup(store.settings, tmp_path / "backup")
    assert error.value.code == "conflict"
    refused(settings_in(tmp_path / "other"), tmp_path, "key_missing")


def test_a_backup_goes_neither_into_the_data_nor_among_other_things(store: Store, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").touch()
    for folder in (store.settings.data_dir / "backup", tmp_path / "full"):
        with pytest.raises(VfeedError) as error:
            make_backup(store, folder)
        assert error.value.code == "invalid_input"
