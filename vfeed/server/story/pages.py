"""The story so far of a family: the cycles in one strip, two films side by side, and the service's own measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeGuard

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import InvalidInput
from vfeed.practice.measures import Measure, MeasureNamed, When, due_in_course
from vfeed.practice.programme import ProgrammeState
from vfeed.practice.sessions import SessionState
from vfeed.server.reels.present import still_url
from vfeed.server.story.forms import MeasureForm, NumberForm
from vfeed.server.story.plots import plot_of
from vfeed.server.web.context import day, length, person, services
from vfeed.server.web.forms import say_beside
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.step_words import measure_words, offers
from vfeed.services.families import FamilyRead
from vfeed.services.rows import Clip, FeedbackSession

blueprint = Blueprint("story", __name__, url_prefix="/families/<family_id>/story")


@blueprint.get("")
def page(family_id: str) -> str:
    """The whole story."""
    return story_page(family_id)


@blueprint.post("/measures")
def name_measure(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Add a measure under the worker's own name, with their own cut-offs."""
    form = MeasureForm()
    if not was_kept(form, lambda measure: services().measures.name(person(), family_id, measure)):
        return story_page(family_id, measure_form=form), 422
    return back(family_id, _("The measure is there. Enter its numbers below it."))


@blueprint.post("/measures/<measure_id>")
def correct_measure(family_id: str, measure_id: str) -> str | AnyResponse | tuple[str, int]:
    """Change a measure's name, range and cut-offs; its numbers stay."""
    form = MeasureForm(prefix=prefix_of(measure_id))
    if not was_kept(form, lambda measure: services().measures.correct(person(), family_id, measure_id, measure)):
        return story_page(family_id, corrections={measure_id: form}), 422
    return back(family_id, _("Kept."))


def was_kept(form: MeasureForm, keep: Callable[[dict[str, Any]], None]) -> bool:
    """Whether what was typed fitted and was kept; what is refused is said in the form."""
    if not form.validate_on_submit():
        return False
    try:
        keep(named_in(form))
    except InvalidInput as refused:
        say_beside(form.name, refused)
        return False
    return True


def prefix_of(measure_id: str) -> str:
    """What the names of the fields that correct a measure begin with: a page has them once for each measure."""
    return f"correct-{measure_id}-"


def named_in(form: MeasureForm) -> dict[str, Any]:
    """A measure as it was typed."""
    return {
        "name": form.name.data,
        "lowest": as_number(form.lowest.data),
        "highest": as_number(form.highest.data),
        "cut_offs": [
            {"value": float(value.data), "words": words.data or _("cut-off")}
            for value, words in ((form.first_cut_off, form.first_words), (form.second_cut_off, form.second_words))
            if value.data is not None
        ],
    }


def correction_of(named: MeasureNamed) -> MeasureForm:
    """The form that corrects a measure, filled in as it is."""
    kept = {"name": named.name, "lowest": as_decimal(named.lowest), "highest": as_decimal(named.highest)}
    for which, cut_off in zip(("first", "second"), named.cut_offs, strict=False):
        kept |= {f"{which}_cut_off": as_decimal(cut_off.value), f"{which}_words": cut_off.words}
    return MeasureForm(formdata=None, prefix=prefix_of(named.measure_id), data=kept)


def as_decimal(value: float | None) -> Decimal | None:
    """A number as a field shows it: as short as it was typed."""
    return None if value is None else Decimal(f"{value:.12g}")


@blueprint.post("/measures/<measure_id>/numbers")
def enter_number(family_id: str, measure_id: str) -> str | AnyResponse | tuple[str, int]:
    """Enter a dated number of a measure."""
    form = NumberForm()
    fits = form.validate_on_submit() and form.on.data is not None
    if not fits or (form.value.data is not None and not is_number(form.value.data)):
        return story_page(family_id, number_form=form, number_of=measure_id), 422
    payload = {
        "measure_id": measure_id,
        "on": form.on.data.isoformat() if form.on.data else "",
        "value": float(form.value.data) if form.value.data is not None else None,
        "words": form.words.data or "",
        "version": form.version.data or "",
        "filled_by": form.filled_by.data or "",
        "when": form.when.data or "",
        "note": form.note.data or "",
    }
    try:
        services().measures.enter(person(), family_id, payload)
    except InvalidInput as refused:
        if measure_id not in services().measures.read(person(), family_id).state.measures:
            raise
        say_beside(form.value, refused)
        return story_page(family_id, number_form=form, number_of=measure_id), 422
    return back(family_id, _("Kept."))


def is_number(value: Decimal | None) -> TypeGuard[Decimal]:
    """Whether a number was entered: infinity and what is no number are none."""
    return value is not None and value.is_finite()


@blueprint.post("/numbers/<number_id>/remove")
def remove_number(family_id: str, number_id: str) -> AnyResponse:
    """Take out a number that was entered by mistake; undo brings it back."""
    services().measures.remove(person(), family_id, number_id)
    return back(family_id, _("The number is taken out."))


@blueprint.post("/measures/undo")
def undo(family_id: str) -> AnyResponse:
    """Take the last step back."""
    services().measures.take_back(person(), family_id)
    return back(family_id, _("Taken back."))


@blueprint.post("/measures/redo")
def redo(family_id: str) -> AnyResponse:
    """Do again what was taken back."""
    services().measures.take_back(person(), family_id, redo=True)
    return back(family_id, _("Redone."))


