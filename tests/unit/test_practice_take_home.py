"""Passphrases for what goes home."""

from __future__ import annotations

import pytest

from vfeed.practice.take_home import as_typed, is_passphrase, new_passphrase


def test_every_passphrase_has_the_shape_and_is_another() -> None:
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(is_passphrase(each) and len(each) == 24 for each in made)


@pytest.mark.parametrize(
    "text", ["", "password", "bado-kemi-lusa-tori", "BADO-kemi-lusa-tori-neva", "baado-kemi-lusa-tori-neva"]
)
def test_what_somebody_made_up_is_none_of_ours(text: str) -> None:
    assert not is_passphrase(text)


@pytest.mark.parametrize(
    "typed", ["Bado-Kemi-Lusa-Tori-Neva", "bado kemi lusa tori neva", " bado – kemi lusa,tori neva\n"]
)
def test_a_passphrase_typed_on_a_phone_is_understood(typed: str) -> None:
    assert as_typed(typed) == "bado-kemi-lusa-tori-neva"
