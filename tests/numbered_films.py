"""Films whose pictures carry their number, and what the review room names and draws when a time is asked for."""

from __future__ import annotations

import bisect
import random
from typing import Any

from playwright.sync_api import Page

FRAMES = 250


def uneven_times(seed: int, tick_us: int = 1) -> tuple[int, ...]:
    """A phone's film: gaps of 15 to 60 ms, now and then of nearly half a second, in the ticks of its file."""
    draw = random.Random(seed)
    times = [0]
    for _ in range(FRAMES - 1):
        times.append(times[-1] + (450_000 if draw.random() < 0.04 else draw.randrange(15_000, 60_000)))
    return tuple(round(time / tick_us) * tick_us for time in times)


MATROSKA_TICK_US = 1000
STEADY = tuple(range(0, FRAMES * 40_000, 40_000))
FILMS: dict[str, dict[str, Any]] = {
    "uneven frames, copied": {"container": "mp4", "codec": "h264", "times_us": uneven_times(1)},
    "uneven frames, reordered": {"container": "mp4", "codec": "h264", "times_us": uneven_times(1), "bframes": 2},
    "steady frames, reordered, copied": {"container": "mp4", "codec": "h264", "times_us": STEADY, "bframes": 2},
    "uneven frames, encoded anew": {"container": "mkv", "codec": "vp9", "times_us": uneven_times(2, MATROSKA_TICK_US)},
    "held upright": {
        "container": "mov",
        "codec": "h264",
        "size": (180, 320),
        "rotation_deg": 90,
        "times_us": uneven_times(3),
    },
}

# Waits for the picture that is named, and reads the number that the drawn one carries.
READ = """async () => {
  const pane = document.querySelector('[data-settled]');
  const video = document.querySelector('video');
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  do await painted(); while (video.seeking || pane.dataset.settled !== 'true');
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    const [red] = pen.getImageData(Math.floor(((bit + 0.5) * canvas.width) / 8), canvas.height >> 1, 1, 1).data;
    if (red > 127) number |= 1 << bit;
  }
  return [Number(pane.dataset.frame), number];
}"""
# Goes to each time by the time field.
GO_AND_READ = f"""async (times) => {{
  const read = {READ};
  const field = document.querySelector('.time input');
  const seen = [];
  for (const time of times) {{
    field.value = (time / 1e6).toFixed(6);
    field.dispatchEvent(new Event('change', {{ bubbles: true }}));
    seen.push(await read());
  }}
  return seen;
}}"""


def assert_frames_after_seeks(page: Page, times_us: tuple[int, ...], seeks: int) -> None:
    """Wherever a person goes in a film with pictures at these times, the one that is named is the one that is drawn."""
    draw = random.Random(20)
    wanted = [draw.randrange(times_us[-1] + 10_000) for _ in range(seeks)]
    seen = page.evaluate(GO_AND_READ, wanted)
    expected = [bisect.bisect_right(times_us, time) - 1 for time in wanted]
    assert [named for named, _ in seen] == expected
    assert [drawn for _, drawn in seen] == expected
