"""Every kind of film in `film_matrix`."""

import pytest
from film_matrix import Kind, hold, kinds


def test_there_are_kinds_enough() -> None:
    assert len(set(map(str, kinds()))) >= 400


@pytest.mark.parametrize("kind", kinds(), ids=str)
def test_a_film_of_this_kind_is_read_and_copied_as_it_is(kind: Kind) -> None:
    hold(kind)
