"""Review rooms for tests: a site, a signed-in browser and clips with made-up findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clip_factory import make
from film_work import another
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from stored_analysis import analysis_of

from bench.review_browser import open_room
from bench.review_site import Site, findings
from vfeed.perception.metrics import Metrics
from vfeed.store.tables import Clip

SECOND = 1_000_000
CLIP_US = 9 * SECOND
FRAMES = 226


@dataclass
class Rooms:
    """One signed-in browser on one site."""

    site: Site
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def clip(self, candidates: Sequence[Mapping[str, Any]] = (), film: bytes | None = None, **found: Any) -> Clip:
        """A film of nine seconds (or the one given) in which these candidates were found."""
        lanes = found.pop("lanes", {"infant": [[0, CLIP_US, "partner", 0.9]], "parent": [[0, CLIP_US, "unseen", 1.0]]})
        return self.site.add(film or a_film(), findings(candidates, lanes, **found))

    def analysed(self, metrics: Metrics) -> Clip:
        """A film of nine seconds in which this was measured."""
        return self.site.add(a_film(), analysis_of(metrics))

    def open(self, clip: Clip) -> Page:
        """A window with the clip's review room."""
        page = open_room(self.context, self.site.url, clip)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        return page

    def state(self, clip: Clip) -> dict[str, Any]:
        """What holds now, as the server has it."""
        folded = self.site.store.events.read(clip.id)
        return {**folded.state.as_dict(), "last_event_id": folded.last_id}

    def _listen(self, message: ConsoleMessage) -> None:
        # A line that a test broke, and a conflict that it provoked.
        if message.type == "error" and not any(each in message.text for each in ("net::ERR_", "status of 409")):
            self.complaints.append(message.text)


def a_film(size: tuple[int, int] = (320, 180)) -> bytes:
    """A film of nine seconds that no site knows yet; `size` is width and height in pixels."""
    return another(make("mp4", "h264", size=size, frames=FRAMES))


def eventually(page: Page, what: str, happened: Callable[[], bool], *, within_ms: int = 40_000) -> None:
    """Wait in the page's own time until `happened`."""
    for _ in range(within_ms // 50):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {within_ms} ms: {what}")
