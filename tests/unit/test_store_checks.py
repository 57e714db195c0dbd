"""`verify` tells what was changed, removed or rolled back; a new master key changes nothing that is kept."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from filled_store import Home, a_clip, settings_in, some_bytes
from sqlalchemy import delete

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.audit import ANCHOR
from vfeed.store.checks import check_everything
from vfeed.store.rekey import rotate_key
from vfeed.store.store import next_key
from vfeed.store.tables import Audit, AuditHead


def test_what_is_whole_has_no_fault(store: Store, home: Home) -> None:
    a_clip(store, home)
    checked = check_everything(store)
    assert (checked.films, checked.files, checked.faults) == (1, 1, ())
    assert check_everything(store, noted=f"{checked.audit_rows}:{checked.audit_hash}").faults == ()


def test_a_changed_file_a_missing_file_and_a_missing_key_are_named(store: Store, home: Home) -> None:
    changed, missing, keyless = (a_clip(store, home, some_bytes(seed=number)) for number in range(3))
    vault = store.settings.vault_dir
    for clip, harm in ((changed, "change"), (missing, "remove")):
        (blob,) = store.blobs.list(clip.id)
        path = vault / blob.file_name[:2] / blob.file_name
        path.unlink() if harm == "remove" else path.write_bytes(path.read_bytes()[:-1] + b"?")
    store.keys.drop(keyless.id)
    faults = check_everything(store).faults
    assert len(faults) == 3
    assert [any(clip.id in fault for fault in faults) for clip in (changed, missing, keyless)] == [True] * 3


def test_an_audit_trail_that_was_rolled_back_seal_and_all_is_noticed(store: Store) -> None:
    store.audit.record("ann", "clip.viewed", "one")
    with store.database.read() as session:
        head = session.get(AuditHead, 1)
        assert head is not None
        old = (head.seq, head.hash, head.seal)
    noted = "{}:{}".format(*store.audit.head())
    for _ in range(5):
        store.audit.record("eve", "clip.viewed", "two")
    ended = "{}:{}".format(*store.audit.head())
    with store.database.write() as session:
        session.execute(delete(Audit).where(Audit.seq > old[0]))
        head = session.get(AuditHead, 1)
        assert head is not None
        head.seq, head.hash, head.seal = old
    assert store.audit.verify() is None, "the chain alone cannot tell"
    assert any("rolled back" in fault for fault in store.audit.faults())
    # It grows past the end that was noted outside: the first who appends has written down what was lost.
    for _ in range(9):
        store.audit.record("eve", "clip.viewed", "three")
    found = [row for row in store.audit.list() if row.action == "audit.rolled_back"]
    assert [(row.actor, row.detail["ended_at"]) for row in found] == [("vfeed", old[0] + 5)]
    assert any("found rolled back" in fault for fault in store.audit.faults())
    assert any("you noted" in fault for fault in store.audit.faults(noted=ended))
    assert not any("you noted" in fault for fault in store.audit.faults(noted=noted))
    # Whoever notes the end after it knows of it.
    assert store.audit.faults(noted="{}:{}".format(*store.audit.head())) == []


def test_where_nothing_was_done_yet_nothing_is_missing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with Store(settings) as store:
        assert check_everything(store).faults == ()
        (settings.clip_keys / ANCHOR).write_text("{}")
        assert "outside the database" in check_everything(store).faults[0]


def test_an_end_outside_the_database_that_is_missing_or_changed_is_noticed(store: Store) -> None:
    store.audit.record("ann", "clip.viewed", "one")
    path = store.settings.clip_keys / ANCHOR
    path.write_text(path.read_text().replace('"seq": ', '"seq": 9'))
    assert any("missing or was changed" in fault for fault in store.audit.faults())
    path.unlink()
    assert any("missing or was changed" in fault for fault in store.audit.faults())
    assert any("you noted" in fault for fault in store.audit.faults(noted="9:" + "0" * 64))
    # The next line makes a new one, and says that it was missing.
    store.audit.record("ann", "clip.viewed", "two")
    assert path.exists() and [row.action for row in store.audit.list()][:2] == ["clip.viewed", "audit.end_missing"]
    assert any("was missing or changed (row" in fault for fault in store.audit.faults())


@pytest.mark.parametrize("noted", ["nonsense", "1", "x:" + "0" * 64])
def test_a_noted_end_that_is_none_is_refused(store: Store, noted: str) -> None:
    with pytest.raises(VfeedError) as error:
        store.audit.faults(noted=noted)
    assert error.value.code == "invalid_input"


def test_after_a_new_master_key_everything_opens_and_the_old_one_opens_nothing(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    upload = store.uploads.create("ann", 4, {})
    store.uploads.append(upload.id, io.BytesIO(b"half"), 0)
    settings = store.settings
    with pytest.raises(VfeedError) as error:
        rotate_key(settings)
    assert error.value.code == "conflict", "not while vfeed runs"
    store.close()
    kept = rotate_key(settings)
    with Store(settings) as again:
        assert again.blobs.read(clip.id, "original") == some_bytes()
        assert again.uploads.open(upload.id).read() == b"half"
        assert check_everything(again).faults == ()
        assert again.audit.list()[0].action == "key.rotated"
    shutil.copy(kept, settings.key_file)
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "key_wrong"


@pytest.mark.parametrize("step", ["_export", "_rewrap_rows", "_put_in_place", "os.link"])
@pytest.mark.sqlite
def test_a_change_of_the_key_that_broke_off_is_refused_at_the_start_and_goes_on_when_called_again(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch, step: str, tmp_path: Path
) -> None:
    clip = a_clip(store, home)
    settings = store.settings
    store.close()

    def power_cut(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(f"vfeed.store.rekey.{step}", power_cut)
        rotate_key(settings)
    assert next_key(settings).exists()
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "key_wrong" and "rotate-key" in error.value.hint
    rotate_key(settings)
    with Store(settings) as again:
        assert again.blobs.read(clip.id, "original") == some_bytes()
        assert check_everything(again).faults == ()
