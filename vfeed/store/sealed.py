"""Columns that a server's database keeps sealed: what people wrote of a family, and what was read from its films.

vfeed's own SQLite file is encrypted as a whole, so there the same columns hold their values as they are.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Dialect,
    Engine,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    select,
    table,
    update,
)
from sqlalchemy import column as sql_column
from sqlalchemy.types import TypeEngine

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

MARK = "vf1:"
NONCE_BYTES = 16
FINDABLE = bytes(NONCE_BYTES)
CIPHER = "vfeed_cipher"
ROWS_AT_ONCE = 500


class FieldCipher:
    """AES-SIV (RFC 5297) of 512 bits under a key made from the database's own."""

    def __init__(self, key: bytes) -> None:
        self._siv = AESSIV(HKDFExpand(SHA512(), 64, b"vfeed sealed columns").derive(key))

    def seal(self, text: str, *, findable: bool = False) -> str:
        """Return the text sealed; the same text looks the same only when it has to be found by what it says."""
        nonce = FINDABLE if findable else secrets.token_bytes(NONCE_BYTES)
        return MARK + base64.b64encode(nonce + self._siv.encrypt(text.encode(), [nonce])).decode()

    @staticmethod
    def is_sealed(text: str) -> bool:
        """Whether a text is one that was sealed."""
        return text.startswith(MARK)

    def open(self, sealed: str) -> str:
        """Return what was sealed, or a text as it is that never was; raises VfeedError `vault_damaged`."""
        if not self.is_sealed(sealed):
            return sealed
        try:
            raw = base64.b64decode(sealed.removeprefix(MARK), validate=True)
            return self._siv.decrypt(raw[NONCE_BYTES:], [raw[:NONCE_BYTES]]).decode()
        except (InvalidTag, ValueError) as error:
            raise VfeedError(
                "vault_damaged",
                _("Something in the database was changed, or was sealed with another key."),
                hint=_("Restore the data from a backup: vfeed restore."),
            ) from error


def seal_columns(engine: Engine, key: bytes) -> None:
    """Let an engine seal its sealed columns; SQLite's are sealed with the whole file."""
    if engine.dialect.name != "sqlite":
        setattr(engine.dialect, CIPHER, FieldCipher(key))


def cipher_of(dialect: Dialect) -> FieldCipher | None:
    """The cipher of an engine's dialect, or None where the whole file is encrypted."""
    return getattr(dialect, CIPHER, None)


def reseal(connection: Connection, tables: Sequence[Table], new: FieldCipher) -> None:
    """Seal every sealed column of a server's tables with another cipher, in the caller's transaction."""
    old = cipher_of(connection.dialect)
    assert old is not None, "a file is encrypted as a whole"
    for whole in tables:
        sealed = [column for column in whole.c if isinstance(column.type, (SealedText, SealedJSON))]
        if not sealed:
            continue
        # As they lie: the types above would open and seal by themselves, with one cipher.
        lying = table(
            whole.name,
            *(sql_column(key.name, key.type) for key in whole.primary_key),
            *(sql_column(each.name, _as_it_lies(each.type)) for each in sealed),
        )
        change = (
            update(lying)
            .where(*(lying.c[key.name] == bindparam(f"of_{key.name}") for key in whole.primary_key))
            .values({each.name: bindparam(f"to_{each.name}") for each in sealed})
        )
        rows = connection.execute(select(lying), execution_options={"yield_per": ROWS_AT_ONCE}).mappings()
        for part in rows.partitions():
            connection.execute(change, [_sealed_anew(row, whole, sealed, old, new) for row in part])


def _as_it_lies(type_: Any) -> TypeEngine[Any]:
    return JSON() if isinstance(type_, SealedJSON) else Text()


def _sealed_anew(
    row: RowMapping, whole: Table, sealed: Sequence[Column[Any]], old: FieldCipher, new: FieldCipher
) -> dict[str, Any]:
    anew: dict[str, Any] = {f"of_{key.name}": row[key.name] for key in whole.primary_key}
    for each in sealed:
        held, type_ = row[each.name], each.type
        if held is not None:
            opened = old.open(held) if isinstance(held, str) else json.dumps(held)
            held = new.seal(opened, findable=isinstance(type_, SealedText) and type_.findable)
        anew[f"to_{each.name}"] = held
    return anew


class SealedText(TypeDecorator[str]):
    """Text that a server keeps sealed; `findable` where rows are looked for by it, which shows what is equal."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None, *, findable: bool = False) -> None:
        super().__init__()
        self.length = length
        self.findable = findable

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text of any length on a server, since what is sealed is longer."""
        is_short = dialect.name == "sqlite" and self.length is not None
        return String(self.length) if is_short else self.impl_instance

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal it on its way to a server."""
        cipher = cipher_of(dialect)
        return value if value is None or cipher is None else cipher.seal(value, findable=self.findable)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open what a server kept."""
        cipher = cipher_of(dialect)
        return value if value is None or cipher is None else cipher.open(value)


class SealedJSON(TypeDecorator[Any]):
    """JSON that a server keeps sealed, as one JSON string."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Seal it on its way to a server."""
        cipher = cipher_of(dialect)
        return value if cipher is None else cipher.seal(json.dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Open what a server kept; what never was sealed is taken as it is."""
        cipher = cipher_of(dialect)
        if cipher is None or not (isinstance(value, str) and value.startswith(MARK)):
            return value
        return json.loads(cipher.open(value))
