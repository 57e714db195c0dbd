"""A service is brought up to date one process after the other: the earlier version goes on with the new tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from filled_store import settings_in
from sqlalchemy import Inspector, inspect

from vfeed.config import Settings
from vfeed.store.database import make_engine
from vfeed.store.shapes import STOPS
from vfeed.store.upgrading import alembic_config

KEY = bytes(32)
FIRST = "0024"
"""From this shape on changes of the tables only add."""
SCRIPTS = ScriptDirectory.from_config(alembic_config())
STEPS = [(script.down_revision, script.revision) for script in SCRIPTS.walk_revisions() if script.revision > FIRST]


def shapes(settings: Settings, steps: tuple[str, str]) -> list[dict[str, dict[str, Any]]]:
    """The columns of every table, by table and name, before and after a step."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database, KEY)
    found = []
    for revision in steps:
        with engine.connect() as connection:
            config = alembic_config()
            config.attributes.update(connection=connection, key_store=settings.clip_keys)
            command.upgrade(config, revision)
            connection.commit()
            found.append(_shape(inspect(connection)))
    engine.dispose()
    return found


def _shape(looked: Inspector) -> dict[str, dict[str, Any]]:
    return {
        table: {
            "columns": {column["name"]: column for column in looked.get_columns(table)},
            "unique": {
                tuple(sorted(filter(None, each["column_names"])))
                for each in (*looked.get_unique_constraints(table), *looked.get_indexes(table))
                if each.get("unique", True)
            },
            "refers": {
                (tuple(each["constrained_columns"]), each["referred_table"]) for each in looked.get_foreign_keys(table)
            },
        }
        for table in looked.get_table_names()
    }


def hindrances(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """What an earlier version could no longer read or write in the tables that it knows."""
    found = [f"{table} is gone" for table in before if table not in after]
    for table in before.keys() & after.keys():
        old, new = before[table]["columns"], after[table]["columns"]
        found += [f"{table}.{name} is gone" for name in old.keys() - new.keys()]
        found += [
            f"{table}.{name} must be given"
            for name in new.keys() - old.keys()
            if not new[name]["nullable"] and new[name]["default"] is None
        ]
        found += [
            f"{table}.{name} changed"
            for name in old.keys() & new.keys()
            if (str(old[name]["type"]), old[name]["nullable"]) != (str(new[name]["type"]), new[name]["nullable"])
        ]
        found += [f"{table} is stricter" for kind in ("unique", "refers") if after[table][kind] - before[table][kind]]
    return found


@pytest.mark.parametrize("step", STEPS, ids=[f"{before}-{after}" for before, after in STEPS])
def test_the_version_before_a_migration_can_go_on_after_it(step: tuple[str, str], tmp_path: Path) -> None:
    before, after = shapes(settings_in(tmp_path), step)
    assert hindrances(before, after) == []


def test_a_migration_that_hinders_the_version_before_it_is_noticed(tmp_path: Path) -> None:
    """The way back from each step is such a one: it drops what the later version reads."""
    before, after = shapes(settings_in(tmp_path), (FIRST, "0025"))
    assert {"job.lane is gone", "job.due_at is gone"} <= set(hindrances(after, before))
    stricter = {**after, "job": {**after["job"], "unique": after["job"]["unique"] | {("kind",)}}}
    assert hindrances(after, stricter) == ["job is stricter"]


def test_every_migration_that_needs_a_stop_is_named_where_services_are_brought_up_to_date() -> None:
    text = (Path(__file__).parents[2] / "docs" / "at-scale.md").read_text()
    part = text.split("## Bringing a service up to date\n")[1].split("\n## ")[0]
    assert f"`{FIRST}`" in part
    assert [each for each in STOPS if f"`{each}`" not in part] == []
