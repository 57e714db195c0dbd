"""The vault in a folder, and its format: Tink's, random access, damage, whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import tink
from filled_store import files_under
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tink import proto_keyset_format, secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, tink_pb2
from vault_conformance import ABOUT, KEY, LONG, SIZES, VaultConformance, keep

from vfeed.errors import VfeedError
from vfeed.store.stream import (
    HEADER_BYTES,
    SEGMENT_BYTES,
    TAG_BYTES,
    DecryptingReader,
    EncryptingWriter,
)
from vfeed.store.vault import FileVault, Vault


@dataclass
class Folder:
    """A file vault, and what lies in its folder."""

    path: Path

    def __post_init__(self) -> None:
        self.vault: Vault = FileVault(self.path)

    def lying(self) -> list[str]:
        return [path.stem for path in files_under(self.path)]


class TestFileVault(VaultConformance):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Folder:
        return Folder(tmp_path / "vault")


def encrypt(data: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    writer = EncryptingWriter(out, key, ABOUT)
    writer.write(data)
    writer.finish()
    return out.getvalue()


def decrypt(data: bytes, key: bytes = KEY, about: bytes = ABOUT) -> bytes:
    return io.BufferedReader(DecryptingReader(io.BytesIO(data), key, about)).read()


class TinkOracle:
    """Google's own implementation, with a key we know."""

    def __init__(self) -> None:
        streaming_aead.register()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._learn_key()

    def _learn_key(self) -> None:
        handle = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
        keyset = tink_pb2.Keyset.FromString(proto_keyset_format.serialize(handle, secret_key_access.TOKEN))
        message = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey.FromString(keyset.key[0].key_data.value)
        self.key = message.key_value
        self._primitive = handle.primitive(streaming_aead.StreamingAead)

    def encrypt(self, data: bytes) -> bytes:
        class Kept(io.BytesIO):
            def close(self) -> None:
                pass

        out = Kept()
        with self._primitive.new_encrypting_stream(cast(Any, out), ABOUT) as stream:
            stream.write(data)
        return out.getvalue()

    def decrypt(self, data: bytes) -> bytes:
        with self._primitive.new_decrypting_stream(cast(Any, io.BytesIO(data)), ABOUT) as stream:
            return cast(bytes, stream.read())


@pytest.fixture(scope="module")
def oracle() -> TinkOracle:
    return TinkOracle()


@pytest.mark.parametrize("size", SIZES)
def test_tink_reads_what_vfeed_writes_and_the_other_way_round(oracle: TinkOracle, size: int) -> None:
    data = LONG[:size]
    assert oracle.decrypt(encrypt(data, oracle.key)) == data
    assert decrypt(oracle.encrypt(data), oracle.key) == data


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=st.lists(st.tuples(st.integers(0, len(LONG) + 10), st.integers(0, 300_000)), min_size=1, max_size=8))
def test_any_part_can_be_read_in_any_order(reads: list[tuple[int, int]]) -> None:
    reader = io.BufferedReader(DecryptingReader(io.BytesIO(CIPHERTEXT), KEY, ABOUT), 1 << 16)
    for start, size in reads:
        reader.seek(start)
        assert reader.read(size) == LONG[start : start + size]
        assert reader.tell() == max(start, min(start + size, len(LONG)))


CIPHERTEXT = encrypt(LONG)


def segments(data: bytes) -> list[bytes]:
    return [data[start : start + SEGMENT_BYTES] for start in range(0, len(data), SEGMENT_BYTES)]


def swapped(data: bytes) -> bytes:
    first, second, third, *rest = segments(data)
    return b"".join([first, third, second, *rest])


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(flipped(CIPHERTEXT, SEGMENT_BYTES * 2 + 5), id="a bit flipped in the middle"),
        pytest.param(flipped(CIPHERTEXT, 0), id="a bit flipped in the length of the header"),
        pytest.param(flipped(CIPHERTEXT, 5), id="a bit flipped in the salt"),
        pytest.param(flipped(CIPHERTEXT, HEADER_BYTES - 1), id="a bit flipped in the nonce prefix"),
        pytest.param(flipped(CIPHERTEXT, len(CIPHERTEXT) - 1), id="a bit flipped in the last tag"),
        pytest.param(CIPHERTEXT[:-1], id="a byte cut off"),
        pytest.param(CIPHERTEXT[: 2 * SEGMENT_BYTES], id="whole segments cut off"),
        pytest.param(CIPHERTEXT[:20], id="cut inside the header"),
        pytest.param(CIPHERTEXT[:HEADER_BYTES], id="cut after the header"),
        pytest.param(CIPHERTEXT[: HEADER_BYTES + TAG_BYTES - 1], id="cut inside the first tag"),
        pytest.param(b"", id="nothing left"),
        pytest.param(CIPHERTEXT + b"\0", id="a byte added"),
        pytest.param(CIPHERTEXT + segments(CIPHERTEXT)[1], id="a segment added"),
        pytest.param(swapped(CIPHERTEXT), id="two segments exchanged"),
    ],
)
def test_damage_is_noticed(damaged: bytes) -> None:
    with pytest.raises(VfeedError) as error:
        decrypt(damaged)
    assert error.value.code == "vault_damaged"


def test_a_file_opens_only_with_its_key_and_for_what_it_is() -> None:
    for key, about in ((bytes(32), ABOUT), (KEY, b"vfeed:clip:another")):
        with pytest.raises(VfeedError) as error:
            decrypt(CIPHERTEXT, key, about)
        assert error.value.code == "vault_damaged"


def test_a_file_that_was_never_finished_does_not_open() -> None:
    out = io.BytesIO()
    EncryptingWriter(out, KEY, ABOUT).write(LONG)
    with pytest.raises(VfeedError):
        decrypt(out.getvalue())


class FullDisk(io.FileIO):
    """A file on a disk with room for this many bytes."""

    room = 100_000

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data) or 0


def test_a_full_disk_is_told_in_words_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fdopen", lambda handle, mode: io.BufferedWriter(FullDisk(handle, mode)))
    vault = FileVault(tmp_path / "vault")
    with pytest.raises(VfeedError) as error, vault.create(KEY, ABOUT) as draft:
        draft.writer.write(LONG)
    assert error.value.code == "disk_full"
    assert files_under(tmp_path) == []


def test_a_disk_that_fills_up_with_the_last_bytes_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fdopen", lambda handle, mode: io.BufferedWriter(FullDisk(handle, mode)))
    vault = FileVault(tmp_path / "vault")
    with pytest.raises(VfeedError) as error, vault.create(KEY, ABOUT) as draft:
        draft.writer.write(LONG[: FullDisk.room])
        draft.publish()
    assert error.value.code == "disk_full"
    assert files_under(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from vfeed.store.vault import FileVault
vault = FileVault(Path(sys.argv[1]))
drafts = [vault.create(bytes(32), b"") for _ in range(2)]
for draft in drafts:
    draft.writer.write(bytes(3_000_000))
drafts[0].publish()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "vault")], check=False)
    assert killed.returncode == -9
    assert sorted(path.suffix for path in files_under(tmp_path)) == ["", ".part"]
    assert FileVault(tmp_path / "vault").sweep(lambda _name: False) == 2
    assert files_under(tmp_path) == []


def test_only_this_user_can_read_the_vault(tmp_path: Path) -> None:
    keep(FileVault(tmp_path / "vault"), b"private")
    for path in (tmp_path / "vault").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
