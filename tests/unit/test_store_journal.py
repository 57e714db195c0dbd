"""One table for every journal: what is added, cached, overtaken, rolled back, erased, and carried over from before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from filled_store import Home, a_clip, raw, settings_in
from sqlalchemy import event, func, select

from vfeed.errors import DataNewer, VfeedError
from vfeed.practice.programme import Place
from vfeed.server.web.step_words import history_words, measure_words, programme_words, review_words
from vfeed.store import Store
from vfeed.store.database import make_engine
from vfeed.store.tables import Clip, JournalEvent, utc_now
from vfeed.store.upgrading import alembic_config

MOMENT = {"moment_id": "m1", "start_us": 1_000_000, "end_us": 4_000_000, "code_ref": "attentive"}
BEFORE = Path(__file__).parents[1] / "journals" / "before_one_table"


@pytest.fixture
def clip(store: Store, home: Home) -> Clip:
    return a_clip(store, home)


@pytest.fixture
def other(store: Store, tmp_path: Path) -> Iterator[Store]:
    """The same store in another process, as far as what is kept in memory goes."""
    assert store.settings.data_dir == settings_in(tmp_path).data_dir
    with Store(settings_in(tmp_path)) as other:
        yield other


def moment(number: int) -> dict[str, Any]:
    return {**MOMENT, "moment_id": f"m{number}"}


def ids(store: Store, clip: Clip) -> list[str]:
    return [each.moment_id for each in store.events.state(clip.id).moments]


def test_what_another_process_adds_and_takes_back_is_seen_at_once(store: Store, other: Store, clip: Clip) -> None:
    store.events.append(clip.id, "pat", "moment_tagged", moment(1))
    assert ids(other, clip) == ["m1"]
    other.events.append(clip.id, "kim", "moment_tagged", moment(2))
    assert ids(store, clip) == ["m1", "m2"]
    store.events.undo(clip.id, "pat")
    assert ids(other, clip) == ["m1"]
    other.events.redo(clip.id, "kim")
    assert ids(store, clip) == ["m1", "m2"]
    with pytest.raises(VfeedError) as refusal:
        store.events.append(clip.id, "pat", "moment_tagged", moment(3), expect_last=2)
    assert refusal.value.code == "conflict"


def test_what_was_rolled_back_was_never_there(store: Store, other: Store, clip: Clip) -> None:
    store.events.append(clip.id, "pat", "moment_tagged", moment(1))
    with pytest.raises(RuntimeError), store.database.write() as session:
        store.events.append_in(session, clip.id, "pat", "moment_tagged", moment(2))
        assert store.events.read_in(session, clip.id).last_id == 2
        raise RuntimeError
    other.events.append(clip.id, "kim", "moment_tagged", moment(3))
    assert ids(store, clip) == ["m1", "m3"]
    assert [each.actor for each in store.events.read(clip.id).events] == ["pat", "kim"]


def test_two_events_in_one_transaction_follow_each_other(store: Store, clip: Clip) -> None:
    with store.database.write() as session:
        for number in (1, 2):
            store.events.append_in(session, clip.id, "pat", "moment_tagged", moment(number))
    assert ids(store, clip) == ["m1", "m2"]


def test_an_erased_clip_has_no_events_left_in_any_process(store: Store, other: Store, clip: Clip) -> None:
    store.events.append(clip.id, "pat", "moment_tagged", moment(1))
    assert ids(other, clip) == ["m1"]
    store.clips.erase(clip.id)
    assert ids(store, clip) == ids(other, clip) == []
    assert store.events.read(clip.id).events == ()


def test_reading_on_costs_one_row_and_not_the_whole_stream(store: Store, clip: Clip) -> None:
    for number in range(20):
        store.events.append(clip.id, "pat", "moment_tagged", moment(number))
    statements: list[Any] = []
    event.listen(store.database.engine, "after_cursor_execute", lambda *args: statements.append(args[2:4]))
    assert store.events.read(clip.id).last_id == 20
    [(asked, values)] = [each for each in statements if "journal_event" in each[0]]
    with store.database.engine.connect() as connection:
        found = connection.exec_driver_sql(asked, values).fetchall()
    assert [row.seq for row in found] == [20]


@pytest.mark.parametrize("row", [("sung", {}), ("moment_tagged", {**MOMENT, "sung": True})])
def test_a_step_that_a_newer_version_kept_is_told_as_such_and_left_alone(
    store: Store, other: Store, clip: Clip, row: tuple[str, dict[str, Any]]
) -> None:
    store.events.append(clip.id, "pat", "moment_tagged", moment(1))
    with store.database.write() as session:
        type_, payload = row
        session.add(
            JournalEvent(
                stream="review", owner_id=clip.id, seq=2, type=type_, payload=payload, actor="kim", at=utc_now()
            )
        )
    for each in (store, other):
        for ask in (each.events.read, lambda clip_id, each=each: each.events.undo(clip_id, "pat")):
            with pytest.raises(DataNewer) as refused:
                ask(clip.id)
            assert refused.value.http_status == 503
    with store.database.read() as session:
        assert session.scalar(select(func.count()).select_from(JournalEvent)) == 2


def test_many_streams_are_read_with_one_query(store: Store, home: Home) -> None:
    clips = [a_clip(store, home, data=bytes([number]) * 99) for number in range(5)]
    for each in clips:
        store.events.append(each.id, "pat", "moment_tagged", moment(1))
    statements: list[str] = []
    event.listen(store.database.engine, "after_cursor_execute", lambda *args: statements.append(args[2]))
    states = store.events.states(each.id for each in clips)
    assert [len(state.moments) for state in states.values()] == [1] * 5
    assert len([each for each in statements if "journal_event" in each]) == 1


def filled_before(store: Store) -> dict[str, Any]:
    """A database filled by the version with six tables; returns what held there."""
    settings = store.settings
    store.close()
    _migrate(store, "0012")
    connection = raw(settings)
    connection.executescript(BEFORE.with_suffix(".sql").read_text(encoding="utf-8"))
    connection.close()
    held: dict[str, Any] = json.loads(BEFORE.with_suffix(".json").read_text(encoding="utf-8"))
    return held


def _migrate(store: Store, revision: str) -> None:
    """Bring a closed store's database down to a revision, or up to the newest."""
    engine = make_engine(store.settings.database, store.secret("database"))
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes.update(connection=connection, key_store=store.settings.clip_keys)
        (command.upgrade if revision == "0013" else command.downgrade)(config, revision)
        connection.commit()
    engine.dispose()


