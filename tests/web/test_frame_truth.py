"""The frame that is drawn is the frame that is named, wherever a person goes in the film."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterator
from typing import Any

import pytest
from clip_factory import make
from playwright.sync_api import Page, expect
from review_rooms import Rooms, eventually

pytestmark = pytest.mark.browser

SEEKS = 200
FRAMES = 250
PLAYED = 10


def uneven_times(seed: int) -> tuple[int, ...]:
    """A phone's film: gaps of 15 to 60 ms, and now and then nearly half a second."""
    draw = random.Random(seed)
    times = [0]
    for _ in range(FRAMES - 1):
        times.append(times[-1] + (450_000 if draw.random() < 0.04 else draw.randrange(15_000, 60_000)))
    return tuple(times)


STEADY = tuple(range(0, FRAMES * 40_000, 40_000))
FILMS: dict[str, dict[str, Any]] = {
    "uneven frames, copied": {"container": "mp4", "codec": "h264", "times_us": uneven_times(1)},
    "uneven frames, reordered": {"container": "mp4", "codec": "h264", "times_us": uneven_times(1), "bframes": 2},
    "steady frames, reordered, copied": {"container": "mp4", "codec": "h264", "times_us": STEADY, "bframes": 2},
    "uneven frames, encoded anew": {"container": "mkv", "codec": "vp9", "times_us": uneven_times(2)},
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


@pytest.fixture(scope="module", params=FILMS)
def film(request: pytest.FixtureRequest, rooms: Rooms) -> Iterator[tuple[Page, tuple[int, ...]]]:
    recipe = FILMS[request.param]
    page = rooms.open(rooms.site.add(make(**recipe)))
    yield page, recipe["times_us"]
    page.close()


def test_after_a_seek_the_picture_is_the_frame_at_that_time(film: tuple[Page, tuple[int, ...]]) -> None:
    page, times = film
    draw = random.Random(20)
    wanted = [draw.randrange(times[-1] + 10_000) for _ in range(SEEKS)]
    seen = page.evaluate(GO_AND_READ, wanted)
    expected = [bisect.bisect_right(times, time) - 1 for time in wanted]
    assert [named for named, _ in seen] == expected
    assert [drawn for _, drawn in seen] == expected


def test_each_step_is_one_frame_to_either_side(film: tuple[Page, tuple[int, ...]]) -> None:
    page, times = film
    page.evaluate(GO_AND_READ, [times[100]])
    for key, frame in ((".", 107), (",", 100)):
        for _ in range(7):
            page.keyboard.press(key)
        assert page.evaluate(READ) == [frame, frame]


def frame(page: Page) -> int:
    return int(page.locator("[data-settled]").get_attribute("data-frame") or 0)


def test_what_plays_is_named_frame_by_frame(film: tuple[Page, tuple[int, ...]]) -> None:
    page, times = film
    page.evaluate(GO_AND_READ, [times[20]])
    for key in ("l", "j"):
        begun = frame(page)
        page.keyboard.press(key)
        eventually(page, "it has played", lambda begun=begun: abs(frame(page) - begun) >= PLAYED)
        page.keyboard.press("k")
        expect(page.locator("video")).to_have_js_property("paused", True)
        named, drawn = page.evaluate(READ)
        assert named == drawn
        assert named > 20 if key == "l" else named < 40
