"""The sample clips as a demo family, so that a first look has something to look at."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from vfeed.services.intake import take_in
from vfeed.services.samples import SAMPLE_ACTOR, SAMPLES
from vfeed.store import Store

CODE_NAME = "Demo family"
HELPING_QUESTION = "When is play at its best for the two of you?"
CONSENT_DAYS = 365


def sample_folder() -> Path:
    """Where the sample clips lie: in the repository, or inside the installed package."""
    package = Path(__file__).parent
    installed = package / "sample_clips"
    return installed if installed.is_dir() else package.parent / "sample_clips"


def load_demo(store: Store) -> bool:
    """Load the demo family when there is no family at all; True when it was loaded."""
    if store.families.list():
        return False
    today = date.today()
    family = store.families.create(CODE_NAME, SAMPLE_ACTOR)
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
            SAMPLE_ACTOR,
        )
    for name, title in SAMPLES.items():
        with (sample_folder() / name).open("rb") as file:
            take_in(store, file, visit=visit, title=title, actor=SAMPLE_ACTOR)
    return True


def _months_ago(day: date, months: int) -> str:
    count = day.year * 12 + day.month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
