"""Films in a real S3 store: the suite of every vault, lines that are cut, a store that is killed, and moving there."""

from __future__ import annotations

import contextlib
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from filled_store import a_clip, a_home, agree, settings_in, some_bytes
from job_steps import make_poster
from network_cut import line_to
from object_store import SECRET, ceph, in_bucket, new_bucket, objects_in, uploads_in, vault_settings
from servers import free_port
from vault_conformance import ABOUT, KEY, VaultConformance, keep

from vfeed.config import Settings
from vfeed.doctor import examine, refuse_unsafe
from vfeed.errors import VfeedError
from vfeed.jobs.lease import JobRun
from vfeed.jobs.worker import Worker
from vfeed.store import Store, bucket
from vfeed.store.backup import make_backup, restore_backup
from vfeed.store.bucket import LOOK_S, LOOKS, PART_BYTES, Bucket, VaultAway
from vfeed.store.checks import check_everything
from vfeed.store.job_rows import MAX_ATTEMPTS
from vfeed.store.keystore import KeyStore
from vfeed.store.object_vault import ObjectVault
from vfeed.store.stream import SEGMENT_BYTES
from vfeed.store.vault import Vault

LONGER = some_bytes(2 * PART_BYTES + 1_234_567)


@dataclass
class Held:
    """A vault in a bucket of its own, and what lies there."""

    bucket: str
    settings: Settings
    vault: Vault

    def lying(self) -> list[str]:
        return [*objects_in(self.bucket), *uploads_in(self.bucket)]


@contextlib.contextmanager
def opened(settings: Settings, **more: Any) -> Iterator[ObjectVault]:
    with contextlib.closing(ObjectVault(settings, **more)) as vault:
        yield vault


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Held]:
    name = new_bucket()
    settings = vault_settings(tmp_path, name)
    with opened(settings, sweep_after_s=0) as vault:
        yield Held(name, settings, vault)


class TestObjectVault(VaultConformance):
    longer = LONGER


def through(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"vault_endpoint": f"http://127.0.0.1:{port}"})