def back(family_id: str, words: str) -> AnyResponse:
    """Back to the measures."""
    flash(words)
    return redirect(url_for("story.page", family_id=family_id, _anchor="measures"))


def as_number(value: object) -> float | None:
    """A form's decimal as a number."""
    return None if value is None else float(str(value))


def story_page(
    family_id: str,
    *,
    measure_form: MeasureForm | None = None,
    number_form: NumberForm | None = None,
    number_of: str = "",
    corrections: Mapping[str, MeasureForm] = MappingProxyType({}),
) -> str:
    """The page; a form that did not fit is shown again with its words."""
    read = services().families.read(person(), family_id)
    clips = read.open_clips
    followed = services().programmes.read(family_id)
    folded = services().measures.read(person(), family_id)
    steps = offers(folded.available_undo, measure_words)
    return render_template(
        "story/story.html",
        crumbs=family_crumbs(family_id),
        family_id=family_id,
        cycles=[
            cycle(row, session, clips)
            for row, session in services().sessions.of_family(person(), family_id)
            if wanted(session, read)
        ],
        carers=[each for each in read.people if each.kind == "adult"],
        carer=request.args.get("with", ""),
        pair=pair_of(
            [each.clip for each in read.clips if each.has_proxy and each.clip.id in clips],
            followed.state,
        ),
        measures=[
            measure_card(each, corrections.get(measure_id)) for measure_id, each in folded.state.measures.items()
        ],
        due=due_words(due_in_course(folded.state, followed.pack, followed.state)),
        undo=steps["undo"]["label"] if steps["undo"] else "",
        redo=steps["redo"]["label"] if steps["redo"] else "",
        measure_form=measure_form or MeasureForm(formdata=None),
        number_form=number_form,
        empty_number_form=NumberForm(formdata=None, on=date.today()),
        number_of=number_of,
    )


def wanted(state: SessionState, read: FamilyRead) -> bool:
    """Whether a shared review belongs to the strip that is asked for: everybody's, or one carer's."""
    carer = request.args.get("with", "")
    seen = {line.clip.id: line.clip.seen for line in read.clips}
    return not carer or any(carer in (seen.get(reel.clip_id) or [carer]) for reel in state.reels)


def cycle(row: FeedbackSession, state: SessionState, clips: dict[str, Clip]) -> dict[str, Any]:
    """One cycle of the strip: never what the worker keeps for their own log."""
    moments = services().moments.of(state.reels, clips)
    said = [moment.words for moment in moments if moment.words]
    return {
        "day": day(state.held_on),
        "url": url_for("sessions.session", family_id=row.family_id, session_id=row.id),
        "still_url": still_url(moments[0]) if moments else "",
        "alt": moments[0].strength or moments[0].reel_title if moments else "",
        "words": said[:2],
        "working_point": state.words.get("working_point", ""),
    }


def pair_of(clips: Sequence[Clip], programme: ProgrammeState) -> dict[str, Any] | None:
    """Two of these films side by side; None without two.

    Those that are asked for, or that the programme has as its pair, or the first and the last.
    """
    ready = in_order(clips)
    if len(ready) < 2:
        return None
    by_id = {clip.id: clip for clip in ready}
    before = by_id.get(request.args.get("before", programme.before or ""), ready[0])
    after = by_id.get(request.args.get("after", programme.after or ""), ready[-1])
    return {
        "choices": [(clip.id, film_words(clip)) for clip in ready],
        "before": before.id,
        "after": after.id,
        "films": [
            {
                "name": name,
                "title": f"{film_words(clip)}, {length(clip.film.duration_us)}",
                "url": url_for("media.blob", clip_id=clip.id, role="proxy"),
            }
            for name, clip in ((_("Before"), before), (_("After"), after))
        ],
    }


def due_words(found: Sequence[tuple[str, When]]) -> list[str]:
    """A line for each measure that has no number yet for the start or the end of the course."""
    words = {
        "before": _("has nothing entered for the start of the course yet."),
        "after": _("has nothing entered for the end of the course yet."),
        "": "",
    }
    return [f"{name} {words[when]}" for name, when in found]


def in_order(clips: Sequence[Clip]) -> list[Clip]:
    """Films by the day of their visit."""
    return sorted(clips, key=lambda clip: (day_of(clip), clip.created_at))


def day_of(clip: Clip) -> date:
    """The day of a film's visit; of a film of no visit, the day on which it came in."""
    visit = services().families.visit_of(clip)
    return visit.date if visit else clip.created_at.date()


def film_words(clip: Clip) -> str:
    """A film's title with the day of its visit."""
    return _("%(title)s, %(day)s", title=clip.title, day=day(day_of(clip)))


def measure_card(measure: Measure, correction: MeasureForm | None = None) -> dict[str, Any]:
    """A measure with its plot, its numbers, newest first, and the form that corrects it, or one that did not fit."""
    return {
        "id": measure.named.measure_id,
        "name": measure.named.name,
        "correction": correction or correction_of(measure.named),
        "plot": plot_of(measure),
        "cut_offs": [f"{each.words}: {each.value:g}" for each in measure.named.cut_offs],
        "numbers": [
            {
                "id": each.number_id,
                "day": day(each.on),
                "number": each.words if each.value is None else f"{each.value:g}",
                "version": each.version,
                "filled_by": each.filled_by,
                "when": {"": "", "before": _("start"), "after": _("end")}[each.when],
                "note": each.note,
            }
            for each in reversed(measure.numbers)
        ],
    }
