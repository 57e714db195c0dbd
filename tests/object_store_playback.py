"""A long film kept in an S3 store and watched in a real Chromium: how soon a picture is there after a jump."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from clip_factory import clip as small_clip
from object_store import in_bucket, new_bucket, objects_in
from playwright.sync_api import Browser

from bench.review_browser import signed_in
from bench.review_site import site

SECONDS, BITS_A_SECOND = 5, 18_000_000
"""An hour of such a film has 8 GB, the most that is taken in. What its pictures do not need is filled up."""
PLAYED_S = 4.0
WATCH = """async ({ url, times, playS }) => {
  const video = document.createElement('video');
  const next = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
  video.muted = true;
  video.src = url;
  const began = performance.now();
  document.body.append(video);
  await next('loadeddata');
  const opened = performance.now() - began;
  await video.play();
  const from = video.currentTime, since = performance.now();
  while (performance.now() - since < playS * 1000) await new Promise((done) => setTimeout(done, 50));
  const played = video.currentTime - from;
  video.pause();
  const seeks = [];
  for (const share of times) {
    const drawn = new Promise((done) => video.requestVideoFrameCallback(done));
    const asked = performance.now();
    video.currentTime = share * video.duration;
    await drawn;
    seeks.push(performance.now() - asked);
  }
  return { opened, played, seeks, duration: video.duration, error: video.error && video.error.message };
}"""


@dataclass(frozen=True)
class Watched:
    """What was measured: sizes in bytes, times in milliseconds and seconds as they are named."""

    film_bytes: int
    film_s: float
    kept_s: float
    opened_ms: float
    played_s: float
    seeks_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return self.seeks_ms[len(self.seeks_ms) // 2]

    @property
    def p95_ms(self) -> float:
        return self.seeks_ms[len(self.seeks_ms) * 95 // 100]


def looped_film(folder: Path, size_bytes: int) -> Path:
    """A film of about this size, its index before its pictures, as the worker's copies have it."""
    piece, film = folder / "piece.mp4", folder / "film.mp4"
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-b:v", str(BITS_A_SECOND)]
    filled = ["-x264-params", f"nal-hrd=cbr:filler=1:vbv-maxrate={BITS_A_SECOND // 1000}:vbv-bufsize=18000"]
    _ffmpeg("-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=25:duration={SECONDS}", *coded, *filled, str(piece))
    times = max(1, round(size_bytes / piece.stat().st_size))
    _ffmpeg("-stream_loop", str(times - 1), "-i", str(piece), "-c", "copy", "-movflags", "+faststart", str(film))
    return film


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder that is removed afterwards, whatever happened: the films in it are large."""
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def watched_from_store(browser: Browser, folder: Path, size_bytes: int, seeks: int) -> Watched:
    """Keep a film of this size in a bucket of its own, open it anew as a player does, play it, and jump about in it."""
    bucket = new_bucket()
    settings_folder = folder / "keys"
    settings_folder.mkdir()
    with site(folder / "site", **in_bucket(settings_folder, bucket)) as running:
        clip = running.add(small_clip("mp4_h264"))
        with scratch(folder / "film") as large:
            film = looped_film(large, size_bytes)
            film_bytes, began = film.stat().st_size, time.monotonic()
            with film.open("rb") as file, running.store.blobs.put(clip.id, "proxy", "video/mp4") as out:
                shutil.copyfileobj(file, out, 1 << 20)
            kept_s = time.monotonic() - began
        assert film_bytes < max(objects_in(bucket).values()) < 1.001 * film_bytes + 1000
        context = signed_in(browser, running)
        page = context.new_page()
        page.goto("/")
        chance = random.Random(1)
        wanted = {
            "url": f"{running.url}/media/{clip.id}/proxy",
            "times": [chance.random() for _ in range(seeks)],
            "playS": PLAYED_S,
        }
        found = page.evaluate(WATCH, wanted)
        context.close()
    assert found["error"] is None
    return Watched(
        film_bytes, found["duration"], kept_s, found["opened"], found["played"], tuple(sorted(found["seeks"]))
    )
