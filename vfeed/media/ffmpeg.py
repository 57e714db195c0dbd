"""The ffmpeg child: it encodes what comes down one pipe and answers through another, and sees nothing else."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections import deque
from typing import IO, Any

import ffmpeg
import imageio_ffmpeg

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.sound import SOUND_HZ

LAST_LINES = 12
WAIT_S = 30.0  # ffmpeg ends at once when its input does; longer means that it hangs.

X264 = {
    # The quickest preset with its one visible fault mended: without the deblocking filter, blocks show in soft light.
    "vcodec": "libx264", "preset": "ultrafast",
    "x264-params": "deblock=0,0:colorprim=bt709:transfer=bt709:colormatrix=bt709",
    "crf": 23, "pix_fmt": "yuv420p", "profile:v": "high", "level:v": "4.0",
    # No B-frames: every frame's place is its time, with no edit list for a player to miss.
    "bf": 0,
    # A key frame for each second of true time, a little early so that no gap exceeds it.
    "force_key_frames": "expr:gte(t,n_forced*0.9)", "g": 600,
    "fps_mode": "passthrough", "enc_time_base:v": "1:1000000",
}  # fmt: skip
AAC = {"acodec": "aac", "audio_bitrate": "128k"}


def encoder_arguments(*, sound: bool, threads: int, pitch: float = 1.0) -> list[str]:
    """Return the command line that turns NUT with raw frames (and sound) into NUT with H.264 (and AAC).

    `pitch` is the share by which the sound's pitch and formants are changed, its pace staying as it is.
    """
    source = ffmpeg.input("pipe:0", format="nut", protocol_whitelist="pipe")
    output: dict[str, Any] = {**X264, **(AAC if sound else {"an": None}), "threads": threads, "format": "nut"}
    if sound and pitch != 1.0:
        output["af"] = f"asetrate={round(SOUND_HZ * pitch)},aresample={SOUND_HZ},atempo={1 / pitch:.6f}"
    made = ffmpeg.output(source, "pipe:1", **output).global_args("-nostdin", "-hide_banner", "-loglevel", "error")
    command: list[str] = made.compile(cmd=imageio_ffmpeg.get_ffmpeg_exe())
    return command


class Child:
    """A running ffmpeg with raw pipes `stdin` and `stdout`. It ends with us: its pipes break when we are gone."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={"LC_ALL": "C"},  # FFREPORT and its like would write files.
        )
        self._said: deque[str] = deque(maxlen=LAST_LINES)
        self._listener = threading.Thread(target=self._listen, name="ffmpeg-messages", daemon=True)
        self._listener.start()

    @property
    def stdout(self) -> IO[bytes]:
        """What ffmpeg writes."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def write(self, data: bytes) -> int:
        """Write all of `data` to ffmpeg; raises BrokenPipeError when it is gone."""
        assert self._process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[self._process.stdin.write(view) :]
        return len(data)

    def end_input(self) -> None:
        """Tell ffmpeg that everything has been written."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def wait(self) -> None:
        """Wait for the end; raises VfeedError `media_failed` with ffmpeg's last lines when it went wrong."""
        try:
            status = self._process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            status = -1
        self._listener.join(WAIT_S)
        if status:
            said = " ".join(self._said) or f"ffmpeg ended with status {status}."
            raise VfeedError(
                "media_failed", _("The video could not be encoded: %(reason)s"), hint=_("Try again."), reason=said
            )

    def kill(self) -> None:
        """End ffmpeg now; whoever reads or writes its pipes meets their end. Safe from any thread."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End ffmpeg and let go of its pipes, once no other thread uses them."""
        self.kill()
        self._listener.join(WAIT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as pipe, contextlib.suppress(ValueError):
            for line in iter(pipe.readline, b""):
                self._said.append(line.decode("utf-8", "replace").strip()[:300])
