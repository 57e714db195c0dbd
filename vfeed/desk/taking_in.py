"""What `vfeed codes import` is told on the command line, as the use case wants it."""

from __future__ import annotations

from pathlib import Path

from vfeed.desk.study_desk import Desk
from vfeed.errors import VfeedError
from vfeed.research.lists import lines_of
from vfeed.services.taking_in import Place, Sent, Whose, Words


def sent_of(path: Path) -> Sent:
    """A file as it lies there; raises VfeedError `not_found`."""
    try:
        return Sent(path.read_bytes(), path.name)
    except OSError as error:
        raise VfeedError("not_found", f"{path.name} cannot be opened.", hint=str(error.strerror)) from error


def place_of(desk: Desk, clip_id: str, names: Path | None, study_id: str) -> Place:
    """Which film, or films, it is of: said by one of the three; raises VfeedError `invalid_input`, `not_found`."""
    if sum(map(bool, (clip_id, names, study_id and not clip_id))) != 1:
        raise VfeedError(
            "invalid_input",
            "It must be said which film this is of.",
            hint="Give one of --clip, --pseudonyms and --study.",
        )
    if names is not None:
        return Place(films=_known(names))
    if clip_id:
        return Place(clip_id)
    return Place(films={film.name: film.clip_id for film in desk.services.taking_in.films(desk.actor, study_id)})


def words_of_study(desk: Desk, study_id: str) -> Words | None:
    """What the words of files are in a study's scheme, as it was told on its page before; None without a study."""
    if not study_id:
        return None
    scheme = desk.services.studies.read(desk.actor, study_id).state.plan.scheme
    learnt = desk.services.taking_in.remembered(desk.actor, Whose(study_id))
    return Words(scheme, learnt.words.get(scheme.id, {}))


def _known(names: Path) -> dict[str, str]:
    return {name: line.cells["path"] for name, line in lines_of(names, "clip_id", "path").items()}
