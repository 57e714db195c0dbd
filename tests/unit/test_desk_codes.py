"""Codings taken out of vfeed: only with consent, nobody named, and nothing unconfirmed among them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from filled_store import a_clip, a_home, agree

from vfeed.desk.codes import UNCONFIRMED, Taken, take_out
from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.analyses import Findings
from vfeed.store.tables import Clip

S = 1_000_000


def offered(number: int, kind: str = "gaze_contact") -> dict[str, Any]:
    return {"id": f"c{number}", "kind": kind, "start_us": number * S, "end_us": (number + 1) * S, "confidence": 0.5}


def coded(store: Store, research: bool = True) -> Clip:
    home = a_home(store)
    agree(store, home)
    if research:
        agree(store, home, "research")
    clip = a_clip(store, home)
    candidates = [offered(1), offered(3), offered(5, "gaze_aversion"), offered(7)]
    made = {"code": "1", "perception": "ab" * 20, "models": {"m": "1"}, "parameters": {"p": 1}}
    store.analyses.save(clip.id, Findings(made, {}, {}, {}, candidates, b""))
    for type_, number, change in (
        ("candidate_confirmed", 1, {}),
        ("candidate_confirmed", 3, {"end_us": 4 * S + 500_000}),
        ("candidate_rejected", 5, {}),
    ):
        told = {name: value for name, value in offered(number).items() if name in ("kind", "start_us", "end_us")}
        told |= {"kind": "gaze_aversion"} if number == 5 else {}
        store.events.append(clip.id, "ann", type_, {"candidate_id": f"c{number}", **told, **change})
    moment = {"moment_id": "m1", "start_us": 2 * S, "end_us": 4 * S, "code_ref": "attentive", "note": "Little Robin"}
    store.events.append(clip.id, "ben", "moment_tagged", moment)
    return clip


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def taken(store: Store, folder: Path, **more: Any) -> Taken:
    asked = {"unconfirmed": False, "notes": False} | more
    return take_out(store, "Robin", "csv", folder / "names.csv", "command line", **asked)


def test_what_people_kept_moved_and_tagged_goes_out_and_nothing_else(store: Store, tmp_path: Path) -> None:
    coded(store)
    found = rows(taken(store, tmp_path).files["events_long.csv"])
    assert [(row["code"], row["source"], row["who"]) for row in found] == [
        ("gaze_contact", "candidate_adjusted", "both"),
        ("gaze_contact", "candidate_confirmed", "both"),
        ("attentive", "human_coding", "n/a"),
    ]
    assert {row["offset_us"] for row in found} == {"4500000", "2000000", "4000000"}
    assert all(row["analysis_version"].startswith("1+abab") and len(row["models_sha"]) == 64 for row in found)


def test_what_nobody_confirmed_comes_only_when_asked_for_and_apart(store: Store, tmp_path: Path) -> None:
    coded(store)
    assert UNCONFIRMED not in taken(store, tmp_path).files
    both = taken(store, tmp_path, unconfirmed=True).files
    apart = rows(both[UNCONFIRMED])
    assert list(apart[0])[:2] == ["status", "not_a_finding"]
    assert [(row["status"], row["not_a_finding"], row["onset_us"]) for row in apart] == [
        ("unconfirmed", "true", "7000000")
    ]
    assert "7000000" not in both["events_long.csv"].decode()


def test_nobody_is_named(store: Store, tmp_path: Path) -> None:
    clip = coded(store)
    files = taken(store, tmp_path, unconfirmed=True).files
    text = b"".join(files.values()).decode()
    assert not [
        word for word in ("Robin", "Playing", "ann", "ben", clip.id) if f",{word}" in text or f"{word}," in text
    ]
    assert "Robin" in b"".join(taken(store, tmp_path, notes=True).files.values()).decode()
    assert clip.id in (tmp_path / "names.csv").read_text()


def test_nothing_goes_out_without_consent_to_research_and_what_goes_is_noted(store: Store, tmp_path: Path) -> None:
    clip = coded(store, research=False)
    with pytest.raises(VfeedError) as refusal:
        taken(store, tmp_path)
    assert refusal.value.code == "consent_missing"
    home = store.families.find("Robin")
    assert home is not None
    with pytest.raises(VfeedError, match="no family"):
        take_out(store, "Nobody", "csv", tmp_path / "n.csv", "x", unconfirmed=False, notes=False)
    assert not [row for row in store.audit.list() if row.action == "codes.exported" and row.object == clip.id]


def test_where_gaze_means_little_no_look_goes_out(store: Store, tmp_path: Path) -> None:
    clip = coded(store)
    store.events.append(clip.id, "ann", "gaze_flags_set", {"meaningful": False, "reason": "He does not see."})
    files = taken(store, tmp_path, unconfirmed=True).files
    assert {row["code"] for row in rows(files["events_long.csv"])} == {"attentive"}
    assert rows(files[UNCONFIRMED]) == []


def test_what_lies_outside_the_play_is_not_offered_and_what_was_kept_there_goes_out(
    store: Store, tmp_path: Path
) -> None:
    clip = coded(store)
    store.events.append(clip.id, "ann", "play_bounded", {"start_us": 2 * S, "end_us": 7 * S})
    files = taken(store, tmp_path, unconfirmed=True).files
    assert rows(files.get(UNCONFIRMED, b"")) == []
    assert "1000000" in {row["onset_us"] for row in rows(files["events_long.csv"])}


def test_what_cannot_be_kept_is_not_in_the_trail(store: Store, tmp_path: Path) -> None:
    def full(_files: object) -> None:
        raise OSError

    coded(store)
    with pytest.raises(OSError):
        taken(store, tmp_path, keep=full)
    with pytest.raises(VfeedError):
        take_out(store, "Robin", "smoke", tmp_path / "n.csv", "x", unconfirmed=False, notes=False)
    assert "codes.exported" not in {row.action for row in store.audit.list()}
    taken(store, tmp_path)
    assert "codes.exported" in {row.action for row in store.audit.list()}