def asked_of(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Notes each part of an object that is asked for: where it starts, how long it is."""
    asked: list[tuple[int, int]] = []
    read = Bucket.read

    def noting(self: Bucket, name: str, start: int, length: int) -> tuple[bytes, int]:
        asked.append((start, length))
        return read(self, name, start, length)

    monkeypatch.setattr(Bucket, "read", noting)
    return asked


def test_a_look_into_the_middle_fetches_what_lies_there_and_little_more(
    place: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keep(place.vault, LONGER)
    asked = asked_of(monkeypatch)
    with place.vault.open(name, KEY, ABOUT) as file:
        file.seek(9 * SEGMENT_BYTES)
        assert file.read(100) == LONGER[9 * SEGMENT_BYTES : 9 * SEGMENT_BYTES + 100]
    wanted = {0, 8, 9, 10, len(LONGER) // SEGMENT_BYTES}
    assert {start // SEGMENT_BYTES for start, _length in asked} <= wanted
    assert all(length == SEGMENT_BYTES for _start, length in asked)


def test_what_was_fetched_is_not_fetched_again(place: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    name = keep(place.vault, LONGER)
    asked = asked_of(monkeypatch)
    for _time in range(3):
        with place.vault.open(name, KEY, ABOUT) as file:
            assert file.read() == LONGER
    assert sorted(asked) == [(start, SEGMENT_BYTES) for start in range(0, len(LONGER), SEGMENT_BYTES)]


def test_lines_that_are_cut_while_a_film_is_sent_or_read_lose_nothing(place: Held) -> None:
    with line_to(ceph().gateway.port) as line, opened(through(place.settings, line.port)) as vault:
        line.cuts = [300, PART_BYTES // 2, 3_000_000, PART_BYTES + 5_000]
        name = keep(vault, LONGER)
        assert line.cut == 4
        assert uploads_in(place.bucket) == []
    with line_to(ceph().gateway.port) as line, opened(through(place.settings, line.port)) as vault:
        line.cuts = [700_000, 900_000]
        with vault.open(name, KEY, ABOUT) as file:
            assert file.read() == LONGER
        assert line.cut == 2


def test_a_store_that_hangs_is_given_up_soon_by_whoever_looks_at_a_film(place: Held) -> None:
    name = keep(place.vault, LONGER)
    gateway = ceph().gateway.process
    assert gateway is not None
    gateway.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        with opened(place.settings) as vault, pytest.raises(VaultAway):
            vault.open(name, KEY, ABOUT)
        # With the patience of sending it would be 90 s, for each thread of the pages.
        assert LOOKS * LOOK_S <= time.monotonic() - began < 60
    finally:
        gateway.send_signal(signal.SIGCONT)
    with place.vault.open(name, KEY, ABOUT) as file:
        assert file.read() == LONGER


def test_a_store_killed_while_a_film_is_sent_goes_on_where_it_stood(
    place: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = ceph().gateway
    sent: list[int] = []
    send = Bucket.send

    def noting(self: Bucket, name: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        if number == 2:
            gateway.kill()
            threading.Thread(target=gateway.restart).start()
        sent.append(number)
        return send(self, name, upload, number, data)

    monkeypatch.setattr(Bucket, "send", noting)
    name = keep(place.vault, LONGER)
    assert sent == [1, 2, 3], "what had arrived is not sent again"
    with place.vault.open(name, KEY, ABOUT) as file:
        assert file.read() == LONGER


def test_a_store_that_is_away_is_told_and_leaves_nothing(place: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "SENDINGS", 2)
    name = keep(place.vault, LONGER)
    with opened(through(place.settings, free_port())) as away:
        for act in (
            lambda: keep(away, LONGER),
            lambda: keep(away, b"small"),
            lambda: away.open(name, KEY, ABOUT),
            lambda: away.remove(name),
            lambda: away.sweep(lambda _name: False),
            away.is_empty,
            away.check,
        ):
            with pytest.raises(VfeedError) as error:
                act()
            assert error.value.code == "vault_away"
    assert place.lying() == [name]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vault": "s3://nobody-made-this/films"}, "has no bucket nobody-made-this"),
        ({"vault_keys_file": "wrong"}, "refuses the key"),
        ({"vault_keys_file": "unknown"}, "refuses the key"),
        ({"vault_keys_file": "half"}, "keys of the store of the films are not there"),
        ({"vault_keys_file": "missing"}, "keys of the store of the films are not there"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_fix_and_touches_nothing(
    place: Held, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    for name, text in (("wrong", "vfeedtest\nwrong"), ("unknown", f"nobody\n{SECRET}"), ("half", "vfeedtest\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    name = keep(place.vault, b"kept")
    if "vault_keys_file" in change:
        change = {"vault_keys_file": tmp_path / change["vault_keys_file"]}
    settings = place.settings.model_copy(update=change)
    with opened(settings) as vault:
        for act in (lambda: keep(vault, LONGER), lambda: keep(vault, b""), lambda: vault.sweep(lambda _name: False)):
            with pytest.raises(VfeedError) as error:
                act()
            assert error.value.code == "setting_invalid"
            assert said in error.value.message
            assert error.value.hint
    with pytest.raises(VfeedError, match=said):
        refuse_unsafe(settings)
    assert place.lying() == [name]


def test_the_doctor_looks_at_the_store_and_says_no_secret(place: Held) -> None:
    (found,) = [each for each in examine(place.settings) if each.subject == "Films"]
    assert found.ok, found.detail
    (away,) = [each for each in examine(through(place.settings, free_port())) if each.subject == "Films"]
    assert not away.ok
    assert away.error is None, "a store that is away is no reason not to start"
    assert SECRET not in repr((found, away, place.settings, place.vault.__dict__))
    assert place.lying() == []


def test_keys_that_others_may_read_are_refused(place: Held) -> None:
    assert place.settings.vault_keys_file is not None
    place.settings.vault_keys_file.chmod(0o644)
    with pytest.raises(VfeedError) as error:
        refuse_unsafe(place.settings)
    assert error.value.code == "modes_open"


def test_another_machine_sweeps_nothing_that_is_young(place: Held) -> None:
    with opened(place.settings) as other:
        draft = place.vault.create(KEY, ABOUT)
        draft.writer.write(LONGER)
        assert other.sweep(lambda _name: False) == 0
        draft.publish()
        assert other.sweep(lambda _name: False) == 0
        draft.discard()
    assert place.lying() == []


KILLED = """
import os, pickle, signal, sys
from vfeed.store.object_vault import ObjectVault
vault = ObjectVault(pickle.loads(bytes.fromhex(sys.argv[1])))
drafts = [vault.create(bytes(32), b"") for _ in range(2)]
for draft in drafts:
    draft.writer.write(bytes(20_000_000))
drafts[0].publish()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_swept_away(place: Held) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, pickle.dumps(place.settings).hex()], check=False)
    assert killed.returncode == -9
    assert (len(objects_in(place.bucket)), len(uploads_in(place.bucket))) == (1, 1)
    assert place.vault.sweep(lambda _name: False) == 2
    assert place.lying() == []


def test_an_answer_that_was_lost_after_the_object_appeared_is_no_error(
    place: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "SENDINGS", 2)
    with contextlib.closing(Bucket(place.settings)) as held:
        upload = held.begin("name")
        part = held.send("name", upload, 1, b"whole")
        held.complete("name", upload, [part], 5)
        held.complete("name", upload, [part], 5)
        with pytest.raises(VfeedError) as error:
            held.complete("another", upload, [part], 5)
        assert error.value.code == "vault_away"


def stored_in(folder: Path, name: str) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    return settings_in(folder, **in_bucket(folder, name))


