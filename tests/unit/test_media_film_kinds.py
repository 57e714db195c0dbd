"""A sample of the kinds of film in `film_matrix`; `make test-long` holds every kind."""

import pytest
from film_matrix import Kind, hold, kinds

EVERY = len(kinds()) // 40


@pytest.mark.parametrize("kind", kinds()[7::EVERY], ids=str)
def test_a_film_of_this_kind_is_read_and_copied_as_it_is(kind: Kind) -> None:
    hold(kind)
