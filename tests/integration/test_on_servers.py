"""vfeed on PostgreSQL and Redis: moving there and back, fifty writers at once, and servers killed in the middle."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import servers
from alembic import command
from core_files import let_cores_be_written, most_core_bytes
from filled_store import PLANTED, Home, a_clip, a_home, agree, planted_store, settings_in, some_bytes
from job_steps import do_messages, make_poster, until
from network_cut import Line, line_to
from random_kills import act, lost
from servers import Databases
from sqlalchemy import inspect, select

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.jobs.lease import JobRun, LeaseTiming
from vfeed.jobs.worker import Worker
from vfeed.logs import path_of
from vfeed.store import Store
from vfeed.store.backup import make_backup, restore_backup
from vfeed.store.checks import check_everything
from vfeed.store.database import GIVES_UP, make_engine
from vfeed.store.keyring import read_key_file
from vfeed.store.rekey import rotate_key
from vfeed.store.store import next_key
from vfeed.store.tables import Base, utc_now
from vfeed.store.unavailable import CommitUnknown
from vfeed.store.upgrading import alembic_config

WRITERS, ACTS_EACH = 50, 4
TAKEN_BACK_S = 30.0


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.drop(set(made.made))


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> Settings:
    return settings_in(tmp_path / "served", database_url=databases.address(tmp_path))


@pytest.fixture
def served(settings: Settings) -> Iterator[Store]:
    with Store(settings) as store:
        yield store


def everything(store: Store, but: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table `but` one and the audit trail's, which says that a copy was made."""
    with store.database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=str)
            for table in Base.metadata.sorted_tables
            if not table.name.startswith("audit") and table.name != but
        }


def moved(folder: Path, source: Settings, target: Settings) -> None:
    """Another machine with the same key, and a database of another kind."""
    with Store(source) as store:
        make_backup(store, folder)
    target.key_file.parent.mkdir(parents=True, mode=0o700)
    target.key_file.write_bytes(source.key_file.read_bytes())
    target.key_file.chmod(0o600)
    restore_backup(target, folder)


def test_a_laptops_data_move_to_a_server_and_back(store: Store, home: Home, tmp_path: Path, settings: Settings) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    moment = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "ﺏ “quoted” 🙂"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    store.accounts.create("ann", ["practitioner"], "command line")
    before = everything(store)
    laptop = store.settings
    store.close()
    moved(tmp_path / "there", laptop, settings)
    with Store(settings) as on_server:
        assert everything(on_server) == before
        assert on_server.blobs.read(clip.id, "original") == some_bytes()
        assert on_server.audit.faults() == []
        # The server goes on counting where the file had stopped.
        on_server.accounts.create("ben", ["practitioner"], "command line")
        after = everything(on_server)
    with pytest.raises(VfeedError) as error:
        restore_backup(settings.model_copy(update={"data_dir": tmp_path / "empty"}), tmp_path / "there")
    assert error.value.code == "conflict"
    back = settings_in(tmp_path / "back", database_url="")
    moved(tmp_path / "here", settings, back)
    with Store(back) as on_laptop:
        assert everything(on_laptop) == after
        assert on_laptop.audit.faults() == []


