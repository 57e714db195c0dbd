"""A bundle of codings for other researchers, with the consents that are held for each film."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from vfeed import __version__
from vfeed.desk.codes import USE, collected
from vfeed.errors import VfeedError
from vfeed.research.bundle import About, FilmFacts, Held, bundle
from vfeed.screening.run import Names
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.services.study_files import Keep
from vfeed.store import Store
from vfeed.store.tables import Clip, Detail, Visit, utc_now

MONTHS = 12
RESEARCHER = frozenset({"researcher"})


def make_bundle(
    store: Store, families: Sequence[str], study: str, title: str, names: Path, actor: str, *, notes: bool, keep: Keep
) -> int:
    """Make a bundle's files by path and have them kept; returns how many films were left out for want of consent.

    Families and films get random labels that `names` alone explains; visits become 1, 2, ... and dates stay behind.
    Raises VfeedError as `codes.take_out`, and `invalid_input` for a study that is no label.
    """
    found = collected(store, families, names, notes=notes)
    owners = [f"family {family_id}" for family_id in dict.fromkeys(clip.family_id for clip, _ in found.clips)]
    labels = Names(names).of(owners)
    films = [_film(store, clip, name, labels[f"family {clip.family_id}"]) for clip, name in found.clips]
    now = utc_now().isoformat(timespec="seconds")
    told: dict[str, Detail] = {"study": study, "notes": notes}
    # In one transaction: the bundle names its row of the trail, and a bundle that cannot be kept has none.
    with store.database.write() as session:
        rows = [store.audit.append(session, actor, "codes.bundled", clip.id, told) for clip, _ in found.clips]
        keep(bundle(found.codings, films, About(study, title, now, actor, __version__, rows[0])))
    return found.without_consent


def bundle_of_study(store: Store, study_id: str, label: str, actor: str, *, keep: Keep) -> None:
    """Make a bundle, and have it kept, of what was coded blind in a study, and agreed, under the study's own names.

    Raises VfeedError `not_found` for no such study, `invalid_input` where nothing was handed in or `label` is none.
    """
    services, who = Services(store), Actor(actor, RESEARCHER)
    study = services.studies.read(who, study_id)
    codings = services.study_files.codings(who, study_id)
    if not codings:
        raise VfeedError("invalid_input", "Nothing was handed in yet.", hint="Come back when films were coded.")
    parts = {clip.pseudonym: clip for clip in study.clips}
    films = [
        _film(store, store.clips.get(parts[name].clip_id), name, parts[name].family_pseudonym.replace("-", ""))
        for name in dict.fromkeys(coding.clip for coding in codings)
    ]
    now = utc_now().isoformat(timespec="seconds")
    with store.database.write() as session:
        row = store.audit.append(session, actor, "study.exported", study_id, {"what": "bundle", "label": label})
        keep(bundle(codings, films, About(label, study.state.plan.title, now, actor, __version__, row)))


def _film(store: Store, clip: Clip, name: str, subject: str) -> FilmFacts:
    visits = sorted(store.families.visits(clip.family_id), key=lambda visit: (visit.date, visit.created_at, visit.id))
    number = next((place for place, visit in enumerate(visits, 1) if visit.id == clip.visit_id), 0)
    people = {person.id: person for person in store.families.participants(clip.family_id)}
    today = date.today()
    held = tuple(
        Held(people[each.participant_id].kind, each.expires_on.isoformat() if each.expires_on else "")
        for each in store.consents.for_clip(clip.id)
        if each.use == USE
        and each.withdrawn_at is None
        and each.granted_on <= today
        and (each.expires_on is None or each.expires_on >= today)
    )
    born = next((person.birth_month for person in people.values() if person.kind == "child" and person.birth_month), "")
    return FilmFacts(
        name,
        subject,
        str(number),
        _age(born, _filmed_on(clip, visits)),
        clip.film.duration_us,
        held,
    )


def _filmed_on(clip: Clip, visits: Sequence[Visit]) -> date | None:
    return clip.recorded_on or next((visit.date for visit in visits if visit.id == clip.visit_id), None)


def _age(born: str, on: date | None) -> str:
    """Whole months from a month of birth (YYYY-MM) to a day, "" where either is not known."""
    if not born or on is None:
        return ""
    year, month = (int(part) for part in born.split("-"))
    months = (on.year - year) * MONTHS + on.month - month
    return str(months) if months >= 0 else ""
