"""What must be so before vfeed may be reached: closed files, HTTPS on a network, known host names, room on the disk."""

from __future__ import annotations

import errno
import os
import socket
from collections import namedtuple
from pathlib import Path

import psutil
import pytest
from app_site import PASSWORD, Site, site_with
from click.testing import CliRunner
from filled_store import a_clip, a_home, files_under, settings_in, some_bytes, tell_commands
from servers import ON_POSTGRES, free_port
from sqlalchemy.exc import OperationalError
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.cli import main
from vfeed.config import load_settings
from vfeed.doctor import QUIET_VERSIONS, _database, _modes, _network, _network_runners
from vfeed.errors import VfeedError
from vfeed.jobs.queue import FILE, JobQueue
from vfeed.launch import FIRST_FILE, prepare, refuse_second
from vfeed.store import Store, uploads
from vfeed.store.checks import check_everything
from vfeed.store.store import next_key
from vfeed.store.unavailable import as_vfeed_error

HTTPS = {"https": True, "public_url": "https://vfeed.example.org"}
Usage = namedtuple("Usage", "total used free")
HAS_IPV6 = "::1" in {each.address for own in psutil.net_if_addrs().values() for each in own}


@pytest.mark.parametrize("what", ["key_file", "clip_keys", "data_dir"])
def test_what_others_may_read_is_refused_with_the_line_that_closes_it(tmp_path: Path, what: str) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    assert _modes(settings).ok
    if not ON_POSTGRES:
        assert (settings.data_dir / "vfeed.db").stat().st_mode & 0o777 == 0o600
    path = getattr(settings, what)
    path.chmod(0o755 if path.is_dir() else 0o644)
    error = _modes(settings).error
    assert error is not None and error.code == "modes_open" and str(path) in error.hint


@pytest.mark.sqlite
@pytest.mark.parametrize("left", [None, b""])
def test_no_start_sweeps_away_the_films_of_a_database_that_is_lost(tmp_path: Path, left: bytes | None) -> None:
    settings = settings_in(tmp_path, database_url="")
    with Store(settings) as store:
        a_clip(store, a_home(store))
    database, films = settings.data_dir / "vfeed.db", files_under(settings.vault_dir)
    found = database.rename(tmp_path / "moved.db")
    if left is not None:
        database.write_bytes(left)
    for _twice in range(2):
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code == "database_missing" and str(database) in error.value.message
    refused = _database(settings).error
    assert refused is not None and refused.code == "database_missing"
    assert films and files_under(settings.vault_dir) == films and database.exists() == (left is not None)
    found.rename(database)
    with Store(settings) as store:
        assert check_everything(store).faults == ()


@pytest.mark.sqlite
@pytest.mark.parametrize("kept", ["all of it", "no master key", "no film's key"])
def test_no_start_begins_with_nothing_where_the_data_are_only_not_mounted(tmp_path: Path, kept: str) -> None:
    settings = settings_in(tmp_path, database_url="")
    with Store(settings) as store:
        clip = a_clip(store, a_home(store))
    settings.data_dir.rename(tmp_path / "unmounted")
    settings.data_dir.mkdir(mode=0o700)
    if kept == "no master key":
        settings.key_file.rename(tmp_path / "master.key")
    if kept == "no film's key":
        (settings.clip_keys / "keys" / clip.id).rename(tmp_path / clip.id)
    for _twice in range(2):
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code == ("key_missing" if kept == "no master key" else "database_missing")
        assert str(settings.clip_keys) in error.value.message and "move that folder away" in error.value.hint
    assert not (settings.data_dir / "vfeed.db").exists()
    assert settings.key_file.exists() == (kept != "no master key")
    # Moved away, it stands in the way of nothing.
    settings.clip_keys.rename(tmp_path / "earlier-keys")
    Store(settings).close()


def test_no_start_sweeps_away_the_films_that_an_older_database_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path, database_url="")
    with Store(settings) as store:
        home = a_home(store)
        known = a_clip(store, home)
    database = settings.data_dir / "vfeed.db"
    older = database.read_bytes()
    with Store(settings) as store:
        unknown = a_clip(store, home, some_bytes(seed=1))
    newest, films = database.read_bytes(), files_under(settings.vault_dir)
    database.write_bytes(older)
    for _twice in range(2):
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code == "database_older" and ": 1 of the films" in error.value.message
        found = _database(settings)
        assert found.error is not None and found.error.code == "database_older" and "vfeed take-older" in found.detail
        assert files_under(settings.vault_dir) == films and database.read_bytes() == older
    database.write_bytes(newest)
    assert _database(settings).ok
    with Store(settings) as store:
        assert check_everything(store).faults == ()
    database.write_bytes(older)
    tell_commands(settings, monkeypatch)
    assert CliRunner().invoke(main, ["take-older"], input="n\n").exit_code == 1
    assert files_under(settings.vault_dir) == films
    for _twice in range(2):
        assert CliRunner().invoke(main, ["take-older", "--yes"]).exit_code == 0
    with Store(settings) as store:
        actions = [row.action for row in store.audit.list()]
        assert actions[:2] == ["data.older_taken", "audit.rolled_back"]
        assert len(files_under(settings.vault_dir)) == 1 and store.blobs.read(known.id, "original") == some_bytes()
        assert store.keys.ids() == {known.id, unknown.id}


