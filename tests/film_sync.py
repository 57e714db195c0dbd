"""Sound and picture of a film side by side in a real Chromium: a numbered picture every 40 ms, a click every second.

`made` makes the film, `copy_of` the copy that vfeed plays, `measured` plays it, `out_of_step` says how it went.
"""

from __future__ import annotations

import http.server
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from clip_factory import numbered_image
from playwright.sync_api import Browser

from vfeed.media.proxy import make_proxy

SOUND_HZ, FPS, SIZE = 48_000, 25, (160, 96)
CLICK_S, CLICK_HZ = 0.03, 2_000
PATIENCE_S = 60
MOST_LATE = 0.02
LONGEST_LAG_S = 0.08


def made(seconds: int, pace: float = 1.0, sound_lost: tuple[float, float] | None = None) -> bytes:
    """An MP4 whose sound clock runs at `pace`, as of a recorder whose quartz is off: the samples of a second are
    stamped `pace` seconds apart, and there are so many fewer or more of them. Packets of `sound_lost` are left out.
    """
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        film = target.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "20", "bf": "0"})
        film.width, film.height, film.pix_fmt, film.gop_size = *SIZE, "yuv420p", FPS
        sound = target.add_stream("aac", rate=SOUND_HZ, layout="mono")
        for number in range(seconds * FPS):
            frame = av.VideoFrame.from_ndarray(numbered_image(number % 256, *SIZE), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            target.mux(film.encode(frame))
            if number % FPS == 0:
                _mux_sound(target, sound, _clicks(number // FPS, pace), pace, sound_lost)
        target.mux(film.encode(None))
        _mux_sound(target, sound, None, pace, sound_lost)
    return out.getvalue()


def _clicks(second: int, pace: float) -> Any:
    """The samples of one second of film by a clock of this pace, with a click at its start."""
    first, last = (round(at * SOUND_HZ / pace) for at in (second, second + 1))
    at_s = np.arange(last - first) / SOUND_HZ
    wave = np.where(at_s < CLICK_S, np.sin(2 * np.pi * CLICK_HZ * at_s), 0) * 20_000
    frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None], format="s16", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = SOUND_HZ, Fraction(1, SOUND_HZ), first
    return frame


def _mux_sound(target: Any, stream: Any, frame: Any, pace: float, lost: tuple[float, float] | None) -> None:
    for packet in stream.encode(frame):
        at_s = float(packet.pts * packet.time_base) * pace
        packet.pts = packet.dts = round(at_s / packet.time_base)
        if lost is None or not lost[0] <= at_s < lost[1]:
            target.mux(packet)


def copy_of(film: bytes) -> bytes:
    """The copy that vfeed plays of this film."""
    out = io.BytesIO()
    make_proxy(io.BytesIO(film), out, on_progress=lambda _: None, is_cancelled=lambda: False)
    return out.getvalue()


def measured(browser: Browser, film: bytes, folder: Path, seconds: int) -> list[tuple[float, float]]:
    """Play a film to its end; for each click heard, seconds of film and by how much it comes after its picture.

    The sound is what goes to the loudspeaker; pictures are those that the page is about to show, told by their number.
    """
    (folder / "film.mp4").write_bytes(film)
    (folder / "index.html").write_text(PAGE)
    (folder / "heard.js").write_text(HEARD)
    with _served(folder) as url:
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("button").click()
        page.wait_for_function("window.done", timeout=(seconds + PATIENCE_S) * 1000)
        clicks, shown = page.evaluate("[window.clicks, window.shown]")
        page.close()
    return _apart(clicks, shown, seconds)


def _apart(clicks: list[float], shown: list[tuple[float, float, int]], seconds: int) -> list[tuple[float, float]]:
    """`clicks`: when each is heard; `shown`: when each picture is, its stamp and its number; all in seconds."""
    at_s, stamp_s, number = np.array(shown).T
    # Now and then the page draws the picture after the one that it was told of.
    wrong = (np.round(stamp_s * FPS) - number) % 256 != 0
    assert wrong.mean() <= MOST_LATE, "pictures have other pictures' times"
    assert np.abs(stamp_s * FPS - np.round(stamp_s * FPS)).max() < 0.05
    # When the film's zero would be on screen, by the pictures around each moment.
    zero_s = at_s - stamp_s
    apart = []
    for heard_s in clicks:
        near = np.abs(at_s - heard_s) < 1.5
        if near.any():
            film_s = heard_s - float(np.median(zero_s[near]))
            apart.append((film_s, film_s - round(film_s)))
    assert len(apart) >= 0.9 * seconds, f"only {len(apart)} of {seconds} clicks were heard"
    return apart


def out_of_step(apart: list[tuple[float, float]]) -> float:
    """By how much at most clicks and pictures are apart, in seconds, less what this measuring takes to hear.

    A page hears and counts pictures with a lag of its own, 20 to 50 ms, the same all the time: the median is taken off.
    """
    late_s = np.array(apart)[:, 1]
    lag_s = float(np.median(late_s))
    assert abs(lag_s) <= LONGEST_LAG_S
    return float(np.abs(late_s[1:] - lag_s).max())


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves parts of a file too, as players ask for them."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """A file, or the part of it that is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            super().do_GET()
            return
        data = Path(self.translate_path(self.path)).read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.wfile.write(data[first : last + 1])


HEARD = """
registerProcessor("heard", class extends AudioWorkletProcessor {
  constructor() { super(); this.quietUntil = 0; }
  process([input]) {
    const samples = input[0] || [];
    for (let n = 0; n < samples.length; n += 1) {
      const at = currentTime + n / sampleRate;
      if (Math.abs(samples[n]) > 0.15 && at > this.quietUntil) {
        this.quietUntil = at + 0.5;
        this.port.postMessage(at);
      }
    }
    return true;
  }
});
"""
PAGE = """<!doctype html><title>Sync</title><button>Play</button><video src="film.mp4" width="160" height="96"></video>
<script>
window.clicks = []; window.shown = []; window.done = false;
const video = document.querySelector("video");
const canvas = new OffscreenCanvas(160, 96).getContext("2d", { willReadFrequently: true });
document.querySelector("button").onclick = async () => {
  const context = new AudioContext({ latencyHint: "interactive" });
  await context.audioWorklet.addModule("heard.js");
  const heard = new AudioWorkletNode(context, "heard");
  context.createMediaElementSource(video).connect(heard).connect(context.destination);
  heard.port.onmessage = ({ data }) => window.clicks.push(data);
  const look = (now, facts) => {
    canvas.drawImage(video, 0, 0, 160, 96);
    const row = canvas.getImageData(0, 48, 160, 1).data;
    let number = 0;
    for (let bit = 0; bit < 8; bit += 1) number |= (row[4 * (bit * 20 + 10) + 1] > 127 ? 1 : 0) << bit;
    const clock = context.getOutputTimestamp();
    const at = clock.contextTime + (facts.expectedDisplayTime - clock.performanceTime) / 1000;
    window.shown.push([at, facts.mediaTime, number]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  video.onended = () => { window.done = true; };
  await video.play();
};
</script>
"""
