"""A code set from the rows of a form."""

from __future__ import annotations

import pytest

from vfeed.practice.drafting import Row, drafted, rows_of, slug
from vfeed.practice.library import shipped
from vfeed.practice.protocol import Pack

ABOUT = {"title": "Ours", "owner": "The service", "about": ""}


def test_codes_are_kept_under_their_headings_in_the_order_of_the_rows() -> None:
    rows = [Row("A smile", heading="Joy"), Row(""), Row("A wait", "parent", "point"), Row("A laugh", heading="Joy")]
    pack = drafted("ours", ABOUT, rows, untitled="Ours").pack
    assert pack is not None
    assert [(each.title, [code.id for code in each.codes]) for each in pack.code_sets] == [
        ("Joy", ["a_smile", "a_laugh"]),
        ("Ours", ["a_wait"]),
    ]


@pytest.mark.parametrize("pack", shipped().packs, ids=lambda pack: pack.id)
def test_whatever_ships_goes_through_the_form_unharmed(pack: Pack) -> None:
    about = pack.model_dump(include={"title", "owner", "about"})
    again = drafted(pack.id, about, rows_of(pack), untitled="x", before=pack).pack
    assert again is not None
    assert list(again.codes()) == list(pack.codes())
    kept = {"training", "licence", "plan", "clip_rules", "prompts", "forms", "record"}
    assert again.model_dump(include=kept) == pack.model_dump(include=kept)


def test_a_new_code_never_gets_an_id_that_old_tags_refer_to() -> None:
    pack = drafted("ours", ABOUT, [Row("A smile"), Row("A  smile!")], taken={"a_smile"}, untitled="x").pack
    assert pack is not None
    assert [code.id for code in pack.codes()] == ["a_smile_2", "a_smile_3"]


@pytest.mark.parametrize(
    ("label", "name"), [("Wärme", "warme"), ("3 steps", "code_3_steps"), ("看", "code"), ("a" * 80, "a" * 36)]
)
def test_an_id_holds_what_an_id_may(label: str, name: str) -> None:
    assert slug(label, ()) == name


@pytest.mark.parametrize(
    ("about", "rows", "place"),
    [
        (ABOUT, [], (0, "label")),
        ({**ABOUT, "title": ""}, [Row("A smile")], (None, "title")),
        ({**ABOUT, "owner": "x" * 201}, [Row("A smile")], (None, "owner")),
        (ABOUT, [Row("A smile"), Row(""), Row("x" * 81)], (2, "label")),
        (ABOUT, [Row("A smile"), Row("A wait", heading="x" * 81)], (1, "heading")),
        (ABOUT, [Row("A smile", key="Q")], (0, "key")),
        (ABOUT, [Row("A smile", part="grandma")], (0, "part")),
        (ABOUT, [Row("A smile", parent_words="x" * 201)], (0, "parent_words")),
        (ABOUT, [Row("A smile"), Row("A smile")], (None, "title")),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(
    about: dict[str, str], rows: list[Row], place: tuple[int | None, str]
) -> None:
    made = drafted("ours", about, rows, untitled="Ours")
    assert made.pack is None
    assert place in made.misfits and made.misfits[place].endswith(".")