def test_fifty_writers_at_once_lose_nothing(served: Store) -> None:
    clip = a_clip(served, a_home(served))

    def write(number: int) -> None:
        for turn in range(ACTS_EACH):
            moment = {"moment_id": f"m{number}-{turn}", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive"}
            served.events.append(clip.id, f"worker-{number}", "moment_tagged", moment)

    with ThreadPoolExecutor(WRITERS) as people:
        list(people.map(write, range(WRITERS)))
    found = [moment.moment_id for moment in served.events.state(clip.id).moments]
    assert sorted(found) == sorted(f"m{number}-{turn}" for number in range(WRITERS) for turn in range(ACTS_EACH))
    assert [event.id for event in served.events.read(clip.id).events] == list(range(1, WRITERS * ACTS_EACH + 1))
    assert served.audit.faults() == []


def test_a_database_killed_in_the_middle_loses_nothing_that_was_acknowledged(
    served: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    family_id = a_home(served).family.id
    chance, acks, refused = random.Random(1), [], []
    ended = threading.Event()

    def people() -> None:
        while not ended.is_set():
            try:
                acks.append(act(served, family_id, chance))
            except VfeedError as error:
                refused.append(error.code)
                time.sleep(0.02)

    capsys.readouterr()
    acting = threading.Thread(target=people)
    acting.start()
    for _kill in range(3):
        so_far, since = len(acks), time.monotonic()
        while len(acks) < so_far + 15 and time.monotonic() - since < TAKEN_BACK_S:
            time.sleep(0.01)
        assert len(acks) >= so_far + 15, refused[-5:]
        servers.postgres().kill()
        servers.postgres().restart()
    ended.set()
    acting.join()
    assert set(refused) <= {"database_away"}
    assert {"film", "tag", "part", "visit"} <= {ack["did"] for ack in acks}
    # An erasure that was begun and not acknowledged may have been done.
    acks += map(json.loads, capsys.readouterr().out.splitlines())
    assert list(lost(served, acks)) == []


@pytest.fixture
def cut(tmp_path: Path, databases: Databases) -> Iterator[tuple[Line, Store]]:
    """A store whose line to its database can be cut."""
    address = databases.address(tmp_path)
    with line_to(servers.postgres().port) as line:
        settings = settings_in(
            tmp_path / "served", database_url=address.replace(f":{servers.postgres().port}/", f":{line.port}/")
        )
        with Store(settings) as store:
            yield line, store


def test_a_film_whose_commit_was_never_answered_opens(cut: tuple[Line, Store]) -> None:
    line, store = cut
    home = a_home(store)
    agree(store, home)
    line.unanswered = b"COMMIT"
    with pytest.raises(CommitUnknown) as error:
        a_clip(store, home)
    assert (line.cut, error.value.code) == (1, "database_away")
    clip = store.clips.for_family(home.family.id)[0]
    assert store.blobs.read(clip.id, "original") == some_bytes()
    with pytest.raises(VfeedError) as known:
        a_clip(store, home)
    assert known.value.code == "clip_known"
    line.unanswered = b"COMMIT"
    with pytest.raises(CommitUnknown), store.blobs.put(clip.id, "poster", "image/jpeg") as out:
        out.write(b"poster")
    assert store.blobs.read(clip.id, "poster") == b"poster"
    line.unanswered = b"COMMIT"
    with pytest.raises(CommitUnknown):
        store.clips.erase(clip.id)
    assert store.keys.get(clip.id) is not None
    Worker(store, "worker").clear_up()
    assert store.keys.get(clip.id) is None, "an erasure that nobody heard of is ended"
    assert check_everything(store).faults == ()


def test_what_a_commit_that_never_came_left_is_swept(cut: tuple[Line, Store]) -> None:
    line, store = cut
    home = a_home(store)
    line.unsent = b"COMMIT"
    with pytest.raises(CommitUnknown):
        a_clip(store, home)
    assert store.clips.for_family(home.family.id) == []
    assert store.blobs.sweep() == 1
    a_clip(store, home)
    assert check_everything(store).faults == ()


@pytest.mark.parametrize("when", ["as it ends", "as it breaks off", "and back before it ends"])
def test_a_lone_worker_does_again_what_it_did_when_the_database_was_killed(served: Store, when: str) -> None:
    home = a_home(served)
    agree(served, home)
    clip = a_clip(served, home, jobs=[])
    tries: list[str] = []

    def work_on(store: Store, work: JobRun) -> None:
        tries.append(work.job.id)
        if len(tries) > 1:
            return make_poster(store, work)
        servers.postgres().kill()
        if when == "as it breaks off":
            raise RuntimeError
        try:
            make_poster(store, work)
        finally:
            if when == "and back before it ends":
                servers.postgres().restart()

    worker = Worker(served, "worker", handlers={"prepare": work_on}, timing=LeaseTiming(lease_s=1, beat_s=0.1))
    job = worker.queue.enqueue("prepare", clip.id, {}, "ann")
    with pytest.raises((VfeedError, RuntimeError)):
        worker.work()
    if when != "and back before it ends":
        servers.postgres().restart()

    def is_done() -> bool:
        worker.sweep()
        worker.work()
        return served.jobs.get(job).state == "done"

    until("it is done", is_done, TAKEN_BACK_S)
    worker.queue.huey.storage.close()
    assert tries == [job, job]
    assert served.blobs.read(clip.id, "poster") == b"poster"


def test_a_web_process_that_dies_while_the_database_is_away_takes_no_other_with_it(
    settings: Settings, tmp_path: Path
) -> None:
    pytest.importorskip("gunicorn")
    port = servers.free_port()
    told = settings.model_copy(update={"port": port, "web_processes": 2})
    said = {f"VFEED_{name.upper()}": str(value) for name, value in told.model_dump().items() if value not in ("", None)}
    with (
        (tmp_path / "log.txt").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "vfeed", "serve"],
            env=os.environ | said,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            preexec_fn=let_cores_be_written,
        ) as master,
    ):

        def processes() -> set[int]:
            return {int(each) for each in Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()}

        def is_ready() -> bool:
            with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
            return False

        try:
            until("it is ready", is_ready)
            before = processes()
            assert len(before) == 2
            assert {most_core_bytes(each) for each in (master.pid, *before)} == {"0"}
            servers.postgres().kill()
            os.kill(min(before), signal.SIGKILL)
            until("another process is begun", lambda: len(processes() - before) == 1)
            waits = path_of(tmp_path / "served" / "data", "web")
            until("it waits", lambda: '"waits"' in waits.read_text())
            servers.postgres().restart()
            until("it is ready again", is_ready)
            assert master.poll() is None, (tmp_path / "log.txt").read_text()
            assert max(before) in processes()
        finally:
            master.terminate()


