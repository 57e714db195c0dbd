"""A checklist that a service writes itself, such as of what presses on a family: a pack of one form, never counted.

Each line is answered with yes, no or not said; a line keeps its id while its words stay, so that sheets of several
versions compare.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import ValidationError

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.drafting import slug
from vfeed.practice.protocol import Pack
from vfeed.practice.sheet_form import MAX_ITEMS, Item

FORM = "checklist"
OWN_WORDS = Item(id="own_words", label="In your own words", filling="text")
ANSWERS = ({"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}, {"id": "not_said", "label": "Not said"})


def is_checklist(pack: Pack) -> bool:
    """Whether a pack was made here, and can be changed line by line."""
    return stands_alone(pack) and [form.id for form in pack.forms] == [FORM]


def stands_alone(pack: Pack) -> bool:
    """Whether a pack is a form beside whatever programme a family follows: forms, and neither codes nor a plan."""
    return bool(pack.forms) and not pack.plan and not pack.code_sets


def lines_of(pack: Pack) -> list[str]:
    """The lines of a checklist, as they were written."""
    return [item.label for form in pack.forms for item in form.items if item.id != OWN_WORDS.id]


def checklist(
    pack_id: str,
    title: str,
    owner: str,
    lines: Sequence[str],
    *,
    before: Pack | None = None,
    taken: Collection[str] = (),
) -> Pack:
    """The pack of a checklist; `taken` are ids of lines of earlier versions, which no new line may get.

    Raises VfeedError `invalid_input` with the fix.
    """
    wanted = [line.strip() for line in lines if line.strip()]
    if not 1 <= len(wanted) < MAX_ITEMS:
        raise VfeedError(
            "invalid_input",
            _("A checklist has 1 to %(most)s lines."),
            hint=_("Write one thing on each line."),
            most=MAX_ITEMS - 1,
        )
    known = {item.label.casefold(): item.id for form in before.forms for item in form.items} if before else {}
    used = {OWN_WORDS.id, *taken, *known.values()}
    items = []
    for label in wanted:
        name = known.get(label.casefold()) or slug(label, used)
        used.add(name)
        items.append({"id": name, "label": label})
    form = {"id": FORM, "title": title, "answers": ANSWERS, "items": [*items, OWN_WORDS.model_dump()]}
    try:
        return Pack.model_validate({"schema": 2, "id": pack_id, "title": title, "owner": owner, "forms": [form]})
    except ValidationError as error:
        raise VfeedError(
            "invalid_input",
            _("This checklist does not fit yet."),
            hint=_("It needs a title and an owner; a line has at most 80 characters and stands there once."),
        ) from error
