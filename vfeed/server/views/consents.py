"""Consents: written down for people and uses, and withdrawn in two steps that say what is destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.consent_table import way_back, with_boxes, with_choices
from vfeed.server.context import actor, day, store
from vfeed.server.families import family_page
from vfeed.server.forms import ConsentForm, TickedForm, WithdrawForm
from vfeed.server.standing import use_words
from vfeed.server.words import gettext as _
from vfeed.server.words import ngettext
from vfeed.store.consents import ERASING
from vfeed.store.tables import Clip, Consent

blueprint = Blueprint("consents", __name__)


@blueprint.post("/families/<family_id>/consents")
def give(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Write down a consent for each chosen person and use."""
    family = store().families.get(family_id)
    people = store().families.participants(family_id)
    form = with_choices(ConsentForm(), people, store().clips.for_family(family_id))
    if not form.validate_on_submit() or form.granted_on.data is None:
        return family_page(family, given_form=form, opened="consent"), 422
    for participant_id in form.participants.data or []:
        for use in form.uses.data or []:
            store().consents.give(
                participant_id,
                use,
                form.clip_id.data or None,
                granted_on=form.granted_on.data,
                expires_on=form.expires_on.data,
                note=form.note.data or "",
                actor=actor(),
            )
    flash(_("The consent is written down."))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.post("/families/<family_id>/consents/ticked")
def tick(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Write down the consents that were ticked in the table, and go back to where they were missing."""
    family = store().families.get(family_id)
    form = with_boxes(TickedForm(), store().families.participants(family_id))
    if not form.validate_on_submit() or form.granted_on.data is None:
        return family_page(family, ticked=form), 422
    for key in form.agreed.data or []:
        participant_id, _blank, use = key.partition(" ")
        store().consents.give(
            participant_id,
            use,
            None,
            granted_on=form.granted_on.data,
            expires_on=form.expires_on.data,
            note=form.note.data or "",
            actor=actor(),
        )
    count = len(form.agreed.data or [])
    flash(ngettext("The consent is written down.", "%(num)s consents are written down.", count))
    return redirect(way_back(request.form.get("back", "")) or url_for("families.family", family_id=family_id))


@blueprint.route("/families/<family_id>/consents/<consent_id>/withdraw", methods=["GET", "POST"])
def withdraw(family_id: str, consent_id: str) -> str | AnyResponse:
    """Say what a withdrawal destroys; withdraw once that was read."""
    family = store().families.get(family_id)
    row = consent_of(family_id, consent_id)
    person = next(each for each in store().families.participants(family_id) if each.id == row.participant_id)
    family_url = url_for("families.family", family_id=family_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        store().consents.withdraw(consent_id, actor(), form.reason.data or "")
        flash(_("The consent of %(person)s is withdrawn.", person=person.label))
        return redirect(family_url)
    return render_template(
        "consents/withdraw.html",
        form=form,
        person=person.label,
        about=_("%(use)s, agreed on %(day)s.", use=use_words(row.use), day=day(row.granted_on)),
        destroyed=what_is_destroyed(covered_by(family_id, row)) or what_is_silenced(family_id, row),
        stays=_("No film is destroyed. From now on nobody opens the family’s films for this use."),
        back=f"{family_url}#consents",
        crumbs=[(_("Families"), url_for("families.everyone")), (family.code_name, family_url)],
    )


def consent_of(family_id: str, consent_id: str) -> Consent:
    """A consent of this family that still stands; raises VfeedError `not_found`."""
    for row in store().consents.for_family(family_id):
        if row.id == consent_id and row.withdrawn_at is None:
            return row
    raise VfeedError(
        "not_found",
        _("There is no such consent, or it was withdrawn before."),
        hint=_("Go back to the family's page: it shows how each consent stands."),
    )


def covered_by(family_id: str, consent: Consent) -> list[Clip]:
    """The films that a withdrawal of this consent destroys."""
    if consent.use not in ERASING:
        return []
    of_play = store().clips.for_family(family_id) if consent.use == "session" else []
    clips = [*of_play, *store().clips.session_films(family_id)]
    return [clip for clip in clips if consent.clip_id in (None, clip.id)]


def what_is_destroyed(clips: Sequence[Clip]) -> list[str]:
    """In words, what is gone once these films are destroyed."""
    if not clips:
        return []
    lines = [_("The film “%(title)s”", title=clip.title) for clip in clips]
    moments, words, reels = count_work(clips)
    if moments:
        lines.append(
            ngettext("%(num)s marked moment with its note", "%(num)s marked moments with their notes", moments)
        )
    if reels:
        lines.append(ngettext("%(num)s film of chosen moments", "%(num)s films of chosen moments", reels))
    if words:
        lines.append(
            ngettext("the parent’s words about %(num)s moment", "the parent’s words about %(num)s moments", words)
        )
    lines.append(_("every copy, still, sound curve and measurement made from it"))
    return lines


def what_is_silenced(family_id: str, consent: Consent) -> list[str]:
    """In words, which recordings of voices a withdrawal deletes; nothing when it is about another use."""
    if consent.use != "voice":
        return []
    clips = [clip for clip in store().clips.for_family(family_id) if consent.clip_id in (None, clip.id)]
    count = sum(len(store().events.state(clip.id).parent.voices) for clip in clips)
    words = ngettext("%(num)s recording of what was said aloud", "%(num)s recordings of what was said aloud", count)
    return [words] if count else []


def count_work(clips: Sequence[Clip]) -> tuple[int, int, int]:
    """How many moments, parents' words and reels hang on these films."""
    states: list[Any] = [store().events.state(clip.id) for clip in clips]
    return (
        sum(len(state.moments) for state in states),
        sum(len(state.words) for state in states),
        sum(len(state.reels) for state in states),
    )
