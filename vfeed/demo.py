"""The sample clips as a demo family, so that a first look has something to look at."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from vfeed.intake import take_in
from vfeed.store import Store
from vfeed.store.tables import Clip

ACTOR = "vfeed"
CODE_NAME = "Demo family"
HELPING_QUESTION = "When is play at its best for the two of you?"
CONSENT_DAYS = 365
CLIPS = {
    "side_view_woman.mp4": "At the table with the ring tower",
    "side_view_man.mp4": "Another turn with the ring tower",
}


def sample_folder() -> Path:
    """Where the sample clips lie: in the repository, or inside the installed package."""
    package = Path(__file__).parent
    installed = package / "sample_clips"
    return installed if installed.is_dir() else package.parent / "sample_clips"


def is_sample(clip: Clip) -> bool:
    """Whether a clip is one of the sample clips as `load_demo` took them in."""
    return clip.created_by == ACTOR and clip.title in CLIPS.values()


def sample_in(store: Store) -> Clip | None:
    """The first sample clip that is here and not erased."""
    clips = (
        clip
        for family in store.families.list()
        if family.created_by == ACTOR
        for clip in store.clips.for_family(family.id)
    )
    samples = [clip for clip in clips if is_sample(clip)]
    return next((clip for title in CLIPS.values() for clip in samples if clip.title == title), None)


def load_demo(store: Store) -> bool:
    """Load the demo family when there is no family at all; True when it was loaded."""
    if store.families.list():
        return False
    today = date.today()
    family = store.families.create(CODE_NAME, ACTOR)
    child = store.families.add_participant(family.id, "child", "Infant", birth_month=_months_ago(today, 9))
    adult = store.families.add_participant(family.id, "adult", "Parent", relation="parent")
    visit = store.families.add_visit(family.id, today, "First visit", HELPING_QUESTION)
    for person in (child, adult):
        store.consents.give(
            person.id,
            "session",
            None,
            today,
            today + timedelta(days=CONSENT_DAYS),
            "Rendered people: nobody real is shown.",
            ACTOR,
        )
    for name, title in CLIPS.items():
        with (sample_folder() / name).open("rb") as file:
            take_in(store, file, visit=visit, title=title, actor=ACTOR)
    return True


def _months_ago(day: date, months: int) -> str:
    count = day.year * 12 + day.month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
