"""The shapes of a clip: its facts, its jobs, and what is drawn along it and over it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, RootModel, StrictStr
from typing_extensions import TypeAliasType

from vfeed.practice.events import GazeFlags
from vfeed.server.web.wall.base import Box, ErrorBody, Shape
from vfeed.services.rows import JobState

GazeLine = TypeAliasType("GazeLine", tuple[float, float, float, bool])
"""Right, down, one standard deviation in degrees, whether by the eyes."""


class Job(Shape):
    """A piece of work on a clip; `words` says in a line how it goes."""

    id: str
    kind: Literal["prepare", "analyse", "reel", "hide"]
    reel_id: str | None
    state: JobState
    progress: float
    stage: str
    eta_s: int | None
    error: ErrorBody | None
    words: str


class Jobs(RootModel[list[Job]]):
    """A clip's jobs, the newest of each thing to be made."""


class ClipName(Shape):
    """What a clip is called on the screens."""

    title: StrictStr


class ClipFacts(BaseModel):
    """What is known of the file; more than these, by the clip."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)

    width_px: int = 0
    height_px: int = 0
    mean_fps: float = 0.0
    frame_count: int = 0


class Clip(Shape):
    """A clip: its facts, where its parts are, and its jobs. `sound_url` is set where no pictures could be made."""

    id: str
    title: str
    facts: ClipFacts
    duration_us: int
    proxy_url: str | None
    sound_url: str | None
    poster_url: str | None
    waveform_url: str | None
    frame_times_url: str | None
    still_url: str
    gaze_flags: GazeFlags
    jobs: list[Job]


class FrameTimes(RootModel[list[tuple[int, int]]]):
    """Pairs of proxy time and clip time, one for each frame of the proxy."""


class Waveform(Shape):
    """The sound as lowest and highest values, so many pairs a second."""

    per_second: float
    peaks: list[tuple[float, float]]


class Heads(Shape):
    """Head boxes as shares of the frame's width and height, one entry for each analysed frame; null: not found."""

    time_us: list[int]
    infant: list[Box | None]
    parent: list[Box | None]


class GazeLines(Shape):
    """Right, down, spread in degrees and whether by the eyes, one for each analysed frame; null: cannot be told."""

    time_us: list[int]
    infant: list[GazeLine | None]
    parent: list[GazeLine | None]
