"""The `vfeed` command as a person calls it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from clip_factory import clip
from filled_store import settings_in
from loaded_process import run
from service import SAMPLES

from vfeed.launch import open_store
from vfeed.media.frames import frame_at

TESTS = Path(__file__).parents[1]


def vfeed(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command with data folder, key and home inside `folder`."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ.get("HOME", str(folder)),
        "VFEED_DATA_DIR": str(folder / "data"),
        "VFEED_KEY_FILE": str(folder / "key" / "master.key"),
        "VFEED_DATABASE_URL": settings_in(folder).database_url,
        "COLUMNS": "200",
    }
    return run("-m", "vfeed", *map(str, arguments), env=environment, cwd=folder)


def test_analyse_prints_a_table_and_writes_every_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = ("--fps", "5", "--setup", "one_view", "--infant", "2")
    done = vfeed("analyse", SAMPLES / "side_view_woman.mp4", "-o", out, *told, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "gaze_contact" in done.stdout and "taken for" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == [
        "analysis.json",
        "candidates.csv",
        "metrics.npz",
        "states.csv",
        "timeline.png",
    ]
    candidates = list(csv.DictReader((out / "candidates.csv").read_text().splitlines()))
    assert {"kind", "onset_s", "offset_s", "confidence", "reason"} <= set(candidates[0])
    assert {"gaze_contact", "gaze_aversion"} <= {row["kind"] for row in candidates}
    assert all(0 <= float(row["onset_s"]) < float(row["offset_s"]) <= 25.1 for row in candidates)
    assert all(0 < float(row["confidence"]) <= 1 and len(row["reason"]) > 20 for row in candidates)
    states = list(csv.DictReader((out / "states.csv").read_text().splitlines()))
    assert list(states[0]) == ["time_s", "infant_state", "parent_state", "p_mutual"]
    assert 110 <= len(states) <= 130
    assert {row["infant_state"] for row in states} <= {"partner", "object", "away", "unseen"}
    with np.load(out / "metrics.npz") as metrics:
        assert len(metrics["time_us"]) == len(states)
    facts = json.loads((out / "analysis.json").read_text())
    assert facts["version"]["models"] and facts["setup"]["given"] and facts["roles"]["infant_track"] == 1
    assert (out / "timeline.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "data").exists()


def test_a_film_that_lies_is_stood_up_first(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(clip("mp4_h264"))
    with io.BytesIO(clip("mp4_h264")) as file:
        before = frame_at(file, 0).image_bgr
    for turn, quarters in (("90", 1), ("180", 2)):
        done = vfeed("hide-faces", "film.mp4", f"hidden-{turn}.mp4", "--turn", turn, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        with (tmp_path / f"hidden-{turn}.mp4").open("rb") as file:
            after = frame_at(file, 0).image_bgr
        upright = np.rot90(before, -quarters)
        assert after.shape == upright.shape
        assert np.abs(after.astype(int) - upright).mean() < 8
    done = vfeed("analyse", "film.mp4", "-o", "out", "--fps", "1", "--turn", "270", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out" / "metrics.npz") as metrics:
        assert metrics["picture_px"].tolist()[:2] == [before.shape[0], before.shape[1]]
    assert vfeed("analyse", "film.mp4", "--turn", "45", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "clip_empty"),
        (b"Dear diary, this is not a film.\n" * 40, "clip_not_video"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "clip_playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "clip_playlist"),
        ((SAMPLES / "side_view_woman.mp4").read_bytes()[:200_000], "clip_truncated"),
    ],
    ids=["empty", "text", "playlist", "concat", "cut off"],
)
def test_a_clip_that_is_refused_exits_with_3_and_says_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    clip = tmp_path / "film.mp4"
    clip.write_bytes(content)
    done = vfeed("analyse", clip, folder=tmp_path)
    assert done.returncode == 3, done.stderr
    assert f"({code})" in done.stderr
    assert "What to do:" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_add_takes_a_clip_in_once_and_names_the_families_it_knows(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with open_store(settings) as store:
        family = store.families.create("Wren", "test")
        store.families.add_visit(family.id, date.today(), "First visit")
    clip = SAMPLES / "side_view_man.mp4"
    unknown = vfeed("add", clip, "--family", "Robin", folder=tmp_path)
    assert unknown.returncode == 5
    assert "Wren" in unknown.stderr
    first = vfeed("add", clip, "--family", "Wren", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    again = vfeed("add", clip, "--family", "Wren", folder=tmp_path)
    assert again.returncode == 3
    assert "(clip_known)" in again.stderr
    with open_store(settings) as store:
        assert [clip.title for clip in store.clips.for_family(family.id)] == ["side_view_man"]


def test_add_names_what_is_not_there_and_goes_on(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with open_store(settings) as store:
        family = store.families.create("Wren", "test")
        store.families.add_visit(family.id, date.today(), "First visit")
    clips = (tmp_path / "gone.mp4", tmp_path, SAMPLES / "side_view_man.mp4")
    done = vfeed("add", *clips, "--family", "Wren", folder=tmp_path)
    assert done.returncode == 2
    assert "gone.mp4: There is no such file" in done.stderr
    assert "is a directory" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    with open_store(settings) as store:
        assert [clip.title for clip in store.clips.for_family(family.id)] == ["side_view_man"]


def test_doctor_is_content_with_a_fresh_machine(tmp_path: Path) -> None:
    done = vfeed("doctor", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "mediapipe" in done.stdout and "onnxruntime" in done.stdout


def test_a_lost_key_stops_every_start_and_says_how_to_go_on(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with open_store(settings) as store:
        family = store.families.create("Wren", "test")
        store.families.add_visit(family.id, date.today(), "First visit")
    assert vfeed("add", SAMPLES / "side_view_man.mp4", "--family", "Wren", folder=tmp_path).returncode == 0
    settings.key_file.rename(tmp_path / "elsewhere.key")
    for command in (["doctor"], ["run"], ["serve"], ["work"]):
        done = vfeed(*command, folder=tmp_path)
        assert done.returncode == 4, (command, done.stderr)
        assert "(key_missing)" in done.stderr
    assert not settings.key_file.exists()


def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VFEED_PORT=0\n")
    done = vfeed("doctor", folder=tmp_path)
    assert done.returncode == 4
    assert "VFEED_PORT" in done.stderr
