"""What the worker does for each kind of job. Every result is stored in one transaction with the job's end."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from vfeed.analysis import pipeline
from vfeed.analysis.result import ClipAnalysis
from vfeed.errors import VfeedError, apart
from vfeed.errors import marked as _
from vfeed.jobs import agreeing
from vfeed.jobs.face_pictures import cut_from
from vfeed.jobs.lease import JobRun
from vfeed.jobs.redaction import redact
from vfeed.media.proxy import make_proxy
from vfeed.media.reel import Cut, cut_reel
from vfeed.media.sound_copy import make_sound_copy
from vfeed.media.stills import poster, still
from vfeed.media.waveform import peaks
from vfeed.practice.events import Reel
from vfeed.practice.overrides import ManualOverrides
from vfeed.practice.recomputed import recomputed
from vfeed.practice.reel_file import cut_as, cut_role, is_plain, player_role, still_us, stretches
from vfeed.practice.sharing import HIDE
from vfeed.research.film_facts import kept_facts
from vfeed.services.face_pictures import FacePicture, pictures_of
from vfeed.store import Store
from vfeed.store.analyses import JSON_TYPE, Findings
from vfeed.store.blobs import Batch
from vfeed.store.tables import new_id
from vfeed.timeline.interval import Interval

JPEG_TYPE = "image/jpeg"
MP4_TYPE = "video/mp4"
TEXT_TYPE = "text/plain"
SOUND_TYPE = "audio/mp4"
# Shares of the time that the steps of `prepare` take.
POSTER_DONE = 0.03
WAVEFORM_DONE = 0.10
STILL_SIDE_PX = 1280

# After these the frames cannot be copied, while the sound may be sound.
NO_VIDEO_COPY = frozenset({"media_failed", "clip_truncated", "clip_codec_unreadable", "clip_no_frames"})

Handler = Callable[[Store, JobRun], None]


def prepare(store: Store, work: JobRun) -> None:
    """Make what the review room plays and shows: poster, waveform, proxy and the map of its times.

    Blobs: `poster` (JPEG), `waveform` (JSON `{"per_second", "peaks": [[low, high], ...]}`, or null without sound),
    `proxy` (MP4), `pts_map` (JSON `[[proxy_time_us, clip_time_us], ...]`, one pair for each frame). When no copy of the
    frames can be made, the job fails, but what was made stays, and `sound` (MP4) beside it: the clip can be heard.
    """
    clip_id = work.job.clip_id
    with store.blobs.open(clip_id, "original") as file, store.blobs.batch(clip_id) as batch:
        work.report(0.0, _("Choosing a picture"))
        with batch.put("poster", JPEG_TYPE) as out:
            out.write(poster(file))
        work.refuse_cancelled()
        work.report(POSTER_DONE, _("Drawing the sound"))
        waveform = peaks(file)
        shape = {"per_second": waveform.per_second, "peaks": waveform.peaks.tolist()} if waveform else None
        with batch.put("waveform", JSON_TYPE) as out:
            out.write(_json(shape))
        work.refuse_cancelled()

        def on_progress(done: float) -> None:
            work.report(WAVEFORM_DONE + (1 - WAVEFORM_DONE) * done, _("Making a copy that plays here"))

        on_progress(0.0)
        try:
            with batch.put("proxy", MP4_TYPE) as out:
                facts = make_proxy(
                    file,
                    out,
                    on_progress=on_progress,
                    is_cancelled=work.is_cancelled,
                )
        except VfeedError as error:
            if error.code not in NO_VIDEO_COPY:
                raise
            _keep_sound(file, batch, work)
            raise
        with batch.put("pts_map", JSON_TYPE) as out:
            out.write(_json(facts.pts_map.tolist()))
        batch.commit(work.finish)


def _keep_sound(file: BinaryIO, batch: Batch, work: JobRun) -> None:
    work.report(WAVEFORM_DONE, _("Keeping the sound"))
    # Its own batch entry is dropped again when there is no sound.
    with contextlib.suppress(_NoSound), batch.put("sound", SOUND_TYPE) as out:
        if not make_sound_copy(file, out, refuse_cancelled=work.refuse_cancelled):
            raise _NoSound
    batch.commit()


def analyse(store: Store, work: JobRun) -> None:
    """Look for faces and glances in the original; blobs `metrics` (npz) and `heads` (JSON for the overlay).

    And a picture of everybody found and of both people at each candidate, as a person has said who they are.
    """
    clip_id = work.job.clip_id
    facts = store.clips.get(clip_id).film
    with store.blobs.open(clip_id, "original") as file:
        result = pipeline.analyse(
            file,
            facts,
            fps=store.settings.analysis_fps,
            on_progress=lambda step: work.report(step.done, step.stage),
            is_cancelled=work.is_cancelled,
        )
        work.refuse_cancelled()
        analysis_id = new_id()
        work.report(1.0, _("Making small pictures of the faces"))
        pictures = dict(cut_from(file, _face_pictures(store, clip_id, result, analysis_id)))
    work.refuse_cancelled()
    findings = Findings(
        id=analysis_id,
        version=result.version,
        filming=_with_templates(result.filming),
        roles=result.roles.as_dict(),
        states_display=pipeline.states_for_display(result),
        candidates=[each.as_dict() | {"reason_told": apart(each.reason)} for each in result.candidates],
        metrics=pipeline.metrics_to_npz(result.metrics),
        files={
            "heads": (JSON_TYPE, _json(pipeline.heads_for_display(result))),
            **{role: (JPEG_TYPE, jpeg) for role, jpeg in pictures.items()},
        },
        screening=kept_facts(
            result.metrics, result.roles.infant, result.roles.caregiver, result.filming, facts.duration_us
        ),
    )
    store.analyses.save(clip_id, findings, within=work.finish)


def _with_templates(filming: Mapping[str, Any]) -> dict[str, Any]:
    """The filming facts, their sentences once more as templates and values, for readers of other languages."""
    return {**filming, "words_told": [apart(said) for said in filming["words"]]}


def _face_pictures(store: Store, clip_id: str, result: ClipAnalysis, analysis_id: str) -> list[FacePicture]:
    overrides = store.events.state(clip_id).overrides
    shown = result if overrides == ManualOverrides() else recomputed(result.metrics, overrides)
    return pictures_of(shown, overrides, analysis_id)


def reel(store: Store, work: JobRun) -> None:
    """Cut a saved reel from the original; blobs `reel:<reel_id>` (MP4) and `still:<time_us>` of each piece's middle.

    Where frames stand or moments are shown again slowly, `player:<reel_id>` is the same for plain players.

    When the reel is saved anew meanwhile, it is cut anew. Raises VfeedError `not_found` when it is there no more.
    """
    wanted = _saved_reel(store, work)
    with contextlib.suppress(_ReelChanged):
        return _cut(store, work, wanted)
    return reel(store, work)


HANDLERS: Mapping[str, Handler] = {
    "prepare": prepare,
    "analyse": analyse,
    "reel": reel,
    HIDE: redact,
    agreeing.KIND: agreeing.gamma,
}


class _ReelChanged(Exception):
    pass


class _NoSound(Exception):
    pass


def _saved_reel(store: Store, work: JobRun) -> Reel:
    found = store.events.state(work.job.clip_id).reel(str(work.job.payload["reel_id"]))
    if found is None:
        raise VfeedError("not_found", _("This reel was taken back."), hint=_("Save it again to make it."))
    return found


def _cut(store: Store, work: JobRun, wanted: Reel) -> None:
    clip_id = work.job.clip_id

    def within(session: Session) -> None:
        if store.events.read_in(session, clip_id).state.reel(wanted.reel_id) != wanted:
            raise _ReelChanged
        work.finish(session)

    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(store.blobs.open(clip_id, "original")) for _ in wanted.moments]
        batch = stack.enter_context(store.blobs.batch(clip_id))
        work.report(0.0, _("Choosing pictures"))
        for file, moment in zip(files, wanted.moments, strict=True):
            with batch.put(f"still:{still_us(moment)}", JPEG_TYPE) as out:
                out.write(still(file, still_us(moment), STILL_SIDE_PX))
            work.refuse_cancelled()
        films = _films_of(wanted, files)
        for number, (role, cuts) in enumerate(films.items()):

            def on_progress(done: float, before: int = number) -> None:
                work.report((before + done) / len(films), _("Cutting the reel"))

            with batch.put(role, MP4_TYPE) as out:
                cut_reel(cuts, out, on_progress=on_progress, is_cancelled=work.is_cancelled)
        with batch.put(cut_role(wanted.reel_id), TEXT_TYPE) as out:
            out.write(cut_as(wanted).encode())
        batch.commit(within)
    if is_plain(wanted):
        store.blobs.remove(clip_id, player_role(wanted.reel_id))


def _films_of(wanted: Reel, files: Sequence[BinaryIO]) -> dict[str, list[Cut]]:
    """The films to cut, by the role of each: the moments once, and with what a plain player needs in the film."""
    moments = list(zip(files, wanted.moments, strict=True))
    films = {
        f"reel:{wanted.reel_id}": [Cut(file, Interval(moment.start_us, moment.end_us)) for file, moment in moments]
    }
    if not is_plain(wanted):
        films[player_role(wanted.reel_id)] = [
            Cut(file, stretch.interval, stretch.lasts_us) for file, moment in moments for stretch in stretches(moment)
        ]
    return films


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
