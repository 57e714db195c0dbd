"""What a parent takes home: a passphrase that can be said aloud, and how long a link holds."""

from __future__ import annotations

import re
import secrets

CONSONANTS = "bdfghklmnprstv"
VOWELS = "aeiou"
GROUPS = 5
# 5 groups of 2 syllables out of 70: 61 bits, which also holds where a format hashes a passphrase only a thousand times.
_SHAPE = re.compile(rf"([{CONSONANTS}][{VOWELS}]){{2}}(-([{CONSONANTS}][{VOWELS}]){{2}}){{{GROUPS - 1}}}")

LINK_DAYS = (1, 7, 14, 30)
USUAL_LINK_DAYS = 7


def new_passphrase() -> str:
    """A random passphrase of five short groups, such as "bado-kemi-lusa-tori-neva", with 61 bits.

    >>> is_passphrase(new_passphrase())
    True
    """
    return "-".join(_syllable() + _syllable() for _ in range(GROUPS))


def is_passphrase(text: str) -> bool:
    """Whether this is one of ours: one that somebody made up would be too easy to guess."""
    return _SHAPE.fullmatch(text) is not None


def as_typed(text: str) -> str:
    """A passphrase as somebody types it on a phone, with capitals, blanks or other dashes, in its own shape.

    >>> as_typed(" Bado kemi–lusa  TORI-neva ")
    'bado-kemi-lusa-tori-neva'
    """
    return "-".join(re.findall(r"[a-z]+", text.lower()))


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)