@pytest.mark.sqlite
def test_what_was_kept_in_six_tables_holds_as_before(store: Store) -> None:
    held = filled_before(store)
    ids = held["ids"]
    with Store(store.settings) as store:
        review = store.events.read(ids["clip"])
        state = review.state.as_dict()
        # What came later is empty in what was kept before.
        before = held["review"] | {"reels": [reel | {"order": []} for reel in held["review"]["reels"]]}
        before |= {"play": {"start_us": None, "end_us": None}}
        assert state == {name: value for name, value in before.items() if name in state}
        assert review.last_id == held["review"]["last_event_id"]
        say = review_words()
        history = review.history()
        told = [[e.event.id, history_words(e, say), e.entry.about, e.stands, e.event.actor] for e in history]
        assert told == held["history"]
        record = store.sessions.read(ids["session"])
        assert record.state.as_dict() == {name: held["session"][name] for name in record.state.as_dict()}
        assert record.last_id == held["session"]["last_event_id"]
        sheet = store.sheets.read(ids["family"], ids["sheet"])
        assert sheet.state.as_dict() == {name: held["sheet"][name] for name in sheet.state.as_dict()}
        programme = store.programmes.read(ids["family"])
        days = [[*place, day.isoformat()] for place, day in programme.state.held.items()]
        assert (programme.state.pack, days) == (held["programme"]["pack"], held["programme"]["held"])
        assert programme.state.held[Place("vig", "film", 1)] == date(2026, 3, 2)
        lines = [[history_words(each, programme_words), each.stands] for each in programme.history()]
        assert lines == held["programme"]["history"]
        measures = store.measures.read(ids["family"])
        numbers = [[each.number_id, each.value] for each in measures.state.measures["e"].numbers]
        assert numbers == held["measures"]["numbers"]
        assert measures.available_undo.redo is not None
        assert measure_words(measures.available_undo.redo.entry) == held["measures"]["redo"]
        comments = [[each.id, each.author, each.text] for each in store.shares.state(ids["share"]).thread.comments]
        assert comments == held["share"]["comments"]


@pytest.mark.sqlite
def test_going_back_to_six_tables_loses_nothing(store: Store) -> None:
    filled_before(store)
    before = _everything(store)
    _migrate(store, "0013")
    assert not {"event", "session_step", "share_step"} & set(_everything(store))
    _migrate(store, "0012")
    assert _everything(store) == before


def _everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of the row's text."""
    connection = raw(store.settings)
    names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    tables = {name: connection.execute(f'select * from "{name}"').fetchall() for name in names}
    connection.close()
    return {name: sorted(rows, key=repr) for name, rows in tables.items() if name != "alembic_version"}