def test_an_erased_film_is_gone_and_a_copy_of_its_object_opens_no_more(tmp_path: Path) -> None:
    name = new_bucket()
    with Store(stored_in(tmp_path, name)) as store:
        home = a_home(store)
        clip, other = a_clip(store, home), a_clip(store, home, some_bytes(seed=2))
        assert store.blobs.read(clip.id, "original") == some_bytes()
        (blob,) = store.blobs.list(clip.id)
        with store.vault.sealed(blob.file_name) as file:
            copied = file.read()
        assert not store.settings.vault_dir.exists(), "nothing of a film lies in the data folder"
        store.clips.erase(clip.id, "ann")
        assert len(objects_in(name)) == 1
        assert KeyStore(store.settings.clip_keys, store.keyring).get(clip.id) is None
        assert some_bytes()[:50] not in copied
        with pytest.raises(VfeedError):
            store.blobs.open(clip.id, "original")
        assert store.blobs.read(other.id, "original") == some_bytes(seed=2)
        assert check_everything(store).faults == ()
        (blob,) = store.blobs.list(other.id)
        store.vault.remove(blob.file_name)
        assert len(check_everything(store).faults) == 1


def test_films_move_from_a_folder_to_a_store_and_back(tmp_path: Path) -> None:
    laptop = settings_in(tmp_path / "laptop")
    with Store(laptop) as store:
        home = a_home(store)
        agree(store, home)
        clip = a_clip(store, home, LONGER)
        make_backup(store, tmp_path / "out")
    name = new_bucket()
    served = stored_in(tmp_path / "served", name)
    back = settings_in(tmp_path / "back")
    for settings, source, target in ((served, "out", "in"), (back, "in", "last")):
        settings.key_file.parent.mkdir(parents=True, mode=0o700)
        settings.key_file.write_bytes(laptop.key_file.read_bytes())
        settings.key_file.chmod(0o600)
        restore_backup(settings, tmp_path / source)
        with Store(settings) as store:
            assert store.blobs.read(clip.id, "original") == LONGER
            assert check_everything(store).faults == ()
            make_backup(store, tmp_path / target)
    assert len(objects_in(name)) == 1
    with pytest.raises(VfeedError) as error:
        restore_backup(served.model_copy(update={"data_dir": tmp_path / "empty"}), tmp_path / "out")
    assert error.value.code == "conflict"


def test_a_bucket_with_films_and_no_key_file_is_refused(place: Held) -> None:
    keep(place.vault, b"kept")
    with pytest.raises(VfeedError) as error:
        Store(place.settings)
    assert error.value.code == "key_missing"


def test_work_that_finds_the_store_away_is_tried_again_and_the_worker_sweeps_by_the_hour(tmp_path: Path) -> None:
    name = new_bucket()
    settings = stored_in(tmp_path, name)
    with Store(settings) as store:
        home = a_home(store)
        agree(store, home)
        clip = a_clip(store, home, jobs=[])

        def away(_store: Store, _work: object) -> None:
            raise bucket.VaultAway

        worker = Worker(store, "worker", handlers={"prepare": away})
        job = worker.queue.enqueue("prepare", clip.id, {}, "ann")
        with pytest.raises(VfeedError):
            worker.work()
        assert store.jobs.get(job).state == "queued"
        with patch.object(store.blobs, "sweep", return_value=0) as swept:
            worker.clear_up()
        swept.assert_called_once_with()
        worker.queue.huey.storage.close()
    assert not settings.needs_no_network


def test_work_waits_for_a_store_however_often_it_finds_it_away(place: Held, tmp_path: Path) -> None:
    with Store(place.settings) as store:
        home = a_home(store)
        agree(store, home)
        clip = a_clip(store, home, jobs=[])

        def look(opened: Store, work: JobRun) -> None:
            opened.blobs.read(work.job.clip_id, "original")
            make_poster(opened, work)

        worker = Worker(store, "worker", handlers={"prepare": look})
        job = worker.queue.enqueue("prepare", clip.id, {}, "ann")
        gateway = ceph().gateway
        gateway.kill()
        try:
            for _time in range(MAX_ATTEMPTS + 1):
                with pytest.raises(VaultAway):
                    worker.work()
                assert (store.jobs.get(job).state, store.jobs.get(job).attempts) == ("queued", 0)
        finally:
            gateway.restart()
        worker.work()
        worker.queue.huey.storage.close()
        assert (store.jobs.get(job).state, store.jobs.get(job).attempts) == ("done", 1)
        assert store.blobs.read(clip.id, "poster") == b"poster"


def test_a_store_that_is_full_is_told_in_words_and_leaves_nothing(place: Held) -> None:
    name = keep(place.vault, b"before")
    most_bytes = sum(objects_in(place.bucket).values()) + PART_BYTES
    with ceph().limit(most_bytes), pytest.raises(VfeedError) as error, place.vault.create(KEY, ABOUT) as draft:
        draft.writer.write(LONGER)
        draft.publish()
    assert error.value.code == "disk_full"
    assert place.lying() == [name]
