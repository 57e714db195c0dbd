"""Erasure holds: no copy of the data made before it, opened with the same keys, brings anything back."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from filled_store import Home, a_clip, agree, files_under, settings_in, some_bytes

from vfeed.doctor import _key_store
from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.keyring import Keyring
from vfeed.store.keystore import ERASED, KeyStore, read_erased


def copy_of_data(store: Store, to: Path) -> None:
    shutil.copytree(store.settings.data_dir, to / "data")


@pytest.mark.sqlite
def test_a_copy_made_before_an_erasure_cannot_open_the_film_with_the_same_keys(
    store: Store, home: Home, tmp_path: Path
) -> None:
    kept, erased = a_clip(store, home, some_bytes(seed=1)), a_clip(store, home, some_bytes(seed=2))
    copy_of_data(store, tmp_path / "copy")
    store.clips.erase(erased.id, "ann")
    old = settings_in(tmp_path / "copy", key_store=store.settings.clip_keys)
    shutil.copytree(store.settings.key_file.parent, old.key_file.parent)
    with Store(old, takes_older=True) as back:
        assert back.blobs.read(kept.id, "original") == some_bytes(seed=1)
        with pytest.raises(VfeedError) as error:
            back.blobs.open(erased.id, "original")
        assert error.value.code == "not_found"


def test_without_the_list_of_erasures_the_key_is_still_gone(store: Store, home: Home, tmp_path: Path) -> None:
    erased = a_clip(store, home)
    copy_of_data(store, tmp_path / "copy")
    store.clips.erase(erased.id, "ann")
    (store.settings.clip_keys / ERASED).unlink()
    old = settings_in(tmp_path / "copy", key_store=store.settings.clip_keys)
    shutil.copytree(store.settings.key_file.parent, old.key_file.parent)
    with Store(old, takes_older=True) as back, pytest.raises(VfeedError):
        back.blobs.open(erased.id, "original")


def test_an_old_copy_learns_of_every_erasure_before_it_opens(store: Store, home: Home, tmp_path: Path) -> None:
    consents = agree(store, home)
    clip = a_clip(store, home)
    moment = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "NOTESECRET"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    copy_of_data(store, tmp_path / "copy")
    store.consents.withdraw(consents[0], "ann", "REASONSECRET")
    old = settings_in(tmp_path / "copy", key_store=store.settings.clip_keys)
    shutil.copytree(store.settings.key_file.parent, old.key_file.parent)
    with Store(old, takes_older=True) as back:
        with pytest.raises(VfeedError):
            back.clips.get(clip.id)
        assert back.events.read(clip.id).events == ()
        assert not any(path.is_file() for path in old.vault_dir.rglob("*"))


def test_a_process_killed_between_the_erasure_and_the_key_is_made_good_at_the_next_start(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = a_clip(store, home)
    monkeypatch.setattr(store.keys, "destroy", lambda *_args, **_more: None)
    store.clips.erase(clip.id, "ann")
    assert clip.id in store.keys.ids()
    with Store(store.settings) as again:
        assert clip.id not in again.keys.ids()
        assert ("clip", clip.id) in again.keys.erased()


def test_a_film_that_was_refused_leaves_no_key(store: Store, home: Home) -> None:
    a_clip(store, home)
    before = store.keys.ids()
    with pytest.raises(VfeedError):
        a_clip(store, home)
    assert store.keys.ids() == before


@pytest.mark.sqlite
def test_an_erasure_is_not_held_up_by_a_reader(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    wrapped = (store.settings.clip_keys / "keys" / clip.id).read_bytes()
    with store.database.engine.connect() as reader:
        reader.exec_driver_sql("select count(*) from clip").scalar()
        store.clips.erase(clip.id, "ann")
        assert not store.database.is_tidy
    for folder in (store.settings.data_dir, store.settings.clip_keys):
        for path in folder.rglob("*"):
            assert not path.is_file() or wrapped not in path.read_bytes()


def test_keys_are_for_this_user_alone_and_synced(store: Store, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def spy(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", spy)
    clip = a_clip(store, home)
    keys = (store.settings.clip_keys / "keys").resolve()
    assert (keys / clip.id).stat().st_mode & 0o777 == 0o600
    assert str(keys) in synced and any(name.startswith(f"{keys}/.{clip.id}") for name in synced)


def test_wrapping_anew_may_be_begun_again(tmp_path: Path) -> None:
    old, new = Keyring(bytes(32)), Keyring(bytes(range(32)))
    keys = KeyStore(tmp_path, old)
    for number in range(3):
        keys.put(str(number), bytes([number]) * 32)
    KeyStore(tmp_path, old).rewrap(new)
    KeyStore(tmp_path, old).rewrap(new)
    assert [KeyStore(tmp_path, new).get(str(number)) for number in range(3)] == [bytes([n]) * 32 for n in range(3)]
    with pytest.raises(VfeedError):
        keys.get("1")


def test_a_line_that_a_power_cut_left_half_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ERASED).write_text("clip one\nfamily two\nclip")
    assert read_erased(tmp_path / ERASED) == {("clip", "one"), ("family", "two")}


@pytest.mark.parametrize("left", ["clip", "clip tw", "clip two", "\0" * 40])
def test_after_a_line_that_was_left_half_the_next_erasure_is_noted_whole(tmp_path: Path, left: str) -> None:
    keys = KeyStore(tmp_path, Keyring(bytes(32)))
    keys.destroy(["one"])
    with (tmp_path / ERASED).open("a") as file:
        file.write(left)
    keys.destroy(["three"], family_id="four")
    assert {("clip", "one"), ("clip", "three"), ("family", "four")} <= keys.erased()


def test_keys_inside_the_data_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="erased clips"):
        settings_in(tmp_path, key_store=tmp_path / "data" / "keys")


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EROFS, "data_unwritable"), (errno.EACCES, "data_unwritable")],
)
def test_a_film_whose_key_cannot_be_kept_is_refused_in_words_and_leaves_nothing(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(*_told: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch, pytest.raises(VfeedError) as error:
        patch.setattr("vfeed.store.keystore.write_whole", refuse)
        a_clip(store, home)
    assert error.value.code == code
    assert store.clips.for_family(home.family.id) == []
    assert files_under(store.settings.vault_dir) == []
    assert store.keys.ids() == frozenset()
    a_clip(store, home)


def test_a_folder_of_keys_that_cannot_be_written_is_told_before_a_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_told: object, **_more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert _key_store(store.settings).ok
    monkeypatch.setattr("vfeed.doctor.tempfile.NamedTemporaryFile", refuse)
    finding = _key_store(store.settings)
    assert finding.error is not None and finding.error.code == "data_unwritable"
    assert str(store.settings.clip_keys) in finding.detail and "VFEED_KEY_STORE" in finding.detail
