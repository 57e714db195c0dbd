"""Bundles: each view as its standard asks, every file summed up, nobody named, and no film without consent."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from filled_store import a_clip, a_home, agree
from hypothesis import HealthCheck, given, settings
from random_codings import codings

from vfeed.desk.bundles import make_bundle
from vfeed.desk.codes_commands import zipped
from vfeed.errors import VfeedError
from vfeed.research.bundle import About, FilmFacts, Held, bundle, faults
from vfeed.research.marks import Coding, Mark
from vfeed.store import Store
from vfeed.timeline.interval import Interval

S = 1_000_000
ABOUT = About("play1", "Looks at play", "2026-01-02T03:04:05+00:00", "command line", "0.1", 7)
FILM = FilmFacts("f00d", "a1b2", "1", "5", 180 * S, (Held("child", ""), Held("adult", "2027-01-01")))
CODING = Coding(
    "f00d",
    "coder-1",
    (Mark(S, 2 * S, "infant", "looking", "face", ("near",)), Mark(3 * S, 3 * S, "parent", "", "smile", (), "a\tb\nc")),
    (Interval(0, 60 * S),),
    180 * S,
)
LATER = replace(FILM, clip="beef", session="2")


def made(*found: Coding, films: tuple[FilmFacts, ...] = (FILM, LATER)) -> dict[str, bytes]:
    return bundle(found or (CODING,), films, ABOUT)


def table(data: bytes) -> tuple[list[str], list[list[str]]]:
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    return rows[0], rows[1:]


def told(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


# What the published profiles require, written out: the profiles themselves are not shipped.


def check_data_package(files: dict[str, bytes]) -> None:
    package = told(files, "datapackage.json")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"]) and package["resources"]
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    tables = {}
    for resource in package["resources"]:
        assert resource["type"] == "table" and not resource["path"].startswith(("/", ".."))
        columns, rows = tables[resource["name"]] = table(files[resource["path"]])
        schema = resource["schema"]
        fields = [field["name"] for field in schema["fields"]]
        assert fields == columns and len(set(fields)) == len(fields)
        for place, field in enumerate(schema["fields"]):
            values = [row[place] for row in rows if row[place] not in schema["missingValues"]]
            kinds = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "string": r"(?s).*"}
            assert all(re.fullmatch(kinds[field["type"]], value) for value in values), field["name"]
        if "primaryKey" in schema:
            keys = [tuple(row[columns.index(name)] for name in schema["primaryKey"]) for row in rows]
            assert len(set(keys)) == len(keys) and not any("n/a" in key for key in keys)
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            columns, rows = tables[resource["name"]]
            their_columns, their_rows = tables[key["reference"]["resource"]]
            theirs = {row[their_columns.index(key["reference"]["fields"][0])] for row in their_rows}
            assert {row[columns.index(key["fields"][0])] for row in rows} <= theirs


def check_psych_ds(files: dict[str, bytes]) -> None:
    described = told(files, "dataset_description.json")
    assert described["@context"] == "https://schema.org/" and described["@type"] == "Dataset"
    assert described["name"] and described["description"]
    measured = {each["name"] for each in described["variableMeasured"]}
    tables = [name for name in files if name.startswith("data/")]
    assert tables
    for name in tables:
        assert re.fullmatch(r"data/([a-z]+-[A-Za-z0-9]+_)+data\.csv", name), name
        columns, rows = table(files[name])
        assert set(columns) <= measured and columns[0] == "row_id"
        assert len({row[0] for row in rows}) == len(rows) and all(len(row) == len(columns) for row in rows)


def check_bids(files: dict[str, bytes]) -> None:
    described = told(files, "bids/dataset_description.json")
    assert described["Name"] and re.fullmatch(r"\d+\.\d+\.\d+", described["BIDSVersion"])
    assert "bids/README.md" in files
    lines = files["bids/participants.tsv"].decode().splitlines()
    people = set(lines[1:])
    assert lines[0] == "participant_id" and len(people) == len(lines) - 1
    events = [name for name in files if name.endswith("_events.tsv")]
    for name in events:
        path = re.fullmatch(
            r"bids/(sub-[A-Za-z0-9]+)/(ses-[A-Za-z0-9]+)/beh/\1_\2_task-[A-Za-z0-9]+_run-\d+_events\.tsv", name
        )
        assert path and path.group(1) in people, name
        columns, *rows = [line.split("\t") for line in files[name].decode().split("\n")[:-1]]
        assert columns[:2] == ["onset", "duration"]
        assert all(len(row) == len(columns) and all(row) for row in rows)
        assert [float(row[0]) for row in rows] == sorted(float(row[0]) for row in rows)
        sidecar = told(files, name.removesuffix(".tsv") + ".json")
        assert set(columns) <= set(sidecar) and sidecar["onset"]["Units"] == "s"
        codes = {row[columns.index("trial_type")] for row in rows} - {"n/a"}
        assert codes <= {re.sub(r"\s+", " ", code) for code in sidecar["trial_type"]["Levels"]}


def check(files: dict[str, bytes]) -> None:
    check_data_package(files)
    check_psych_ds(files)
    check_bids(files)
    assert faults(files) == []


def test_each_view_is_as_its_standard_asks() -> None:
    files = made()
    check(files)
    assert files["bids/sub-a1b2/ses-1/beh/sub-a1b2_ses-1_task-play_run-1_events.tsv"].decode().splitlines() == [
        "onset\tduration\ttrial_type\twho\tlane\tcoder\tsource\tblind\tmodifiers",
        "1.000000\t1.000000\tface\tinfant\tlooking\tcoder-1\timport\tn/a\tnear",
        "3.000000\t0.000000\tsmile\tparent\tn/a\tcoder-1\timport\tn/a\tn/a",
    ]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(codings())
def test_whatever_is_coded_each_view_stays_as_its_standard_asks(coding: Coding) -> None:
    check(made(replace(coding, clip="f00d")))


def test_a_film_without_any_mark_and_two_of_one_visit_have_their_places() -> None:
    files = made(films=(FILM, replace(FILM, clip="cafe"), LATER))
    check(files)
    assert "bids/sub-a1b2/ses-1/beh/sub-a1b2_ses-1_task-play_run-2_events.tsv" in files
    assert table(files["data/study-play1_subject-a1b2_session-2_task-play_data.csv"])[1] == []


def test_every_change_is_found_by_the_sums() -> None:
    files = made()
    manifest = told(files, "manifest.json")
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    assert manifest["files"]["clips.csv"]["sha256"] == hashlib.sha256(files["clips.csv"]).hexdigest()
    assert manifest["consents"]["f00d"] == [
        {"person": "child", "until": ""},
        {"person": "adult", "until": "2027-01-01"},
    ]
    assert manifest["anonymous"] is False and manifest["audit_row"] == 7
    assert faults(files | {"clips.csv": b"changed"}) == ["clips.csv was changed."]
    assert faults(files | {"more.csv": b""}) == ["more.csv is not in the manifest."]
    assert faults({name: data for name, data in files.items() if name != "clips.csv"}) == ["clips.csv is missing."]
    assert faults({}) == ["There is no manifest.json."]


@pytest.mark.parametrize(
    ("films", "about", "words"),
    [
        ((replace(FILM, consents=()),), ABOUT, "no consent"),
        ((LATER,), ABOUT, "Of f00d no consent"),
        ((FILM,), replace(ABOUT, study="my study"), "cannot be a label"),
        ((replace(FILM, subject="../x"),), ABOUT, "cannot be a label"),
    ],
)
def test_what_must_not_go_out_is_refused(films: tuple[FilmFacts, ...], about: About, words: str) -> None:
    with pytest.raises(VfeedError, match=words):
        bundle([CODING], films, about)


def of_store(store: Store, families: list[str], key: Path, study: str = "p") -> tuple[dict[str, bytes], int]:
    files: dict[str, bytes] = {}
    left_out = make_bundle(store, families, study, "t", key, "command line", notes=False, keep=files.update)
    return files, left_out


def test_a_bundle_from_the_store_names_nobody_and_tells_the_consents(store: Store, tmp_path: Path) -> None:
    home = a_home(store)
    agree(store, home)
    until = date.today() + timedelta(days=30)
    for person in (home.child, home.caregiver):
        store.consents.give(person.id, "research", None, date.today(), until, "", "ann")
    clip = a_clip(store, home, recorded_on=date(2026, 6, 15))
    moment = {"moment_id": "m1", "start_us": S, "end_us": 2 * S, "code_ref": "attentive", "note": "Little Robin"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    files, left_out = of_store(store, ["Robin"], tmp_path / "key.csv", "play1")
    check(files)
    text = b"".join(files.values()).decode()
    assert not [word for word in ("Robin", "Baby", "Mother", "ann,", clip.id, home.family.id) if word in text]
    assert left_out == 0
    columns, ((_, _, session, age, *_, consents, ends),) = table(files["clips.csv"])
    assert columns[2:4] == ["session", "age_months"] and (session, age) == ("1", "5")
    assert (consents, ends) == ("2", until.isoformat())
    assert clip.id in (tmp_path / "key.csv").read_text()
    (row,) = [each for each in store.audit.list() if each.action == "codes.bundled"]
    assert row.object == clip.id and row.seq == told(files, "manifest.json")["audit_row"]
    assert zipped(files, "b") == zipped(dict(reversed(files.items())), "b")


def test_a_withdrawn_consent_keeps_a_film_out_of_the_next_bundle(store: Store, tmp_path: Path) -> None:
    for name in ("Robin", "Wren"):
        home = a_home(store, name)
        agree(store, home)
        given = agree(store, home, "research")
        a_clip(store, home, name.encode() * 999)
    store.consents.withdraw(given[0], "ann", "No more.")
    files, left_out = of_store(store, ["Robin", "Wren"], tmp_path / "key.csv")
    assert left_out == 1 and len(table(files["clips.csv"])[1]) == 1
    with pytest.raises(VfeedError) as refusal:
        of_store(store, ["Wren"], tmp_path / "key.csv")
    assert refusal.value.code == "consent_missing"


def test_a_bundle_that_cannot_be_kept_is_not_in_the_trail(store: Store, tmp_path: Path) -> None:
    def full(_files: object) -> None:
        raise OSError

    home = a_home(store)
    agree(store, home)
    agree(store, home, "research")
    a_clip(store, home)
    with pytest.raises(OSError):
        make_bundle(store, ["Robin"], "p", "t", tmp_path / "key.csv", "command line", notes=False, keep=full)
    assert "codes.bundled" not in {row.action for row in store.audit.list()}


def test_a_bundle_names_its_own_row_of_the_trail_whoever_else_writes(store: Store, tmp_path: Path) -> None:
    kept: dict[str, bytes] = {}
    other = threading.Thread(target=store.audit.record, args=("ann", "clip.viewed", "x"))

    def keep(files: Mapping[str, bytes]) -> None:
        kept.update(files)
        other.start()
        other.join(0.2)

    home = a_home(store)
    agree(store, home)
    agree(store, home, "research")
    a_clip(store, home)
    make_bundle(store, ["Robin"], "p", "t", tmp_path / "key.csv", "command line", notes=False, keep=keep)
    other.join()
    row = next(each for each in store.audit.list() if each.seq == told(kept, "manifest.json")["audit_row"])
    assert row.action == "codes.bundled"
