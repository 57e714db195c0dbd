"""How quickly the review room answers a hand, in a real Chromium."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from bench.looped import looped_clip
from bench.review_browser import chromium, open_room, signed_in
from bench.review_site import Site, site

Row = tuple[str, float, str]
LOOPS = 24
SEEKS = 200

# From the moment that a time is asked for to the moment that the browser reports its picture as drawn.
SEEK_MS = """async (times) => {
  const video = document.querySelector('video');
  const field = document.querySelector('.time input');
  const took = [];
  for (const time of times) {
    const drawn = new Promise((done) => video.requestVideoFrameCallback(done));
    const began = performance.now();
    field.value = (time / 1e6).toFixed(6);
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await drawn;
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b);
}"""


def report() -> list[Row]:
    """Rows of (what, value, unit)."""
    with tempfile.TemporaryDirectory() as folder, site(Path(folder) / "site") as running, chromium() as browser:
        return seeking(running, browser)


def seeking(running: Site, browser: Browser) -> list[Row]:
    """Seeks at random in a film of ten minutes, 1280x720 at 25 frames a second."""
    clip = running.add(looped_clip("side_view_woman.mp4", LOOPS).getvalue())
    context = signed_in(browser, running)
    page = open_room(context, running.url, clip)
    draw = random.Random(6)
    took = page.evaluate(SEEK_MS, [draw.randrange(clip.facts["duration_us"]) for _ in range(SEEKS)])
    context.close()
    return [
        ("length of the film", clip.facts["duration_us"] / 1e6, "s"),
        ("seek to drawn picture, median", took[len(took) // 2], "ms"),
        ("seek to drawn picture, 95th of 100", took[len(took) * 95 // 100], "ms"),
    ]
