"""What a process writes down of itself: codes and numbers, found again by request, job and account; nobody's words."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_site import Site
from click.testing import CliRunner
from filled_store import Home, a_clip, agree, settings_in, tell_commands
from sqlalchemy import select, text

from vfeed import logs
from vfeed.cli import main
from vfeed.config import Settings
from vfeed.doctor import examine
from vfeed.errors import VfeedError
from vfeed.jobs.worker import Worker
from vfeed.server.app import create_app
from vfeed.server.web.request_log import HEADER
from vfeed.store import Store
from vfeed.store.job_rows import MAX_ATTEMPTS
from vfeed.store.tables import User

NAMED = "What vfeed writes down"
PLANTED = "Wilhelmina Featherstonehaugh"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """Where this process's log goes; afterwards it logs as before."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = (root.handlers[:], root.level, ours.level)
    logs.begin(tmp_path, "web", "debug")
    yield logs.path_of(tmp_path, "web")
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()]


def test_a_line_says_what_happened_and_whose_request_it_was(kept: Path) -> None:
    with logs.about(request="r1"):
        logs.note(account=3)
        logs.written("kept", ms=4)
    logs.written("after")
    first, second = lines(kept)
    assert {name: first[name] for name in ("event", "request", "account", "ms", "level")} == {
        "event": "kept",
        "request": "r1",
        "account": 3,
        "ms": 4,
        "level": "info",
    }
    assert "request" not in second


def test_a_process_that_a_library_had_silenced_is_heard_again(tmp_path: Path, kept: Path) -> None:
    logging.getLogger(logs.OURS).disabled = True
    logs.begin(tmp_path, "web", "debug")
    logs.written("heard")
    assert [line["event"] for line in lines(kept)] == ["heard"]


def test_the_message_of_an_error_is_not_written_only_where_it_was(kept: Path) -> None:
    try:
        try:
            raise ValueError(PLANTED)
        except ValueError as error:
            raise KeyError(PLANTED) from error
    except KeyError as error:
        logs.written("failed", error=error)
    (line,) = lines(kept)
    assert PLANTED not in kept.read_text()
    assert "KeyError" in line["error"] and "ValueError" in line["error"] and "unit/test_logs.py:" in line["error"]


def test_what_other_libraries_say_is_left_out(kept: Path) -> None:
    logging.getLogger("sqlalchemy.pool").error("could not store %s", PLANTED)
    (line,) = lines(kept)
    assert (line["event"], line["level"]) == ("library:sqlalchemy.pool", "error")
    assert PLANTED not in kept.read_text()


def test_below_the_level_nothing_is_written(tmp_path: Path, kept: Path) -> None:
    logs.begin(tmp_path, "web", "error")
    logs.written("request")
    assert not kept.exists()


def test_a_full_file_is_put_aside_and_no_line_is_lost(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 10_000)

    def write() -> None:
        for _ in range(40):
            logs.written("kept")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    aside = kept.with_name(f"{kept.name}.1")
    written = aside.read_text().splitlines() + (kept.read_text().splitlines() if kept.exists() else [])
    assert aside.exists() and len(written) == 160
    assert kept.parent.stat().st_mode & 0o077 == 0 and aside.stat().st_mode & 0o077 == 0


