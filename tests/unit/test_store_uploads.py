"""Uploads: what was sent is kept, encrypted, and the offset tells the truth."""

from __future__ import annotations

import errno
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from filled_store import files_under, settings_in, some_bytes, uploads_of

from vfeed.errors import VfeedError
from vfeed.store import Store, uploads
from vfeed.store.tables import Upload, utc_now

RECORD = uploads.RECORD_BYTES
DATA = some_bytes(3 * RECORD + 12_345)


def folder(store: Store) -> Path:
    return store.settings.data_dir / "uploads"


def start(store: Store, length: int = len(DATA)) -> str:
    return store.uploads.create("ann", length, {"filename": "play.mp4"}).id


def code_of(call: Any, *args: Any) -> str:
    with pytest.raises(VfeedError) as error:
        call(*args)
    return error.value.code


class Dribble(io.RawIOBase):
    """A slow connection that breaks off after `limit` bytes."""

    def __init__(self, data: bytes, limit: int) -> None:
        super().__init__()
        self._data = io.BytesIO(data[:limit])

    def read(self, size: int = -1) -> bytes:
        piece = self._data.read(min(size, 10_007))
        if not piece:
            raise ConnectionResetError
        return piece


def test_an_upload_in_several_parts_comes_back_whole(store: Store) -> None:
    upload = start(store)
    at = 0
    for size in (1, RECORD, RECORD - 1, 100_000, len(DATA)):
        at = store.uploads.append(upload, io.BytesIO(DATA[at : at + size]), at)
        assert store.uploads.offset(upload) == at
    with store.uploads.open(upload) as file:
        assert file.read() == DATA
        for place in (0, 1, RECORD, RECORD + 1, len(DATA) - 5, len(DATA) + 5):
            file.seek(place)
            assert file.read(70_000) == DATA[place : place + 70_000]
        assert file.seek(0, io.SEEK_END) == len(DATA)


def test_nothing_readable_lies_on_the_disk(store: Store) -> None:
    upload = start(store)
    store.uploads.append(upload, io.BytesIO(DATA), 0)
    (file,) = files_under(folder(store))
    kept = file.read_bytes()
    assert not any(DATA[at : at + 16] in kept for at in range(0, len(DATA), 4096))
    assert file.stat().st_mode & 0o077 == 0
    assert "play" not in file.name


def test_a_broken_connection_keeps_what_came(store: Store) -> None:
    upload = start(store)
    with pytest.raises(ConnectionResetError):
        store.uploads.append(upload, Dribble(DATA, 700_000), 0)
    assert store.uploads.offset(upload) == 700_000
    store.uploads.append(upload, io.BytesIO(DATA[700_000:]), 700_000)
    with store.uploads.open(upload) as file:
        assert file.read() == DATA


