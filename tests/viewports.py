"""The windows and the shapes of film in which the picture must be seen whole."""

from __future__ import annotations

from collections.abc import Callable

from clip_factory import make
from film_work import another
from review_rooms import FRAMES, a_film

# Laptop, laptop with a browser's bars, television, tablet, phone; and windows as they are at 200 % zoom.
WINDOWS = [(1366, 768), (1366, 650), (1920, 1080), (820, 1180), (390, 844), (683, 384), (683, 325), (960, 540)]
FILMS: dict[str, Callable[[], bytes]] = {
    "wide": a_film,
    "upright": lambda: upright_film(),
    "square": lambda: a_film((320, 320)),
}


def upright_film() -> bytes:
    """A film of a camera that was held upright, each time with other bytes: a site takes no film twice."""
    return another(make("mp4", "h264", size=(180, 320), rotation_deg=90, frames=FRAMES))
