"""Whether a picture on a page is seen whole: where it is drawn, and what of that place is cut off."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator

# A browser rounds boxes to parts of a pixel.
ROUNDING_PX = 1.0

# The box in which `object-fit: contain` (or the size of the element itself) draws, and what is left of it inside every
# box that clips and inside the window.
DRAWN = """picture => {
  const own = picture.getBoundingClientRect();
  const [wide, high] = [picture.videoWidth || picture.naturalWidth, picture.videoHeight || picture.naturalHeight];
  const fit = getComputedStyle(picture).objectFit;
  const scales = [own.width / wide, own.height / high];
  const scale = fit === 'contain' || fit === 'scale-down' ? Math.min(...scales) : Math.max(...scales);
  const [width, height] = fit === 'fill' ? [own.width, own.height] : [wide * scale, high * scale];
  const drawn = {
    left: own.left + (own.width - width) / 2, right: own.left + (own.width + width) / 2,
    top: own.top + (own.height - height) / 2, bottom: own.top + (own.height + height) / 2,
  };
  const left = { ...drawn };
  const within = (box) => {
    left.left = Math.max(left.left, box.left); left.right = Math.min(left.right, box.right);
    left.top = Math.max(left.top, box.top); left.bottom = Math.min(left.bottom, box.bottom);
  };
  within(own);
  for (let up = picture.parentElement; up && up !== document.documentElement; up = up.parentElement)
    if (getComputedStyle(up).overflow !== 'visible') within(up.getBoundingClientRect());
  within({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
  const cut = [left.left - drawn.left, drawn.right - left.right, left.top - drawn.top, drawn.bottom - left.bottom];
  return [width, height, Math.max(...cut), innerWidth * innerHeight, wide / high];
}"""


@dataclass(frozen=True)
class Drawn:
    """A picture as it is drawn: its size, how much of a side is out of sight, and the window it is in."""

    width_px: float
    height_px: float
    cut_px: float
    window_px2: float
    aspect: float

    @property
    def is_whole(self) -> bool:
        """Nothing of it is cut off, and it is as wide for its height as the film."""
        return self.cut_px <= ROUNDING_PX and abs(self.width_px - self.height_px * self.aspect) <= ROUNDING_PX

    @property
    def share(self) -> float:
        """Of the window, 0..1."""
        return self.width_px * self.height_px / self.window_px2


def drawn(image: Locator) -> Drawn:
    """Where a `<video>` or `<img>` is drawn now."""
    return Drawn(*image.evaluate(DRAWN))


def share_of_window(box: Locator) -> float:
    """Of the window, 0..1, that an element's own box takes."""
    return float(
        box.evaluate("""box => {
          const { width, height } = box.getBoundingClientRect();
          return width * height / innerWidth / innerHeight;
        }""")
    )