@pytest.mark.parametrize("torn", [1, 15, 16, 17, RECORD // 2, RECORD + 31])
def test_a_record_torn_by_a_kill_is_not_counted_and_is_written_over(store: Store, torn: int) -> None:
    upload = start(store)
    store.uploads.append(upload, io.BytesIO(DATA[: 2 * RECORD]), 0)
    (file,) = files_under(folder(store))
    whole = file.read_bytes()
    record = len(whole) // 2
    file.write_bytes(whole[: record + torn])
    assert store.uploads.offset(upload) == RECORD
    store.uploads.append(upload, io.BytesIO(DATA[RECORD:]), RECORD)
    with store.uploads.open(upload) as reader:
        assert reader.read() == DATA


def test_a_last_record_of_zeros_after_a_power_cut_is_not_counted(store: Store) -> None:
    upload = start(store)
    store.uploads.append(upload, io.BytesIO(DATA[: 2 * RECORD]), 0)
    (file,) = files_under(folder(store))
    whole = file.read_bytes()
    record = len(whole) // 2
    for damaged in (whole[:record] + bytes(record), whole[: record + 16] + bytes(record - 16), whole + bytes(500)):
        file.write_bytes(damaged)
        assert store.uploads.offset(upload) == (2 * RECORD if len(damaged) > len(whole) else RECORD)


def test_damage_is_noticed_when_it_is_read(store: Store) -> None:
    upload = start(store)
    store.uploads.append(upload, io.BytesIO(DATA), 0)
    (file,) = files_under(folder(store))
    whole = bytearray(file.read_bytes())
    whole[100] ^= 1
    file.write_bytes(whole)
    with store.uploads.open(upload) as reader:
        assert code_of(reader.read) == "vault_damaged"


def test_records_in_another_order_do_not_open(store: Store) -> None:
    upload = start(store, 2 * RECORD)
    store.uploads.append(upload, io.BytesIO(DATA[: 2 * RECORD]), 0)
    (file,) = files_under(folder(store))
    whole = file.read_bytes()
    file.write_bytes(whole[len(whole) // 2 :] + whole[: len(whole) // 2])
    assert store.uploads.offset(upload) == 0
    assert code_of(store.uploads.open, upload) == "conflict"


def test_the_wrong_place_and_too_many_bytes_are_refused(store: Store) -> None:
    upload = start(store, 1000)
    assert code_of(store.uploads.append, upload, io.BytesIO(b"x"), 5) == "conflict"
    assert code_of(store.uploads.append, upload, io.BytesIO(bytes(1001)), 0) == "invalid_input"
    assert store.uploads.offset(upload) == 0
    assert store.uploads.append(upload, io.BytesIO(bytes(1000)), 0) == 1000
    assert code_of(store.uploads.append, upload, io.BytesIO(b"x"), 1000) == "invalid_input"
    assert store.uploads.offset(upload) == 1000


def test_an_upload_that_is_not_complete_does_not_open(store: Store) -> None:
    upload = start(store)
    assert code_of(store.uploads.open, upload) == "conflict"
    store.uploads.append(upload, io.BytesIO(DATA[:-1]), 0)
    assert code_of(store.uploads.open, upload) == "conflict"


def test_only_one_connection_writes_at_a_time(store: Store) -> None:
    upload = start(store)

    class Second(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert code_of(store.uploads.append, upload, io.BytesIO(DATA), 0) == "conflict"
            return super().read(size)

    store.uploads.append(upload, Second(DATA), 0)
    assert store.uploads.offset(upload) == len(DATA)


def test_a_full_disk_keeps_the_whole_records(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = start(store)
    write = uploads._RecordWriter._write

    def until_full(self: Any, buffer: bytearray) -> None:
        if self.offset >= RECORD:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, buffer)

    monkeypatch.setattr(uploads._RecordWriter, "_write", until_full)
    assert code_of(store.uploads.append, upload, io.BytesIO(DATA), 0) == "disk_full"
    assert store.uploads.offset(upload) == RECORD


def test_an_empty_or_too_large_file_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with Store(settings_in(tmp_path, max_clip_bytes=1000)) as store:
        assert code_of(start, store, 0) == "clip_empty"
        assert code_of(start, store, 1001) == "clip_too_large"
        assert files_under(folder(store)) == []


def test_an_upload_is_removed_with_its_file_and_key(store: Store) -> None:
    upload = start(store)
    store.uploads.append(upload, io.BytesIO(DATA), 0)
    assert [each.id for each in uploads_of(store, "ann")] == [upload]
    store.uploads.remove(upload)
    store.uploads.remove(upload)
    assert files_under(folder(store)) == []
    assert code_of(store.uploads.offset, upload) == "not_found"
    assert uploads_of(store, "ann") == []


def test_uploads_run_out_and_strays_are_removed(store: Store, tmp_path: Path) -> None:
    import os

    old, kept = start(store), start(store)
    with store.database.write() as session:
        row = session.get(Upload, old)
        assert row is not None
        row.expires_at = utc_now() - timedelta(seconds=1)
    stray = folder(store) / "stray"
    stray.write_bytes(b"noise")
    os.utime(stray, (1, 1))
    assert code_of(store.uploads.get, old) == "not_found"
    assert store.uploads.expire() == 2
    assert store.uploads.offset(kept) == 0
    assert len(files_under(folder(store))) == 1


def test_a_file_that_goes_while_the_folder_is_looked_through_stops_nobody(store: Store) -> None:
    """Another process takes in its film and removes the upload between the name and the look at it."""
    (store.settings.data_dir / "uploads" / "gone").symlink_to("nowhere")
    store.uploads.create("ann", 4, {})
    assert store.uploads.expire() == 0


def test_each_part_gives_an_upload_more_time(store: Store) -> None:
    upload = start(store)
    with store.database.write() as session:
        row = session.get(Upload, upload)
        assert row is not None
        row.expires_at = utc_now() + timedelta(minutes=1)
    store.uploads.append(upload, io.BytesIO(DATA[:10]), 0)
    assert store.uploads.get(upload).expires_at > utc_now() + timedelta(hours=20)
