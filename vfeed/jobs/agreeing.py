"""Gamma of a study in the background: it takes long, so each film is a piece of work of its own."""

from __future__ import annotations

from vfeed.errors import marked as _
from vfeed.jobs.lease import JobRun
from vfeed.services.gammas import JOB
from vfeed.services.services import Services
from vfeed.store import Store

KIND = JOB


def gamma(store: Store, work: JobRun) -> None:
    """Work out gamma of a film of a study, for every two coders and lane; kept with the study."""
    study_id = str(work.job.payload["study_id"])

    def on_progress(done: float) -> None:
        work.refuse_cancelled()
        work.report(done, _("Working out gamma"))

    on_progress(0.0)
    found = Services(store).gammas.work_out(study_id, work.job.clip_id, on_progress)
    with store.database.write() as session:
        store.gammas.keep(study_id, found, session)
        work.finish(session)
