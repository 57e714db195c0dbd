"""Nothing readable lies in the data folder: not while a clip is sent, not when it is kept, not after a kill."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clip_factory import RECIPES, clip
from filled_store import LASTS, Home, a_clip, a_home, agree, files_under, settings_in
from readable_media import readable_media

from vfeed.store import Store

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "sample_clips" / "side_view_man.mp4").read_bytes()


def test_the_search_finds_media_that_lie_open(tmp_path: Path) -> None:
    plain = {f"{name}.bin": clip(name) for name in RECIPES}
    plain["deep.bin"] = os.urandom(10_000) + SAMPLE[500_000:600_000]
    plain["photo.bin"] = bytes.fromhex("ffd8ffe000104a4649460001")
    plain["picture.bin"] = b"\x89PNG\r\n\x1a\n"
    for name, data in plain.items():
        (tmp_path / name).write_bytes(data)
    found = {line.partition(":")[0] for line in readable_media(tmp_path, [SAMPLE])}
    assert found == set(plain)


def test_the_search_finds_nothing_in_noise(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(os.urandom(5_000_000))
    assert readable_media(tmp_path, [SAMPLE]) == []


@pytest.mark.parametrize("name", RECIPES)
def test_clips_of_every_kind_lie_encrypted(store: Store, home: Home, name: str) -> None:
    data = clip(name)
    upload = store.uploads.create("ann", len(data), {})
    store.uploads.append(upload.id, io.BytesIO(data), 0)
    assert readable_media(store.settings.data_dir, [data]) == []
    with store.uploads.open(upload.id) as file:
        kept = a_clip(store, home, file.read())
    store.uploads.remove(upload.id)
    for role in ("poster", "proxy"):
        with store.blobs.put(kept.id, role, "x/y") as out:
            out.write(data)
    assert len(files_under(store.settings.vault_dir)) == 3
    assert readable_media(store.settings.data_dir, [data]) == []
    with store.blobs.open(kept.id, "proxy") as back:
        assert back.read() == data


# Sends for ever, or until it is killed; says how much it has sent.
SENDER = """
import sys
from pathlib import Path
from filled_store import settings_in
from vfeed.store import Store

class Endless:
    def __init__(self, data):
        self.data, self.place, self.told = data, 0, 0
    def read(self, size):
        piece = self.data[self.place : self.place + min(size, 20_000)]
        self.place += len(piece)
        if not piece or self.place > 900_000:
            print("sent", flush=True)
            sys.stdin.read()
        return piece

store = Store(settings_in(Path(sys.argv[1])))
store.uploads.append(sys.argv[2], Endless(Path(sys.argv[3]).read_bytes()), 0)
"""


def test_a_server_killed_while_a_clip_is_sent_keeps_what_came_and_nothing_readable(
    store: Store, tmp_path: Path
) -> None:
    upload = store.uploads.create("ann", len(SAMPLE), {})
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    sample = ROOT / "sample_clips" / "side_view_man.mp4"
    with subprocess.Popen(
        [sys.executable, "-c", SENDER, str(tmp_path), upload.id, str(sample)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as sender:
        assert sender.stdout is not None
        assert sender.stdout.readline() == b"sent\n"
        sender.kill()
    assert sender.returncode == -signal.SIGKILL
    offset = store.uploads.offset(upload.id)
    assert 500_000 < offset <= 900_000
    assert readable_media(store.settings.data_dir, [SAMPLE]) == []
    store.uploads.append(upload.id, io.BytesIO(SAMPLE[offset:]), offset)
    with store.uploads.open(upload.id) as file:
        assert file.read() == SAMPLE


def test_a_stolen_data_folder_opens_nothing_without_the_key(store: Store, home: Home, tmp_path: Path) -> None:
    kept = a_clip(store, home, SAMPLE)
    stolen = settings_in(tmp_path).model_copy(update={"key_file": tmp_path / "thief" / "master.key"})
    from vfeed.errors import VfeedError
    from vfeed.store.keyring import create_key_file

    create_key_file(stolen.key_file)
    with pytest.raises(VfeedError) as error:
        Store(stolen)
    assert error.value.code == "key_wrong"
    assert store.blobs.read(kept.id, "original") == SAMPLE


def test_an_erased_clip_cannot_be_opened_from_a_copy_of_its_file(store: Store, home: Home) -> None:
    kept = a_clip(store, home, SAMPLE)
    (file,) = files_under(store.settings.vault_dir)
    copy = file.read_bytes()
    consents = agree(store, home)
    store.consents.withdraw(consents[0], "ann", "no")
    file.write_bytes(copy)
    from vfeed.errors import VfeedError

    with pytest.raises(VfeedError) as error:
        store.blobs.open(kept.id, "original")
    assert error.value.code == "not_found"
    with Store(store.settings):
        assert files_under(store.settings.vault_dir) == []


def test_reading_a_long_clip_here_and_there_needs_little_memory(store: Store) -> None:
    import tracemalloc

    home = a_home(store, "Long")
    size = 60_000_000
    kept = a_clip(store, home, bytes(size), facts=LASTS)
    tracemalloc.start()
    with store.blobs.open(kept.id, "original") as file:
        for place in range(0, size, 7_000_000):
            file.seek(place)
            assert file.read(100_000) == bytes(100_000)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
