"""When a page stands still: what its scripts asked the server for has come, nothing moves, all of it is drawn."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

# A page counts what it waits for; a test says so before the page is opened.
COUNT = """() => {
  const { fetch } = window;
  window.awaited = 0;
  window.fetch = async (...asked) => {
    window.awaited += 1;
    try {
      return await fetch(...asked);
    } finally {
      window.awaited -= 1;
    }
  };
}"""
CALM_PICTURES = 3
STILL = """async (pictures) => {
  let changed = false;
  const watch = new MutationObserver(() => { changed = true; });
  watch.observe(document, { subtree: true, childList: true, attributes: true });
  const moves = ({ effect, playState }) => playState === 'running' && effect.getComputedTiming().endTime !== Infinity;
  for (let calm = 0; calm < pictures; calm += 1) {
    await new Promise((done) => requestAnimationFrame(done));
    if (changed || window.awaited || document.getAnimations().some(moves)) calm = -1;
    changed = false;
  }
  watch.disconnect();
}"""


def count_requests(context: BrowserContext) -> None:
    """Have the pages that this window opens from now on count the answers that they wait for."""
    context.add_init_script(f"({COUNT})()")


def stand_still(page: Page) -> None:
    """Wait until nothing has changed for some pictures (and no answer is awaited, where that is counted)."""
    page.evaluate(STILL, CALM_PICTURES)
