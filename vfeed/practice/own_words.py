"""A service's own words beside the lines of a form that has none: a licensed sheet ships its numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.protocol import Pack
from vfeed.practice.sheet_form import Form, Item

MOST_LETTERS = 80
"""A reminder beside a number, not the sheet's own description."""


def open_lines(pack: Pack) -> Iterator[tuple[str, Form, Item]]:
    """The lines of a pack that a service may put words beside: the name of each (`form.item`), its form and itself."""
    for form in pack.forms:
        for item in form.items:
            if item.filling == "choice" and not item.about:
                yield f"{form.id}.{item.id}", form, item


def words_in(pack: Pack) -> Mapping[str, str]:
    """What stands beside the lines of a pack, by `form.item`; lines without words are left out."""
    return {f"{form.id}.{item.id}": item.about for form in pack.forms for item in form.items if item.about}


def with_words(pack: Pack, words: Mapping[str, str]) -> Pack:
    """Return the pack with these words beside its open lines; words for any other line are passed over.

    Raises VfeedError `invalid_input` for words that are longer than MOST_LETTERS.
    """
    said = {place: words.get(place, "").strip() for place, _form, _item in open_lines(pack)}
    for place, text in said.items():
        if len(text) > MOST_LETTERS:
            raise VfeedError(
                "invalid_input",
                _("The words beside %(place)s are too long."),
                hint=_("At most %(most)s characters stand beside a line."),
                place=place.rpartition(".")[2].upper(),
                most=MOST_LETTERS,
            )
    forms = tuple(
        form.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update={"about": said.get(f"{form.id}.{item.id}") or item.about})
                    for item in form.items
                )
            }
        )
        for form in pack.forms
    )
    return pack.model_copy(update={"forms": forms})