@pytest.mark.sqlite
def test_doctor_says_of_a_key_that_does_not_open_the_database_or_was_half_changed(tmp_path: Path) -> None:
    settings, other = settings_in(tmp_path, database_url=""), settings_in(tmp_path / "other", database_url="")
    for each in (settings, other):
        with Store(each) as store:
            a_home(store)
    kept = settings.key_file.read_bytes()
    settings.key_file.write_bytes(other.key_file.read_bytes())
    found = _database(settings)
    assert found.error is not None and found.error.code == "key_wrong"
    settings.key_file.write_bytes(kept)
    assert _database(settings).ok
    next_key(settings).write_bytes(other.key_file.read_bytes())
    found = _database(settings)
    assert found.error is not None and "vfeed rotate-key again" in found.error.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "vfeed.example.org"])
def test_a_network_without_https_is_refused(tmp_path: Path, host: str) -> None:
    error = _network(settings_in(tmp_path, host=host)).error
    assert error is not None and error.code == "setting_invalid" and "VFEED_HTTPS" in error.hint
    assert _network(settings_in(tmp_path, host=host, **HTTPS)).ok


def test_a_socket_where_anybody_may_put_one_is_refused(tmp_path: Path) -> None:
    """Whoever is there first gets what the proxy sends."""
    settings = settings_in(tmp_path, socket=tmp_path / "web.sock", **HTTPS)
    assert _network(settings).ok
    (tmp_path / "web.sock").symlink_to(tmp_path / "nowhere")
    assert not _network(settings).ok
    tmp_path.chmod(0o1777)
    (tmp_path / "web.sock").unlink()
    error = _network(settings).error
    assert error is not None and error.code == "setting_invalid" and "VFEED_SOCKET" in error.hint
    missing = _network(settings.model_copy(update={"socket": tmp_path / "missing" / "web.sock"})).error
    assert missing is not None and "No socket can be made" in missing.message


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives a folder to somebody else")
def test_root_writes_nothing_into_the_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root leaves there, such as the end of the audit trail, vfeed could not read any more."""
    settings = settings_in(tmp_path)
    prepare(settings, say=lambda _line: None).close()
    os.chown(settings.data_dir, 4711, 4711)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    tell_commands(settings, monkeypatch)
    for command in (["verify"], ["rotate-key", "--yes"], ["seal-key"], ["restore", str(tmp_path / "backup")]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 4 and "Run vfeed as user 4711" in result.output, (command, result.output)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("other", QUIET_VERSIONS)
def test_another_version_of_what_runs_the_networks_is_refused_with_the_line_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    assert _network_runners(settings_in(tmp_path)).ok
    installed = QUIET_VERSIONS | {other: "99.0"}
    monkeypatch.setattr("vfeed.doctor.metadata.version", installed.__getitem__)
    error = _network_runners(settings_in(tmp_path)).error
    assert error is not None and error.code == "model_missing"
    assert error.hint == f"Run: pip install --no-deps {other}=={QUIET_VERSIONS[other]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_alone_needs_no_https(tmp_path: Path, host: str) -> None:
    assert _network(settings_in(tmp_path, host=host)).ok


def test_https_needs_the_address_that_people_use(tmp_path: Path) -> None:
    error = _network(settings_in(tmp_path, https=True)).error
    assert error is not None and "VFEED_PUBLIC_URL" in error.hint


@pytest.mark.parametrize("url", ["vfeed.example.org", "ftp://x", "https://x/path", "https://x y"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(VfeedError) as error:
        load_settings(data_dir=tmp_path / "d", key_file=tmp_path / "k", public_url=url)
    assert error.value.code == "setting_invalid"


def test_a_request_for_another_host_is_refused_and_no_link_is_built_on_it(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert browser.get("/families", headers={"Host": "evil.example"}).status_code == 400
    assert browser.get("/families", headers={"Host": "localhost:8000"}).status_code == 200


def test_over_https_the_cookie_is_for_this_host_alone(site: Site) -> None:
    form = {"name": "practitioner", "password": PASSWORD}
    with site_with(site, **HTTPS) as secured:
        answer = secured.browser().post("/sign-in", data=form, base_url="https://vfeed.example.org")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-vfeed="))
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_json_that_is_nested_without_end_is_refused_in_words(site: Site) -> None:
    browser = site.signed_in("practitioner")
    answer = browser.post(
        f"/api/clips/{site.clip.id}/undo", data="[" * 200_000, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "request_invalid")


@pytest.mark.parametrize("before", ["99999999999999999999999", "-1", "0", "x"])
def test_a_row_number_that_is_none_begins_the_audit_trail_anew(site: Site, before: str) -> None:
    assert site.signed_in("administrator").get(f"/audit?before={before}").status_code == 200


@pytest.mark.parametrize("value", ["sNaN", "NaN", "Infinity", "-Infinity"])
def test_a_measure_takes_numbers_alone(site: Site, value: str) -> None:
    here = f"/families/{site.home.family.id}/story"
    answer = site.signed_in("practitioner").post(
        f"{here}/measures/x/numbers", data={"on": "2026-01-01", "value": value}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("database or disk is full", "disk_full"),
        ("attempt to write a readonly database", "data_unwritable"),
        ("file is not a database", "key_wrong"),
        ("database disk image is malformed", "vault_damaged"),
    ],
)
def test_what_the_disk_refuses_has_a_code_also_at_the_door(
    site: Site, monkeypatch: pytest.MonkeyPatch, said: str, code: str
) -> None:
    broken = OperationalError("select", {}, sqlcipher.OperationalError(said))
    found = as_vfeed_error(broken)
    assert found is not None and found.code == code

    def fail(*_args: object) -> None:
        raise broken

    monkeypatch.setattr("vfeed.server.web.signin.check", fail)
    page = site.browser().post("/sign-in", data={"name": "practitioner", "password": PASSWORD})
    assert page.status_code == found.http_status and found.message in page.text


def test_a_queue_that_is_no_database_is_made_anew(tmp_path: Path) -> None:
    with Store(settings_in(tmp_path)) as store:
        (store.settings.data_dir / FILE).write_bytes(b"garbage" * 1000)
        queue = JobQueue(store)
        assert queue.huey.pending_count() == 0
        queue.huey.storage.close()


def test_uploads_are_refused_when_a_person_has_too_many_or_the_disk_has_no_room(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(uploads.MOST_AT_ONCE):
        site.store.uploads.create("ann", 10, {})
    with pytest.raises(VfeedError) as error:
        site.store.uploads.create("ann", 10, {})
    assert error.value.code == "too_many_requests"
    free = uploads.ROOM_LEFT_BYTES + 5_000
    monkeypatch.setattr("vfeed.store.uploads.shutil.disk_usage", lambda _folder: Usage(free, 0, free))
    site.store.uploads.create("bob", 4_000, {})
    with pytest.raises(VfeedError) as error:
        site.store.uploads.create("bob", 4_000, {})
    assert error.value.code == "disk_full"


def test_a_nul_in_a_form_or_in_json_is_refused(site: Site) -> None:
    browser = site.signed_in("practitioner")
    page = browser.post("/families/new", data={"code_name": "Spar\0row"})
    assert page.status_code == 422
    assert site.store.families.find("Spar\0row") is None
    event = {"type": "moment_tagged", "payload": {"note": "a\0b"}, "expect_last": None}
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json=event)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("text", ["a\0b", "cut in the middle of a sign \ud83d"])
def test_a_name_that_no_database_keeps_is_refused(site: Site, text: str) -> None:
    browser, address = site.signed_in("practitioner"), f"/api/clips/{site.clip.id}/title"
    answer = browser.post(address, json={"title": text})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "invalid_input")
    for whole in ("\U0001f476 at play", "a\\u0000b"):
        assert browser.post(address, json={"title": whole}).get_json() == {"title": whole}


def test_the_first_password_goes_to_a_file_and_not_into_a_log(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    said: list[str] = []
    with prepare(settings, say=said.append) as store:
        path = settings.key_file.with_name(FIRST_FILE)
        password = path.read_text().strip()
        assert store.accounts.verify("admin", password)
    assert password not in "\n".join(said) and str(path) in "\n".join(said)
    assert path.stat().st_mode & 0o077 == 0


def test_a_start_on_a_data_folder_that_cannot_be_written_is_refused_with_the_fix(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"data_dir": Path("/proc/vfeed-data")})
    with pytest.raises(VfeedError) as error:
        prepare(settings, say=lambda _line: None)
    assert error.value.code == "data_unwritable" and "VFEED_DATA_DIR" in error.value.hint


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_data_folder_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    before = {path: path.stat().st_mtime_ns for path in settings.data_dir.rglob("*")}

    def refused(*_args: object, **_how: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("vfeed.doctor.tempfile.NamedTemporaryFile", refused)
    with pytest.raises(VfeedError) as error:
        prepare(settings, say=lambda _line: None)
    assert error.value.code == "data_unwritable" and os.strerror(number) in error.value.message
    assert {path: path.stat().st_mtime_ns for path in settings.data_dir.rglob("*")} == before


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", *["::1"] * HAS_IPV6])
def test_a_free_port_is_told_from_one_that_is_in_use(tmp_path: Path, host: str) -> None:
    settings = settings_in(tmp_path, host=host, port=free_port())
    refuse_second(settings)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, settings.port), family=family), pytest.raises(VfeedError, match="in use"):
        refuse_second(settings)
