"""From a film to a copy in which every face is hidden: follow the heads, hide, look again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import BinaryIO, Literal, cast

from vfeed.analysis.pipeline import analyse
from vfeed.analysis.redaction import Found, HeadPlaces, Report, redact_faces
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.masking import Voice
from vfeed.media.proxy import make_proxy
from vfeed.media.scratch import Scratch

COPYING, SEEING = 0.1, 0.3
"""Shares of the whole that the copy that plays and the following of heads take, about."""


def write_redacted_copy(
    file: BinaryIO,
    facts: ClipFacts,
    out: BinaryIO,
    *,
    fps: float,
    voice: Voice,
    on_progress: Callable[[float], None],
) -> Report:
    """Write an MP4 of `file`, as it was taken, to `out` in which no face is found in any frame.

    Returns what a person should look at. What lies between is kept in encrypted, nameless scratch files. Raises
    VfeedError as make_proxy and redact_clip do.
    """
    with Scratch() as raw:
        plays = cast(BinaryIO, raw)
        make_proxy(file, plays, on_progress=lambda done: on_progress(COPYING * done), is_cancelled=lambda: False)
        return redact_clip(
            plays,
            facts,
            out,
            seen_in=file,
            fps=fps,
            voice=voice,
            on_progress=lambda done: on_progress(COPYING + (1 - COPYING) * done),
        )


def redact_clip(
    plays: BinaryIO,
    facts: ClipFacts,
    out: BinaryIO,
    *,
    seen_in: BinaryIO | None = None,
    keep: Literal["infant", "parent"] | None = None,
    drawn: Sequence[Found] = (),
    spares: bool = False,
    fps: float,
    voice: Voice,
    on_progress: Callable[[float], None],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """As `write_redacted_copy`, for a film that plays already (one of ours: MP4, upright).

    Heads are followed in `seen_in` when it is given, whose `facts` these are then; `drawn` is hidden too. The face of
    whom `keep` names stays, as far as they were told apart; `spares` is for copies whose review flags a person looks at
    before anybody else sees them, as `redact_faces` has it. Raises VfeedError as analyse and redact_faces do.
    """
    watched = seen_in or plays
    watched.seek(io.SEEK_SET)
    result = analyse(
        watched,
        facts,
        fps=fps,
        on_progress=lambda step: on_progress(SEEING * step.done),
        is_cancelled=is_cancelled,
    )
    stays = {"infant": result.roles.infant, "parent": result.roles.caregiver}[keep] if keep else None
    everybody = range(result.metrics["box_px"].shape[1])
    heads = HeadPlaces(result.metrics, [person for person in everybody if person != stays])
    plays.seek(0)
    return redact_faces(
        plays,
        out,
        heads,
        heads.lost,
        kept=None if stays is None else HeadPlaces(result.metrics, [stays]),
        drawn=drawn,
        spares=spares,
        voice=voice,
        on_progress=lambda done: on_progress(SEEING + (1 - SEEING) * done),
        is_cancelled=is_cancelled,
    )