def test_machines_that_share_the_folder_write_no_file_together(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Appending is safe on one machine alone: over a network what one writes can take the place of another's."""
    monkeypatch.setattr(logs, "MOST_BYTES", 1_000)
    machines = ("pages1.example.org", "pages2/../ü" + "x" * 60)
    for machine in machines:
        monkeypatch.setattr(socket, "gethostname", lambda machine=machine: machine)
        for role in ("web", "worker"):
            logs.begin(tmp_path, role, "info")
            for _ in range(20):
                logs.written("here", machine=machine, role=role)
    found = [path for path in kept.parent.iterdir() if path != kept]
    # Of each a file and the one that was put aside.
    assert len(found) == 8 and all(path.is_file() for path in found)
    assert {"web-pages1.example.org.log", "worker-pages1.example.org.log.1"} <= {path.name for path in found}
    for path in found:
        assert len({(line["machine"], line["role"]) for line in lines(path)}) == 1
    said = next(each.detail for each in examine(settings_in(tmp_path / "site")) if each.subject == NAMED)
    assert "from the first start on" in said
    said = next(
        each.detail
        for each in examine(settings_in(tmp_path).model_copy(update={"data_dir": tmp_path}))
        if each.subject == NAMED
    )
    assert "web-pages1.example.org.log, web-pages2-" in said


def test_what_machines_that_are_gone_have_left_is_removed(tmp_path: Path, kept: Path) -> None:
    old, aside, young = (kept.with_name(name) for name in ("web-a.log", "web-a.log.1", "web-b.log"))
    for path in (old, aside, young):
        path.write_text("{}\n")
    for path in (old, aside):
        os.utime(path, (time.time() - logs.KEPT_S - 60,) * 2)
    os.utime(young, (time.time() - logs.KEPT_S + 60,) * 2)
    logs.begin(tmp_path, "web", "info")
    assert [path.exists() for path in (old, aside, young)] == [False, False, True]


def test_nothing_that_people_wrote_gets_into_the_log_of_requests(site: Site, kept: Path) -> None:
    browser = site.signed_in("practitioner")
    family = site.home.family.id
    asked = [
        browser.post("/families/new", data={"code_name": PLANTED}),
        browser.post(f"/families/{family}/visits", data={"day": "2026-01-05", "title": PLANTED}),
        browser.post(f"/families/{family}/people", data={"kind": "adult", "label": PLANTED, "relation": PLANTED}),
        browser.post(f"/families/{family}/workers/{PLANTED}/remove"),
        browser.get(f"/audit?about={PLANTED}"),
        browser.post("/sign-in", data={"name": PLANTED, "password": PLANTED}),
        browser.post(
            f"/api/clips/{site.clip.id}/events",
            json={"type": "words_noted", "payload": {"moment_id": "m1", "text": PLANTED}},
        ),
        browser.get(f"/{PLANTED}"),
    ]
    found = lines(kept)
    assert [line["event"] for line in found].count("request") == len(asked)
    assert PLANTED not in kept.read_text() and "Featherstonehaugh" not in kept.read_text()
    assert "practitioner" not in kept.read_text() and "Robin" not in kept.read_text()
    with site.store.database.read() as session:
        account = session.scalars(select(User.id).where(User.username == "practitioner")).one()
    first = next(line for line in found if line["event"] == "request")
    assert (first["account"], first["endpoint"], first["request"]) == (
        account,
        "families.new",
        asked[0].headers[HEADER],
    )


def test_an_error_that_nobody_foresaw_is_found_by_the_number_on_its_page(
    site: Site, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_asked: object) -> None:
        with site.store.database.read() as session:
            session.execute(text("select :name from nowhere"), {"name": PLANTED})

    site.app.testing, site.app.config["PROPAGATE_EXCEPTIONS"] = False, False
    monkeypatch.setattr(site.store.families, "get", breaks)
    answer = site.signed_in("practitioner").get(f"/families/{site.home.family.id}")
    assert answer.status_code == 500
    number = answer.headers[HEADER]
    assert f"{number}</code>" in answer.text
    failed = next(line for line in lines(kept) if line["event"] == "failed")
    assert failed["request"] == number and re.search("(Operational|Programming)Error", failed["error"])
    assert PLANTED not in kept.read_text()


def test_a_refusal_shows_no_number(site: Site) -> None:
    answer = site.signed_in("practitioner").get("/families/nobody")
    assert answer.status_code == 404 and answer.headers[HEADER] not in answer.text


def test_a_number_that_the_browser_sends_is_not_believed(site: Site) -> None:
    answer = site.browser().get("/health", headers={HEADER: "mine"})
    assert answer.headers[HEADER] != "mine"


def test_a_job_that_breaks_keeps_where_and_says_so_in_the_log(store: Store, home: Home, kept: Path) -> None:
    agree(store, home)
    clip = a_clip(store, home, jobs=["analyse"])

    def breaks(*_asked: object) -> None:
        raise RuntimeError(PLANTED)

    worker = Worker(store, "w", handlers={"prepare": breaks, "analyse": breaks})
    (job,) = store.jobs.for_clip(clip.id)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            worker.work()
    (broken,) = store.jobs.broken()
    assert (broken.id, broken.state, broken.error_code) == (job.id, "failed", "job_lost")
    assert broken.trace and "RuntimeError" in broken.trace and "in breaks" not in broken.trace
    assert "breaks" in broken.trace and PLANTED not in broken.trace
    told = [line for line in lines(kept) if line["event"] == "job_broke_off"]
    assert [line["job"] for line in told] == [job.id] * MAX_ATTEMPTS
    assert PLANTED not in kept.read_text()


def test_the_administrator_lists_broken_jobs(store: Store, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = a_clip(store, home)
    job = store.jobs.for_clip(clip.id)[0]
    lease = store.jobs.claim(job.id, "w", 30)
    assert lease is not None
    store.jobs.retry_or_fail(lease, "RuntimeError\n  vfeed/jobs/handlers.py:1 prepare")
    tell_commands(store.settings, monkeypatch)
    told = CliRunner().invoke(main, ["broken-jobs"])
    assert told.exit_code == 0 and job.id in told.output and "handlers.py:1 prepare" in told.output


def test_a_job_that_is_refused_in_words_keeps_no_trace(store: Store, home: Home, kept: Path) -> None:
    a_clip(store, home, jobs=["prepare"])

    def refuses(*_asked: object) -> None:
        raise VfeedError("clip_truncated", PLANTED, hint=PLANTED)

    agree(store, home)
    Worker(store, "w", handlers={"prepare": refuses}).work()
    assert store.jobs.broken() == []
    assert [line["code"] for line in lines(kept) if line["event"] == "job_refused"] == ["clip_truncated"]
    assert PLANTED not in kept.read_text()


def test_metrics_are_off_unless_a_setting_says_so(site: Site) -> None:
    assert site.browser().get("/metrics").status_code == 404
    assert site.signed_in("administrator").get("/metrics").status_code == 404


def test_metrics_count_answers_and_jobs_for_this_machine_alone(site: Site, tmp_path: Path) -> None:
    settings = Settings(**{**settings_in(tmp_path).model_dump(), "metrics": True})
    browser = create_app(settings, site.store).test_client()
    browser.get("/health")
    told = browser.get("/metrics")
    assert told.status_code == 200 and told.mimetype == "text/plain"
    assert 'vfeed_requests_total{endpoint="home.health",status="200"} 1' in told.text
    assert 'vfeed_jobs{state="queued"} 2' in told.text
    assert "Robin" not in told.text
    assert browser.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
