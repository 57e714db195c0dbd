"""What is known of a clip's film once it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ClipFacts:
    """What is known of a clip. Times in microseconds; sizes as displayed: upright, square pixels.

    `duration_us` is the time from the first frame to the end of the last.
    `variable_frame_rate` is true when any gap between frames differs from the usual one by more than 10 % and 2 ms.
    `first_pts_us` is the file's own time of the first frame, which clip time counts from. `missing_us` is how much
    of the length promised by the header cannot be read (0 for a whole file). `field_of_view_deg` is the camera's along
    the longer side of the frame, None where the file does not say (see media.focal_length). `gaps_us` are the first
    stretches of clip time, [start, end], that no frame is near, `without_us` is the length of all of them, and
    `left_out` is how many frames were left out because their times cannot be believed. `sound_after_us` is how long the
    sound goes on after the last frame by the header, which is left out too (0 for less than half a second).
    `turned_quarters` are the quarter turns clockwise that a person gave the film after what the file says;
    `rotation_deg` has both.
    """

    container: str
    video_codec: str
    pixel_format: str
    width_px: int
    height_px: int
    rotation_deg: int
    duration_us: int
    frame_count: int
    mean_fps: float
    variable_frame_rate: bool
    longest_gap_us: int
    audio_codec: str | None
    first_pts_us: int
    size_bytes: int
    missing_us: int = 0
    field_of_view_deg: float | None = None
    gaps_us: list[list[int]] = field(default_factory=list)
    left_out: int = 0
    without_us: int = 0
    sound_after_us: int = 0
    turned_quarters: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-able values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> ClipFacts:
        """Return the facts from what `as_dict` gave, also in another version: what that had beside is passed over, and
        what it did not tell is as in `NOTHING`.
        """
        return replace(NOTHING, **{name: facts[name] for name in cls.__dataclass_fields__ if name in facts})


NOTHING = ClipFacts(
    container="",
    video_codec="",
    pixel_format="",
    width_px=0,
    height_px=0,
    rotation_deg=0,
    duration_us=0,
    frame_count=0,
    mean_fps=0.0,
    variable_frame_rate=False,
    longest_gap_us=0,
    audio_codec=None,
    first_pts_us=0,
    size_bytes=0,
)
"""What is known of a clip that was erased."""
