"""Nothing of a family can be read in the data folder; a readable database of an earlier version is encrypted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic import command
from filled_store import PLANTED, all_text, files_under, planted_store, raw, settings_in, some_bytes

from vfeed.store import Store, sealing
from vfeed.store.database import make_engine
from vfeed.store.keyring import read_key_file
from vfeed.store.sealing import PLAIN_HEAD, seal_plain_file
from vfeed.store.upgrading import alembic_config

pytestmark = pytest.mark.sqlite


def readable(folder: Path) -> list[str]:
    found = []
    for path in files_under(folder):
        kept = path.read_bytes()
        found += [f"{path.name}: {word}" for word in (*PLANTED, "ann", "SQLite format 3") if word.encode() in kept]
    # Three letters turn up in ciphertext by chance.
    return [each for each in found if not each.endswith(": ann")]


def test_no_planted_word_can_be_read_while_vfeed_runs_nor_after(store: Store, tmp_path: Path) -> None:
    planted_store(store)
    assert (store.settings.data_dir / "vfeed.db-wal").stat().st_size > 0
    assert readable(tmp_path) == []
    store.close()
    assert readable(tmp_path) == []
    dump = all_text(store.settings)
    assert all(word in dump for word in PLANTED), "with the key it is all there"


def as_an_earlier_version_left_it(store: Store) -> Path:
    """The database readable, with the films' keys in it."""
    settings = store.settings
    store.close()
    engine = make_engine(settings.database, store.secret("database"))
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes.update(connection=connection, key_store=settings.clip_keys)
        command.downgrade(config, "0010")
        connection.commit()
    engine.dispose()
    path = settings.data_dir / "vfeed.db"
    connection = raw(settings)
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(path.with_name("plain.db")),))
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.close()
    for old in settings.data_dir.glob("vfeed.db*"):
        old.unlink()
    path.with_name("plain.db").rename(path)
    for key in (settings.clip_keys / "keys").iterdir():
        key.unlink()
    return path


def test_the_database_of_an_earlier_version_is_encrypted_and_its_keys_moved_out(store: Store, tmp_path: Path) -> None:
    clip_id = planted_store(store)
    path = as_an_earlier_version_left_it(store)
    assert path.read_bytes().startswith(PLAIN_HEAD) and len(readable(tmp_path)) > len(PLANTED)
    with Store(store.settings) as again:
        assert readable(tmp_path) == []
        assert again.blobs.read(clip_id, "original") == some_bytes()
        assert [family.code_name for family in again.families.list()] == ["FAMILYSECRET"]
        assert again.audit.verify() is None
    assert sorted(each.name for each in store.settings.data_dir.glob("vfeed.db*")) == ["vfeed.db"]


def test_an_encryption_that_broke_off_is_begun_again(store: Store, tmp_path: Path) -> None:
    planted_store(store)
    path = as_an_earlier_version_left_it(store)
    path.with_name("vfeed.db.sealed").write_bytes(b"half")
    with Store(store.settings) as again:
        assert len(again.families.list()) == 1
    assert readable(tmp_path) == []


@pytest.mark.parametrize("step", ["rename", "link", "sync_folder", "_wipe"])
def test_a_process_killed_at_any_step_of_the_encryption_leaves_what_was_kept_and_nothing_readable(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    clip_id = planted_store(store)
    as_an_earlier_version_left_it(store)

    def stop(*_told: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr({"rename": Path, "link": os}.get(step, sealing), step, stop)
        Store(store.settings).close()
    with Store(store.settings) as again:
        assert [family.code_name for family in again.families.list()] == ["FAMILYSECRET"]
        assert again.blobs.read(clip_id, "original") == some_bytes()
    assert readable(tmp_path) == []


def test_what_an_earlier_version_left_between_two_names_is_taken_up(store: Store, tmp_path: Path) -> None:
    clip_id = planted_store(store)
    path = as_an_earlier_version_left_it(store)
    path.rename(path.with_name("vfeed.db.readable"))
    with Store(store.settings) as again:
        assert [family.code_name for family in again.families.list()] == ["FAMILYSECRET"]
        assert again.blobs.read(clip_id, "original") == some_bytes()
    assert readable(tmp_path) == []


def test_a_database_that_is_encrypted_is_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    path = settings.data_dir / "vfeed.db"
    before = path.read_bytes()
    assert not seal_plain_file(path, read_key_file(settings.key_file).secret("database"))
    assert path.read_bytes() == before
