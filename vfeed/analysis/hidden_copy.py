"""From a film as it was taken to a copy in which every face is hidden: copy, follow the heads, hide, look again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from vfeed.analysis.hiding import HeadPlaces, Report, hide_faces
from vfeed.analysis.pipeline import analyse
from vfeed.media.blur import Voice
from vfeed.media.probe import ClipFacts
from vfeed.media.proxy import make_proxy
from vfeed.media.scratch import Scratch

COPYING, SEEING = 0.1, 0.3
"""Shares of the whole that the copy that plays and the following of heads take, about."""


def write_hidden_copy(
    file: BinaryIO,
    facts: ClipFacts,
    out: BinaryIO,
    *,
    fps: float,
    voice: Voice,
    model_dir: Path | None = None,
    on_progress: Callable[[float], None],
) -> Report:
    """Write an MP4 of `file` to `out` in which no face is found in any picture; returns what a person should look at.

    What lies between is kept in encrypted, nameless scratch files. Raises VfeedError as make_proxy, analyse and
    hide_faces do.
    """
    with Scratch() as raw:
        plays = cast(BinaryIO, raw)
        make_proxy(file, plays, on_progress=lambda done: on_progress(COPYING * done), is_cancelled=lambda: False)
        file.seek(io.SEEK_SET)
        result = analyse(
            file,
            facts,
            fps=fps,
            model_dir=model_dir,
            on_progress=lambda step: on_progress(COPYING + SEEING * step.done),
            is_cancelled=lambda: False,
        )
        heads = HeadPlaces(result.metrics)
        before = COPYING + SEEING
        plays.seek(0)
        return hide_faces(
            plays,
            out,
            heads,
            heads.lost,
            voice=voice,
            on_progress=lambda done: on_progress(before + (1 - before) * done),
            is_cancelled=lambda: False,
        )
