"""Keys, and the refusals to start without the right one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from filled_store import a_clip, a_home, settings_in

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.keyring import Keyring, create_key_file, new_key, read_key_file

MASTER = bytes(range(32))


def test_a_wrapped_key_comes_back_only_for_its_purpose_and_with_its_master() -> None:
    ring, key = Keyring(MASTER), new_key()
    wrapped = ring.wrap(key, "clip:1")
    assert key not in wrapped
    assert ring.unwrap(wrapped, "clip:1") == key
    for attempt in (
        lambda: ring.unwrap(wrapped, "clip:2"),
        lambda: Keyring(bytes(32)).unwrap(wrapped, "clip:1"),
        lambda: ring.unwrap(wrapped[:-1], "clip:1"),
        lambda: ring.unwrap(b"", "clip:1"),
        lambda: ring.unwrap(b"\x02" + wrapped[1:], "clip:1"),
    ):
        with pytest.raises(VfeedError) as error:
            attempt()
        assert error.value.code == "key_wrong"


def test_wrapping_twice_gives_two_different_wrappings() -> None:
    ring = Keyring(MASTER)
    assert ring.wrap(MASTER, "clip:1") != ring.wrap(MASTER, "clip:1")


def test_derived_secrets_differ_by_purpose_and_stay_the_same() -> None:
    assert Keyring(MASTER).secret("web") == Keyring(MASTER).secret("web")
    assert Keyring(MASTER).secret("web") != Keyring(MASTER).secret("queue")
    assert MASTER not in Keyring(MASTER).secret("web")


def test_a_new_key_file_is_for_this_user_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    before = path.read_bytes()
    with pytest.raises(VfeedError) as error:
        create_key_file(path)
    assert error.value.code == "setting_invalid"
    assert path.read_bytes() == before


def test_a_key_file_that_cannot_be_made_is_refused_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VfeedError) as error:
        create_key_file(tmp_path / "file" / "master.key")
    assert error.value.code == "setting_invalid"
    assert "VFEED_KEY_FILE" in error.value.hint


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\xff\xfe", b"vfeed-master-key-1 AAAA\n", b"vfeed-master-key-9 " + base64.b64encode(MASTER)],
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "master.key").write_bytes(content)
    with pytest.raises(VfeedError) as error:
        read_key_file(tmp_path / "master.key")
    assert error.value.code == "key_wrong"


def test_the_first_start_makes_a_key_and_the_second_uses_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with Store(settings) as store:
        secret = store.secret("web")
    assert settings.key_file.is_file()
    with Store(settings) as store:
        assert store.secret("web") == secret


def test_data_without_their_key_are_refused_and_no_new_key_is_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with Store(settings) as store:
        a_clip(store, a_home(store))
    settings.key_file.unlink()
    for _ in range(2):
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code == "key_missing"
    assert not settings.key_file.exists()


def test_vault_files_without_database_and_key_are_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with Store(settings) as store:
        a_clip(store, a_home(store))
    settings.key_file.unlink()
    for path in settings.data_dir.glob("vfeed.db*"):
        path.unlink()
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "key_missing"


def test_another_key_is_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    settings.key_file.unlink()
    create_key_file(settings.key_file)
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "key_wrong"
