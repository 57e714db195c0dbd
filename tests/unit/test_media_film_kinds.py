"""A sample of the kinds of film in `film_matrix`, one of each codec in each container; tests/long holds every kind."""

from itertools import groupby

import pytest
from film_matrix import Kind, hold, kinds

GROUPS = [list(group) for _, group in groupby(kinds(), lambda kind: (kind.container, kind.codec))]
# From another place of each, so that pace, order, turn, range and sound differ, too.
SAMPLE = [group[25 * number % len(group)] for number, group in enumerate(GROUPS)]


@pytest.mark.parametrize("name", ["container", "codec", "bframes", "rotation_deg", "full_range", "sound"])
def test_everything_that_a_kind_can_have_is_in_the_sample(name: str) -> None:
    assert {getattr(kind, name) for kind in SAMPLE} == {getattr(kind, name) for kind in kinds()}


@pytest.mark.parametrize("kind", SAMPLE, ids=str)
def test_a_film_of_this_kind_is_read_and_copied_as_it_is(kind: Kind) -> None:
    hold(kind)
