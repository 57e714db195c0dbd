"""Keys: one master key in a file outside the data folder, which wraps one key for each clip or upload."""

from __future__ import annotations

import base64
import binascii
import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from vfeed.errors import VfeedError

KEY_BYTES = 32
NONCE_BYTES = 12
WRAP_VERSION = b"\x01"
FILE_HEADER = "vfeed-master-key-1"
SEALED_HEADER = "vfeed-sealed-key-1"
SALT_BYTES = 16
NEW = ".new"
"""The end of a name under which a file is written that gets its own once it is whole."""
# 64 MiB and a quarter of a second for each guess at a passphrase.
SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}


class Keyring:
    """Wraps and unwraps data keys with the master key (AES-256-GCM, bound to what the key is for).

    >>> ring = Keyring(bytes(32))
    >>> ring.unwrap(ring.wrap(b"k" * 32, "clip:1"), "clip:1") == b"k" * 32
    True
    """

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._master = master
        self._wrapper = AESGCM(self.secret("wrap"))

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """Wrap a key for one purpose: version byte, random nonce, ciphertext with tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return WRAP_VERSION + nonce + self._wrapper.encrypt(nonce, key, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The key again; raises VfeedError `key_wrong` for another master key, another purpose or damage."""
        nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
        try:
            if wrapped[:1] != WRAP_VERSION or len(nonce) != NONCE_BYTES:
                raise InvalidTag
            return self._wrapper.decrypt(nonce, sealed, purpose.encode())
        except InvalidTag as error:
            raise VfeedError(
                "key_wrong",
                "The key file does not open the data in this folder.",
                hint="Set VFEED_KEY_FILE to the key that belongs to this data folder, from your safe copy.",
            ) from error

    def secret(self, purpose: str) -> bytes:
        """32 bytes derived from the master key for one purpose, the same at every start."""
        info = b"vfeed:" + purpose.encode()
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)


def new_key() -> bytes:
    """A fresh random data key."""
    return secrets.token_bytes(KEY_BYTES)


def create_key_file(path: Path) -> None:
    """Write a new master key, readable by this user alone.

    Raises VfeedError `setting_invalid` when its folder cannot be written. An existing file is never overwritten.
    """
    write_key_file(path, new_key())


def write_key_file(path: Path, master: bytes, passphrase: str = "") -> None:
    """Write a master key, whole or not at all, sealed by a passphrase if there is one; raises as `create_key_file`."""

    def refuse_another() -> None:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))

    text = f"{_sealed(master, passphrase)}\n" if passphrase else f"{FILE_HEADER} {base64.b64encode(master).decode()}\n"
    try:
        make_folder(path.parent)
        write_whole(path, text.encode("ascii"), check=refuse_another)
    except OSError as error:
        raise VfeedError(
            "setting_invalid",
            f"The key file {path} cannot be made: {error.strerror}.",
            hint="Set VFEED_KEY_FILE to a place outside the data folder that this user may write.",
        ) from error


def read_key_file(path: Path, passphrase_file: Path | None = None) -> Keyring:
    """The keyring of a key file; raises VfeedError `key_missing` or, for a file that holds no key, `key_wrong`."""
    return Keyring(read_master(path, passphrase_file))


def read_master(path: Path, passphrase_file: Path | None = None) -> bytes:
    """The master key itself, 32 bytes; raises as `read_key_file` does, also for a passphrase that does not fit."""
    try:
        header, _, encoded = path.read_text(encoding="ascii").strip().partition(" ")
        raw = base64.b64decode(encoded, validate=True)
    except FileNotFoundError as error:
        raise key_missing(path) from error
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise _not_a_key(path) from error
    master = _unsealed(raw, read_passphrase(passphrase_file)) if header == SEALED_HEADER else raw
    if header not in {FILE_HEADER, SEALED_HEADER} or len(master) != KEY_BYTES:
        raise _not_a_key(path)
    return master


def is_sealed(path: Path) -> bool:
    """Whether a key file opens with a passphrase alone."""
    return path.read_text(encoding="ascii", errors="replace").startswith(SEALED_HEADER)


def read_passphrase(path: Path | None) -> str:
    """The passphrase of a sealed key; raises VfeedError `key_wrong` when it is not there."""
    try:
        if path is None:
            raise FileNotFoundError
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise VfeedError(
            "key_wrong",
            "The key file is sealed, and its passphrase is not there.",
            hint="Set VFEED_KEY_PASSPHRASE_FILE to a file that holds it, such as one on a stick.",
        ) from error


def _sealed(master: bytes, passphrase: str) -> str:
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, master, SEALED_HEADER.encode())
    return f"{SEALED_HEADER} {base64.b64encode(salt + nonce + sealed).decode()}"


def _unsealed(raw: bytes, passphrase: str) -> bytes:
    salt, nonce, sealed = raw[:SALT_BYTES], raw[SALT_BYTES:][:NONCE_BYTES], raw[SALT_BYTES + NONCE_BYTES :]
    try:
        return AESGCM(_stretched(passphrase, salt)).decrypt(nonce, sealed, SEALED_HEADER.encode())
    except (InvalidTag, ValueError) as error:
        raise VfeedError(
            "key_wrong",
            "The passphrase does not open the key file.",
            hint="Look at the file that VFEED_KEY_PASSPHRASE_FILE names; else take the recovery sheet.",
        ) from error


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, **SCRYPT).derive(passphrase.encode())


def key_missing(path: Path, *, left_over: Path | None = None) -> VfeedError:
    """The refusal to start on data whose key is gone; `left_over`: where keys of films are all that is left."""
    if left_over is None:
        what, begin_anew = "There are data", ""
    else:
        what, begin_anew = (
            f"There are keys of earlier data in {left_over}",
            " To begin with nothing, move that folder away.",
        )
    return VfeedError(
        "key_missing",
        f"{what}, but their key file {path} is missing.",
        hint=f"Copy the key file back from your safe copy, or set VFEED_KEY_FILE to where it is.{begin_anew}",
    )


def make_folder(folder: Path) -> None:
    """Make a folder for this user alone, and those above it, so that their names outlive a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True, mode=0o700)
        sync_folder(each.parent)


def write_whole(path: Path, data: bytes, *, check: Callable[[], None] = lambda: None) -> None:
    """Put a small file in its place, whole and durable or not at all; `check` may refuse before it is in place."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}{NEW}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        check()
        new.rename(path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed name in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_a_key(path: Path) -> VfeedError:
    return VfeedError(
        "key_wrong",
        f"The file {path} holds no vfeed key, or cannot be read.",
        hint="Copy the key file back from your safe copy, or set VFEED_KEY_FILE to where it is.",
    )
