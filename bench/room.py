"""How quickly the review room answers a hand, in a real Chromium."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import BrowserContext, expect

from bench.looped import looped_clip
from bench.review_browser import chromium, open_room, signed_in
from bench.review_site import Site, candidate, findings, site

DIST = Path(__file__).parents[1] / "vfeed" / "server" / "static" / "dist"
Row = tuple[str, float, str]
LOOPS = 24
SEEKS = 200

HOUR_US = 3_600_000_000
MOMENTS = 5_000
ACTS = 60
# A film as a home visit brings it: as many candidates, each kept or refused by one key.
DECIDED = 100
GAP_US = 4_000_000
# The keys that a person works with, and what a hand on the trackpad does; each is timed from the event to the picture.
KEYS = (".", "ArrowRight", "i", "=", "-", "n")
WATCH = """() => {
  [window.took, window.began] = [[], []];
  const watch = (event) => {
    const began = event.timeStamp;
    if (event.type === 'keydown') window.began.push(began);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.took.push(performance.now() - began);
      port2.postMessage(0);
    });
  };
  for (const name of ['keydown', 'wheel']) window.addEventListener(name, watch, { capture: true });
}"""
# How long the server took to say that an act is kept, from the key that did it; each act is one request, in order.
KEPT_MS = """(address) => {
  const answers = performance.getEntriesByType('resource').filter(({ name }) => name.split('?')[0].endsWith(address));
  const kept = answers.slice(-window.began.length);
  return kept.map(({ responseEnd }, at) => responseEnd - window.began[at]);
}"""
# Pictures a second while the lanes are dragged along.
PAN = """() => new Promise((done) => {
  const strip = document.querySelector('.strip input');
  let pictures = 0;
  const began = performance.now();
  const step = () => {
    pictures += 1;
    strip.value = String((Number(strip.max) * (pictures % 200)) / 200);
    strip.dispatchEvent(new Event('input', { bubbles: true }));
    const passed = performance.now() - began;
    if (passed < 3000) requestAnimationFrame(step);
    else done((pictures * 1000) / passed);
  };
  requestAnimationFrame(step);
})"""

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
        context = signed_in(browser, running)
        return [
            ("load of the machine when it began", os.getloadavg()[0], ""),
            *seeking(running, context),
            *answering(running, context),
            *deciding(running, context),
            *scripts(),
        ]


def scripts() -> list[Row]:
    """What a browser fetches of scripts before the review room stands."""
    plain, packed = weight(["src/islands/review/Review.svelte"])
    return [("scripts of the review room", plain, "kB"), ("the same, each packed by gzip", packed, "kB")]


def weight(islands: Sequence[str]) -> tuple[float, float]:
    """Kilobytes of script, plain and packed, that a page with these islands fetches first, by the build's own list."""
    built = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    wanted, found = ["src/main.ts", *islands], set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += built[name].get("imports", [])
    files = [(DIST / built[name]["file"]).read_bytes() for name in found]
    return sum(map(len, files)) / 1000, sum(len(gzip.compress(each, 6)) for each in files) / 1000


def answering(running: Site, context: BrowserContext) -> list[Row]:
    """Keys and panning with five thousand moments in a film of an hour."""
    clip = running.add(long_film(), findings(*_much()))
    page = open_room(context, running.url, clip)
    for _ in range(4):
        page.keyboard.press("=")
    page.evaluate(WATCH)
    box = page.locator(".board").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for count in range(ACTS):
        page.keyboard.press(KEYS[count % len(KEYS)])
        page.mouse.wheel(40, 0)
        page.wait_for_timeout(30)
    took = sorted(page.evaluate("() => window.took"))
    rate = page.evaluate(PAN)
    page.close()
    return [
        ("candidates in an hour of film", float(MOMENTS), ""),
        ("event to picture, median", took[len(took) // 2], "ms"),
        ("event to picture, 95th of 100", took[len(took) * 95 // 100], "ms"),
        ("pictures while panning", rate, "a second"),
    ]


def deciding(running: Site, context: BrowserContext) -> list[Row]:
    """One key after another, each deciding about a candidate: to the next picture, and to the server's word."""
    candidates = [candidate(f"d{n}", n * GAP_US, n * GAP_US + GAP_US * 2 // 3) for n in range(DECIDED + 1)]
    film = looped_clip("side_view_man.mp4", LOOPS).getvalue()
    clip = running.add(film, findings(candidates, {"infant": [], "parent": []}))
    page = open_room(context, running.url, clip)
    page.keyboard.press("n")
    expect(page.locator(".item.selected")).to_have_count(1)
    page.evaluate("() => performance.setResourceTimingBufferSize(10_000)")
    page.evaluate(WATCH)
    for number in range(DECIDED):
        with page.expect_response(lambda answer: answer.request.method == "POST" and "/events" in answer.url):
            page.keyboard.press("x" if number % 3 else "y")
    expect(page.locator("[data-tally]")).to_contain_text("1 to decide")
    shown, kept = sorted(page.evaluate("() => window.took")), sorted(page.evaluate(KEPT_MS, "/events"))
    page.close()
    assert len(shown) == len(kept) == DECIDED
    return [
        ("candidates decided by a key each", float(DECIDED), ""),
        ("deciding key to picture, median", shown[DECIDED // 2], "ms"),
        ("deciding key to picture, 95th of 100", shown[DECIDED * 95 // 100], "ms"),
        ("deciding key to the server's word, median", kept[DECIDED // 2], "ms"),
        ("deciding key to the server's word, 95th of 100", kept[DECIDED * 95 // 100], "ms"),
    ]


def long_film() -> bytes:
    """An hour at one small picture a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=1, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 160, 90, "yuv420p", 2
        for second in range(HOUR_US // 1_000_000):
            image = np.full((90, 160, 3), second % 200, np.uint8)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        target.mux(stream.encode(None))
    return out.getvalue()


def _much() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    gap = HOUR_US // MOMENTS
    candidates = [candidate(f"c{n}", n * gap, n * gap + gap * 2 // 3) for n in range(MOMENTS)]
    states = ("partner", "object", "away", "unseen")
    lane = [[n * gap, (n + 1) * gap, states[n % 4], 0.8] for n in range(MOMENTS)]
    return candidates, {"infant": lane, "parent": lane}


def seeking(running: Site, context: BrowserContext) -> list[Row]:
    """Seeks at random in a film of ten minutes, 1280x720 at 25 frames a second."""
    clip = running.add(looped_clip("side_view_woman.mp4", LOOPS).getvalue())
    page = open_room(context, running.url, clip)
    draw = random.Random(6)
    took = page.evaluate(SEEK_MS, [draw.randrange(clip.film.duration_us) for _ in range(SEEKS)])
    page.close()
    return [
        ("length of the film", clip.film.duration_us / 1e6, "s"),
        ("seek to drawn picture, median", took[len(took) // 2], "ms"),
        ("seek to drawn picture, 95th of 100", took[len(took) * 95 // 100], "ms"),
    ]
