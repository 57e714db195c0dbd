"""A store in a folder of its own, and things to put into it."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from servers import ON_POSTGRES, databases
from sqlalchemy import inspect, select
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.config import Settings
from vfeed.media.clip_facts import NOTHING, ClipFacts
from vfeed.store import Store
from vfeed.store.database import make_engine
from vfeed.store.keyring import read_key_file
from vfeed.store.tables import Base, Clip, Family, Participant, Upload, Visit

CLIP_US = 20_000_000
TODAY = date.today()
PLANTED = ("NOTESECRET", "FAMILYSECRET", "QUESTIONSECRET", "CONSENTSECRET", "NAMESECRET")


LASTS = replace(NOTHING, duration_us=CLIP_US)
"""Facts of a clip of which only the length matters."""


@dataclass(frozen=True)
class Home:
    """A family with a child, an adult and a visit."""

    family: Family
    child: Participant
    caregiver: Participant
    visit: Visit


def settings_in(folder: Path, **overrides: Any) -> Settings:
    if ON_POSTGRES and "database_url" not in overrides:
        overrides["database_url"] = databases.address(folder)
    return Settings(
        data_dir=folder / "data",
        key_file=folder / "key" / "master.key",
        demo=False,
        **{"second_step": "choice"} | overrides,
    )


def tell_commands(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment so that a command finds these data."""
    monkeypatch.setenv("VFEED_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("VFEED_KEY_FILE", str(settings.key_file))
    monkeypatch.setenv("VFEED_DATABASE_URL", settings.database_url)


def a_home(store: Store, code_name: str = "Robin") -> Home:
    # Made by vfeed, as the demo family is: open to every practitioner.
    family = store.families.create(code_name)
    return Home(
        family,
        store.families.add_participant(family.id, "child", "Baby", "2026-01"),
        store.families.add_participant(family.id, "adult", "Mother", relation="mother"),
        store.families.add_visit(family.id, TODAY, "First visit", "What helps Baby settle?"),
    )


def agree(store: Store, home: Home, use: str = "session", clip_id: str | None = None) -> list[str]:
    """Both people consent; returns the ids of the two consents, the child's first."""
    return [
        store.consents.give(person.id, use, clip_id, TODAY, None, "", "ann").id
        for person in (home.child, home.caregiver)
    ]


def planted_store(store: Store) -> str:
    """Put each word of `PLANTED` where people write; returns the id of the clip."""
    family = store.families.create("FAMILYSECRET", "ann")
    store.families.add_participant(family.id, "adult", "NAMESECRET")
    visit = store.families.add_visit(family.id, TODAY, "Visit", "QUESTIONSECRET")
    person = store.families.participants(family.id)[0]
    home = Home(family, person, person, visit)
    store.consents.give(home.caregiver.id, "session", None, visit.date, None, "CONSENTSECRET", "ann")
    clip = a_clip(store, home)
    moment = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "NOTESECRET"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    return clip.id


def some_bytes(size: int = 100_000, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


def a_clip(store: Store, home: Home, data: bytes | None = None, facts: ClipFacts = LASTS, **more: Any) -> Clip:
    return store.clips.ingest(
        io.BytesIO(some_bytes() if data is None else data),
        family_id=home.family.id,
        visit_id=home.visit.id,
        title="Playing",
        actor="ann",
        facts=facts,
        **more,
    )


def uploads_of(store: Store, owner: str) -> list[Upload]:
    """A person's uploads, oldest first."""
    query = select(Upload).where(Upload.owner == owner).order_by(Upload.created_at)
    with store.database.read() as session:
        return list(session.scalars(query))


def files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def raw(settings: Settings) -> Any:
    """A connection of SQLCipher's own to the database of these settings, as whoever holds the key file may make one."""
    connection = sqlcipher.connect(str(settings.data_dir / "vfeed.db"), isolation_level=None)
    key = read_key_file(settings.key_file).secret("database").hex()
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    return connection


def all_text(settings: Settings) -> str:
    """Every value in every table of the database, opened where a server keeps it sealed."""
    engine = make_engine(settings.database, read_key_file(settings.key_file).secret("database"))
    with engine.connect() as connection:
        if ON_POSTGRES:
            rows = [row for table in Base.metadata.sorted_tables for row in connection.execute(select(table))]
        else:
            names = inspect(connection).get_table_names()
            rows = [row for name in names for row in connection.exec_driver_sql(f'select * from "{name}"')]
    engine.dispose()
    # As plain tuples: SQLAlchemy's rows cut long texts when they are shown.
    return "\n".join(str(tuple(row)) for row in rows)


def copy_store(source: Path, target: Path) -> None:
    """Copy a folder that holds a store, with its database wherever that is."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    if ON_POSTGRES:
        databases.copy(source, target)


@pytest.fixture(autouse=True)
def passing_databases() -> Iterator[None]:
    yield
    if ON_POSTGRES:
        databases.drop_passing()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a store was opened once; copying it is quicker than making its tables again."""
    folder = tmp_path_factory.mktemp("empty")
    Store(settings_in(folder)).close()
    return folder


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Store]:
    copy_store(empty_store, tmp_path)
    with Store(settings_in(tmp_path)) as store:
        yield store


@pytest.fixture
def home(store: Store) -> Home:
    return a_home(store)
