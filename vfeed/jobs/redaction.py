"""The job that makes a copy to hand on: for supervision as the share says, as evidence with faces hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Literal

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.jobs.lease import JobRun
from vfeed.media.masking import MaskRegion, Voice, nothing, write_redacted
from vfeed.media.probe import probe
from vfeed.media.progress import Progress
from vfeed.practice.evidence import copy_role as export_copy
from vfeed.practice.sharing import (
    GRID_COLUMNS,
    GRID_ROWS,
    Faces,
    Marked,
    SharedFilm,
    Terms,
    copy_role,
    review_flags_role,
    source_role,
)
from vfeed.store import Store
from vfeed.store.analyses import JSON_TYPE

if TYPE_CHECKING:
    from vfeed.analysis.redaction import Found, Report

MP4_TYPE = "video/mp4"
MINUTE_US = 60_000_000
KEEPS: dict[Faces, Literal["infant", "parent"]] = {"infant_stays": "infant", "parent_stays": "parent"}
WHAT = _("Hiding what is not to be seen or heard")


def redact(store: Store, work: JobRun) -> None:
    """Make the copy that a share or an export asks for."""
    if "export_id" in work.job.payload:
        _hide_for_export(store, work)
    else:
        _hide_for_share(store, work)


def _hide_for_export(store: Store, work: JobRun) -> None:
    """Make the copy of a film of moments that leaves as evidence with faces hidden; blob `evidence:<export>:<reel>`.

    Raises VfeedError `not_found` when the export or the film is there no more.
    """
    export_id, reel_id, clip_id = str(work.job.payload["export_id"]), str(work.job.payload["film"]), work.job.clip_id
    source = f"reel:{reel_id}"
    if store.evidence.find(export_id) is None or not store.blobs.has(clip_id, source):
        raise VfeedError("not_found", _("The film is there no more."), hint=_("Choose what leaves anew."))
    with store.blobs.open(clip_id, source) as file, store.blobs.batch(clip_id) as batch:
        work.report(0.0, WHAT)
        with batch.put(export_copy(export_id, reel_id), MP4_TYPE) as out:
            _redact(store, work, file, out, voice="as_it_is")
        batch.commit(work.finish)


def _redact(
    store: Store,
    work: JobRun,
    file: BinaryIO,
    out: BinaryIO,
    *,
    voice: Voice,
    keep: Literal["infant", "parent"] | None = None,
    drawn: Sequence[Found] = (),
    spares: bool = False,
) -> Report:
    """Write the copy of a film that plays; returns what a person should look at."""
    from vfeed.analysis.redacted_copy import redact_clip

    settings = store.settings
    facts = probe(file, max_duration_us=settings.max_clip_minutes * MINUTE_US, max_bytes=settings.max_clip_bytes)
    return redact_clip(
        file,
        facts,
        out,
        keep=keep,
        drawn=drawn,
        spares=spares,
        fps=settings.analysis_fps,
        voice=voice,
        on_progress=lambda done: work.report(done, WHAT),
        is_cancelled=work.is_cancelled,
    )


def _hide_for_share(store: Store, work: JobRun) -> None:
    """Make the copy of one film of a share; blobs `shared:<share>:<number>` (MP4) and `doubts:<share>:<number>` (JSON).

    The JSON is `{"doubts": [{"start_us", "end_us", "reason", "look_us"}, ...], "covered", "most_covered"}`.
    Raises VfeedError `not_found` when the share was stopped or the film is there no more.
    """
    share_id, number = str(work.job.payload["share_id"]), int(work.job.payload["film"])
    terms = store.shares.get(share_id).terms
    if terms.revoked_at is not None:
        raise VfeedError(
            "not_found", _("The sharing was stopped."), hint=_("Share the session again if it is still wanted.")
        )
    film = terms.films[number]
    clip_id = film.clip_id
    if not store.blobs.has(clip_id, source_role(film)):
        raise VfeedError(
            "not_found", _("The film is not ready yet."), hint=_("Wait until it plays here, then try again.")
        )
    with store.blobs.open(clip_id, source_role(film)) as file, store.blobs.batch(clip_id) as batch:
        work.report(0.0, WHAT)
        with batch.put(copy_role(share_id, number), MP4_TYPE) as out:
            checks = _write(store, work, terms, film, file, out)
        with batch.put(review_flags_role(share_id, number), JSON_TYPE) as out:
            out.write(json.dumps(checks, separators=(",", ":")).encode())
        batch.commit(work.finish)


def _write(
    store: Store, work: JobRun, terms: Terms, film: SharedFilm, file: BinaryIO, out: BinaryIO
) -> dict[str, object]:
    from vfeed.analysis.redaction import Found

    if terms.faces == "as_they_are":
        write_redacted(
            file, out, nothing, terms.voices, Progress(lambda done: work.report(done, WHAT), work.is_cancelled)
        )
        return {"doubts": [], "covered": 0.0, "most_covered": 0.0}

    def square(cell: int) -> MaskRegion:
        row, column = divmod(cell, GRID_COLUMNS)
        return MaskRegion(
            column / GRID_COLUMNS, row / GRID_ROWS, 1 / GRID_COLUMNS, 1 / GRID_ROWS, square=True, filled=True
        )

    def drawn(mark: Marked) -> list[Found]:
        return [Found(mark.start_us, mark.end_us, square(cell)) for cell in mark.cells]

    said = store.shares.state(str(work.job.payload["share_id"]))
    covered = [found for _step, mark in said.marks_on(film.key) for found in drawn(mark)]
    keep = KEEPS.get(terms.faces)
    report = _redact(store, work, file, out, voice=terms.voices, keep=keep, drawn=covered, spares=True)
    looks = [
        {"start_us": flag.start_us, "end_us": flag.end_us, "reason": flag.reason, "look_us": list(flag.look_us)}
        for flag in report.review_flags
    ]
    return {"doubts": looks, "covered": round(report.covered, 3), "most_covered": round(report.most_covered, 3)}
