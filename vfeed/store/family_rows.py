"""Everything that belongs to a family, found by the tables' own references, so that a new table is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.orm import Session

from vfeed.store.tables import Base

# A column that names its row's owner without a foreign key, since the owner may be of several kinds.
SOFT_REFERENCE = "owner_id"
IDS_AT_ONCE = 500
Found = dict[str, list[dict[str, Any]]]
Ids = dict[str, list[str]]


def rows_of(session: Session, family_id: str) -> Found:
    """Return every row of every table that belongs to a family, by table, each as its columns."""
    tables = list(Base.metadata.sorted_tables)
    family = Base.metadata.tables["family"]
    first = session.execute(select(family).where(family.c.id == family_id)).mappings().all()
    found: Found = {"family": [dict(row) for row in first]}
    keys = {_key(family, row) for row in found["family"]}
    size = -1
    while size != len(keys):
        size = len(keys)
        for table in tables:
            if table is not family and (rows := _belonging(session, table, _ids(keys))):
                found[table.name] = rows
                keys |= {_key(table, row) for row in rows}
    return found


def delete_rows(session: Session, found: Found) -> None:
    """Delete rows that `rows_of` found, those first that refer to others."""
    for table in reversed(Base.metadata.sorted_tables):
        for row in found.get(table.name, []):
            session.execute(delete(table).where(*(column == row[column.name] for column in table.primary_key)))
    session.flush()


def _belonging(session: Session, table: Table, ids: Ids) -> list[dict[str, Any]]:
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for column, wanted in _references(table, ids):
        for start in range(0, len(wanted), IDS_AT_ONCE):
            query = select(table).where(column.in_(wanted[start : start + IDS_AT_ONCE]))
            for row in session.execute(query).mappings():
                rows[_key(table, row)] = dict(row)
    return list(rows.values())


def _references(table: Table, ids: Ids) -> Iterator[tuple[Column[Any], list[str]]]:
    """Each column that names another row, with the ids that it may name: those of the table it refers to."""
    for column in table.columns:
        targets = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
        wanted = [id_ for name in targets for id_ in ids.get(name, [])]
        if column.name == SOFT_REFERENCE:
            wanted += [id_ for found in ids.values() for id_ in found]
        if wanted:
            yield column, wanted


def _key(table: Table, row: Any) -> tuple[str, ...]:
    return (table.name, *(str(row[column.name]) for column in table.primary_key))


def _ids(keys: set[tuple[str, ...]]) -> Ids:
    """The rows that others may refer to, by table: those with a key of one column."""
    ids: Ids = {}
    for name, *key in sorted(keys):
        if len(key) == 1:
            ids.setdefault(name, []).append(key[0])
    return ids