def test_every_connection_gives_up_a_server_that_says_nothing_unless_its_address_sets_how(settings: Settings) -> None:
    def told(address: str) -> dict[str, str]:
        engine = make_engine(address, b"")
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            held: dict[str, str] = driver.info.get_parameters()
        engine.dispose()
        return held

    assert GIVES_UP.items() <= told(settings.database_url).items()
    own = told(f"{settings.database_url}?tcp_user_timeout=5000&application_name=a")
    assert (own["tcp_user_timeout"], own["connect_timeout"]) == ("5000", GIVES_UP["connect_timeout"])


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_machine_whose_clock_is_wrong_takes_no_work_from_another(
    served: Store, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    clip = a_clip(served, a_home(served), jobs=[])
    job = served.jobs.add("prepare", clip.id, {}, "ann")
    with monkeypatch.context() as patch:
        for module in ("database", "job_rows"):
            patch.setattr(f"vfeed.store.{module}.utc_now", lambda: utc_now() + timedelta(hours=hours))
        if hours < 0:
            assert served.jobs.claim(job.id, "slow", 30) is not None
        else:
            assert served.jobs.claim(job.id, "right", 30) is not None
            served.jobs.sweep(lambda _worker: False, "fast")
    served.jobs.sweep(lambda _worker: False, "right, too")
    assert served.jobs.get(job.id).state == "running"


@pytest.mark.parametrize("server", ["redis", "postgres"])
def test_work_is_done_once_whatever_becomes_of_the_queue(server: str, tmp_path: Path, databases: Databases) -> None:
    running = getattr(servers, server)()
    address = f"redis://{running.address}/0" if server == "redis" else databases.address(tmp_path / "queue")
    settings = settings_in(
        tmp_path / "served", database_url="", queue_url=address.replace("postgresql", "postgresql+psycopg")
    )
    with Store(settings) as store:
        home = a_home(store)
        agree(store, home)
        worker = Worker(store, "worker", handlers={"prepare": make_poster}, timing=LeaseTiming())
        queue = worker.queue
        clips = [a_clip(store, home, some_bytes(seed=number), jobs=[]) for number in range(3)]
        first = queue.enqueue("prepare", clips[0].id, {}, "ann")
        assert do_messages(worker) == 1
        assert store.jobs.get(first).state == "done"
        second = queue.enqueue("prepare", clips[1].id, {}, "ann")
        running.kill()
        # Nobody who asks for work is held up by a queue that is away, nor is the sweeper.
        third = queue.enqueue("prepare", clips[2].id, {}, "ann")
        worker.sweep()
        running.restart()

        def swept() -> bool:
            worker.sweep()
            do_messages(worker)
            return all(store.jobs.get(each).state == "done" for each in (second, third))

        until("both are done", swept)
        worker.queue.huey.storage.close()
        assert [store.jobs.get(each).attempts for each in (first, second, third)] == [1, 1, 1]
        assert [job.id for clip in clips for job in store.jobs.for_clip(clip.id)] == [first, second, third]


def test_no_planted_word_can_be_read_in_the_servers_files(served: Store) -> None:
    clip_id = planted_store(served)
    with served.database.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    files = servers.postgres().folder
    held = b"".join(path.read_bytes() for path in files.rglob("*") if path.is_file())
    assert clip_id.encode() in held
    assert [word for word in PLANTED if word.encode() in held] == []
    assert served.events.state(clip_id).moments[0].note == PLANTED[0]
    assert served.families.find(PLANTED[1]) is not None


def test_what_a_server_kept_readable_is_sealed_by_the_migration_and_opened_by_the_way_back(served: Store) -> None:
    planted_store(served)
    # The way back also drops what later migrations added to jobs, which holds no words.
    before = everything(served, but="job")
    engine = make_engine(served.settings.database, served.secret("database"))

    def readable() -> list[str]:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            rows = [str(tuple(row)) for name in tables for row in connection.exec_driver_sql(f'select * from "{name}"')]
        return [word for word in PLANTED if word in "\n".join(rows)]

    def migrate_to(go: Callable[[Any, str], None], revision: str) -> None:
        with engine.connect() as connection:
            config = alembic_config()
            config.attributes.update(connection=connection, key_store=served.settings.clip_keys)
            go(config, revision)
            connection.commit()

    assert readable() == []
    migrate_to(command.downgrade, "0022")
    assert sorted(readable()) == sorted(PLANTED)
    migrate_to(command.upgrade, "head")
    assert readable() == []
    assert everything(served, but="job") == before
    engine.dispose()


def lying(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table as the server holds it, sealed columns sealed."""
    engine = make_engine(settings.database, read_key_file(settings.key_file).secret("database"))
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = {
            name: [str(tuple(row)) for row in connection.exec_driver_sql(f'select * from "{name}"')] for name in names
        }
    engine.dispose()
    return found


@pytest.mark.parametrize("step", ["", "_rewrap_rows", "reseal", "os.link"])
def test_the_master_key_is_changed_on_a_server_all_at_once_or_not_at_all(
    served: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    clip_id = planted_store(served)
    upload = served.uploads.create("ann", 4, {"title": PLANTED[0]})
    served.uploads.append(upload.id, io.BytesIO(b"half"), 0)
    settings, before = served.settings, everything(served)
    served.close()
    sealed_before = lying(settings)["clip"], lying(settings)["family"]

    def power_cut(*_args: object) -> None:
        raise RuntimeError

    if step:
        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(f"vfeed.store.rekey.{step}", power_cut)
            rotate_key(settings)
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code == "key_wrong" and "rotate-key" in error.value.hint
    kept = rotate_key(settings)
    with Store(settings) as again:
        after = everything(again)
        changed = {name for name in before if before[name] != after[name]}
        # What the master key wraps has other bytes; all that it seals reads as before.
        assert changed == {"key_check", "upload"}
        assert again.families.find(PLANTED[1]) is not None, "what must be found is found under the new key"
        assert again.events.state(clip_id).moments[0].note == PLANTED[0]
        assert again.uploads.open(upload.id).read() == b"half"
        assert check_everything(again).faults == ()
        assert again.audit.list()[0].action == "key.rotated"
    sealed_after = lying(settings)["clip"], lying(settings)["family"]
    assert not set(sealed_before[0] + sealed_before[1]) & set(sealed_after[0] + sealed_after[1])
    settings.key_file.write_bytes(kept.read_bytes())
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "key_wrong"


def test_the_master_key_of_a_server_stays_while_anybody_is_connected(served: Store, tmp_path: Path) -> None:
    settings = served.settings
    # Another machine has a data folder of its own: only the server knows of it.
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    served.close()
    with Store(elsewhere) as other:
        with pytest.raises(VfeedError) as error:
            rotate_key(settings)
        assert error.value.code == "conflict"
        assert not next_key(settings).exists()
        clip_id = planted_store(other)
    rotate_key(settings)
    with Store(settings) as again:
        assert again.blobs.has(clip_id, "original")
