"""What a study gives: a report on agreement, the computer beside the coders, and whether a coder drifts."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from vfeed.research.grras import Course, items
from vfeed.research.words import number
from vfeed.server.studies.present import lane_told, lane_words
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _

blueprint = Blueprint("study_reports", __name__, url_prefix="/studies/<study_id>")


@blueprint.get("/report")
def report(study_id: str) -> str:
    """The fifteen items of a report on agreement, as far as the study can fill them in."""
    study = services().studies.read(person(), study_id)
    agreement = services().agreements.read(person(), study_id)
    figures = [
        f"{pair.first} / {pair.second}: {' '.join(lane_told(lane.lane, lane.states))}"
        for pair in agreement.pairs
        for lane in pair.lanes
        if lane.states is not None
    ]
    done = [coding for coding in study.codings if coding.handed_in_at is not None]
    course = Course(
        films=len(study.clips),
        families=len({clip.family_pseudonym for clip in study.clips}),
        coders=len({coding.coder for coding in study.codings}),
        given=len(study.codings),
        handed_in=len(done),
        given_twice=len(study.of_two()),
        twice=len(study.of_two(handed_in=True)),
        repeats=sum(coding.purpose == "repeat" for coding in done),
        not_blind=sum(not coding.blind for coding in study.codings),
        withdrawn=study.withdrawn,
        erased=study.erased,
        closed_off=study.closed_off,
    )
    return render_template(
        "studies/report.html",
        items=items(study.state, course, figures),
        crumbs=crumbs(study_id, study.state.plan.title),
    )


@blueprint.get("/machine")
def machine(study_id: str) -> str:
    """The computer beside the coders, once blind coding is closed."""
    found = services().machine_comparison.read(person(), study_id)
    plan = services().studies.read(person(), study_id).state.plan
    nothing = [_("There is nothing to set side by side.")]
    lanes = []
    for lane, figures in found.lanes:
        families = figures.by_family.items() if figures else ()
        lanes.append(
            {
                "title": lane_words(lane.who, lane.title),
                "words": _beside_words(lane_told(lane, figures)) if figures else nothing,
                "families": [(name, number(kappa.observed), number(kappa.value)) for name, kappa in families],
            }
        )
    return render_template(
        "studies/machine.html",
        lanes=lanes,
        films=found.films,
        not_analysed=found.not_analysed,
        versions=found.versions,
        unit=_("%(ms)s ms", ms=f"{plan.unit_us / 1000:g}"),
        crumbs=crumbs(study_id, plan.title),
    )


@blueprint.get("/drift")
def drift(study_id: str) -> str:
    """Each coder's agreement over time, in blocks of films: for whoever leads the study, and never as a ranking."""
    found = services().agreements.drift(person(), study_id)
    plan = services().studies.read(person(), study_id).state.plan
    return render_template(
        "studies/drift.html",
        coders=[
            (
                coder,
                [
                    (each.clips, number(each.kappa), f"{number(each.lowest)} – {number(each.highest)}")
                    for each in course.blocks
                ],
                course.why,
            )
            for coder, course in found.items()
        ],
        unit=_("%(ms)s ms", ms=f"{plan.unit_us / 1000:g}"),
        least=number(plan.least_kappa),
        crumbs=crumbs(study_id, plan.title),
    )


def _beside_words(words: list[str]) -> list[str]:
    """The sentences on two coders, told of a coder and the computer."""
    return [each.replace("two coders watched", "a coder and the computer watched") for each in words]


def crumbs(study_id: str, title: str) -> list[tuple[str, str]]:
    """The way back to the study."""
    return [(_("Studies"), url_for("studies.index")), (title, url_for("studies.study", study_id=study_id))]
