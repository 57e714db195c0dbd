"""On a server, seal what people wrote of families and what was read from films; SQLite's file is encrypted already."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from vfeed.store.sealed import MARK, FieldCipher, cipher_of

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Each with the type it had, its table's key, and whether rows are found by it.
TEXTS = [
    ("family", "code_name", sa.String(80), ["id"], True),
    ("family_worker", "reason", None, ["family_id", "username"], False),
    ("family_clock", "hold_reason", None, ["family_id"], False),
    ("participant", "label", sa.String(80), ["id"], False),
    ("participant", "birth_month", sa.String(7), ["id"], False),
    ("participant", "relation", sa.String(80), ["id"], False),
    ("participant", "interpreter", sa.String(120), ["id"], False),
    ("study_worry", "words", None, ["id"], False),
    ("visit", "title", sa.String(200), ["id"], False),
    ("visit", "helping_question", None, ["id"], False),
    ("clip", "title", sa.String(200), ["id"], False),
    ("consent", "note", None, ["id"], False),
    ("consent", "withdraw_reason", None, ["id"], False),
    ("study_coding", "why", sa.String(200), ["id"], False),
    ("group_session", "note", None, ["id"], False),
]
DOCUMENTS = [
    ("clip", "facts", ["id"]),
    ("analysis", "filming", ["id"]),
    ("analysis", "roles", ["id"]),
    ("analysis", "states_display", ["id"]),
    ("analysis", "candidates", ["id"]),
    ("journal_event", "payload", ["stream", "owner_id", "seq"]),
    ("supervision_share", "films", ["id"]),
    ("screening_facts", "facts", ["clip_id"]),
    ("upload", "metadata", ["id"]),
]


def upgrade() -> None:
    """Apply it."""
    cipher = cipher_of(op.get_bind().dialect)
    if cipher is None:
        return
    for table, column, before, key, findable in TEXTS:
        if before is not None:
            op.alter_column(table, column, type_=sa.Text(), existing_type=before)
        _change(table, column, key, sa.Text(), lambda text, findable=findable: cipher.seal(text, findable=findable))
    for table, column, key in DOCUMENTS:
        _change(table, column, key, sa.JSON(), lambda held: cipher.seal(json.dumps(held)))


def downgrade() -> None:
    """Take it back."""
    cipher = cipher_of(op.get_bind().dialect)
    if cipher is None:
        return
    for table, column, before, key, _findable in TEXTS:
        _change(table, column, key, sa.Text(), cipher.open)
        if before is not None:
            op.alter_column(table, column, type_=before, existing_type=sa.Text())
    for table, column, key in DOCUMENTS:
        _change(table, column, key, sa.JSON(), lambda held: _opened(cipher, held))


def _opened(cipher: FieldCipher, held: object) -> object:
    return json.loads(cipher.open(held)) if isinstance(held, str) and held.startswith(MARK) else held


def _change(
    table: str, column: str, key: list[str], type_: sa.types.TypeEngine[Any], changed: Callable[..., object]
) -> None:
    columns = sa.table(table, *(sa.column(name) for name in key), sa.column(column, type_))
    whose = [columns.c[name] for name in key]
    bind = op.get_bind()
    for *id_, held in bind.execute(sa.select(*whose, columns.c[column])).all():
        if held is not None:
            is_it = sa.and_(*(each == value for each, value in zip(whose, id_, strict=True)))
            bind.execute(sa.update(columns).where(is_it).values({column: changed(held)}))
