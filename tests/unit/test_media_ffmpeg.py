"""The ffmpeg child sees pipes only and never outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from clip_factory import make

from vfeed.errors import VfeedError
from vfeed.media.encoding import Encoding
from vfeed.media.ffmpeg import Child, encoder_arguments
from vfeed.media.scratch import Scratch

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("sound", [True, False])
def test_only_pipes_and_one_demuxer_are_allowed(sound: bool) -> None:
    command = encoder_arguments(sound=sound, threads=2)
    inputs = command[: command.index("-i") + 2]
    assert inputs[-1] == "pipe:0"
    assert inputs[inputs.index("-f") + 1] == "nut"
    assert inputs[inputs.index("-protocol_whitelist") + 1] == "pipe"
    assert [word for word in command if "://" in word or word.startswith("file:")] == []
    assert command.count("-i") == 1
    assert "pipe:1" in command
    assert ("-an" in command) != sound


def test_a_playlist_on_the_pipe_reaches_nothing() -> None:
    child = Child(encoder_arguments(sound=False, threads=1))
    child.write(b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n" * 10)
    child.end_input()
    assert child.stdout.read() == b""
    with pytest.raises(VfeedError) as caught:
        child.wait()
    child.close()
    assert caught.value.code == "media_failed"


def test_a_report_asked_for_by_the_environment_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FFREPORT", f"file={tmp_path}/report.log")
    child = Child(encoder_arguments(sound=False, threads=1))
    child.end_input()
    child.stdout.read()
    child.close()
    assert list(tmp_path.iterdir()) == []


def test_leaving_the_encoding_early_ends_ffmpeg() -> None:
    with Scratch() as scratch:
        with Encoding(320, 180, sound=True, scratch=scratch) as encoding:
            pid = encoding._child.pid
            assert psutil.pid_exists(pid)
        assert not psutil.pid_exists(pid)


def test_a_killed_worker_takes_ffmpeg_with_it(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    (tmp_path / "clip.mkv").write_bytes(make("mkv", "h264", frames=250, size=(640, 360)))
    script.write_text(
        "import io, sys, threading\n"
        "from vfeed.media.proxy import make_proxy\n"
        "def stay(done):\n"
        "    print('going', flush=True)\n"
        "    threading.Event().wait()\n"
        f"make_proxy(open({str(tmp_path / 'clip.mkv')!r}, 'rb'), io.BytesIO(), on_progress=stay,"
        " is_cancelled=lambda: False)\n"
    )
    worker = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"going\n"
    children = psutil.Process(worker.pid).children()
    assert len(children) == 1
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def test_writing_to_a_dead_child_does_not_hang() -> None:
    child = Child(encoder_arguments(sound=False, threads=1))
    child.kill()
    started = time.monotonic()
    with pytest.raises(BrokenPipeError):
        child.write(bytes(1 << 22))
    assert time.monotonic() - started < 5
    child.close()
